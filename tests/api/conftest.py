"""Backends, as the API sees them, and what they may expect of a refusal."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from notifier.access import Scope, create_key
from tests.real.processes import ROOT

Answer = Any
"""What Django's test client answers; its type has no public name."""


class Backend:
    """A backend with its API key, or without one."""

    def __init__(self, key: str | None) -> None:
        self.key = key
        self.client = Client()

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        content_type: str = "application/json",
        authorization: str | None = None,
        idempotency_key: str | None = None,
    ) -> Answer:
        """`body` is sent as JSON, unless it is bytes, which are sent as they are."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers = {"Authorization": authorization or f"Bearer {self.key}"} if authorization or self.key else {}
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        return self.client.generic(method, path, raw, content_type=content_type, headers=headers)

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, body: object) -> Answer:
        return self.ask("POST", path, body)

    def send(self, **fields: Any) -> Answer:
        """A notification to alice, with these fields besides or instead."""
        return self.post("/api/v1/notifications", {"to": {"users": ["alice"]}, "title": "Deploy finished", **fields})


@pytest.fixture
def backend_with(db: None) -> Callable[..., Backend]:
    """Makes a backend whose key has these scopes."""
    return lambda *scopes: Backend(create_key("a backend", list(scopes))[1])


@pytest.fixture
def backend(backend_with: Callable[..., Backend]) -> Backend:
    """A backend that may do everything."""
    return backend_with(*Scope)


DOCUMENTED = {
    (int(status), code)
    for status, codes in re.findall(r"^\| (\d{3}) \| ([^|]+) \|", (ROOT / "docs" / "api.md").read_text(), re.MULTILINE)
    for code in re.findall(r"`(\w+)`", codes)
}
"""What `docs/api.md` lists under Errors."""


def assert_refused(answer: Answer, status: int, code: str, *pointers: str) -> dict[str, Any]:
    """It is a problem document with this status and code, as documented, which points at these fields and at no others."""
    assert (status, code) in DOCUMENTED
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = json.loads(answer.content)
    assert (problem["type"], problem["status"], problem["code"]) == ("about:blank", status, code), problem
    assert problem["title"] and problem["detail"]
    if pointers:
        assert {error["pointer"] for error in problem["errors"]} == set(pointers), problem
        assert all(error["code"] and error["detail"] for error in problem["errors"])
    return problem
