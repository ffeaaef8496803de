"""The last 15 minutes and the last 24 hours, kept in the database: what each server counted, and when servers ran."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from notifier import wire
from notifier.metrics import percentile
from notifier.models import Point, ServerRun

FINE, COARSE = 5, 120
"""Seconds that one point covers."""

KEPT = {FINE: 15 * 60, COARSE: 24 * 3600}
"""For how many seconds points of each kind are kept."""

SILENT = timedelta(seconds=40)
"""A server that ended without a word is taken for dead after this."""

# A point is written by all servers this long after its end.
_WRITTEN_SECONDS = 2

# A server that ends at each start must not make the list endless.
_MOST_RUNS = 200

_SUMMED = ("published", "addressed", "frames", "delivered", "opened", "errors")
_GAUGES = ("connections", "behind", "waiting")


@dataclass(frozen=True, slots=True)
class Run:
    """A server's life. `ended` is None while it lasts; `died` tells that nobody stopped it."""

    server: str
    host: str
    kind: str
    version: str
    began: datetime
    ended: datetime | None
    died: bool

    def as_dict(self) -> dict[str, Any]:
        """As JSON takes it; times are ISO 8601, UTC."""
        facts = {name: getattr(self, name) for name in self.__slots__}
        return {
            **facts,
            "began": wire.timestamp(self.began),
            "ended": wire.timestamp(self.ended) if self.ended else None,
        }


def begin_run(server: str, *, host: str, kind: str, version: str) -> None:
    """A server starts."""
    now = timezone.now()
    ServerRun.objects.update_or_create(
        server=server,
        defaults={"host": host, "kind": kind, "version": version, "started_at": now, "last_seen_at": now},
    )


def end_run(server: str) -> None:
    """A server was stopped."""
    ServerRun.objects.filter(server=server).update(stopped_at=timezone.now())


def record(server: str, points: Iterable[tuple[int, int, dict[str, Any]]]) -> None:
    """Write points, (span, at, counted); one that was written before is replaced."""
    Point.objects.bulk_create(
        [Point(span=span, at=at, server=server, counted=counted) for span, at, counted in points],
        update_conflicts=True,
        unique_fields=["span", "at", "server"],
        update_fields=["counted"],
    )
    ServerRun.objects.filter(server=server).update(last_seen_at=timezone.now())


def runs() -> list[Run]:
    """The servers of the last 24 hours, oldest first; of very many the newest."""
    now = timezone.now()
    rows = ServerRun.objects.filter(last_seen_at__gte=now - timedelta(seconds=KEPT[COARSE])).order_by("-started_at")
    found = []
    for row in reversed(rows[:_MOST_RUNS]):
        died = row.stopped_at is None and row.last_seen_at < now - SILENT
        ended = row.last_seen_at if died else row.stopped_at
        found.append(Run(row.server, row.host, row.kind, row.version, row.started_at, ended, died))
    return found


def series(span: int, *, since: int | None = None) -> list[dict[str, Any]]:
    """The points of all servers together, oldest first: sums, gauges, close codes, and the latency's p50 and p99 in milliseconds.

    All that are kept, or those from `since` on, in Unix seconds. The newest only when every server had the time to write it.
    """
    now = int(timezone.now().timestamp())
    if since is None:
        since = now - KEPT[span]
    points: dict[int, dict[str, Any]] = {}
    rows = Point.objects.filter(span=span, at__gte=since, at__lte=now - span - _WRITTEN_SECONDS).order_by("at")
    for at, counted in rows.values_list("at", "counted"):
        add(points.setdefault(at, empty()), counted)
    return [{"at": at, **shown(point)} for at, point in points.items()]


def latest(*, since: int) -> dict[str, dict[str, Any]]:
    """What each server counted in its newest fine point, where that began at `since` or later, in Unix seconds."""
    rows = Point.objects.filter(span=FINE, at__gte=since).order_by("at")
    return dict(rows.values_list("server", "counted"))


def empty() -> dict[str, Any]:
    """A point of no server yet."""
    return {**dict.fromkeys((*_SUMMED, *_GAUGES), 0), "closed": Counter[str](), "latency": []}


def add(point: dict[str, Any], counted: dict[str, Any]) -> None:
    """Add one server's to a point."""
    for name in (*_SUMMED, *_GAUGES):
        point[name] += counted.get(name, 0)
    point["closed"].update(counted.get("closed", {}))
    latency = counted.get("latency", [])
    point["latency"] = [a + b for a, b in zip(point["latency"], latency, strict=True)] if point["latency"] else latency


def shown(point: dict[str, Any]) -> dict[str, Any]:
    """A point as the dashboard takes it."""
    latency = point["latency"]
    return {
        **{name: point[name] for name in (*_SUMMED, *_GAUGES)},
        "closed": dict(point["closed"]),
        "p50": rounded(percentile(latency, 0.5)),
        "p99": rounded(percentile(latency, 0.99)),
    }


def rounded(milliseconds: float | None) -> float | None:
    """To a tenth."""
    return None if milliseconds is None else round(milliseconds, 1)


def forget_old() -> None:
    """Remove points and runs that are older than is kept."""
    now = int(timezone.now().timestamp())
    for span, kept in KEPT.items():
        Point.objects.filter(span=span, at__lt=now - kept)._raw_delete("default")
    oldest = datetime.fromtimestamp(now - KEPT[COARSE], UTC)
    ServerRun.objects.filter(last_seen_at__lt=oldest).delete()
