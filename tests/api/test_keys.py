"""API keys: who is let in, and to what."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from notifier.access import Scope, TokenRequest, create_key, forget_known_keys, issue_token
from notifier.models import ApiKey, Notification
from tests.api.conftest import Answer, Backend, assert_refused

DRAFT = {"to": {"users": ["alice"]}, "title": "Deploy finished"}

ROUTES = [
    pytest.param("POST", "/api/v1/notifications", DRAFT, Scope.SEND, id="send"),
    pytest.param("GET", "/api/v1/notifications/ntf_x", None, Scope.SEND, id="look up"),
    pytest.param("POST", "/api/v1/tokens", {"user": "alice"}, Scope.TOKEN, id="issue a token"),
    pytest.param("GET", "/api/v1/inbox?user=alice", None, Scope.INBOX, id="read an inbox"),
    pytest.param("GET", "/api/v1/presence", None, Scope.OPS, id="see who is connected"),
    pytest.param("GET", "/api/v1/presence/alice", None, Scope.OPS, id="see a person's connections"),
]


def assert_challenged(answer: Answer, code: str) -> dict[str, Any]:
    """401, with the header that says how to do better."""
    problem = assert_refused(answer, 401, code)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="notifier"'
    return problem


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path", "body", "scope"), ROUTES)
def test_nobody_is_asked_for_a_key(method: str, path: str, body: object, scope: Scope) -> None:
    """Without a key there is nothing to be had."""
    answer = Backend(None).ask(method, path, body)
    assert_challenged(answer, "unauthenticated" if scope == Scope.INBOX else "missing_key")


@pytest.mark.parametrize(("method", "path", "body", "scope"), ROUTES)
def test_scope_that_is_missing_is_named(
    backend_with: Callable[..., Backend], method: str, path: str, body: object, scope: Scope
) -> None:
    """403 to a key with all other scopes, naming the one that it lacks."""
    others = [other for other in Scope if other != scope and not (scope == Scope.SEND and other == Scope.OPS)]
    problem = assert_refused(backend_with(*others).ask(method, path, body), 403, "missing_scope")
    assert scope in problem["detail"]


def test_everyone_takes_a_scope_of_its_own(backend_with: Callable[..., Backend]) -> None:
    """Sending to some does not allow sending to all, nor the other way round."""
    for scopes, lacking in (([Scope.SEND], Scope.BROADCAST), ([Scope.BROADCAST], Scope.SEND)):
        problem = assert_refused(backend_with(*scopes).send(to={"everyone": True}), 403, "missing_scope")
        assert lacking in problem["detail"]
    assert not Notification.objects.exists()
    assert backend_with(Scope.SEND, Scope.BROADCAST).send(to={"everyone": True}).status_code == 201


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Basic YWxpY2U6eA==", "Token nk_x", "{key}", "Bearer{key}", ", Bearer {key}", "Bearer:{key}"],
)
def test_malformed_authorization_is_refused(backend: Backend, header: str) -> None:
    """Anything but `Bearer <key>` is a mistake that is named as one, even around a key that is good."""
    answer = backend.ask("POST", "/api/v1/notifications", DRAFT, authorization=header.format(key=backend.key))
    assert_challenged(answer, "bad_authorization")
    assert backend.send().status_code == 201


def test_name_of_the_scheme_is_case_insensitive(backend: Backend) -> None:
    """RFC 9110."""
    for scheme in ("bearer", "BEARER"):
        answer = backend.ask("POST", "/api/v1/notifications", DRAFT, authorization=f"{scheme} {backend.key}")
        assert answer.status_code == 201


def test_unknown_key_does_not_learn_what_was_wrong_with_it(backend: Backend) -> None:
    """A wrong prefix, a wrong secret and nonsense are answered alike."""
    assert backend.key is not None
    _, prefix, secret = backend.key.split("_", 2)
    wrong = [
        f"nk_{prefix}_{secret[:-1]}",
        f"nk_{prefix}_{secret}x",
        f"nk_{prefix}_",
        f"nk_{prefix}",
        f"nk_00000000_{secret}",
        f"nk__{secret}",
        "nk_",
        "nk_ _ ",
        "nk_' OR 1=1 --_x",
        "nk_äöü_ß",
        "nk_" + "x" * 10_000,
    ]
    answers = [backend.ask("POST", "/api/v1/notifications", DRAFT, authorization=f"Bearer {key}") for key in wrong]
    assert len({answer.content for answer in answers}) == 1
    assert_challenged(answers[0], "unknown_key")
    assert backend.send().status_code == 201


def test_revoked_or_expired_key_is_told_so(backend_with: Callable[..., Backend]) -> None:
    """Its holder has the whole key, and may know why it no longer works."""
    for field, code in (("revoked_at", "revoked_key"), ("expires_at", "expired_key")):
        backend = backend_with(*Scope)
        assert backend.send().status_code == 201
        key = ApiKey.objects.latest("pk")
        setattr(key, field, timezone.now())
        key.save()
        forget_known_keys()  # as a second does that passes
        assert_challenged(backend.send(), code)
        assert_challenged(Backend(f"{backend.key}x").send(), "unknown_key")


@pytest.mark.django_db
def test_two_keys_hold_at_a_time() -> None:
    """For rotation: the old one works until it is revoked, or until it expires."""
    soon = timezone.now() + timedelta(minutes=1)
    old, new = (create_key("shop", [Scope.SEND], expires_at=expires)[1] for expires in (soon, None))
    assert [Backend(key).send().status_code for key in (old, new)] == [201, 201]


def test_use_of_a_key_is_noted(backend: Backend) -> None:
    """So that an operator sees which keys are still in use."""
    before = timezone.now()
    backend.send()
    used = ApiKey.objects.get().last_used_at
    assert used is not None and before <= used <= timezone.now()


def test_connection_token_is_no_key(backend: Backend) -> None:
    """A person's token cannot send, mint tokens, or look at operators' business."""
    token, _ = issue_token(TokenRequest(user="alice", topics=["*"]))
    person = Backend(token)
    for method, path, body in (
        ("POST", "/api/v1/notifications", DRAFT),
        ("POST", "/api/v1/tokens", {"user": "bob"}),
        ("GET", "/api/v1/presence", None),
    ):
        assert_challenged(person.ask(method, path, body), "unknown_key")


@pytest.mark.django_db
def test_who_may_not_is_not_told_what_is_wrong_with_the_body() -> None:
    """The credential is asked for first."""
    assert_challenged(Backend(None).ask("POST", "/api/v1/notifications", b"{"), "missing_key")
