"""The overview's first values: what the history and presence know, in the form of a board's `board` frame.

From the first second on the page's socket brings better ones. Called on a thread that may use the database.
"""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from notifier import history, presence, redis_line
from notifier.errors import Unavailable
from notifier.history import FINE
from ops.closings import CLOSINGS, OTHER
from ops.health import problems

# A server that wrote no point for so long gives no values.
_LATEST_SECONDS = 4 * FINE
# Servers that ended are listed for so long.
_LISTED = timedelta(minutes=15)

_PER_SECOND = ("published", "delivered", "frames", "opened", "errors")


def first_state() -> dict[str, Any]:
    """Everything that a `board` frame has."""
    people, connections = count()
    latest = history.latest(since=int(time.time()) - _LATEST_SECONDS)
    together = history.empty()
    for counted in latest.values():
        history.add(together, counted)
    shown = history.shown(together)
    state = {
        "people": people,
        "connections": connections,
        **{name: round(shown[name] / FINE, 1) for name in _PER_SECOND},
        "closed": round(sum(shown["closed"].values()) / FINE, 1),
        **{name: shown[name] for name in ("behind", "waiting", "p50", "p99")},
        "runs": [run.as_dict() for run in history.runs()],
        "servers": {
            server: {
                **{name: counted.get(name, 0) for name in ("connections", "behind", "waiting")},
                **{name: round(counted.get(name, 0) / FINE, 1) for name in _PER_SECOND},
                "silent": False,
            }
            for server, counted in latest.items()
        },
        "storm": None,
        "database": {"state": "well", "ms": None},
        "redis": redis_state(),
    }
    return {**state, "problems": problems(state)}


def count() -> tuple[int | None, int | None]:
    """How many people, and how many connections; None while nobody can tell."""
    try:
        totals = presence.totals()
    except Unavailable:
        return None, None
    return totals.people, totals.connections


def redis_state() -> str:
    """none (the embedded size), well, or away."""
    return "none" if not settings.ENVIRONMENT.redis_url else "well" if redis_line.is_well() else "away"


def servers(state: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of the servers: those that run, and those that ended a short while ago, newest first."""
    rows = []
    for run in reversed(state["runs"]):
        ended = datetime.fromisoformat(run["ended"]) if run["ended"] else None
        if ended is None or datetime.now(UTC) - ended < _LISTED:
            condition = "died" if run["died"] else "stopped" if ended else "well"
            rows.append(
                {**run, "condition": condition, **(state["servers"].get(run["server"], {}) if not ended else {})}
            )
    return rows


def disconnects(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What these points tell of connections that ended, by close code, the most frequent first."""
    counted = Counter[str]()
    for point in points:
        counted.update(point["closed"])
    return [
        {"code": int(code), "number": number, **CLOSINGS.get(int(code), OTHER)._asdict()}
        for code, number in counted.most_common()
    ]
