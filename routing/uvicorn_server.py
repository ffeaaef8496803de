"""Uvicorn, with a goodbye at the end."""

import socket

import uvicorn

from notifier.hub import this_hub


class DrainingServer(uvicorn.Server):
    """Uvicorn closes all sockets at once; this one lets them go one after the other first."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        await this_hub().drain()
        await super().shutdown(sockets)
