"""What this process did, counted since it started. Cheap enough for every frame: numbers in memory and nothing else."""

import threading
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

LATENCY_BOUNDS = (1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300, 500, 800, 1200, 2000, 3000, 5000, 10_000, 30_000)
"""In milliseconds: a latency belongs to the first bound that it does not exceed, and beyond the last to one more."""


@dataclass(slots=True)
class Metrics:
    """Totals. `latency` counts, for each of LATENCY_BOUNDS, the times from a POST to the first acknowledgement by a browser."""

    published: int = 0
    """Notifications that were stored."""
    addressed: int = 0
    """People to whom these were addressed, in all."""
    frames: int = 0
    """Frames written to sockets."""
    delivered: int = 0
    """Entries that browsers acknowledged."""
    opened: int = 0
    """Connections that were welcomed."""
    errors: int = 0
    """Requests answered with 5xx."""
    closed: Counter[int] = field(default_factory=Counter)
    """Connections that ended, or were refused, by close code."""
    latency: list[int] = field(default_factory=lambda: [0] * (len(LATENCY_BOUNDS) + 1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count_published(self, addressed: int) -> None:
        """From any thread."""
        with self._lock:
            self.published += 1
            self.addressed += addressed

    def count_error(self) -> None:
        """From any thread."""
        with self._lock:
            self.errors += 1

    def observe(self, *seconds: float) -> None:
        """The times from notifications' POSTs to first acknowledgements. From any thread."""
        places = [bisect_left(LATENCY_BOUNDS, each * 1000) for each in seconds]
        with self._lock:
            for place in places:
                self.latency[place] += 1

    def totals(self) -> dict[str, Any]:
        """All of it, as JSON takes it; `closed` has its codes as strings."""
        with self._lock:
            return {
                "published": self.published,
                "addressed": self.addressed,
                "frames": self.frames,
                "delivered": self.delivered,
                "opened": self.opened,
                "errors": self.errors,
                "closed": {str(code): number for code, number in sorted(self.closed.items())},
                "latency": list(self.latency),
            }


def increase(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """What was added between two `totals`, in the same form."""
    return {
        name: value - before[name]
        if isinstance(value, int)
        else [new - old for new, old in zip(value, before[name], strict=True)]
        if isinstance(value, list)
        else {key: more for key, number in value.items() if (more := number - before[name].get(key, 0))}
        for name, value in now.items()
    }


def percentile(latency: list[int], share: float) -> float | None:
    """The latency, in milliseconds, that this share of the counted does not exceed; None when nothing was counted.

    Within a bound it is taken as evenly spread.
    """
    wanted = share * sum(latency)
    if not wanted:
        return None
    passed, lower = 0, 0
    for upper, number in zip((*LATENCY_BOUNDS, LATENCY_BOUNDS[-1]), latency, strict=True):
        if number and passed + number >= wanted:
            return lower + (upper - lower) * (wanted - passed) / number
        passed, lower = passed + number, upper
    return float(LATENCY_BOUNDS[-1])


METRICS = Metrics()
"""Those of this process."""
