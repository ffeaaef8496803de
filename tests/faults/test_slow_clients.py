"""Clients that take nothing cost a bounded amount of memory, on each server, and others do not notice."""

import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.real.server import Server
from tests.real.socket import Socket

Browser = Callable[..., Socket]

CLIENTS, NOTIFICATIONS = 10, 600
MIB = 1024 * 1024


def _resident(server: Server) -> int:
    """Bytes of memory that the process holds."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


def _deaf(server: Server, user: str, *, live: bool) -> socket.socket:
    """A client that says what it must and then never reads, with as small a buffer as the system allows."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.connect(("127.0.0.1", server.port))
    token = server.token(user)
    request = (
        f"GET /ws/notifications/{'?live' if live else ''} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: notifier.v1, notifier.token.{token}\r\n\r\n"
    )
    raw.sendall(request.encode())
    assert b"101" in raw.recv(1024)
    if not live:
        hello = json.dumps({"type": "hello"}).encode()
        mask = bytes(4)
        raw.sendall(bytes([0x81, 0x80 | len(hello)]) + mask + hello)
    return raw


@pytest.mark.parametrize("live", [False, True], ids=["with acks", "live"])
@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.xdist_group(f"slow-{kind}")) for kind in ("daphne", "uvicorn")]
)
def test_memory_is_bounded(
    new_server: Callable[..., Server], browser: Browser, alice: str, bob: str, kind: str, live: bool
) -> None:
    """6 MiB for each of ten deaf clients: what waits for one is about 1 MiB, or it is cut off."""
    server = new_server(kind)
    deaf = [_deaf(server, alice, live=live) for _ in range(CLIENTS)]
    other = browser(server, bob).hello()
    server.post({"users": [alice, bob]}, "warm")
    other.titles(1)
    before = _resident(server)
    data = {"filling": "x" * 7_000}
    for number in range(NOTIFICATIONS):
        server.post({"users": [alice, *([bob] if number % 100 == 0 else [])]}, str(number), body="y" * 3_000, data=data)
    grown = _resident(server) - before
    for client in deaf:
        client.close()
    # Twice the bound, since a buffer is copied while it grows, and some for the rest of the work.
    assert grown < CLIENTS * 3 * MIB + 12 * MIB, f"{grown / MIB:.1f} MiB"
    assert other.titles(6) == [str(number) for number in range(0, NOTIFICATIONS, 100)]
