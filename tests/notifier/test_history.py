"""The history: what each server counted, added up over all of them, for a bounded time; and when servers ran."""

import time
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.utils import timezone

from notifier import history, reporting
from notifier.history import COARSE, FINE, KEPT
from notifier.metrics import METRICS, Metrics, increase
from notifier.models import Point, ServerRun
from notifier.reporting import Reporter

pytestmark = pytest.mark.django_db

NOW = 0


@pytest.fixture(autouse=True)
def _this_moment() -> None:
    """That of the test: others may have run for minutes since this file was imported."""
    global NOW
    NOW = int(time.time())


def at(seconds_ago: int, span: int = FINE) -> int:
    return (NOW - seconds_ago) // span * span


def counted(published: int = 0, *, latency: list[float] | None = None, **facts: Any) -> dict[str, Any]:
    """What a server counts in one point."""
    metrics = Metrics()
    nothing = metrics.totals()
    for _ in range(published):
        metrics.count_published(2)
    for milliseconds in latency or []:
        metrics.observe(milliseconds / 1000)
    return {**increase(metrics.totals(), nothing), "connections": 0, "behind": 0, "waiting": 0, **facts}


def test_two_servers_are_summed() -> None:
    """Sums, gauges, close codes, and latencies as if one had counted them all."""
    history.record("a", [(FINE, at(60), counted(3, latency=[4] * 90, connections=5, closed={"1001": 2, "4002": 1}))])
    history.record("b", [(FINE, at(60), counted(4, latency=[400] * 10, connections=7, closed={"1001": 1}))])
    (point,) = history.series(FINE)
    assert (point["at"], point["published"], point["addressed"], point["connections"]) == (at(60), 7, 14, 12)
    assert point["closed"] == {"1001": 3, "4002": 1}
    assert 3 <= point["p50"] <= 5
    assert 300 <= point["p99"] <= 500


def test_a_point_is_replaced_and_not_doubled() -> None:
    """Written again, by a server that did not hear that it was."""
    for published in (3, 5):
        history.record("a", [(FINE, at(60), counted(published))])
    assert [point["published"] for point in history.series(FINE)] == [5]
    assert Point.objects.count() == 1


def test_points_come_oldest_first_from_where_they_are_asked() -> None:
    history.record("a", [(FINE, at(ago), counted(ago)) for ago in (20, 600, 100)])
    assert [point["published"] for point in history.series(FINE)] == [600, 100, 20]
    assert [point["published"] for point in history.series(FINE, since=at(100))] == [100, 20]
    assert history.series(COARSE) == []


def test_the_newest_point_waits_for_every_server() -> None:
    """Else it would show half of the connections for a moment."""
    history.record("a", [(FINE, at(0), counted(1)), (FINE, at(30), counted(2))])
    assert [point["published"] for point in history.series(FINE)] == [2]


def test_a_point_without_latencies_has_none() -> None:
    history.record("a", [(FINE, at(60), counted(1))])
    (point,) = history.series(FINE)
    assert (point["p50"], point["p99"]) == (None, None)


def test_what_a_newer_version_counts_besides_is_no_obstacle() -> None:
    """While servers are replaced, both versions write."""
    history.record("a", [(FINE, at(60), {"published": 1, "connections": 2})])
    history.record("b", [(FINE, at(60), counted(1, something={"else": 1}))])
    (point,) = history.series(FINE)
    assert (point["published"], point["connections"]) == (2, 2)


def test_latest_is_the_newest_point_of_each_server() -> None:
    history.record("a", [(FINE, at(15), counted(1)), (FINE, at(10), counted(2))])
    history.record("b", [(FINE, at(10), counted(3))])
    history.record("gone", [(FINE, at(60), counted(4))])
    found = history.latest(since=NOW - 20)
    assert {server: facts["published"] for server, facts in found.items()} == {"a": 2, "b": 3}


def test_what_is_too_old_is_removed() -> None:
    """Points of each kind after their own time, and servers that ended a day ago."""
    history.record("a", [(FINE, at(KEPT[FINE] + 60), counted(1)), (FINE, at(60), counted(1))])
    history.record(
        "a", [(COARSE, at(KEPT[FINE] + 60, COARSE), counted(1)), (COARSE, at(KEPT[COARSE] + 600, COARSE), counted(1))]
    )
    for name, hours in (("old", 25), ("young", 23)):
        history.begin_run(name, host="web", kind="daphne", version="1")
        ServerRun.objects.filter(server=name).update(last_seen_at=timezone.now() - timedelta(hours=hours))
    history.forget_old()
    assert sorted(Point.objects.values_list("span", "at")) == [(FINE, at(60)), (COARSE, at(KEPT[FINE] + 60, COARSE))]
    assert [run.server for run in history.runs()] == ["young"]


def test_a_server_runs_is_stopped_or_died() -> None:
    """It died when it wrote nothing for 40 s, and nobody stopped it; its end is then the last that was seen of it."""
    for name in ("runs", "stopped", "died"):
        history.begin_run(name, host="web", kind="uvicorn", version="1")
    history.end_run("stopped")
    seen = timezone.now() - history.SILENT - timedelta(seconds=1)
    ServerRun.objects.filter(server="died").update(last_seen_at=seen)
    found = {run.server: (run.ended is not None, run.died) for run in history.runs()}
    assert found == {"runs": (False, False), "stopped": (True, False), "died": (True, True)}
    assert next(run.ended for run in history.runs() if run.died) == seen


def test_a_point_keeps_a_server_alive() -> None:
    history.begin_run("a", host="web", kind="uvicorn", version="1")
    ServerRun.objects.update(last_seen_at=timezone.now() - timedelta(seconds=60))
    assert history.runs()[0].died
    history.record("a", [(FINE, at(60), counted())])
    assert not history.runs()[0].died


def test_of_very_many_servers_the_newest_are_told() -> None:
    """One that ends at each start must not make the dashboards' frames endless."""
    now = timezone.now()
    ServerRun.objects.bulk_create(
        ServerRun(
            server=str(number),
            host="web",
            kind="daphne",
            version="1",
            started_at=now + timedelta(seconds=number),
            last_seen_at=now,
        )
        for number in range(250)
    )
    found = history.runs()
    assert [found[0].server, found[-1].server, len(found)] == ["50", "249", 200]


def test_a_run_as_json_takes_it() -> None:
    history.begin_run("a", host="web", kind="uvicorn", version="1")
    (run,) = history.runs()
    facts = run.as_dict()
    assert facts["began"].endswith("Z") and facts["ended"] is None
    assert {"server", "host", "kind", "version", "died"} <= facts.keys()


def test_reporter_tells_what_was_added_since_its_last_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub calls `record` each second: a point is written once its time is over, with what was observed meanwhile."""

    async def here(verb: Any, *args: Any, **options: Any) -> Any:
        return await sync_to_async(verb)(*args, **options)

    async def play() -> None:
        clock = [float(at(300))]
        monkeypatch.setattr(reporting, "in_database", here)
        monkeypatch.setattr(time, "time", lambda: clock[0])
        reporter = Reporter(lambda: {"connections": 4, "behind": 0, "waiting": 0})
        METRICS.count_published(1)
        METRICS.observe(0.004)
        await reporter.record()
        clock[0] += FINE
        await reporter.record()
        await reporter.record()
        METRICS.count_published(1)
        clock[0] += FINE
        await reporter.record()

    async_to_sync(play)()
    monkeypatch.undo()
    points = history.series(FINE)
    assert [(point["at"], point["published"], point["connections"]) for point in points] == [
        (at(300), 1, 4),
        (at(300) + FINE, 1, 4),
    ]
    assert 3 <= points[0]["p50"] <= 5
    assert points[1]["p50"] is None
