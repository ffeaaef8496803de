"""Addresses: what is there, by which methods, and what is said of the rest."""

from collections.abc import Callable

import pytest

from notifier.access import Scope
from tests.api.conftest import Backend, assert_refused

ROUTES = {
    "/api/v1/notifications": "POST",
    "/api/v1/notifications/ntf_x": "GET",
    "/api/v1/tokens": "POST",
    "/api/v1/inbox": "GET",
    "/api/v1/inbox/read": "POST",
    "/api/v1/presence": "GET",
    "/api/v1/presence/alice": "GET",
    "/api/v1/schema": "GET",
    "/api/v1/docs": "GET",
}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        (method, path)
        for path, allowed in ROUTES.items()
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if method != allowed
    ],
)
def test_wrong_method_is_answered_with_the_right_one(backend: Backend, method: str, path: str) -> None:
    """405, with Allow."""
    answer = backend.ask(method, path, {})
    assert_refused(answer, 405, "method_not_allowed")
    assert ROUTES[path] in answer.headers["Allow"] and method not in answer.headers["Allow"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/",
        "/api/v1/",
        "/api/v1/nothing",
        "/api/v2/notifications",
        "/api/v1/notifications/",
        "/api/v1/notifications/a/b",
        "/api/v1/inbox/",
        "/api/v1/%00",
        "/api/v1/%F0%9F%8E%89",
        "/api/../etc/passwd",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unknown_address_is_a_problem_document(backend: Backend, method: str, path: str) -> None:
    """404 in the form of every other refusal."""
    assert_refused(backend.ask(method, path, {} if method == "POST" else None), 404, "not_found")


# ------------------------------------------------------------------ looking up


def test_own_notification_is_found(backend_with: Callable[..., Backend]) -> None:
    """By the address in Location, as it was sent."""
    shop = backend_with(Scope.SEND)
    sent = shop.send(to={"users": ["alice", "bob"]}, body="b", level="warning", category="c", url="/u", data={"a": [1]})
    found = shop.get(sent.headers["Location"]).json()
    assert [found.pop(step) for step in ("addressed", "delivered", "seen", "read")] == [2, 0, 0, 0]
    assert found == {
        "id": sent.json()["id"],
        "title": "Deploy finished",
        "body": "b",
        "level": "warning",
        "category": "c",
        "url": "/u",
        "icon": "",
        "data": {"a": [1]},
        "created": sent.json()["created"],
    }


def test_other_backends_notification_is_not_there(backend_with: Callable[..., Backend]) -> None:
    """404 as for one that does not exist; operators see all."""
    shop, other, operator = backend_with(Scope.SEND), backend_with(Scope.SEND), backend_with(Scope.OPS)
    path = shop.send().headers["Location"]
    nobody_has = "/api/v1/notifications/ntf_" + "0" * 32
    assert assert_refused(other.get(path), 404, "not_found") == assert_refused(other.get(nobody_has), 404, "not_found")
    assert operator.get(path).status_code == 200
    assert_refused(operator.get(nobody_has), 404, "not_found")


@pytest.mark.parametrize(
    "name",
    ["x", "ntf_", "ntf_" + "g" * 32, "ntf_" + "0" * 31, "ntf_" + "0" * 33, "0" * 32, "%00", "ntf_{" + "0" * 30 + "}", "🎉"],
)  # fmt: skip
def test_malformed_id_is_not_there(backend: Backend, name: str) -> None:
    """An id that cannot be one is an id of nothing."""
    assert_refused(backend.get(f"/api/v1/notifications/{name}"), 404, "not_found")


def test_notification_has_one_address(backend: Backend) -> None:
    """Another way to write the same number is no id, and neither is what Python would read as one."""
    path = backend.send().headers["Location"]
    prefix, digits = path[:-32], path[-32:]
    assert backend.get(prefix + digits).status_code == 200
    for other in (digits.upper(), f"0_{digits[2:]}", f" {digits[1:]}", f"{digits[0]}_{digits[1:-1]}"):
        assert_refused(backend.get(prefix + other), 404, "not_found")


@pytest.mark.parametrize("path", ["/api/v1/presence", "/api/v1/inbox?user=alice"])
def test_accept_header_alone_decides_on_the_form(backend: Backend, path: str) -> None:
    """406 by the header; `format` in the address is an unknown parameter."""
    answer = backend.client.get(path, headers={"Authorization": f"Bearer {backend.key}", "Accept": "text/html"})
    assert_refused(answer, 406, "not_acceptable")
    for form in ("json", "xml"):
        sign = "&" if "?" in path else "?"
        assert_refused(backend.get(f"{path}{sign}format={form}"), 422, "invalid", "#/format")
