"""One WebSocket of a client, as cheap as thousands in one process have to be.

No more than the harness needs: what servers do with odd bytes is the conformance tests' business.
"""

import asyncio
import struct
from collections import deque
from typing import Self, cast

from tests.real.rawsocket import CLOSE, CONTINUATION, PING, PONG, TEXT, request

_NO_MASK = bytes(4)


class Closed(Exception):
    """The connection ended. `code` is that of the close frame, and 1006 where there was none."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Line(asyncio.Protocol):
    """`open` one, `send` and `receive` texts, until it raises Closed."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport
        self._buffer = bytearray()
        self._texts: deque[bytes] = deque()
        self._fragments = b""
        self._upgraded = False
        self._code: int | None = None
        self._ended = False
        self._waiter: asyncio.Future[None] | None = None

    @classmethod
    async def open(cls, port: int, token: str, *, seconds: float) -> Self:
        """Connect, and return when the server has agreed. OSError or TimeoutError when it comes to nothing."""
        async with asyncio.timeout(seconds):
            _, line = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
            try:
                line._transport.write(request(port, token=token))
                while not line._upgraded:
                    if line._ended:
                        raise ConnectionResetError("the connection ended during the handshake")
                    await line._news()
            except BaseException:
                line.abort()
                raise
        return line

    def send(self, text: str) -> None:
        self._write(TEXT, text.encode())

    async def receive(self) -> bytes:
        """The next text."""
        while not self._texts:
            if self._ended:
                raise Closed(self._code or 1006)
            await self._news()
        return self._texts.popleft()

    def close(self) -> None:
        """Say goodbye, and hang up."""
        self._code = 1000
        self._write(CLOSE, struct.pack("!H", 1000))
        self._transport.close()

    def abort(self) -> None:
        """Hang up without a word."""
        self._transport.abort()

    # -------------------------------------------------------------- asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            self._take_response()
        if self._upgraded:
            while self._take_frame():
                pass
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _news(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _take_response(self) -> None:
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return
        if head.startswith(b"HTTP/1.1 101 "):
            self._upgraded, self._buffer = True, rest
        else:
            self._transport.abort()

    def _take_frame(self) -> bool:
        """Take the first frame from the buffer, if it is complete. A server's frames are not masked."""
        buffer = self._buffer
        if len(buffer) < 2:
            return False
        length, begin = buffer[1], 2
        if length >= 126:
            size = 2 if length == 126 else 8
            begin += size
            length = int.from_bytes(buffer[2:begin]) if len(buffer) >= begin else len(buffer)
        end = begin + length
        if len(buffer) < end:
            return False
        first, payload = buffer[0], bytes(buffer[begin:end])
        del buffer[:end]
        opcode = first & 0x0F
        if opcode in {TEXT, CONTINUATION}:
            self._fragments += payload
            if first & 0x80:
                self._texts.append(self._fragments)
                self._fragments = b""
        elif opcode == PING:
            self._write(PONG, payload)
        elif opcode == CLOSE:
            self._code = int.from_bytes(payload[:2]) if payload else 1005
            self._write(CLOSE, payload[:2])
        return True

    def _write(self, opcode: int, payload: bytes) -> None:
        if self._transport.is_closing():
            return
        length = len(payload)
        size = bytes([0x80 | length]) if length < 126 else b"\xfe" + struct.pack("!H", length)
        self._transport.write(bytes([0x80 | opcode]) + size + _NO_MASK + payload)
