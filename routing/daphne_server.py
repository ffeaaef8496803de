"""Daphne, with what it lacks: a bound on what waits for a socket, and a goodbye at the end."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from autobahn.websocket.types import ConnectionDeny
from daphne.server import (
    Server,  # installs Twisted's asyncio reactor, which must come before any other import of Twisted
)
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.conf import settings
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.tcp import Server as Connection

from notifier.hub import this_hub
from notifier.wire import MAX_UNACKNOWLEDGED_BYTES
from routing.servers import CLOSE_SECONDS

logger = logging.getLogger(__name__)

# For what is in flight when the server stops, in seconds.
_GRACE_SECONDS = 5
# Above what flow control lets on its way: only a socket that acknowledges nothing (`?live`) and takes nothing gets here.
_MAX_BACKLOG_BYTES = MAX_UNACKNOWLEDGED_BYTES * 5 // 4


class BoundedSocket(WebSocketProtocol):
    """Daphne's `send` never waits: what a client does not take piles up in this process. Beyond the bound the line is cut."""

    _take: Callable[[str], bool] | None = None

    def onConnect(self, request: Any) -> Any:  # noqa: N802 -- autobahn's signature
        """Daphne decodes the subprotocols, percent signs and all, and fails on what comes out of some."""
        offered = request.headers.get("sec-websocket-protocol", "")
        if not offered.isascii() or "%" in offered:
            raise ConnectionDeny(ConnectionDeny.BAD_REQUEST, "Bad Request")  # type: ignore[no-untyped-call]
        return super().onConnect(request)

    def extensions(self) -> dict[str, Any]:
        """`notifier.frame` as `routing.uvicorn_socket` has it, and `notifier.offer`."""
        return {"notifier.frame": self, "notifier.offer": self.offer_to}

    def write_frame(self, frame: bytes) -> bool:
        """As `routing.uvicorn_socket` does: past autobahn's encoding, and past Twisted's wait for a socket that takes it."""
        transport = self.transport
        # On TLS the transport is a wrapper.
        if self.state != self.STATE_OPEN or self.muted or self._backlog() or type(transport) is not Connection:
            return False
        written = transport.writeSomeData(frame)
        if not isinstance(written, int):
            return False
        if written < len(frame):
            transport.write(frame[written:])  # type: ignore[no-untyped-call]
        return True

    def sender(self) -> Callable[[bytes, int, int], int]:
        """No socket's own, as with `routing.uvicorn_socket`: whether something has to go first is looked up for each frame."""
        return self._send_frame

    def _send_frame(self, frame: bytes, size: int, flags: int) -> int:
        return size if self.write_frame(frame) else -1

    def offer_to(self, take: Callable[[str], bool]) -> None:
        """From now on offer each text message to this function first. What it takes, by returning true, does not come through `receive`:
        it saves the queue, and the switch to the application's task and back."""
        self._take = take

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: FBT001, N802, N803 -- autobahn's signature
        if self._take is None or isBinary or self.muted or not self._take(payload.decode()):
            super().onMessage(payload, isBinary)

    def onClose(self, wasClean: bool, code: int, reason: str) -> None:  # noqa: FBT001, N802, N803 -- autobahn's signature
        self._take = None
        super().onClose(wasClean, code, reason)

    def serverSend(self, content: Any, binary: bool = False) -> None:  # noqa: FBT001, FBT002, N802 -- daphne's signature
        super().serverSend(content, binary)
        if self._backlog() > _MAX_BACKLOG_BYTES:
            logger.info("a socket that takes nothing was cut off")
            self.transport.abortConnection()

    def _backlog(self) -> int:
        """Bytes that wait in Twisted's buffers, which has no public word for it."""
        transport = self.transport
        backlog: int = len(transport.dataBuffer) - transport.offset + transport._tempDataLen
        return backlog


class DrainingServer(Server):
    """Daphne cancels its applications at shutdown without a word to the clients; this one says goodbye first."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, ready_callable=self._ready, **options)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if isinstance(protocol, BoundedSocket):
            scope["extensions"] = protocol.extensions()
        return super().create_application(protocol, scope)

    def listen_success(self, port: Any) -> None:
        self.port = port
        super().listen_success(port)

    def kill_all_applications(self) -> Any:
        async def drain() -> None:
            await asyncio.wait_for(this_hub().drain(), settings.ENVIRONMENT.drain_seconds + _GRACE_SECONDS)
            await asyncio.sleep(0.1)  # the close frames are on their way
            # A request's thread that wants something of this loop after its end would wait for ever, and the process with it.
            give_up = time.monotonic() + _GRACE_SECONDS
            while (requests := self._requests()) and time.monotonic() < give_up:
                await asyncio.wait(requests, timeout=_GRACE_SECONDS, return_when=asyncio.FIRST_COMPLETED)

        self.port.stopListening()
        parting = Deferred.fromFuture(asyncio.ensure_future(drain()))
        return parting.addBoth(lambda _: super(DrainingServer, self).kill_all_applications())

    def _requests(self) -> list["asyncio.Future[Any]"]:
        """Those that are not answered yet."""
        running = (
            details.get("application_instance")
            for protocol, details in self.connections.items()
            if not isinstance(protocol, BoundedSocket)
        )
        return [work for work in running if work is not None and not work.done()]

    def _ready(self) -> None:
        sockets: WebSocketFactory = self.ws_factory
        sockets.protocol = BoundedSocket
        # A frame that is too large or malformed is answered with its close code, and not by cutting the line. The
        # origin is our own business: autobahn resets its option at each call, and would answer 400 to "null".
        sockets.setProtocolOptions(
            versions=[13],
            failByDrop=False,
            echoCloseCodeReason=True,
            allowNullOrigin=True,
            closeHandshakeTimeout=CLOSE_SECONDS,
        )
        loop = reactor._asyncioEventloop
        reactor.callWhenRunning(lambda: loop.call_soon(lambda: this_hub().start()))
