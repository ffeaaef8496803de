"""Uvicorn, with a goodbye at the end."""

import asyncio
import socket
from typing import Any
from urllib.parse import unquote

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from notifier.hub import this_hub
from routing import handshake
from routing.sockets import Sockets
from routing.uvicorn_socket import Socket

MAX_HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 10


class BoundedHttp(HttpToolsProtocol):
    """Uvicorn keeps the head of a request however long it gets, and takes an upgrade in any version of HTTP."""

    _head: int | None = None  # bytes of a head that has not ended yet
    _waiting: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, sockets: Sockets, **options: Any) -> None:
        super().__init__(*args, **options)
        self._sockets = sockets

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
            return
        key = handshake.find_key(self.scope["method"], self.headers)
        if key is None or not self.url.isascii():
            self.transport.write(handshake.REFUSAL)
            self.transport.close()
            return
        scope = self._socket_scope()
        self.connections.discard(self)
        upgraded = Socket(self._sockets, self.connections, self.tasks, key)
        self.transport.set_protocol(upgraded)
        upgraded.begin(self.transport, self.app, scope, self.server_state.default_headers)
        # The two refer to each other, and would stay until the collector comes.
        self.parser = None  # type: ignore[assignment]

    def _socket_scope(self) -> dict[str, Any]:
        path, _, query = self.url.partition(b"?")
        offered = [value.decode() for name, value in self.headers if name == b"sec-websocket-protocol"]
        return {
            "type": "websocket",
            "asgi": {"version": self.asgi_version, "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": "wss" if self.scheme == "https" else "ws",
            "server": self.server,
            "client": self.client,
            "root_path": self.root_path,
            "path": self.root_path + unquote(path.decode()),
            "raw_path": self.root_path.encode() + path,
            "query_string": query,
            "headers": self.headers,
            "subprotocols": [name.strip() for value in offered for name in value.split(",")],
            "state": self.app_state.copy(),
        }


class DrainingServer(uvicorn.Server):
    """Uvicorn closes all sockets at once; this one lets them go one after the other first."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        await this_hub().drain()
        await super().shutdown(sockets)
