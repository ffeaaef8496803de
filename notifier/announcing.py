"""Telling operators who came and who went.

What is told is a courtesy: while the channel layer is away it is not made up for, and whoever needs to be right asks presence.
"""

import asyncio
import logging
from collections import deque
from typing import Any, Literal

from notifier import bus, wakeups

logger = logging.getLogger(__name__)

# When many come at once, so many wait to be told, and so many are told in a second; the rest goes untold.
_MAX_WAITING = 10_000
_LOT = 100
_PAUSE_SECONDS = 0.05

Kind = Literal["online", "offline"]


class Announcements:
    """One in each server process, on its event loop."""

    def __init__(self) -> None:
        self._waiting: deque[dict[str, Any]] = deque(maxlen=_MAX_WAITING)
        self._some: asyncio.Event | None = None

    def add(self, kind: Kind, recipient: str, at: float) -> None:
        """To be told soon. `at` is in Unix seconds. Never blocks."""
        self._waiting.append(wakeups.ops_event(kind, recipient=recipient, at=round(at, 3)))
        if self._some is not None:
            self._some.set()

    async def keep(self) -> None:
        """Tell what waits, until cancelled."""
        self._some = asyncio.Event()
        while True:
            if not self._waiting:
                self._some.clear()
                await self._some.wait()
            lot = [self._waiting.popleft() for _ in range(min(_LOT, len(self._waiting)))]
            await bus.tell_operators(lot)
            await asyncio.sleep(_PAUSE_SECONDS)
