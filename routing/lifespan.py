"""The server's start and stop, where it tells of them: uvicorn does, daphne does not."""

from typing import Any

from notifier.hub import this_hub


async def lifespan(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """ASGI lifespan: the hub works from the start, so that a server without connections cleans up after dead ones too."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            this_hub().start()
            await send({"type": "lifespan.startup.complete"})
        else:
            await this_hub().stop()
            await send({"type": "lifespan.shutdown.complete"})
            return
