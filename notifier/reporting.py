"""What a server tells of itself: a point in the history every few seconds, and a beat each second while operators look on."""

import socket
import time
from collections.abc import Callable

from notifier import __version__, bus, history, presence, wakeups
from notifier.database import in_database
from notifier.errors import Unavailable
from notifier.metrics import METRICS, increase
from notifier.tail import TAIL

# Who looks on says so more often than this.
_WATCHED_SECONDS = 10.0
_FORGET_SECONDS = 300.0

Gauges = dict[str, int]


class Reporter:
    """`gauges` counts what there is at this moment: connections, those that are behind, and entries on their way."""

    kind = ""
    """The kind of server that this process is."""

    def __init__(self, gauges: Callable[[], Gauges]) -> None:
        self._gauges = gauges
        self._begun = False
        self._watched_until = self._forgotten = float("-inf")
        self._told = {span: METRICS.totals() for span in history.KEPT}
        self._at = {span: _bucket(span) for span in history.KEPT}

    def watched(self) -> None:
        """An operator looks on, somewhere."""
        self._watched_until = time.monotonic() + _WATCHED_SECONDS
        TAIL.on = True

    async def beat(self) -> None:
        """Once a second: tell those who look on."""
        if not TAIL.on:
            return
        TAIL.on = time.monotonic() < self._watched_until
        events, more = TAIL.take()
        message = {
            "type": "ops.beat",
            "server": presence.SERVER,
            "at": time.time(),
            "totals": METRICS.totals(),
            "gauges": self._gauges(),
            "events": events,
            "more": more,
        }
        await bus.group_send([(wakeups.OPS, message)])

    async def record(self) -> None:
        """Once a second: when the time of a point is over, write it. What could not be written is part of the next one."""
        if not self._begun:
            await in_database(
                history.begin_run, presence.SERVER, host=socket.gethostname()[:255], kind=self.kind, version=__version__
            )
            self._begun = True
        over = [span for span in history.KEPT if _bucket(span) > self._at[span]]
        if not over:
            return
        totals, gauges = METRICS.totals(), self._gauges()
        points = [(span, self._at[span], {**increase(totals, self._told[span]), **gauges}) for span in over]
        await in_database(history.record, presence.SERVER, points)
        for span in over:
            self._told[span], self._at[span] = totals, _bucket(span)
        if time.monotonic() - self._forgotten > _FORGET_SECONDS:
            self._forgotten = time.monotonic()
            await in_database(history.forget_old)

    async def end(self) -> None:
        """The server stops."""
        if self._begun:
            try:
                await in_database(history.end_run, presence.SERVER)
            except Unavailable:
                return  # its points stop, which says as much a little later


def _bucket(span: int) -> int:
    """The beginning of the point that now belongs to, in Unix seconds."""
    return int(time.time()) // span * span
