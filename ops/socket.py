"""The socket of one open dashboard: for signed-in operators, from a page of this service."""

import asyncio
import logging
from collections import deque
from typing import Any

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import get_user
from django.http import HttpRequest

from notifier.database import in_database
from notifier.errors import Unavailable
from notifier.wire import CloseCode
from ops.board import this_board
from ops.permissions import may_view

logger = logging.getLogger(__name__)

# Frames that may wait for a browser that takes none: half a minute's.
_WAITING = 64


class DashboardConsumer(AsyncWebsocketConsumer):
    """`/ws/ops/`. It sends and does not listen: what a dashboard asks for, it asks over HTTP.

    Frames: `board` with everything, then each second a `delta` with what changed, and `events`.
    """

    channel_layer_alias = "none"

    async def connect(self) -> None:
        self._out: deque[str] = deque()
        self._writer: asyncio.Task[None] | None = None
        await self.accept()
        refusal = self.scope.get("refusal")
        if refusal is None and not await self._may_look():
            refusal = CloseCode.UNAUTHORISED
        if refusal is not None:
            await self.close(int(refusal), refusal.reason)
            return
        await this_board().add(self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self._end(CloseCode.BAD_PROTOCOL)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        raise StopConsumer

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            this_board().remove(self)

    # -------------------------------------------------------------- called by the board

    def show(self, text: str) -> None:
        """Send this when what waits was sent. Too much waiting ends it: its page comes back to a new board."""
        if len(self._out) >= _WAITING:
            self._out.clear()
            this_board().remove(self)
            self._writer = asyncio.create_task(self._end(CloseCode.SLOW_CONSUMER))
            return
        self._out.append(text)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())

    async def check(self) -> None:
        if not await self._may_look():
            await self._end(CloseCode.REVOKED)

    async def _may_look(self) -> bool:
        try:
            return await in_database(self._may_look_now)
        except Unavailable:
            return True  # nobody can tell at this moment

    def _may_look_now(self) -> bool:
        """As at a request: the session holds, and so does the permission."""
        request = HttpRequest()
        request.session = self.scope["session"].__class__(self.scope["session"].session_key)
        return may_view(get_user(request))

    async def _write(self) -> None:
        try:
            while self._out:
                await self.send(text_data=self._out.popleft())
        except Exception as error:  # a server's own way to say that the socket is gone
            logger.debug("a dashboard is gone: %r", error)

    async def _end(self, code: CloseCode) -> None:
        this_board().remove(self)
        await self.close(int(code), code.reason)
