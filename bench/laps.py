"""Which stretches of a measurement count: those in which nobody else was at work on the same real core.

A neighbour comes and goes within seconds, and what runs beside it takes up to twice its CPU time. So a measurement is taken in laps of
about a second, and those at a good pace make the figure. They are chosen by the pace alone, never by what they came to.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bench.pace import GOOD, Pace


@dataclass(frozen=True)
class Lap:
    """From one moment of the monotonic clock to another: the CPU seconds of the server, and how much it did for them."""

    begin: float
    end: float
    server: float
    units: float


@dataclass(frozen=True)
class Counted:
    """These laps. `good` are the CPU seconds of those at a good pace, and `a_unit` those of a unit; `pace` as in `bench.pace`, None where nobody knows."""

    laps: tuple[Lap, ...]
    good: float
    a_unit: float
    pace: float | None


def counted(laps: Sequence[Lap], pace: Pace | None) -> Counted:
    """What the laps at a good pace come to; the best quarter of all, where these are fewer."""
    chosen, good = _choose(laps, pace)
    server, units = sum(lap.server for _, lap in chosen), sum(lap.units for _, lap in chosen)
    known = [(took, lap.end - lap.begin) for took, lap in chosen if math.isfinite(took)]
    seconds = sum(lasted for _, lasted in known)
    return Counted(
        tuple(lap for _, lap in chosen),
        good=sum(lap.server for _, lap in chosen[:good]),
        a_unit=server / units if units else math.nan,
        pace=sum(took * lasted for took, lasted in known) / seconds if seconds else None,
    )


def _choose(laps: Sequence[Lap], pace: Pace | None) -> tuple[list[tuple[float, Lap]], int]:
    """Those that count, each with its pace, the best first; and how many of them are at a good one."""
    if pace is None:
        return [(math.inf, lap) for lap in laps], len(laps)
    paced = sorted(((_pace_in(pace, lap), lap) for lap in laps), key=lambda each: each[0])
    good = sum(took <= GOOD * pace.best for took, _ in paced)
    return paced[: max(good, math.ceil(len(paced) / 4))], good


def _pace_in(pace: Pace, lap: Lap) -> float:
    """Infinite for one that was too short to know."""
    took = pace.between(lap.begin, lap.end)
    return math.inf if took is None else took
