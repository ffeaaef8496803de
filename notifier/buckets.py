"""Token buckets: how often somebody may do something."""

import threading
from collections.abc import Hashable

# So many are kept before those that are full again, and so say nothing, are thrown away.
_KEPT = 10_000


class Buckets:
    """One bucket for each key, in the memory of this process. It holds `capacity` tokens, and `rate` of them are added each second."""

    def __init__(self, rate: float, capacity: float) -> None:
        self._rate, self._capacity = rate, capacity
        self._buckets: dict[Hashable, tuple[float, float]] = {}
        self._kept = _KEPT
        self._lock = threading.Lock()

    def take(self, key: Hashable, now: float) -> float:
        """Take a token. Returns 0, or the seconds until there is one. `now` is a monotonic clock."""
        with self._lock:
            tokens, at = self._buckets.get(key, (self._capacity, now))
            tokens = min(self._capacity, tokens + (now - at) * self._rate)
            wait = 0.0 if tokens >= 1 else (1 - tokens) / self._rate
            self._buckets[key] = (tokens if wait else tokens - 1, now)
            if len(self._buckets) > self._kept:
                self._forget_full(now)
        return wait

    def give_back(self, key: Hashable, now: float) -> None:
        """As if the last token had not been taken."""
        with self._lock:
            if key in self._buckets:
                tokens, at = self._buckets[key]
                self._buckets[key] = (min(self._capacity, tokens + (now - at) * self._rate + 1), now)

    def _forget_full(self, now: float) -> None:
        self._buckets = {
            key: (tokens, at)
            for key, (tokens, at) in self._buckets.items()
            if tokens + (now - at) * self._rate < self._capacity
        }
        # Not at every call from now on, should most of them be in use.
        self._kept = max(_KEPT, 2 * len(self._buckets))
