"""What operators do over REST: who may, that it is in the audit log, and what is refused."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from notifier.access import Scope, TokenRequest, issue_token
from notifier.blocking import blocked_among, put
from notifier.operator_models import AuditEntry, Order
from tests.api.conftest import Answer, Backend, assert_refused

pytestmark = pytest.mark.django_db

ACT: dict[str, dict[str, Any]] = {
    "disconnect": {"user": "alice"},
    "block": {"user": "alice", "reason": "too loud"},
    "unblock": {"user": "alice"},
    "banner": {"text": "Maintenance", "level": "warning"},
    "test": {"user": "alice"},
}
MANAGE: dict[str, dict[str, Any]] = {
    "revoke": {"user": "alice"},
    "drain": {"server": "srv_0a1b2c3d"},
    "resume": {"server": "srv_0a1b2c3d"},
}
ALL = ACT | MANAGE


class Page:
    """A signed-in user, as a page of ours acts for them: with the session and the CSRF token."""

    def __init__(self, group: str | None, name: str = "ann", *, superuser: bool = False) -> None:
        self.user = User.objects.create_user(name, is_staff=True, is_superuser=superuser)
        if group:
            self.user.groups.add(Group.objects.get(name=group))
        self.client = Client(enforce_csrf_checks=True)
        self.client.force_login(self.user)
        self.client.get("/accounts/login/")

    def post(self, action: str, body: dict[str, Any], **headers: str) -> Answer:
        headers = {"X-CSRFToken": self.client.cookies["csrftoken"].value, **headers}
        headers = {name: value for name, value in headers.items() if value}
        return self.client.post(f"/api/v1/ops/{action}", body, content_type="application/json", headers=headers)


@pytest.mark.parametrize("action", ALL)
def test_admin_may_and_it_is_in_the_audit_log(action: str) -> None:
    answer = Page("admin").post(action, ALL[action])
    assert answer.status_code == 200, answer.content
    assert (answer.json()["action"], answer.json()["done"]) == (action, True)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_kind, entry.actor, entry.address) == (action, "user", "ann", "127.0.0.1")
    assert entry.target in {*map(str, ALL[action].values()), ""}


@pytest.mark.parametrize("action", ALL)
@pytest.mark.parametrize("group", [None, "viewer", "operator"])
def test_who_lacks_the_role_is_refused_and_nothing_is_done(group: str | None, action: str) -> None:
    answer = Page(group).post(action, ALL[action])
    if group == "operator" and action in ACT:
        assert answer.status_code == 200
        return
    refusal = assert_refused(answer, 403, "missing_permission")
    assert "admin" in refusal["detail"]
    assert not AuditEntry.objects.exists() and not Order.objects.exists() and not blocked_among(["alice"])


@pytest.mark.parametrize("action", ALL)
def test_superuser_is_an_admin(action: str) -> None:
    assert Page(None, superuser=True).post(action, ALL[action]).status_code == 200


@pytest.mark.parametrize("action", ALL)
def test_page_needs_the_csrf_token_and_our_own_origin(action: str) -> None:
    page = Page("admin")
    assert_refused(page.post(action, ALL[action], **{"X-CSRFToken": ""}), 403, "forbidden")
    assert_refused(page.post(action, ALL[action], Origin="https://evil.example"), 403, "forbidden")
    assert_refused(page.post(action, ALL[action], Origin="null"), 403, "forbidden")
    assert not AuditEntry.objects.exists()
    assert page.post(action, ALL[action], Origin="http://testserver").status_code == 200


@pytest.mark.parametrize("action", ALL)
def test_key_does_what_its_scope_says_and_nothing_else(action: str, backend_with: Any) -> None:
    needed = Scope.ACT if action in ACT else Scope.MANAGE
    others = backend_with(*(scope for scope in Scope if scope is not needed))
    assert_refused(others.post(f"/api/v1/ops/{action}", ALL[action]), 403, "missing_scope")
    assert not AuditEntry.objects.exists()
    assert backend_with(needed).post(f"/api/v1/ops/{action}", ALL[action]).status_code == 200
    entry = AuditEntry.objects.get()
    assert (entry.actor_kind, entry.actor) == ("key", "a backend")


@pytest.mark.parametrize("action", ALL)
def test_nobody_and_a_persons_token_are_refused(action: str) -> None:
    assert_refused(Backend(None).post(f"/api/v1/ops/{action}", ALL[action]), 401, "missing_key")
    person = Backend(issue_token(TokenRequest(user="alice"))[0])
    assert_refused(person.post(f"/api/v1/ops/{action}", ALL[action]), 401, "unknown_key")


@pytest.mark.parametrize("action", ALL)
def test_preview_says_how_many_and_does_nothing(action: str, backend: Backend) -> None:
    answer = backend.post(f"/api/v1/ops/{action}?preview=true", ALL[action])
    assert answer.status_code == 200
    assert answer.json()["done"] is False
    assert not AuditEntry.objects.exists() and not Order.objects.exists() and not blocked_among(["alice"])


@pytest.mark.parametrize(
    ("action", "body", "pointers"),
    [
        ("disconnect", {}, {"#"}),
        ("disconnect", {"user": "alice", "connection": "con_0123456789abcdef"}, {"#"}),
        ("disconnect", {"connection": "con_1"}, {"#/connection"}),
        ("block", {"user": ""}, {"#/user"}),
        ("block", {"user": "alice", "until": "2001-01-01T00:00:00Z"}, {"#/until"}),
        ("block", {"user": "alice", "until": 1_900_000_000}, {"#/until"}),
        ("block", {"user": "alice", "until": "2031-01-01T00:00:00"}, {"#/until"}),
        ("block", {"user": "alice", "until": "0001-01-01T00:00:00+23:59"}, {"#/until"}),
        ("block", {"user": "alice", "until": "9999-12-31T23:59:59-23:59"}, {"#/until"}),
        ("block", {"user": "alice", "reason": "x" * 201}, {"#/reason"}),
        ("unblock", {"user": "a\nb"}, {"#/user"}),
        ("drain", {"server": "here"}, {"#/server"}),
        ("banner", {}, {"#/text"}),
        ("banner", {"text": " "}, {"#/text"}),
        ("banner", {"text": "x" * 201}, {"#/text"}),
        ("banner", {"text": "x", "level": "loud"}, {"#/level"}),
        ("test", {"user": "alice", "everyone": True}, {"#"}),
        ("test", {"everyone": False}, {"#/everyone"}),
        ("test", {"me": True}, {"#/me"}),
        ("revoke", {"user": "alice", "other": 1}, {"#/other"}),
    ],
)
def test_what_is_wrong_is_named(backend: Backend, action: str, body: dict[str, Any], pointers: set[str]) -> None:
    assert_refused(backend.post(f"/api/v1/ops/{action}", body), 422, "invalid", *pointers)
    assert not AuditEntry.objects.exists()


def test_test_reaches_whom_it_names_and_me_is_who_is_signed_in() -> None:
    page = Page("operator")
    answer = page.post("test", {"me": True})
    assert (answer.status_code, answer.json()["people"]) == (200, 1)
    inbox = page.client.get("/api/v1/inbox").json()["notifications"]
    assert [(item["id"], item["category"]) for item in inbox] == [(answer.json()["notification"], "test")]


def test_audit_log_is_for_viewers_and_keys_that_read_ops(backend_with: Any) -> None:
    admin = Page("admin", "boss")
    for number in range(3):
        assert admin.post("block", {"user": f"alice-{number}"}).status_code == 200
    viewer = Page("viewer").client
    first = viewer.get("/api/v1/ops/audit?limit=2").json()
    assert [entry["target"] for entry in first["entries"]] == ["alice-2", "alice-1"]
    rest = backend_with(Scope.OPS).get(f"/api/v1/ops/audit?limit=2&cursor={first['next']}").json()
    assert [entry["target"] for entry in rest["entries"]] == ["alice-0"]
    assert rest["next"] is None
    assert len(viewer.get("/api/v1/ops/audit?target=alice-1&actor=boss&action=block").json()["entries"]) == 1
    assert_refused(backend_with(Scope.MANAGE).get("/api/v1/ops/audit"), 403, "missing_scope")
    assert_refused(Page(None, "carl").client.get("/api/v1/ops/audit"), 403, "missing_permission")
    assert_refused(Backend(None).get("/api/v1/ops/audit"), 401, "missing_key")


def test_inbox_of_a_blocked_person_is_refused_and_filled_all_the_same(backend: Backend) -> None:
    alice = Backend(issue_token(TokenRequest(user="alice"))[0])
    assert alice.get("/api/v1/inbox").status_code == 200
    put("alice", until=None, reason="", by="ann")
    assert backend.send().status_code == 201
    assert_refused(alice.get("/api/v1/inbox"), 403, "blocked")
    assert_refused(alice.post("/api/v1/inbox/read", {"all": True}), 403, "blocked")
    session = Client()
    session.force_login(User.objects.create_user("alice"))
    assert_refused(session.get("/api/v1/inbox"), 403, "blocked")
    assert len(backend.get("/api/v1/inbox?user=alice").json()["notifications"]) == 1
    backend.post("/api/v1/ops/unblock", {"user": "alice"})
    assert len(alice.get("/api/v1/inbox").json()["notifications"]) == 1
