"""Which connections of this process carry which streams, and how a live entry gets to them."""

import time
from collections import defaultdict
from collections.abc import Collection

from notifier.connection import Connection
from notifier.live import Live
from notifier.lockstep import Lockstep

# So many on one stream go in step.
_MANY = 16


class Carriers:
    def __init__(self) -> None:
        self._of: dict[str, set[Connection]] = {}
        self._steps: dict[str, Lockstep] = {}
        self._streams: dict[Connection, set[str]] = defaultdict(set)
        self.since: dict[Connection, float] = {}
        """When each connection came, on the monotonic clock."""

    @property
    def connections(self) -> Collection[Connection]:
        """All of them, as they come and go."""
        return self._streams.keys()

    @property
    def streams(self) -> Collection[str]:
        """All that somebody carries, as that changes."""
        return self._of.keys()

    def of(self, stream: str) -> tuple[Connection, ...]:
        """Those that carry it now."""
        return tuple(self._of.get(stream, ()))

    def add(self, connection: Connection, streams: Collection[str]) -> list[str]:
        """Returns which of them nobody carried."""
        self.since.setdefault(connection, time.monotonic())
        self._streams[connection].update(streams)
        first = []
        for stream in streams:
            if stream not in self._of:
                self._of[stream] = set()
                first.append(stream)
            self._of[stream].add(connection)
        return first

    def remove(self, connection: Connection, streams: Collection[str] | None = None) -> list[str]:
        """These streams, or all. Returns which of them nobody carries any more."""
        mine = self._streams.pop(connection, set())
        leaving = mine if streams is None else mine.intersection(streams)
        if mine - leaving:
            self._streams[connection] = mine - leaving
        else:
            self.since.pop(connection, None)
        connection.delivery.fall_out()
        last = []
        for stream in leaving:
            self._of[stream].discard(connection)
            if not self._of[stream]:
                del self._of[stream]
                self._steps.pop(stream, None)
                last.append(stream)
        return last

    def few(self, stream: str) -> bool:
        """Whether somebody carries it, and no crowd that goes in step."""
        return stream in self._of and stream not in self._steps and len(self._of[stream]) < _MANY

    def push(self, live: Live) -> None:
        """Hand a live entry to all that carry its stream."""
        if not (carriers := self._of.get(live.stream)):
            return
        if (step := self._steps.get(live.stream)) is None and len(carriers) >= _MANY:
            step = self._steps[live.stream] = Lockstep()
        for connection in tuple(carriers) if step is None else step.push(live, carriers):
            connection.push(live, step)
