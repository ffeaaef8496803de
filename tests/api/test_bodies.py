"""Bodies as they come over the network, to a real server."""

import json
import socket
import time
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


@pytest.mark.parametrize("digits", [19, 5000])
def test_length_that_is_no_sensible_number_is_refused(new_server: Callable[..., Server], digits: int) -> None:
    """By uvicorn before a body comes; daphne hands a request on only when its body is there."""
    server = new_server("uvicorn")
    head = f"POST /api/v1/notifications HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {'9' * digits}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
        raw.sendall(head.encode())
        answer = raw.recv(4096)
    assert answer.split(b" ", 2)[1] in {b"400", b"413"}, answer
    assert server.http.get("/api/v1/presence").status_code == 200


@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
def test_client_that_goes_before_its_answer_is_no_error(new_server: Callable[..., Server], kind: str) -> None:
    """Its request is read to the end by whoever began to, and nothing is complained about."""
    server = new_server(kind)
    body = json.dumps({"to": {"users": ["alice"]}, "title": "Deploy finished"})
    key = server.http.headers["Authorization"]
    head = f"HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {key}\r\n"
    asking = f"GET /api/v1/presence {head}\r\n".encode()
    sending = f"POST /api/v1/notifications {head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
    for turn in range(300):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
            raw.sendall(sending if turn % 2 else asking)
            time.sleep(turn % 10 * 0.0005)
    assert server.http.get("/api/v1/presence").status_code == 200
    assert "Traceback" not in server.log(), server.log()
