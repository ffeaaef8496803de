"""Uvicorn, with a goodbye at the end."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from notifier.hub import this_hub

MAX_HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 10


class BoundedHttp(HttpToolsProtocol):
    """Uvicorn keeps the head of a request however long it gets, and takes an upgrade in any version of HTTP."""

    _head: int | None = None  # bytes of a head that has not ended yet
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._head = 0
        if self._waiting is None:
            self._wait()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head = None
        self._wait_no_more()
        super().on_headers_complete()

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._head is not None and not self.transport.is_closing():
            self._head += len(data)
            if self._head > MAX_HEAD_BYTES:
                self.send_400_response("The head of the request is too large.")

    def handle_websocket_upgrade(self) -> None:
        if self.scope["http_version"] != "1.1":
            self.send_400_response("A WebSocket needs HTTP/1.1.")
        else:
            super().handle_websocket_upgrade()


class AnsweringSocket(WebSocketsSansIOProtocol):
    """Uvicorn leaves a request hanging that websockets cannot parse, and asks for no Host."""

    _take: Callable[[str], bool] | None = None

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.handshake_initiated and self.conn.handshake_exc is not None:
            self._refuse()

    def handle_connect(self, event: Any) -> None:
        headers = event.headers
        if len(headers.get_all("Host")) != 1 or headers.get_all("Sec-WebSocket-Version") != ["13"]:
            self.handshake_initiated = True
            self._refuse()
        else:
            super().handle_connect(event)
            # A task has been made for the application, and does not run before this.
            if not self.close_sent:
                extensions: dict[str, Any] = self.scope["extensions"] or {}
                extensions["notifier.frame"] = self.write_frame
                extensions["notifier.offer"] = self.offer_to

    def write_frame(self, frame: bytes) -> bool:
        """Write an encoded frame now, unless the socket is closing or takes nothing at the moment. Returns whether it did.

        An ASGI extension of our own, since the same bytes go to every socket: it saves the server's encoding, and the
        application a task, for each of them.
        """
        if not self.writable.is_set() or self.close_sent or self.disconnected or self.transport.is_closing():
            return False
        self.transport.write(frame)
        return True

    def offer_to(self, take: Callable[[str], bool]) -> None:
        """From now on offer each text message to this function first. What it takes, by returning true, does not come through `receive`.

        An ASGI extension of our own: it saves the queue, the switch to the application's task and back, and that reading
        is paused and resumed for each message: 60 of the 120 µs of an acknowledgement.
        """
        self._take = take

    def connection_lost(self, exc: Exception | None) -> None:
        self._take = None
        super().connection_lost(exc)

    def handle_text(self, event: Any) -> None:
        if self._take is not None and event.fin and not self.close_sent and self._takes(event.data):
            return
        super().handle_text(event)

    def _takes(self, data: bytes) -> bool:
        try:
            text = data.decode()
        except UnicodeDecodeError:
            return False  # uvicorn closes the socket for it
        return self._take is not None and self._take(text)

    def _refuse(self) -> None:
        if not self.transport.is_closing():
            self.handshake_complete = self.close_sent = True
            self.transport.write(
                b"HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Version: 13\r\n"
                b"Connection: close\r\nContent-Length: 0\r\n\r\n"
            )
            self.transport.close()


class DrainingServer(uvicorn.Server):
    """Uvicorn closes all sockets at once; this one lets them go one after the other first."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        await this_hub().drain()
        await super().shutdown(sockets)
