"""What processes take of the machine, from the operating system's own books."""

import math
import os
import time
from dataclasses import dataclass
from typing import ClassVar

import psutil

from bench.laps import Counted, Lap, counted
from bench.pace import Pace
from bench.profiling import Profiler

_CORES = psutil.cpu_count() or 1
# Long enough to take the pace, and for steps of 10 ms to be small; short enough to lie between two visits of a neighbour.
_LAP_SECONDS = 1.0
# Where the machine is never at a good pace a measurement ends, too.
_LONGEST_SECONDS = 15.0


def cpu_seconds(pids: list[int]) -> float:
    """CPU time, user and system, of these processes and all their descendants, those that ended too."""
    total = 0.0
    for pid in pids:
        process = psutil.Process(pid)
        times = process.cpu_times()
        total += times.user + times.system + times.children_user + times.children_system
        for child in process.children(recursive=True):
            times = child.cpu_times()
            total += times.user + times.system
    return total


def memory_bytes(pids: list[int]) -> int:
    """What belongs to these processes alone, and their part of what they share (PSS). Not the kernel's socket buffers."""
    total = 0
    for pid in pids:
        process = psutil.Process(pid)
        total += sum(each.memory_full_info().pss for each in [process, *process.children(recursive=True)])
    return total


def _busy_seconds() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq + times.steal)


@dataclass(frozen=True)
class Used:
    """What a span of time took. Shares are of one core: 1.0 is a core that never rests."""

    wall: float
    server: float
    """CPU seconds of the server's processes."""
    client: float
    """CPU seconds of this process, the load client."""
    stores: float
    """CPU seconds of PostgreSQL and Redis."""
    others_share: float
    """What was neither the server, its stores nor the client. Well above 0: somebody else uses this machine."""
    pace: float | None = None
    """How many seconds of CPU a fixed computation took meanwhile, or in the laps that count; see `bench.pace`."""
    a_unit: float = math.nan
    """CPU seconds of the server for a unit, in the laps that count: see `bench.laps`."""
    laps: int = 0
    counted: int = 0

    @property
    def client_share(self) -> float:
        return self.client / self.wall

    @property
    def stores_share(self) -> float:
        return self.stores / self.wall

    @property
    def server_share(self) -> float:
        return self.server / self.wall


class Meter:
    """Measures from its making to `stop`. Where there is a profiler it samples the first process meanwhile, and where there is a pace that is taken down."""

    profiler: ClassVar[Profiler | None] = None
    pace: ClassVar[Pace | None] = None

    def __init__(self, server: list[int], stores: list[int]) -> None:
        self._server, self._stores = server, stores
        if self.profiler is not None:
            self.profiler.start(server[0])
        self._laps = list[Lap]()
        self._looked_at, self._has = -1, False
        self._then = self._now()
        self._began, self._spent, self._units = time.monotonic(), cpu_seconds(server), 0.0

    def add(self, units: float) -> None:
        """So much more was done. Ends the lap if it has lasted long enough."""
        self._units += units
        if time.monotonic() - self._began >= _LAP_SECONDS:
            self.lap()

    def lap(self) -> None:
        """End the lap: what was added since the last one is what it did. Without that it is none."""
        if not self._units:
            return
        end, server = time.monotonic(), cpu_seconds(self._server)
        self._laps.append(Lap(self._began, end, server - self._spent, self._units))
        self._began, self._spent, self._units = end, server, 0.0

    def skip(self) -> None:
        """What was done since the last lap belongs to none."""
        self._began, self._spent, self._units = time.monotonic(), cpu_seconds(self._server), 0.0

    def has(self, seconds: float) -> bool:
        """Whether the laps at a good pace took so many CPU seconds of the server, or all laps long enough."""
        if len(self._laps) != self._looked_at:
            self._looked_at = len(self._laps)
            lasted = sum(lap.end - lap.begin for lap in self._laps)
            self._has = lasted >= _LONGEST_SECONDS or self._counted().good >= seconds
        return self._has

    def stop(self) -> Used:
        self.lap()
        wall, server, client, stores, busy = (now - then for now, then in zip(self._now(), self._then, strict=True))
        if self.profiler is not None:
            self.profiler.stop()
        others = min(max(0.0, busy - server - client - stores) / wall, _CORES)
        if self._laps:
            found = self._counted()
            return Used(
                wall, server, client, stores, others, found.pace, found.a_unit, len(self._laps), len(found.laps)
            )
        pace = None if self.pace is None else self.pace.between(self._then[0], self._then[0] + wall)
        return Used(wall, server, client, stores, others, pace)

    def _counted(self) -> Counted:
        return counted(self._laps, self.pace)

    def _now(self) -> tuple[float, float, float, float, float]:
        own = os.times()
        stores = cpu_seconds(self._stores)
        return time.monotonic(), cpu_seconds(self._server), own.user + own.system, stores, _busy_seconds()
