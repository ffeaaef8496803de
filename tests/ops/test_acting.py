"""Actions in two steps on the operators' pages: who may, what is said before, what is done, and what is written down."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from notifier import blocking, history, inbox
from notifier.operating import ACTIONS
from notifier.operator_models import AuditEntry, Order
from notifier.roles import ACT
from ops.act import TEXTS
from tests.ops.pages import assert_fits_its_policy

pytestmark = pytest.mark.django_db

SERVER = "srv_0123abcd"
GIVEN: dict[str, dict[str, str]] = {
    "test": {"to": "user", "target": "alice", "title": "Test notification"},
    "disconnect": {"user": "alice"},
    "block": {"user": "alice", "until": "1d", "reason": "spam"},
    "unblock": {"user": "alice"},
    "revoke": {"user": "alice"},
    "drain": {"server": SERVER},
    "resume": {"server": SERVER},
    "banner": {"text": "Maintenance at six", "level": "warning", "until": "1h"},
}


@pytest.fixture(autouse=True)
def _running_server() -> None:
    history.begin_run(SERVER, host="here", kind="daphne", version="0")


def signed_in(role: str, **options: Any) -> Client:
    client = Client(**options)
    user = User.objects.create_user(f"{role}-1", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return client


def test_every_action_has_its_page() -> None:
    assert TEXTS.keys() == ACTIONS.keys() == GIVEN.keys()


@pytest.mark.parametrize("name", GIVEN)
def test_asking_does_nothing_and_doing_is_written_down(name: str) -> None:
    """A GET says what it would touch; the POST acts, leaves an entry in the audit log, and leads back."""
    client = signed_in("admin")
    asked = client.get(f"/ops/act/{name}/", {**GIVEN[name], "next": "/ops/people/alice/"})
    assert asked.status_code == 200
    assert_fits_its_policy(asked)
    assert "This touches" in asked.content.decode()
    assert not AuditEntry.objects.exists()
    done = client.post(f"/ops/act/{name}/", {**GIVEN[name], "next": "/ops/people/alice/"})
    assert (done.status_code, done.headers["Location"]) == (302, "/ops/people/alice/")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.actor_kind) == (name, "admin-1", "user")


@pytest.mark.parametrize("name", GIVEN)
@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_who_may_not_is_told_which_group_may_and_nothing_is_done(role: str, name: str) -> None:
    client = signed_in(role)
    may = role == "operator" and ACTIONS[name].permission == ACT
    assert client.get(f"/ops/act/{name}/").status_code == (200 if may else 403)
    answer = client.post(f"/ops/act/{name}/", GIVEN[name])
    assert answer.status_code == (302 if may else 403)
    assert AuditEntry.objects.count() == int(may)
    assert may or "to the group" in answer.content.decode()


def test_without_its_csrf_token_nothing_is_done() -> None:
    answer = signed_in("admin", enforce_csrf_checks=True).post("/ops/act/block/", GIVEN["block"])
    assert answer.status_code == 403
    assert not blocking.blocked_among(["alice"])


def test_whoever_is_not_signed_in_is_asked_to() -> None:
    answer = Client().post("/ops/act/block/", GIVEN["block"])
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")
    assert not blocking.blocked_among(["alice"])


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("test", {"to": "user", "target": "", "title": "x"}, "Say which."),
        ("test", {"to": "user", "target": "a\nb", "title": "x"}, "id_target_error"),
        ("test", {"to": "me", "title": ""}, "required"),
        ("disconnect", {"user": "alice", "connection": "con_0123456789abcdef"}, "not both"),
        ("disconnect", {"user": "", "connection": "nonsense"}, "pattern"),
        ("block", {"user": "", "until": "1d"}, "required"),
        ("block", {"user": "alice", "until": "99y"}, "not one of the available"),
        ("drain", {"server": "srv_ffffffff"}, "not one of the available"),
        ("banner", {"text": "x" * 201, "level": "info"}, "at most 200"),
        ("banner", {"text": "hello", "level": "loud"}, "not one of the available"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_mistake_is_shown_beside_its_field(name: str, given: dict[str, str], says: str, method: str) -> None:
    answer = getattr(signed_in("admin"), method)(f"/ops/act/{name}/", given)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not AuditEntry.objects.exists()
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_one_is_led_back_only_within_the_service(elsewhere: str) -> None:
    answer = signed_in("admin").post("/ops/act/unblock/", {"user": "alice", "next": elsewhere})
    assert answer.headers["Location"] == "/ops/"


def test_unknown_action_is_not_found() -> None:
    assert signed_in("admin").get("/ops/act/explode/").status_code == 404


def test_a_test_arrives_in_the_inbox_of_whom_it_is_for() -> None:
    signed_in("operator").post("/ops/act/test/", {"to": "me", "title": "Hello"})
    assert [item["title"] for item in inbox.look("operator-1").items] == ["Hello"]
