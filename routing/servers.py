"""The two ASGI servers, run in this process on a socket that already listens. They are imported only when chosen."""

import gc
import signal
import socket
import sys
from functools import partial
from typing import Any

MAX_MESSAGE_BYTES = 64 * 1024
"""What a server takes in one WebSocket message. Above the protocol's own limit, which is answered with its close code."""
CLOSE_SECONDS = 10.0
"""How long a client has to answer a close frame, before TCP is reset."""

_PING_SECONDS = 20
_GRACE_SECONDS = 5
# When thousands come back at once it is the server that is slow to shake hands.
_HANDSHAKE_SECONDS = 20
# So many more objects than there were, before the youngest are looked through.
_GC_OBJECTS = 50_000


def _settle_memory() -> None:
    """What is there after the start stays: the collector need not look at it again, and at what comes less often.

    With its defaults it walks through all sockets again and again while a notification goes out to them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GC_OBJECTS, 20, 50)


def run_daphne(listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM."""
    from notifier.reporting import Reporter
    from routing.asgi import application
    from routing.daphne_server import DrainingServer

    Reporter.kind = "daphne"

    _settle_memory()
    listener.setblocking(False)
    DrainingServer(
        application=application,
        endpoints=[f"fd:fileno={listener.fileno()}"],
        ping_interval=_PING_SECONDS,
        ping_timeout=_PING_SECONDS,
        websocket_timeout=-1,
        websocket_handshake_timeout=_HANDSHAKE_SECONDS,
        websocket_max_message_size=MAX_MESSAGE_BYTES,
        websocket_max_frame_size=MAX_MESSAGE_BYTES,
        server_name="notifier",
        verbosity=0,
    ).run()


def run_uvicorn(listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM."""
    import uvicorn

    from notifier.reporting import Reporter
    from routing.asgi import application
    from routing.sockets import Sockets
    from routing.uvicorn_server import BoundedHttp, DrainingServer
    from routing.uvicorn_socket import Socket

    Reporter.kind = "uvicorn"

    _settle_memory()
    http: Any = partial(BoundedHttp, sockets=Sockets(MAX_MESSAGE_BYTES, _PING_SECONDS))
    config = uvicorn.Config(
        application,
        ws=Socket,
        http=http,
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
