"""Clients that say what they must and then never read, and what they cost a server."""

import socket
import threading
from pathlib import Path
from typing import Self

from tests.real.rawsocket import request, text
from tests.real.server import Server

MIB = 1024 * 1024
_LOOK_SECONDS = 0.1


def deaf(port: int, token: str, *, live: bool) -> socket.socket:
    """Connect to a server and fall silent, with as small a buffer as the system allows. `live` is a plain client, without `hello`."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.connect(("127.0.0.1", port))
    raw.sendall(request(port, token=token, path=b"/ws/notifications/" + (b"?live" if live else b"")))
    assert b" 101 " in raw.recv(1024)
    if not live:
        raw.sendall(text({"type": "hello"}))
    return raw


def resident(server: Server) -> int:
    """Bytes of memory that the process holds."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


class MemoryWatch:
    """The most memory that a server held while this was open."""

    def __init__(self, server: Server) -> None:
        self._server, self._ended = server, threading.Event()
        self.before = self.most = resident(server)
        self._thread = threading.Thread(target=self._look, name="memory", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(10)

    def _look(self) -> None:
        while not self._ended.wait(_LOOK_SECONDS):
            self.most = max(self.most, resident(self._server))
