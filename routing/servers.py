"""The two ASGI servers, run in this process on a socket that already listens."""

import asyncio
import signal
import socket
import sys
from typing import Any

from django.conf import settings

MAX_MESSAGE_BYTES = 64 * 1024
"""What a server takes in one WebSocket message. Above the protocol's own limit, which is answered with its close code."""

_PING_SECONDS = 20
# For what is in flight when a server stops.
_GRACE_SECONDS = 5


def run_daphne(listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM."""
    from daphne.server import Server  # installs Twisted's asyncio reactor, which must come first
    from twisted.internet import reactor
    from twisted.internet.defer import Deferred

    from notifier.hub import this_hub
    from routing.asgi import application

    class DrainingServer(Server):
        """Daphne cancels its applications at shutdown without a word to the clients; this one says goodbye first."""

        def listen_success(self, port: Any) -> None:
            self.port = port
            super().listen_success(port)

        def kill_all_applications(self) -> Any:
            async def drain() -> None:
                await asyncio.wait_for(this_hub().drain(), settings.ENVIRONMENT.drain_seconds + _GRACE_SECONDS)
                await asyncio.sleep(0.1)  # the close frames are on their way

            self.port.stopListening()
            parting = Deferred.fromFuture(asyncio.ensure_future(drain()))
            return parting.addBoth(lambda _: super(DrainingServer, self).kill_all_applications())

    listener.setblocking(False)
    server = DrainingServer(
        application=application,
        endpoints=[f"fd:fileno={listener.fileno()}"],
        ping_interval=_PING_SECONDS,
        ping_timeout=_PING_SECONDS,
        websocket_timeout=-1,
        websocket_max_message_size=MAX_MESSAGE_BYTES,
        websocket_max_frame_size=MAX_MESSAGE_BYTES,
        server_name="notifier",
        verbosity=0,
    )

    def ready() -> None:
        # A frame that is too large or malformed is answered with its close code, and not by cutting the line. The
        # origin is our own business: autobahn resets its option at each call, and would answer 400 to "null".
        server.ws_factory.setProtocolOptions(failByDrop=False, allowNullOrigin=True)
        reactor.callWhenRunning(lambda: reactor._asyncioEventloop.call_soon(lambda: this_hub().start()))

    server.ready_callable = ready
    server.run()


def run_uvicorn(listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM."""
    import uvicorn

    from notifier.hub import this_hub
    from routing.asgi import application

    class DrainingServer(uvicorn.Server):
        """Uvicorn closes all sockets at once; this one lets them go one after the other first."""

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            for server in self.servers:
                server.close()
            for listening in sockets or []:
                listening.close()
            await this_hub().drain()
            await super().shutdown(sockets)

    config = uvicorn.Config(
        application,
        ws="websockets-sansio",
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_ping_interval=_PING_SECONDS,
        ws_ping_timeout=_PING_SECONDS,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    server = DrainingServer(config)
    # After its shutdown uvicorn raises the signal once more for the handlers that were there before: this is the end already.
    for stopping in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stopping, signal.SIG_IGN)
    server.run(sockets=[listener])
    if not server.started:
        sys.exit(1)
