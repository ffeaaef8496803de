"""Bodies as they come over the network, to a real server."""

import json
from collections.abc import Callable, Iterator

import pytest

from tests.real.server import Server


def chunks(body: bytes, size: int) -> Iterator[bytes]:
    """Sent without a Content-Length."""
    for start in range(0, len(body), size):
        yield body[start : start + size]


@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
def test_body_may_come_in_chunks_and_may_not_be_too_large(new_server: Callable[..., Server], kind: str) -> None:
    """Announced or not, a body counts as what it is; over the limit it is 413 at once, and the service goes on."""
    server = new_server(kind)
    headers = {"Content-Type": "application/json"}
    small = json.dumps({"to": {"users": ["alice"]}, "title": "Deploy finished"}).encode()
    large = json.dumps({"to": {"users": ["alice"]}, "title": "Deploy finished", "body": "x" * 1_000_000}).encode()
    for body, expected in ((small, 201), (large, 413), (small[:-1], 400), (b"", 422), (small, 201)):
        for content in (body, chunks(body, 10 if len(body) < 100 else 50_000)):
            answer = server.http.post("/api/v1/notifications", content=content, headers=headers)
            assert answer.status_code == expected, answer.text
            if expected != 201:
                assert answer.headers["Content-Type"] == "application/problem+json"
            if expected == 413:
                assert answer.json()["code"] == "body_too_large"
    found = server.http.get("/api/v1/presence")
    assert found.status_code == 200
