"""Who may look up receipts, and ask why."""

from collections.abc import Callable

import pytest

from notifier.access import Scope
from tests.api.conftest import Backend, assert_refused

pytestmark = pytest.mark.django_db(transaction=True)

With = Callable[..., Backend]


def test_key_without_ops_sees_receipts_of_its_own_only(backend: Backend, backend_with: With) -> None:
    reader, sender = backend_with(Scope.SEND, Scope.INBOX), backend_with(Scope.SEND)
    mine, other = (by.send().json()["id"] for by in (reader, sender))
    assert reader.get(f"/api/v1/notifications/{mine}/receipts").json()["receipts"][0]["user"] == "alice"
    assert_refused(reader.get(f"/api/v1/notifications/{other}/receipts"), 404, "not_found")
    assert_refused(sender.get(f"/api/v1/notifications/{other}/receipts"), 403, "missing_scope")
    assert backend.get(f"/api/v1/notifications/{other}/receipts").status_code == 200


def test_why_takes_ops(backend: Backend, backend_with: With) -> None:
    """Also for an id that nothing has: the answer says so."""
    nothing = "/api/v1/notifications/ntf_" + "0" * 32
    for scope in set(Scope) - {Scope.OPS}:
        assert_refused(backend_with(scope).get("/api/v1/notifications/ntf_1/why?user=alice"), 403, "missing_scope")
    answer = backend.get(f"{nothing}/why?user=alice")
    assert (answer.status_code, answer.json()["code"]) == (200, "unknown_notification")
    assert_refused(backend.get(f"{nothing}/why"), 422, "invalid", "#/user")
    assert_refused(backend.get(f"{nothing}/why?user=a%00"), 422, "invalid", "#/user")
    for wrong in ("ntf_1", "1042", "ntf_" + "x" * 32):
        assert_refused(backend.get(f"/api/v1/notifications/{wrong}/why?user=alice"), 404, "not_found")


@pytest.mark.parametrize(
    "body", [{}, {"ids": []}, {"ids": ["ntf_1"]}, {"ids": ["ntf_" + "0" * 32] * 101}, {"all": True}]
)
def test_seen_that_cannot_be(backend: Backend, body: object) -> None:
    """A backend may not see for a person in any case; who may is asked first."""
    assert_refused(backend.post("/api/v1/inbox/seen", body), 403, "forbidden")
    token = backend.post("/api/v1/tokens", {"user": "alice"}).json()["token"]
    answer = Backend(None).ask("POST", "/api/v1/inbox/seen", body, authorization=f"Bearer {token}")
    assert_refused(answer, 422, "invalid")
