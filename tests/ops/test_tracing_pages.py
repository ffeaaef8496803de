"""The pages of a person and of a notification: how far it came, in numbers and in words."""

import time
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from notifier import ids, inbox, marking, receipts
from notifier.access import Person
from notifier.content import Draft
from notifier.publishing import publish
from notifier.receipts import Mark
from tests.notifier.drafts import draft
from tests.ops.pages import assert_fits_its_policy

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script> \u202e evil"


@pytest.fixture
def viewer() -> Client:
    client = Client()
    user = User.objects.create_user("viewer-1", is_staff=True)
    user.groups.add(Group.objects.get(name="viewer"))
    client.force_login(user)
    return client


def _published(*users: str, title: str = "Deploy finished") -> str:
    return ids.show_notification_id(publish(draft(*users, title=title)).id)


def test_a_person_is_shown_with_the_steps_of_each_notification(viewer: Client) -> None:
    alice = Person("alice")
    inbox.count(alice)
    first, second = _published("alice", title="first"), _published("alice", title="second")
    now = time.time()
    receipts.write_marks([Mark("alice", "user:alice", 1, now, now)])
    marking.mark_read(alice, [first])
    answer = viewer.get("/ops/people/alice/")
    assert answer.status_code == 200
    assert_fits_its_policy(answer)
    page = answer.content.decode()
    assert page.index("second") < page.index("first")
    assert page.count('data-state="read"') == page.count('data-state="addressed"') == 1
    assert f"?why={second}" in page and f"?why={first}" not in page
    assert "Disconnect" not in page, "a viewer is shown no actions"


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("unknown_notification", lambda: "ntf_" + "0" * 32),
        ("unknown_notification", lambda: HOSTILE),
        ("not_addressed", lambda: _published("bob")),
        ("never_connected", lambda: _published("alice")),
    ],
)
def test_why_is_answered_in_words(viewer: Client, code: str, asked: Callable[[], str]) -> None:
    answer = viewer.get("/ops/people/alice/", {"why": asked()})
    assert f'data-code="{code}"' in answer.content.decode()
    assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize("recipient", ["Ünï 🎉", "a/b", "order:1042", "?x=1", "..", "%41"])
def test_whatever_a_person_is_called_the_page_is_found(viewer: Client, recipient: str) -> None:
    listed = viewer.get(f"/ops/notifications/{_published(recipient)}/").content.decode()
    address = listed.split('href="/ops/people/', 2)[2].split('"', 1)[0]
    page = viewer.get(f"/ops/people/{address}")
    assert page.status_code == 200
    assert Draft.parse({"to": {"users": [recipient]}, "title": "x"}).to.users[0] == page.context["recipient"]


def test_a_notification_is_shown_with_how_far_it_came(viewer: Client) -> None:
    identity = _published("alice", "bob", "carol", "dave", title=HOSTILE)
    now = time.time()
    receipts.write_marks([Mark(name, f"user:{name}", 1, now, now) for name in ("alice", "bob")])
    inbox.count(Person("alice"))
    marking.mark_all_read(Person("alice"))
    answer = viewer.get(f"/ops/notifications/{identity}/")
    assert_fits_its_policy(answer)
    page = answer.content.decode()
    for step, number in (("addressed", 4), ("delivered", 2), ("read", 1)):
        assert f'data-testid="{step}">{number}<' in page
    assert page.count('data-testid="recipient"') == 4
    assert "<script>alert" not in page


def test_many_recipients_are_paged_each_shown_once(viewer: Client) -> None:
    people = [f"p{number:03}" for number in range(120)]
    address, seen = f"/ops/notifications/{_published(*people)}/", []
    for _ in range(5):
        answer = viewer.get(address)
        seen += [outcome.recipient for outcome in answer.context["people"]]
        if answer.context["next"] is None:
            break
        address = f"{address.split('?', maxsplit=1)[0]}?after={answer.context['next']}"
    assert seen == people


@pytest.mark.parametrize("identity", ["ntf_" + "0" * 32, "nonsense", "ntf_", HOSTILE])
def test_unknown_notification_is_said_to_be_unknown(viewer: Client, identity: str) -> None:
    for answer in (viewer.get("/ops/notifications/", {"id": identity}), viewer.get(f"/ops/notifications/{identity}/")):
        assert answer.status_code == 404
        assert "<script>alert" not in answer.content.decode()


def test_the_newest_come_first_and_older_ones_on_the_next_page(viewer: Client) -> None:
    for number in range(60):
        _published("alice", title=f"number {number}")
    first = viewer.get("/ops/notifications/")
    assert_fits_its_policy(first)
    assert first.context["notifications"][0][1].title == "number 59"
    rest = viewer.get("/ops/notifications/", {"before": first.context["next"]})
    assert [row.title for _, row in rest.context["notifications"]] == [
        f"number {number}" for number in range(9, -1, -1)
    ]
    assert viewer.get("/ops/notifications/", {"before": "nonsense"}).status_code == 404


@pytest.mark.parametrize("page", ["/ops/people/alice/", "/ops/notifications/"])
def test_who_has_no_role_is_refused(page: str) -> None:
    client = Client()
    client.force_login(User.objects.create_user("nobody", is_staff=True))
    assert client.get(page).status_code == 403
