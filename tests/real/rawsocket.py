"""A WebSocket client that sends whatever bytes a test wants, and tells exactly what came back and how it ended."""

import base64
import contextlib
import hashlib
import json
import os
import socket
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
ACCEPT = base64.b64encode(hashlib.sha1(KEY + _GUID).digest()).decode()


@dataclass(frozen=True)
class Frame:
    """One frame from the server."""

    opcode: int
    payload: bytes
    fin: bool = True
    rsv: int = 0

    @property
    def json(self) -> dict[str, Any]:
        assert self.opcode == TEXT, self
        content: dict[str, Any] = json.loads(self.payload)
        return content


@dataclass(frozen=True)
class Response:
    """The answer to a handshake; a body is not read."""

    status: int
    headers: dict[str, str]


class Ended(Exception):
    """The server ended the TCP connection: `how` is eof or reset."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


@dataclass(frozen=True)
class Ending:
    """How a connection ended: with which close frame, if with any, and what became of TCP after it."""

    code: int | None
    """Of the server's close frame; 1005 for one without a code, None when there was no close frame."""
    reason: str
    tcp: str
    """eof, reset, or open when the server did not end it in time."""
    before: tuple[Frame, ...]
    """The frames that came before."""

    @property
    def outcome(self) -> int | str:
        """The close code, or "dropped"."""
        if self.code is not None:
            return self.code
        return "open" if self.tcp == "open" else "dropped"


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    rsv: int = 0,
    masked: bool = True,
    form: int | None = None,
    announce: int | None = None,
) -> bytes:
    """The bytes of a frame, right or wrong. `form` is how the length is written: 7, 16 or 64 bits; the shortest when None.

    `announce` is a length other than the payload's own.
    """
    length = len(payload) if announce is None else announce
    if form is None:
        form = 7 if length < 126 else 16 if length < 2**16 else 64
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    bit = 0x80 if masked else 0
    match form:
        case 7:
            head += bytes([bit | length])
        case 16:
            head += bytes([bit | 126]) + struct.pack("!H", length)
        case _:
            head += bytes([bit | 127]) + struct.pack("!Q", length)
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def text(content: object, **options: Any) -> bytes:
    """A text frame: an object as JSON, or bytes as they are."""
    return frame(TEXT, content if isinstance(content, bytes) else json.dumps(content).encode(), **options)


def closing(code: int | None = None, reason: bytes = b"") -> bytes:
    return frame(CLOSE, b"" if code is None else struct.pack("!H", code) + reason)


def request(
    port: int,
    *,
    token: str | None = None,
    method: bytes = b"GET",
    version: bytes = b"HTTP/1.1",
    path: bytes = b"/ws/notifications/",
    extra: bytes = b"",
    changed: Mapping[str, bytes | None] | None = None,
) -> bytes:
    """A handshake. `changed` replaces the value of a header, or leaves it out (None); `extra` is added as it is."""
    headers: dict[str, bytes | None] = {
        "Host": b"127.0.0.1:%d" % port,
        "Upgrade": b"websocket",
        "Connection": b"Upgrade",
        "Sec-WebSocket-Version": b"13",
        "Sec-WebSocket-Key": KEY,
        "Sec-WebSocket-Protocol": b"notifier.v1" + (f", notifier.token.{token}".encode() if token else b""),
        **(changed or {}),
    }
    lines = [name.encode() + b": " + value for name, value in headers.items() if value is not None]
    if extra:
        lines.append(extra)
    return b"\r\n".join([method + b" " + path + b" " + version, *lines, b"", b""])


class RawSocket:
    """One TCP connection. Everything that reads has a time-out."""

    def __init__(self, port: int) -> None:
        self._tcp = socket.create_connection(("127.0.0.1", port), timeout=5)
        self._tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._tcp.close()

    # -------------------------------------------------------------- writing

    def send(self, *chunks: bytes) -> None:
        """Write; what the server does not take any more is lost without a word, since the reading tells how it ended."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._tcp.sendall(b"".join(chunks))

    def fill(self, data: bytes, *, most: int) -> None:
        """Send this so many times, or until nothing is taken any more, and read nothing; then close this half."""
        self._tcp.settimeout(0.5)
        with contextlib.suppress(TimeoutError):
            for _ in range(most):
                self._tcp.sendall(data)
        self._tcp.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """End TCP at once with a RST."""
        self._tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._tcp.close()

    # -------------------------------------------------------------- reading

    def response(self, *, seconds: float = 5) -> Response:
        """The answer to a handshake."""
        give_up = time.monotonic() + seconds
        while b"\r\n\r\n" not in self._buffer:
            self._more(give_up)
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        assert head.startswith(b"HTTP/1.1 "), head
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = [line.partition(":") for line in lines]
        return Response(int(first.split()[1]), {name.lower(): value.strip() for name, _, value in pairs})

    def frame(self, *, seconds: float = 5) -> Frame:
        """The next frame; Ended when the server ends TCP, TimeoutError when nothing comes."""
        give_up = time.monotonic() + seconds
        first, second = self._take(2, give_up)
        assert not second & 0x80, "a server does not mask (RFC 6455, 5.1)"
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", self._take(2, give_up))
        elif length == 127:
            (length,) = struct.unpack("!Q", self._take(8, give_up))
        return Frame(first & 0x0F, self._take(length, give_up), bool(first & 0x80), first >> 4 & 7)

    def ending(self, *, seconds: float = 3) -> Ending:
        """Read on until the server closes. A close frame is answered, as a client must, and TCP is then to end as well."""
        give_up = time.monotonic() + seconds
        before: list[Frame] = []
        code, reason = None, ""
        while True:
            try:
                got = self.frame(seconds=max(0.01, give_up - time.monotonic()))
            except Ended as ended:
                return Ending(code, reason, ended.how, tuple(before))
            except TimeoutError:
                return Ending(code, reason, "open", tuple(before))
            if got.opcode != CLOSE:
                assert code is None, f"a frame after the close frame (RFC 6455, 5.5.1): {got}"
                before.append(got)
                continue
            assert code is None, "two close frames"
            code = struct.unpack("!H", got.payload[:2])[0] if got.payload else 1005
            reason = got.payload[2:].decode()
            self.send(frame(CLOSE, got.payload[:2]))

    def _take(self, number: int, give_up: float) -> bytes:
        while len(self._buffer) < number:
            self._more(give_up)
        taken, self._buffer = self._buffer[:number], self._buffer[number:]
        return taken

    def _more(self, give_up: float) -> None:
        self._tcp.settimeout(max(0.01, give_up - time.monotonic()))
        try:
            came = self._tcp.recv(65536)
        except ConnectionResetError:
            raise Ended("reset") from None
        if not came:
            raise Ended("eof")
        self._buffer += came
