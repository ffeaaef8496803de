"""Runs what the rows ask for, each stack and workload once or until the machine kept its pace, and makes their figures comparable."""

import asyncio
import gc
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import uvloop

from bench.measured import Measured
from bench.pace import GOOD, Pace
from bench.profiling import Profiler
from bench.rows import STACKS, Bound, Row, Work
from bench.stacks.base import Machine, Stack
from bench.stacks.nchan import NotHere
from bench.stage import people
from bench.usage import Meter

# In a workload, and for a start or a stop.
_QUICK_SECONDS, _FULL_SECONDS, _START_SECONDS = 180, 900, 120
# What was measured while the machine was not at a good pace is measured again, so often at most, and unless that
# takes longer, or all that was done again took this long. Before each try the machine may take a while to come to rest.
_TRIES, _TRY_SECONDS, _PATIENCE_SECONDS, _REST_SECONDS = 3, 60, 600, 20

Say = Callable[[str], None]


@dataclass(frozen=True)
class Comparison:
    """Ours beside a peer or a number. `ratio` is ours over the peer's; `met` is None where nothing is to be reached."""

    peer: str | None
    peer_value: float | None
    ratio: float | None
    bound: Bound | None
    met: bool | None


@dataclass
class Outcome:
    """What one row came to. `ours` is None where it could not be measured."""

    row: Row
    measured: Measured | None
    ours: float | None
    comparisons: list[Comparison]
    note: str = ""
    peers: dict[str, Measured] = field(default_factory=dict)


class Runner:
    """`profiles` is a folder for py-spy's samples of our own servers, or None. With a `pace`, what was measured at a bad one is measured again."""

    def __init__(
        self, machine: Machine, *, quick: bool, say: Say, profiles: Path | None = None, pace: Pace | None = None
    ) -> None:
        self._machine, self._quick, self._say, self._profiles = machine, quick, say, profiles
        self.pace = pace
        self._patience = float(_PATIENCE_SECONDS)
        self._done: dict[tuple[str, Work], Measured | None] = {}
        self.labels: dict[str, str] = {}
        self.lacks: dict[str, str] = {}
        self.failures: dict[str, str] = {}
        """Why a stack could not be measured."""

    def run(self, rows: list[Row], *, peers: bool) -> list[Outcome]:
        outcomes = []
        for number, row in enumerate(rows, 1):
            self._say(f"\n[{number}/{len(rows)}] {row.name}: {row.title}")
            outcomes.append(self._row(row, peers=peers))
        return outcomes

    def _row(self, row: Row, *, peers: bool) -> Outcome:
        measured = self._measure(row.ours, row.work(quick=self._quick))
        ours = _figure(measured, row.figure)
        beside = {
            peer: self._measure(peer, row.peer_work(quick=self._quick))
            for peer in (row.beside(quick=self._quick) if peers else ())
        }
        comparisons = [
            compare(ours, None if bound.peer is None else _figure(beside.get(bound.peer), row.figure), bound)
            for bound in row.bounds
        ]
        bound_to = {bound.peer for bound in row.bounds}
        for peer, theirs in beside.items():
            value = _figure(theirs, row.figure)
            if peer not in bound_to:
                ratio = ours / value if ours is not None and value else None
                comparisons.append(Comparison(peer, value, ratio, None, None))
        cores = self._machine.cores
        note = row.note if cores.second_server == cores.others else ""
        return Outcome(row, measured, ours, comparisons, note, {name: it for name, it in beside.items() if it})

    def _measure(self, name: str, work: Work) -> Measured | None:
        """None when it failed; the reason is kept."""
        if (name, work) not in self._done:
            self._done[name, work] = self._at_a_good_pace(name, work)
        return self._done[name, work]

    def _at_a_good_pace(self, name: str, work: Work) -> Measured | None:
        """What was measured while the machine was fastest, whatever the figures; but all that was lost counts."""
        tries = list[Measured]()
        while True:
            if self.pace is not None:
                self._patience -= self.pace.wait_until_good(min(_REST_SECONDS, self._patience))
            begin = time.monotonic()
            if (measured := self._try(name, work)) is None:
                return None
            tries.append(measured)
            took = time.monotonic() - begin
            is_good = (self.slowness(measured) or 1) <= GOOD
            if is_good or len(tries) == _TRIES or took > _TRY_SECONDS or took > self._patience:
                break
            self._patience -= took
        best = min(tries, key=lambda measured: measured.pace or 0)
        return replace(best, lost=sum(each.lost for each in tries), strangers=sum(each.strangers for each in tries))

    def slowness(self, measured: Measured) -> float | None:
        """How many times slower than at its best, as far as that is known by now, the machine was when this was measured."""
        return None if self.pace is None or measured.pace is None else measured.pace / self.pace.best

    def _try(self, name: str, work: Work) -> Measured | None:
        begin = time.monotonic()
        stack = STACKS[name](self._machine)
        self.labels[name], self.lacks[name] = stack.label, stack.lacks
        profiler = None
        if self._profiles is not None and name.startswith("notifier"):
            profiler = Profiler(self._profiles / f"{name}-{work.do.__name__}-{int(work.sizes[0][1])}.txt")
        try:
            try:
                with limited(_START_SECONDS):
                    stack.start(people(work.users))
                Meter.profiler, Meter.pace = profiler, self.pace
                measured = uvloop.run(self._bounded(work, stack))
            finally:
                Meter.profiler = Meter.pace = None
                with limited(_START_SECONDS):
                    stack.stop()
                stack.forget()
        except NotHere as why:
            self.failures[name] = str(why)
            self._say(f"    {name:20} left out: {why}")
            return None
        except Exception as error:  # one that fails must not end the run
            self.failures[name] = f"{work}: {error!r}"
            self._say(f"    {name:20} failed: {error!r}")
            return None
        more = " ".join(f"{key} {value:.3g}" for key, value in measured.more.items())
        lost = f"  lost {measured.lost} strangers {measured.strangers}" if measured.lost or measured.strangers else ""
        slowness = self.slowness(measured)
        slow = "" if slowness is None else f" slower {slowness:.2f}"
        self._say(
            f"    {name:20} {work.do.__name__} {measured.value:9.4g}  [{more}]  server {measured.server_share:.0%}"
            f" client {measured.client_share:.0%} stores {measured.stores_share:.0%} others {measured.others_share:.0%}{slow}{lost}"
            f"  ({time.monotonic() - begin:.0f} s)"
        )
        if profiler is not None:
            self._say(profiler.summary())
        return measured

    async def _bounded(self, work: Work, stack: Stack) -> Measured:
        async with asyncio.timeout(_QUICK_SECONDS if self._quick else _FULL_SECONDS):
            return await work.on(stack)


def _figure(measured: Measured | None, name: str) -> float | None:
    if measured is None:
        return None
    return measured.more[name] if name else measured.value


def compare(ours: float | None, theirs: float | None, bound: Bound) -> Comparison:
    """`met` is None where one of the two is not known."""
    if bound.peer is None:
        ratio = None
        known = ours
    else:
        ratio = known = ours / theirs if ours is not None and theirs else None
    met = None if known is None else known >= bound.most if bound.least else known <= bound.most
    return Comparison(bound.peer, theirs, ratio, bound, met)


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    """TimeoutError in this block when it takes longer. For the main thread."""

    def too_long(*_: object) -> None:
        raise TimeoutError(f"took more than {seconds} s")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def prepare(machine: Machine) -> None:
    """This process is the load client: it keeps to its own cores, and is not to be paused by a garbage collection."""
    gc.disable()
    os.sched_setaffinity(0, machine.cores.others)
