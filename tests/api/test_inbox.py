"""The inbox: who may read it, page by page, and what is unread."""

import json
import random
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client

from notifier import ids, inbox
from notifier.access import Person, Scope, TokenRequest, issue_token
from notifier.content import Draft
from notifier.following import follow, positions
from notifier.models import Receipt
from notifier.publishing import publish
from tests.api.conftest import Answer, Backend, assert_refused

READ = "/api/v1/inbox/read"
UNREAD = "/api/v1/inbox/unread"
ARCHIVE = "/api/v1/inbox/archive"
UNARCHIVE = "/api/v1/inbox/unarchive"

pytestmark = pytest.mark.django_db


class Browser(Backend):
    """A person's browser, with a connection token. The person's streams begin now."""

    def __init__(self, user: str, *, topics: tuple[str, ...] = ()) -> None:
        super().__init__(issue_token(TokenRequest(user=user, topics=list(topics)))[0])
        self.person = Person(user, topics)
        positions(self.person)

    def inbox(self, **query: Any) -> dict[str, Any]:
        answer = self.client.get("/api/v1/inbox", query, headers={"Authorization": f"Bearer {self.key}"})
        assert answer.status_code == 200, answer.content
        page: dict[str, Any] = answer.json()
        return page

    def titles(self) -> list[str]:
        return [item["title"] for item in self.inbox()["notifications"]]

    def read(self, *names: str) -> int:
        """Mark these, or all, as read. How many are unread then."""
        return self._mark(READ, {"ids": list(names)} if names else {"all": True})

    def unread(self, *names: str) -> int:
        return self._mark(UNREAD, {"ids": list(names)})

    def archive(self, *names: str) -> int:
        return self._mark(ARCHIVE, {"ids": list(names)})

    def unarchive(self, *names: str) -> int:
        return self._mark(UNARCHIVE, {"ids": list(names)})

    def states(self, view: str = "all") -> dict[str, tuple[bool, bool]]:
        """Whether each of what is listed is read, and archived."""
        items = self.inbox(view=view, limit=100)["notifications"]
        return {item["id"]: (item["read"], item["archived"]) for item in items}

    def _mark(self, path: str, body: dict[str, Any]) -> int:
        answer = self.post(path, body)
        assert answer.status_code == 200, answer.content
        unread = answer.json()["unread"]
        assert unread == self.inbox()["unread"]
        return int(unread)


def notify(title: str = "Deploy finished", **to: Any) -> str:
    """Send one; its id."""
    return ids.show_notification_id(publish(Draft.parse({"to": to, "title": title})).id)


# ------------------------------------------------------------------ who


def signed_in(name: str) -> Client:
    """A browser with a session, which has seen a page with a form."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_user(name))
    client.get("/demo/")
    return client


def post_read(client: Client, **headers: str) -> Answer:
    return client.post(READ, json.dumps({"all": True}), content_type="application/json", headers=headers)


def test_session_reads_its_own_inbox(alice: str) -> None:
    """Whoever is signed in needs no token."""
    notify("yours", users=[alice])
    client = signed_in(alice)
    page = client.get("/api/v1/inbox").json()
    assert ([item["title"] for item in page["notifications"]], page["unread"]) == (["yours"], 1)
    answer = post_read(client, **{"X-CSRFToken": client.cookies["csrftoken"].value})
    assert (answer.status_code, answer.json()) == (200, {"unread": 0})


@pytest.mark.parametrize("token", [None, "", "x" * 32, "x" * 64], ids=["none", "empty", "short", "other"])
def test_foreign_page_cannot_mark_as_read(alice: str, token: str | None) -> None:
    """A session alone does not change anything: the page's own CSRF token is needed."""
    notify(users=[alice])
    client = signed_in(alice)
    problem = assert_refused(post_read(client, **{} if token is None else {"X-CSRFToken": token}), 403, "forbidden")
    assert "CSRF" in problem["detail"]
    assert client.get("/api/v1/inbox").json()["unread"] == 1


def test_session_of_somebody_who_is_out_is_none(alice: str) -> None:
    """A user who was deactivated reads nothing more."""
    client = signed_in(alice)
    User.objects.filter(username=alice).update(is_active=False)
    assert_refused(client.get("/api/v1/inbox"), 401, "unauthenticated")


def test_token_reads_its_persons_inbox(alice: str, bob: str) -> None:
    """Nobody else's."""
    notify("yours", users=[alice])
    notify("bob's", users=[bob])
    browser = Browser(alice)
    assert browser.titles() == ["yours"]
    assert browser.inbox(user=alice)["unread"] == 1
    assert browser.read() == 0
    assert Browser(bob).inbox()["unread"] == 1


def test_token_counts_before_the_session(alice: str, bob: str) -> None:
    """Who presents a token means the token."""
    notify("yours", users=[alice])
    token = issue_token(TokenRequest(user=alice))[0]
    page = signed_in(bob).get("/api/v1/inbox", headers={"Authorization": f"Bearer {token}"}).json()
    assert page["unread"] == 1


def test_key_reads_the_inbox_of_whom_it_names(backend_with: Callable[..., Backend], alice: str) -> None:
    """With `inbox:read`; topics that the person follows included. It does not mark as read."""
    browser = Browser(alice, topics=("room.*",))
    follow(browser.person, "room.lobby")
    notify("yours", users=[alice])
    notify("lobby", topics=["room.lobby"])
    backend = backend_with(Scope.INBOX)
    page = backend.get(f"/api/v1/inbox?user={alice}").json()
    assert ([item["title"] for item in page["notifications"]], page["unread"]) == (["lobby", "yours"], 2)
    assert_refused(backend.get("/api/v1/inbox"), 422, "invalid", "#/user")
    assert_refused(backend.post(READ, {"all": True}), 403, "forbidden")
    assert browser.inbox()["unread"] == 2


def test_credential_tells_whom_it_speaks_for(alice: str, bob: str, backend_with: Callable[..., Backend]) -> None:
    """A token or a session; a key speaks for nobody."""
    assert Browser(alice).get("/api/v1/me").json() == {"user": alice}
    assert signed_in(bob).get("/api/v1/me").json() == {"user": bob}
    assert_refused(backend_with(Scope.INBOX).get("/api/v1/me"), 403, "forbidden")
    assert_refused(Backend(None).get("/api/v1/me"), 401, "unauthenticated")


def test_inbox_of_somebody_else_is_refused(alice: str, bob: str) -> None:
    """By token and by session."""
    assert_refused(Browser(alice).get(f"/api/v1/inbox?user={bob}"), 403, "forbidden")
    assert_refused(signed_in(alice).get(f"/api/v1/inbox?user={bob}"), 403, "forbidden")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/api/v1/inbox"), ("GET", "/api/v1/inbox?user=x"), ("POST", READ)]
)
def test_nobody_is_asked_who_they_are(method: str, path: str) -> None:
    """401, with the scheme to use."""
    answer = Backend(None).ask(method, path, {"all": True} if method == "POST" else None)
    assert_refused(answer, 401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/v1/inbox"), ("POST", READ)])
@pytest.mark.parametrize(
    ("credential", "code"),
    [("eyJ.x.y", "bad_token"), ("nk_x_y", "unknown_key"), ("x", "bad_token"), ("x" * 20_000, "bad_token")],
    ids=["forged token", "unknown key", "nonsense", "long nonsense"],
)
def test_bad_credential_is_refused(method: str, path: str, credential: str, code: str) -> None:
    """401, and it says whether a token or a key is at fault."""
    assert_refused(Backend(credential).ask(method, path, {"all": True}), 401, code)


# ------------------------------------------------------------------ pages


def test_pages_are_complete_while_more_arrives(alice: str) -> None:
    """120 notifications over three pages, each once and newest first, though each page is followed by new arrivals."""
    browser = Browser(alice)
    sent = [notify(users=[alice]) for _ in range(120)]
    seen: list[str] = []
    page = browser.inbox()
    while True:
        seen += [item["id"] for item in page["notifications"]]
        for _ in range(3):
            notify("later", users=[alice])
        if page["next"] is None:
            break
        page = browser.inbox(cursor=page["next"])
    assert seen == sent[::-1]
    assert page["unread"] == 120 + 2 * 3


@pytest.mark.parametrize("limit", [1, 3, 4, 5, 100])
def test_pages_of_any_size_end_where_the_inbox_ends(alice: str, limit: int) -> None:
    """No empty last page, and no cursor that leads nowhere."""
    browser = Browser(alice)
    sent = [notify(users=[alice]) for _ in range(4)]
    sizes: list[int] = []
    seen: list[str] = []
    cursor = None
    while not sizes or cursor:
        page = browser.inbox(limit=limit, **{"cursor": cursor} if cursor else {})
        sizes.append(len(page["notifications"]))
        seen += [item["id"] for item in page["notifications"]]
        cursor = page["next"]
    assert seen == sent[::-1]
    assert all(sizes)


def test_empty_inbox_is_a_page(alice: str) -> None:
    """For somebody who was never heard of."""
    assert Browser(alice).inbox() == {"notifications": [], "next": None, "unread": 0}


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "#/limit"),
        ("limit=101", "#/limit"),
        ("limit=-1", "#/limit"),
        ("limit=ten", "#/limit"),
        ("limit=", "#/limit"),
        ("limit=1.5", "#/limit"),
        ("limit=" + "9" * 5000, "#/limit"),
        ("cursor=", "#/cursor"),
        ("cursor=abc", "#/cursor"),
        ("cursor=" + "g" * 32, "#/cursor"),
        ("cursor=" + "0" * 65, "#/cursor"),
        ("cursor=00000000-0000-0000-0000-000000000000", "#/cursor"),
        ("cursor=" + "A" * 32, "#/cursor"),
        ("cursor=%00", "#/cursor"),
        ("cursor=%ff", "#/cursor"),
        ("user=", "#/user"),
        ("user=" + "x" * 129, "#/user"),
        ("user=a%00", "#/user"),
        ("view=", "#/view"),
        ("view=read", "#/view"),
        ("page=2", "#/page"),
        ("format=xml", "#/format"),
        ("limit=1&limit=2", "#/limit"),
        ("user=a&user=a", "#/user"),
        ("a%2Fb=1", "#/a~1b"),
    ],
    ids=lambda value: value if len(value) < 40 else value[:12] + "…",
)
def test_bad_question_is_refused(backend: Backend, query: str, pointer: str) -> None:
    """422 with the parameter's name; also for one that is unknown, or given twice."""
    given = query if query.startswith("user=") else f"user=alice&{query}"
    assert_refused(backend.get(f"/api/v1/inbox?{given}"), 422, "invalid", pointer)
    assert backend.get("/api/v1/inbox?user=alice").status_code == 200


# ------------------------------------------------------------------ read and unread


def test_one_notification_in_several_streams_counts_once(alice: str) -> None:
    """To alice, to a topic that she follows and to everyone: one item, one unread, and read is read."""
    browser = Browser(alice, topics=("room.*",))
    follow(browser.person, "room.a")
    follow(browser.person, "room.b")
    name = notify("once", users=[alice], topics=["room.a", "room.b"], everyone=True)
    page = browser.inbox()
    assert [(item["id"], item["read"]) for item in page["notifications"]] == [(name, False)]
    assert page["unread"] == 1
    assert browser.read(name) == 0
    assert [item["read"] for item in browser.inbox()["notifications"]] == [True]


def test_read_all_covers_every_stream(alice: str) -> None:
    """Own, followed and everyone's; what comes after is unread."""
    browser = Browser(alice, topics=("room.*",))
    follow(browser.person, "room.a")
    notify(users=[alice])
    notify(topics=["room.a"])
    notify(everyone=True)
    notify(users=[alice], everyone=True)
    assert browser.inbox()["unread"] == 4
    assert browser.read() == 0
    assert all(item["read"] for item in browser.inbox()["notifications"])
    notify("news", topics=["room.a"])
    page = browser.inbox()
    assert page["unread"] == 1
    assert [item["title"] for item in page["notifications"] if not item["read"]] == ["news"]


def test_what_was_read_is_read_whatever_the_credential_grants(alice: str) -> None:
    """Read on a device whose token grants no topics, a notification is read on the others too."""
    browser = Browser(alice, topics=("room.*",))
    follow(browser.person, "room.a")
    notify(users=[alice], topics=["room.a"])
    assert Browser(alice).read() == 0
    assert browser.inbox()["unread"] == 0


def test_ids_are_marked_and_the_rest_stays_unread(alice: str) -> None:
    """Each once, however often it is named."""
    browser = Browser(alice)
    first, second, third = (notify(users=[alice]) for _ in range(3))
    assert browser.read(second) == 2
    assert browser.read(second, second, first) == 1
    assert {item["id"]: item["read"] for item in browser.inbox()["notifications"]} == {
        third: False,
        second: True,
        first: True,
    }


def test_ids_of_others_are_ignored(alice: str, bob: str) -> None:
    """Neither bob's notification, nor one of a topic not followed, nor one that never was, changes a count."""
    browser, other = Browser(alice), Browser(bob)
    mine, his, topical = notify(users=[alice]), notify(users=[bob]), notify(topics=["room.a"])
    assert browser.read(his, topical, "ntf_" + "0" * 32) == 1
    assert other.inbox()["unread"] == 1
    assert browser.read(mine, his) == 0
    assert other.inbox()["unread"] == 1


def test_followed_topic_and_everyone_begin_unread_at_nothing(alice: str, bob: str) -> None:
    """Nobody starts with what was sent before they came, but what was sent to them waits."""
    notify("to all, before", everyone=True)
    notify("lobby, before", topics=["room.a"])
    notify("to alice, before", users=[alice])
    browser = Browser(alice, topics=("room.*",))
    follow(browser.person, "room.a")
    assert browser.titles() == ["to alice, before"]
    notify("lobby", topics=["room.a"])
    notify("to all", everyone=True)
    assert browser.titles() == ["to all", "lobby", "to alice, before"]
    assert Browser(bob).titles() == []


@pytest.mark.parametrize("how", ["singly", "all at once", "all at once, without receipts"])
def test_what_was_read_can_be_unread_again(alice: str, settings: Any, how: str) -> None:
    """However it was read; and read again it is read. Its receipt keeps saying that it was read, and when first."""
    if how.endswith("receipts"):
        settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"receipts": "none"})
    browser = Browser(alice)
    first, second = notify(users=[alice]), notify(users=[alice])
    assert browser.read(*([first, second] if how == "singly" else [])) == 0
    known = Receipt.objects.filter(recipient=alice).values_list("read_at", flat=True)
    before = set(known)
    assert browser.unread(first, first) == 1
    assert browser.states() == {first: (False, False), second: (True, False)}
    assert browser.states("unread") == {first: (False, False)}
    if before:
        assert set(known) == before
    assert browser.read(first) == 0
    assert browser.unread(first, second) == 2
    assert browser.read() == 0
    if before:
        assert set(known) == before


def test_archive_takes_out_of_the_list_and_marks_as_read(alice: str) -> None:
    """An archived one is not listed, is read, and cannot be unread until it is taken out again."""
    browser = Browser(alice, topics=("room.*",))
    follow(browser.person, "room.a")
    first = notify(users=[alice], topics=["room.a"])
    second = notify(topics=["room.a"])
    assert browser.archive(first) == 1
    assert browser.states() == browser.states("unread") == {second: (False, False)}
    assert browser.states("archived") == {first: (True, True)}
    assert browser.unread(first) == 1
    assert browser.unarchive(first, second) == 1
    assert browser.states() == {first: (True, False), second: (False, False)}
    assert browser.states("archived") == {}
    assert browser.unread(first) == 2
    assert browser.archive(first, second) == 0


def test_what_others_got_cannot_be_archived(alice: str, bob: str) -> None:
    """Nor what never was."""
    browser, other = Browser(alice), Browser(bob)
    his = notify(users=[bob])
    for mark in (browser.archive, browser.unread, browser.unarchive):
        assert mark(his, "ntf_" + "0" * 32) == 0
    assert other.states() == {his: (False, False)}
    assert browser.states("archived") == {}


def test_views_are_paged_alike(alice: str, backend_with: Callable[..., Backend]) -> None:
    """Each shows its own, newest first, also to a backend."""
    browser = Browser(alice)
    sent = [notify(users=[alice]) for _ in range(12)]
    browser.archive(*sent[::3])
    browser.read(*sent[1::3])
    backend = backend_with(Scope.INBOX)
    views = {"archived": sent[::3], "unread": sent[2::3], "all": [name for name in sent if name not in sent[::3]]}
    for view, wanted in views.items():
        seen: list[str] = []
        cursor = None
        while not seen or cursor:
            page = browser.inbox(view=view, limit=2, **{"cursor": cursor} if cursor else {})
            seen += [item["id"] for item in page["notifications"]]
            assert page["unread"] == 4
            cursor = page["next"]
        assert seen == wanted[::-1]
        looked = backend.get(f"/api/v1/inbox?user={alice}&view={view}").json()
        assert [item["id"] for item in looked["notifications"]] == seen


@pytest.mark.parametrize("path", [UNREAD, ARCHIVE, UNARCHIVE])
@pytest.mark.parametrize("body", [{"all": True}, {"ids": []}, {"ids": ["x"]}, {}, []], ids=str)
def test_bad_marks_of_other_kinds_are_refused(alice: str, path: str, body: object) -> None:
    browser = Browser(alice)
    name = notify(users=[alice])
    assert browser.post(path, body).status_code == 422
    assert browser.states() == {name: (False, False)}


@pytest.mark.parametrize("seed", range(6))
def test_count_agrees_with_the_list_whatever_is_read(alice: str, seed: int) -> None:
    """After any mixture of sending and reading, `unread` is the number of items that are not read: never less than 0."""
    chance = random.Random(seed)
    browser = Browser(alice, topics=("room.*",))
    everywhere = {"users": [alice], "topics": ["room.a"], "everyone": True}
    audiences: list[dict[str, Any]] = [{"users": [alice]}, {"everyone": True}, everywhere]
    unread: set[str] = set()
    archived: set[str] = set()
    sent: list[str] = [f"ntf_{uuid4().hex}"]
    others = ["unread", "archive", "unarchive"]
    for _ in range(40):
        match chance.choice(["send", "send", "send", "send", "follow", "read", "read twice", "read all", *others]):
            case "send":
                sent.append(notify(**chance.choice(audiences)))
                unread.add(sent[-1])
            case "follow":
                follow(browser.person, "room.a")
            case "read all":
                assert browser.read() == 0
                unread.clear()
            case "unread":
                named = chance.sample(sent, k=min(len(sent), 3))
                browser.unread(*named)
                unread |= {name for name in named if name != sent[0] and name not in archived}
            case "archive":
                named = chance.sample(sent, k=min(len(sent), 3))
                browser.archive(*named)
                unread -= set(named)
                archived |= {name for name in named if name != sent[0]}
            case "unarchive":
                named = chance.sample(sent, k=min(len(sent), 3))
                browser.unarchive(*named)
                archived -= set(named)
            case how:
                named = chance.sample(sent, k=min(len(sent), 3))
                for _ in range(2 if how == "read twice" else 1):
                    browser.read(*named)
                unread -= set(named)
        page = browser.inbox(limit=100)
        assert page["unread"] == len(unread)
        assert {item["id"] for item in page["notifications"] if not item["read"]} == unread
        assert set(browser.states("unread")) == unread
        assert set(browser.states("archived")) == archived


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        pytest.param({"all": False}, ["#/all"], id="not all"),
        pytest.param(
            {"all": 1},
            ["#/all"],
            id="all as a number",
        ),
        pytest.param({"ids": []}, ["#/ids"], id="no ids"),
        pytest.param({"ids": "ntf_" + "0" * 32}, ["#/ids"], id="ids as a text"),
        pytest.param({"ids": ["ntf_" + "0" * 32] * 101}, ["#/ids"], id="101 ids"),
        pytest.param({"ids": ["x"]}, ["#/ids/0"], id="malformed id"),
        pytest.param({"ids": ["ntf_" + "0" * 32, "ntf_" + "0" * 32 + "\n"]}, ["#/ids/1"], id="id with a line end"),
        pytest.param({"ids": ["\ud800"]}, ["#/ids/0"], id="lone surrogate"),
        pytest.param({"all": True, "user": "bob"}, ["#/user"], id="unknown field"),
        pytest.param({}, [], id="neither"),
        pytest.param({"all": True, "ids": ["ntf_" + "0" * 32]}, [], id="both"),
        pytest.param([], [], id="list"),
    ],
)
def test_bad_marks_are_refused(alice: str, body: object, pointers: list[str]) -> None:
    """422 with a pointer to the field, and nothing is read."""
    browser = Browser(alice)
    notify(users=[alice])
    assert_refused(browser.post(READ, body), 422, "invalid", *pointers)
    assert browser.inbox()["unread"] == 1


def test_reading_all_is_told_to_the_persons_connections(transactional_db: None, alice: str) -> None:
    """Each change has a revision of its own, by which connections know that there is news."""
    browser = Browser(alice)
    notify(users=[alice])
    stream = f"user:{alice}"
    before = inbox.last_seqs([stream])[stream]
    browser.read()
    after = inbox.last_seqs([stream])[stream]
    assert (after[0], after[1]) == (before[0], before[1] + 1)
