"""What the servers tell of themselves each second, kept for a few seconds and added up."""

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from notifier import history
from notifier.metrics import increase, percentile

State = dict[str, Any]

# A server that has not beaten for so long is shown as silent.
_SILENT_SECONDS = 5.0
# And after so long it is forgotten here: the history knows how it ended.
_FORGOTTEN_SECONDS = 300.0
# Rates and latencies are those of so many seconds.
_WINDOW = 10

_RATES = ("published", "delivered", "frames", "opened", "errors")


@dataclass(slots=True)
class _Beats:
    """The last beats of one server, each (when it came, its totals, its gauges)."""

    beats: deque[tuple[float, State, dict[str, int]]] = field(default_factory=lambda: deque(maxlen=_WINDOW + 1))

    def added(self) -> tuple[State, float]:
        """What it counted within the window, and how long that is, in seconds."""
        (began, before, _), (ended, now, _) = self.beats[0], self.beats[-1]
        return increase(now, before), ended - began


class Servers:
    def __init__(self) -> None:
        self._servers: dict[str, _Beats] = {}

    def heard(self, server: str, totals: State, gauges: dict[str, int]) -> None:
        """A beat of this server came."""
        self._servers.setdefault(server, _Beats()).beats.append((time.monotonic(), totals, gauges))

    def heard_lately(self) -> set[str]:
        """The servers that are not silent."""
        now = time.monotonic()
        return {name for name, server in self._servers.items() if now - server.beats[-1][0] < _SILENT_SECONDS}

    def add_up(self) -> State:
        """The rates of all servers together, each a second, and each server's. A server counts from its second beat on."""
        now = time.monotonic()
        self._servers = {
            name: server for name, server in self._servers.items() if now - server.beats[-1][0] < _FORGOTTEN_SECONDS
        }
        servers, together = {}, history.empty()
        rates, closed = dict.fromkeys(_RATES, 0.0), 0.0
        for name, server in self._servers.items():
            if len(server.beats) < 2:
                continue  # nobody can tell its rates yet
            added, seconds = server.added()
            at, _, gauges = server.beats[-1]
            silent = now - at >= _SILENT_SECONDS
            each = {kind: 0.0 if silent else added[kind] / seconds for kind in _RATES}
            servers[name] = {**gauges, **{kind: round(rate, 1) for kind, rate in each.items()}, "silent": silent}
            if not silent:
                history.add(together, {**added, **gauges})
                rates = {kind: rates[kind] + each[kind] for kind in rates}
                closed += sum(added["closed"].values()) / seconds
        latency = together["latency"]
        return {
            "servers": servers,
            **{kind: round(rate, 1) for kind, rate in rates.items()},
            "closed": round(closed, 1),
            "behind": together["behind"],
            "waiting": together["waiting"],
            "p50": history.rounded(percentile(latency, 0.5)),
            "p99": history.rounded(percentile(latency, 0.99)),
        }
