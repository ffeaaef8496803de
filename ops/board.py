"""What all open dashboards of this process show: put together once a second, encoded once, and sent to each.

Nothing of it runs while nobody looks on. Then this process says so to every hub, each of which beats once a second
(`notifier.reporting`), and this one adds up.
"""

import asyncio
import logging
import time
from collections.abc import Iterable
from typing import Protocol
from weakref import WeakKeyDictionary

from notifier import bus, history, wakeups, wire
from notifier.database import in_database
from notifier.errors import Unavailable
from notifier.history import COARSE, FINE, KEPT
from notifier.hub import this_hub
from ops.health import problems
from ops.overview import count, redis_state
from ops.servers import Servers, State
from ops.storms import storm

logger = logging.getLogger(__name__)

_SECOND = 1.0
# How often the hubs are told that somebody looks on, and the database is asked.
_LOOK_SECONDS = 3.0
# A database that takes longer than this for a few small questions is shown as away.
_PATIENCE_SECONDS = 3.0
# How far back points are read again: a server that waited for the database writes late.
_RECENT = {FINE: 30, COARSE: 300}
# Events of one second that are passed on, of all servers.
_EVENTS = 60


class Viewer(Protocol):
    """One open dashboard."""

    def show(self, text: str) -> None:
        """Send this. Must neither block nor fail."""

    def may_look(self) -> bool:
        """Whether its operator may still look on. Called on a thread that may use the database."""

    def leave(self) -> None:
        """Close it: its operator may no longer look on. Must neither block nor fail."""


class Board:
    def __init__(self) -> None:
        self._viewers: set[Viewer] = set()
        self._task: asyncio.Task[None] | None = None
        self._clear()

    def _clear(self) -> None:
        self._servers = Servers()
        self._state: State = {}
        self._facts: State = {}
        self._points: dict[int, dict[int, State]] = {FINE: {}, COARSE: {}}
        self._events: list[State] = []
        self._more = 0
        self._told_at = self._looked_at = float("-inf")
        self._look: asyncio.Task[None] | None = None

    def add(self, viewer: Viewer) -> None:
        """Show it everything, and then what changes."""
        self._viewers.add(viewer)
        if self._task is None or self._task.done():
            self._clear()
            self._task = asyncio.create_task(self._run())
        elif self._state:
            viewer.show(wire.dumps({"type": "board", **self._state, "at": _now()}))

    def remove(self, viewer: Viewer) -> None:
        """It was closed."""
        self._viewers.discard(viewer)

    def _hear(self, message: State) -> None:
        if message["type"] == "ops.beat":
            self._servers.heard(message["server"], message["totals"], message["gauges"])
            self._tell(message["events"], message["more"])
        elif message["type"] == "ops.event":
            self._tell([{name: value for name, value in message.items() if name != "type"}], 0)

    def _tell(self, events: list[State], more: int) -> None:
        room = max(0, _EVENTS - len(self._events))
        self._events += events[:room]
        self._more += more + len(events[room:])

    async def _run(self) -> None:
        hub = this_hub()
        try:
            await hub.listen(self._hear)
            while self._viewers:
                try:
                    await self._refresh()
                except Exception:
                    logger.exception("the dashboards were not brought up to date; it is tried again")
                await asyncio.sleep(_SECOND - time.time() % _SECOND)
        finally:
            hub.unlisten(self._hear)

    async def _refresh(self) -> None:
        now = time.monotonic()
        if now - self._told_at >= _LOOK_SECONDS:
            self._told_at = now
            await bus.group_send([(wakeups.ALL_HUBS, {"type": "hub.watched"})])
        if now - self._looked_at >= _LOOK_SECONDS and (self._look is None or self._look.done()):
            self._looked_at = now
            self._look = asyncio.create_task(self._look_around())
            # Most often it is answered at once. A database that hangs must not hold up what is known without it.
            await asyncio.wait([self._look], timeout=_SECOND / 4)
        elif now - self._looked_at >= _PATIENCE_SECONDS:
            self._facts["database"] = {"state": "away", "ms": None}
        # Not on a database thread: with the database hanging, all of those may wait for it.
        people, connections = await asyncio.to_thread(count)
        together = self._servers.add_up()
        state = {
            **self._facts,
            "redis": redis_state(),
            "people": people,
            "connections": connections,
            **together,
            "storm": storm(together["opened"], [point["opened"] / FINE for point in self._points[FINE].values()]),
        }
        state["problems"] = problems(state)
        changed = {
            name: value for name, value in state.items() if name not in self._state or self._state[name] != value
        }
        first, self._state = not self._state, state
        if changed:
            self._show({"type": "board" if first else "delta", **changed, "at": _now()})
        if self._events or self._more:
            events, more = self._events, self._more
            self._events, self._more = [], 0
            self._show({"type": "events", "events": sorted(events, key=lambda event: event["at"]), "more": more})

    def _show(self, frame: State) -> None:
        text = wire.dumps(frame)
        for viewer in tuple(self._viewers):
            viewer.show(text)

    async def _look_around(self) -> None:
        """What changes seldom: the servers that there are, new points, the database's health, and who may no longer look on."""
        began = time.monotonic()
        try:
            runs, points, refused = await in_database(
                _read, tuple(self._viewers), {span: bool(kept) for span, kept in self._points.items()}
            )
        except Unavailable:
            self._facts["database"] = {"state": "away", "ms": None}
            return
        self._facts["database"] = {"state": "well", "ms": round((time.monotonic() - began) * 1000)}
        # After a time without the database the points of the living are as old as those of the dead.
        alive = self._servers.heard_lately()
        self._facts["runs"] = [
            {**run, "died": False, "ended": None} if run["died"] and run["server"] in alive else run for run in runs
        ]
        for span, found in points.items():
            self._keep(span, found)
        for viewer in refused:
            viewer.leave()

    def _keep(self, span: int, points: list[State]) -> None:
        """Remember these points, and show the recent ones when there is news."""
        known, recently = self._points[span], time.time() - _RECENT[span]
        news = any(known.get(point["at"]) != point for point in points)
        self._points[span] = {
            at: point
            for at, point in {**known, **{point["at"]: point for point in points}}.items()
            if at >= time.time() - KEPT[span]
        }
        if news:
            # All of the recent ones, so that a page that had just asked for the history misses none.
            recent = [point for point in points if point["at"] >= recently]
            self._show({"type": "points", "span": span, "points": recent})


def _read(
    viewers: Iterable[Viewer], known: dict[int, bool]
) -> tuple[list[State], dict[int, list[State]], list[Viewer]]:
    """The runs; the points, all of the fine ones unless they are known, and otherwise the recent ones; and who is to leave."""
    runs = [run.as_dict() for run in history.runs()]
    now = int(time.time())
    points = {
        span: history.series(span, since=now - recent if known[span] or span == COARSE else None)
        for span, recent in _RECENT.items()
    }
    return runs, points, [viewer for viewer in viewers if not viewer.may_look()]


def _now() -> float:
    return round(time.time(), 3)


_boards: WeakKeyDictionary[asyncio.AbstractEventLoop, Board] = WeakKeyDictionary()


def this_board() -> Board:
    """The board of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _boards:
        _boards[loop] = Board()
    return _boards[loop]
