"""A request that is repeated with its `Idempotency-Key` has its effect once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from notifier.access import Scope
from notifier.idempotency import LIFE, forget_old
from notifier.models import Entry, IdempotencyKey, Notification
from tests.api.conftest import Answer, Backend, assert_refused

PATH = "/api/v1/notifications"
BODY: dict[str, Any] = {"to": {"users": ["alice"]}, "title": "Deploy finished"}

pytestmark = pytest.mark.django_db(transaction=True)


def send(backend: Backend, key: str, **changes: Any) -> Answer:
    return backend.ask("POST", PATH, {**BODY, **changes}, idempotency_key=key)


def test_repetition_gets_the_first_answer_and_notifies_once(backend: Backend) -> None:
    first, again = send(backend, "k-1"), send(backend, "k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Location"] == first.headers["Location"]
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (Notification.objects.count(), Entry.objects.count()) == (1, 1)


def test_key_may_be_quoted_as_the_draft_has_it(backend: Backend) -> None:
    """A structured-field string is the same key as its content."""
    assert send(backend, '"k-1"').json() == send(backend, "k-1").json()


def test_other_keys_and_no_key_are_other_requests(backend: Backend) -> None:
    send(backend, "k-1")
    send(backend, "k-2")
    backend.send()
    backend.send()
    assert Notification.objects.count() == 4


def test_key_with_another_body_is_refused(backend: Backend) -> None:
    """A key is used for one request; the first one stands."""
    first = send(backend, "k-1")
    assert_refused(send(backend, "k-1", title="Another"), 422, "invalid", "#/Idempotency-Key")
    assert send(backend, "k-1").json() == first.json()
    assert Notification.objects.count() == 1


def test_same_request_written_otherwise_is_the_same(backend: Backend) -> None:
    """What counts is what was asked, not the order of fields or a default that is written out."""
    first = send(backend, "k-1")
    assert send(backend, "k-1", level="info", body="").json() == first.json()


def test_key_belongs_to_its_api_key(backend_with: Callable[..., Backend]) -> None:
    ours, theirs = backend_with(Scope.SEND), backend_with(Scope.SEND)
    assert send(ours, "k-1").json()["id"] != send(theirs, "k-1").json()["id"]


def test_refused_request_does_not_use_up_its_key(backend: Backend) -> None:
    """Nothing was stored, so the mended request may have the key."""
    assert send(backend, "k-1", level="loud").status_code == 422
    assert send(backend, "k-1").status_code == 201


@pytest.mark.parametrize(
    "key", ["", '""', "x" * 256, "tab\there", "Schlüssel"], ids=["empty", "empty string", "256", "tab", "not ASCII"]
)
def test_malformed_key_is_refused(backend: Backend, key: str) -> None:
    assert_refused(send(backend, key), 422, "invalid", "#/Idempotency-Key")


def test_key_holds_for_24_hours(backend: Backend) -> None:
    """Afterwards it is a new request, and old keys are tidied away."""
    first = send(backend, "k-1")
    IdempotencyKey.objects.update(created_at=IdempotencyKey.objects.get().created_at - LIFE - timedelta(seconds=1))
    assert send(backend, "k-1").json()["id"] != first.json()["id"]
    IdempotencyKey.objects.update(created_at=IdempotencyKey.objects.get().created_at - LIFE - timedelta(seconds=1))
    forget_old()
    assert not IdempotencyKey.objects.exists()
    assert Notification.objects.count() == 2
