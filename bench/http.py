"""Requests over kept-alive connections, as a backend makes them; lean, for its CPU time is taken from the data stores."""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import cast


@dataclass(frozen=True)
class Post:
    """One request to publish."""

    path: str
    headers: dict[str, str]
    body: bytes

    def encode(self) -> bytes:
        lines = [
            f"POST {self.path} HTTP/1.1",
            "Host: 127.0.0.1",
            "Content-Type: application/json",
            f"Content-Length: {len(self.body)}",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + self.body


class Refused(Exception):
    """A request was answered with an error, or not at all."""


class _Gone(Refused):
    """The connection ended before an answer."""


class _Line(asyncio.Protocol):
    """One connection; one request at a time."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[int] | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end].lower()
        at = head.find(b"content-length:")
        if at >= 0:
            length = int(head[at + 15 :].split(b"\r\n", 1)[0])
            whole = len(self._buffer) >= end + 4 + length
        else:
            whole = head[9:12] == b"204" or self._buffer.endswith(b"\r\n0\r\n\r\n")
        if whole and self.answer is not None:
            status = int(head[9:12])
            self._buffer = b""
            if not self.answer.done():
                self.answer.set_result(status)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(_Gone("the server closed the connection"))


class Backend:
    """Posts to one server. Opens as many connections as there are requests under way."""

    def __init__(self, port: int, *, seconds: float = 60) -> None:
        self._port, self._seconds = port, seconds
        self._idle: list[_Line] = []

    async def post(self, request: bytes) -> None:
        """Refused unless it is answered with a 2xx in time.

        A server may close a connection that was idle in the moment in which it is used again: then the request goes out once more,
        over a new one, as HTTP clients do (RFC 9112, section 9.3.1). One that was taken twice shows as a stranger in the books.
        """
        line = self._idle.pop() if self._idle else None
        if line is not None and not line.transport.is_closing():
            with contextlib.suppress(_Gone):
                await self._ask(line, request)
                return
        _, line = await asyncio.get_running_loop().create_connection(_Line, "127.0.0.1", self._port)
        await self._ask(line, request)

    async def _ask(self, line: _Line, request: bytes) -> None:
        line.answer = asyncio.get_running_loop().create_future()
        line.transport.write(request)
        try:
            async with asyncio.timeout(self._seconds):
                status = await line.answer
        except TimeoutError:
            line.transport.abort()
            raise Refused(f"no answer within {self._seconds:.0f} s") from None
        line.answer = None
        self._idle.append(line)
        if not 200 <= status < 300:
            raise Refused(f"answered with {status}")

    def close(self) -> None:
        for line in self._idle:
            line.transport.abort()
        self._idle.clear()
