"""The socket of one open dashboard: for signed-in operators, from a page of this service."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import get_user
from django.http import HttpRequest

from notifier.database import in_database
from notifier.errors import Unavailable
from notifier.wire import CloseCode
from ops.board import this_board
from ops.permissions import VIEW, may

logger = logging.getLogger(__name__)

# Frames that may wait for a browser that takes none: half a minute's.
_WAITING = 64


class DashboardConsumer(AsyncWebsocketConsumer):
    """`/ws/ops/`. It sends and does not listen: what a dashboard asks for, it asks over HTTP.

    Frames: `board` with everything, then each second a `delta` with what changed; `events`; `points` of the history.
    """

    channel_layer_alias = "none"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._out: deque[str] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._writing = False
        self._ended = False

    async def connect(self) -> None:
        await self.accept()
        refusal = self.scope.get("refusal") or await self._refusal()
        if refusal is not None:
            await self.close(int(refusal), refusal.reason)
        else:
            this_board().add(self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        self._end(CloseCode.BAD_PROTOCOL)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        raise StopConsumer

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.abandon()

    def abandon(self) -> None:
        """The socket is gone."""
        this_board().remove(self)
        for task in self._tasks:
            task.cancel()

    async def _refusal(self) -> CloseCode | None:
        try:
            return None if await in_database(self.may_look) else CloseCode.UNAUTHORISED
        except Unavailable:
            return CloseCode.UNAVAILABLE

    # -------------------------------------------------------------- called by the board

    def show(self, text: str) -> None:
        """Send this when what waits was sent. Too much waiting ends it: its page comes back to a new board."""
        if self._ended:
            return
        if len(self._out) >= _WAITING:
            self._end(CloseCode.SLOW_CONSUMER)
            return
        self._out.append(text)
        if not self._writing:
            self._writing = True
            self._do(self._write)

    def may_look(self) -> bool:
        """As at a request: the session holds, and so does the permission."""
        request = HttpRequest()
        request.session = self.scope["session"].__class__(self.scope["session"].session_key)
        return may(get_user(request), VIEW)

    def leave(self) -> None:
        self._end(CloseCode.REVOKED)

    # -------------------------------------------------------------- writing

    @property
    def waiting(self) -> int:
        """Frames that wait for the browser."""
        return len(self._out)

    async def _write(self) -> None:
        while self._out:
            await self.send(text_data=self._out.popleft())
        self._writing = False

    def _end(self, code: CloseCode) -> None:
        this_board().remove(self)
        if not self._ended:
            self._ended = True
            self._out.clear()
            self._do(partial(self.close, int(code), code.reason))

    def _do(self, work: Callable[[], Awaitable[None]]) -> None:
        task = asyncio.create_task(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _quietly(work: Callable[[], Awaitable[None]]) -> None:
    try:
        await work()
    except Exception as error:  # a server's own way to say that the socket is gone
        logger.debug("a dashboard is gone: %r", error)
