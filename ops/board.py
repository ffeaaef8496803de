"""What all open dashboards of this process show: put together once a second, encoded once, and sent to each.

Nothing of it runs while nobody looks on. Then this process says so to every hub, each of which beats once a second
(`notifier.reporting`), and this one adds up.
"""

import asyncio
import logging
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from django.conf import settings

from notifier import bus, history, presence, redis_line, wire
from notifier.database import in_database
from notifier.errors import Unavailable
from notifier.hub import this_hub
from notifier.metrics import increase, percentile

logger = logging.getLogger(__name__)

_SECOND = 1.0
# How often the hubs are told that somebody looks on, and the servers and the database are asked about.
_LOOK_SECONDS = 3.0
# A server that has not beaten for so long is shown as silent.
_SILENT_SECONDS = 5.0
# Rates and latencies are those of so many seconds.
_WINDOW = 10
# Events of one second that are passed on, of all servers.
_EVENTS = 60

State = dict[str, Any]


class Viewer(Protocol):
    """One open dashboard."""

    def show(self, text: str) -> None:
        """Send this. Must neither block nor fail."""

    async def check(self) -> None:
        """Close it if its operator may no longer look on."""


@dataclass(slots=True)
class _Server:
    """The last beats of one server, each (when it came, its totals, its gauges)."""

    beats: deque[tuple[float, State, dict[str, int]]] = field(default_factory=lambda: deque(maxlen=_WINDOW + 1))

    def added(self) -> tuple[State, float]:
        """What it counted within the window, and how long that is, in seconds."""
        (began, before, _), (ended, now, _) = self.beats[0], self.beats[-1]
        return increase(now, before), ended - began


class Board:
    def __init__(self) -> None:
        self._viewers: set[Viewer] = set()
        self._servers: dict[str, _Server] = {}
        self._state: State = {}
        self._events: list[State] = []
        self._more = 0
        self._looked_at = float("-inf")
        self._facts: State = {}
        self._task: asyncio.Task[None] | None = None

    async def add(self, viewer: Viewer) -> None:
        """Show it everything, and then what changes."""
        self._viewers.add(viewer)
        if self._task is None or self._task.done():
            self._servers, self._state, self._looked_at = {}, {}, float("-inf")
            await this_hub().listen(self._hear)
            self._task = asyncio.create_task(self._run())
        elif self._state:
            viewer.show(wire.dumps({"type": "board", **self._state}))

    def remove(self, viewer: Viewer) -> None:
        """It was closed."""
        self._viewers.discard(viewer)

    def _hear(self, message: State) -> None:
        if message["type"] == "ops.beat":
            server = self._servers.setdefault(message["server"], _Server())
            server.beats.append((time.monotonic(), message["totals"], message["gauges"]))
            self._tell(message["events"], message["more"])
        elif message["type"] == "ops.event":
            self._tell([{name: value for name, value in message.items() if name != "type"}], 0)

    def _tell(self, events: list[State], more: int) -> None:
        room = max(0, _EVENTS - len(self._events))
        self._events += events[:room]
        self._more += more + len(events[room:])

    async def _run(self) -> None:
        try:
            while self._viewers:
                try:
                    await self._refresh()
                except Exception:
                    logger.exception("the dashboards were not brought up to date; it is tried again")
                await asyncio.sleep(_SECOND - time.time() % _SECOND)
        finally:
            this_hub().unlisten(self._hear)

    async def _refresh(self) -> None:
        now = time.monotonic()
        if now - self._looked_at >= _LOOK_SECONDS:
            self._looked_at = now
            await bus.group_send([(wire.ALL_HUBS, {"type": "hub.watched"})])
            await self._look()
        state = {**self._facts, **await self._count(), **self._add_up(now)}
        changed = {name: value for name, value in state.items() if self._state.get(name) != value}
        first, self._state = not self._state, state
        if changed:
            self._show({"type": "board" if first else "delta", **changed, "at": round(time.time(), 3)})
        if self._events or self._more:
            events, more = self._events, self._more
            self._events, self._more = [], 0
            self._show({"type": "events", "events": sorted(events, key=lambda event: event["at"]), "more": more})

    def _show(self, frame: State) -> None:
        text = wire.dumps(frame)
        for viewer in tuple(self._viewers):
            viewer.show(text)

    async def _look(self) -> None:
        """What changes seldom: the servers that there are, the database's health, and whether the viewers may still look on."""
        began = time.monotonic()
        try:
            runs = await in_database(history.runs)
            self._facts["database"] = {"state": "well", "ms": round((time.monotonic() - began) * 1000, 1)}
            self._facts["runs"] = [
                {
                    "server": run.server,
                    "host": run.host,
                    "kind": run.kind,
                    "version": run.version,
                    "began": wire.timestamp(run.began),
                    "ended": wire.timestamp(run.ended) if run.ended else None,
                    "died": run.died,
                }
                for run in runs
            ]
            await asyncio.gather(*(viewer.check() for viewer in tuple(self._viewers)))
        except Unavailable:
            self._facts["database"] = {"state": "away", "ms": None}
        self._facts["redis"] = (
            "none" if not settings.ENVIRONMENT.redis_url else "well" if redis_line.is_well() else "away"
        )

    async def _count(self) -> State:
        try:
            people, connections = await in_database(presence.totals)
        except Unavailable:
            return {"people": None, "connections": None}
        return {"people": people, "connections": connections}

    def _add_up(self, now: float) -> State:
        """The rates of all servers together, and each one's."""
        self._servers = {
            name: server for name, server in self._servers.items() if now - server.beats[-1][0] < 60 * _SILENT_SECONDS
        }
        servers, together, latency = {}, history.empty(), list[int]()
        rates = dict.fromkeys(("published", "delivered", "frames", "errors"), 0.0)
        for name, server in self._servers.items():
            added, seconds = server.added()
            at, _, gauges = server.beats[-1]
            silent = now - at >= _SILENT_SECONDS
            each = {kind: added[kind] / seconds if seconds and not silent else 0.0 for kind in rates}
            servers[name] = {**gauges, **{kind: round(rate, 1) for kind, rate in each.items()}, "silent": silent}
            if not silent:
                history.add(together, {**added, **gauges})
                rates = {kind: rates[kind] + each[kind] for kind in rates}
        latency = together["latency"]
        return {
            "servers": servers,
            **{kind: round(rate, 1) for kind, rate in rates.items()},
            "behind": together["behind"],
            "waiting": together["waiting"],
            "p50": _rounded(percentile(latency, 0.5)),
            "p99": _rounded(percentile(latency, 0.99)),
        }


def _rounded(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds, 1)


_boards: WeakKeyDictionary[asyncio.AbstractEventLoop, Board] = WeakKeyDictionary()


def this_board() -> Board:
    """The board of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _boards:
        _boards[loop] = Board()
    return _boards[loop]
