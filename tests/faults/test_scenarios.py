"""The short form of each scenario, on one of the servers; `make faults` plays the long one on both.

And the proof that the harness would notice: with the sweep switched off and a wake-up lost, the checker objects.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.faults.checker import Verdict, check
from tests.faults.history import Attempt, Outcome, now
from tests.faults.load import EVERYONE
from tests.faults.scenarios import SCENARIOS
from tests.faults.stage import Stage
from tests.real.postgres import Postgres

pytestmark = pytest.mark.timeout(180)

# Which are played by one worker, one after the other.
GROUPS = {
    "faults-servers": {
        "server-killed": "daphne",
        "rolling-restart": "uvicorn",
        "everybody-returns": "daphne",
        "never-reading": "daphne",
    },
    "faults-parts": {
        "redis-silent": "daphne",
        "postgres-restarted": "uvicorn",
        "client-away": "daphne",
        "beyond-retention": "uvicorn",
    },
}
# This one mostly waits, and a worker plays these meanwhile.
WAITING = ("half-open", "daphne")
MEANWHILE = {"one-notification": "uvicorn", "redis-killed": "uvicorn"}


def test_each_scenario_is_played() -> None:
    assert {name for group in GROUPS.values() for name in group} | MEANWHILE.keys() | {WAITING[0]} == SCENARIOS.keys()


@pytest.mark.parametrize(
    ("scenario", "kind"),
    [
        pytest.param(scenario, kind, marks=pytest.mark.xdist_group(group))
        for group, played in GROUPS.items()
        for scenario, kind in played.items()
    ],
)
def test_nothing_is_lost_doubled_misordered_or_late(postgres: Postgres, scenario: str, kind: str) -> None:
    result = SCENARIOS[scenario](kind, "short", postgres)
    assert result.objections == [], result.figures


@pytest.mark.xdist_group("faults-waiting")
def test_nothing_is_lost_on_dead_lines_and_meanwhile(postgres: Postgres) -> None:
    name, kind = WAITING
    with ThreadPoolExecutor(1) as beside:
        waiting = beside.submit(SCENARIOS[name], kind, "short", postgres)
        results = [SCENARIOS[other](server, "short", postgres) for other, server in MEANWHILE.items()]
        results.append(waiting.result())
    for result in results:
        assert result.objections == [], result.figures


@pytest.mark.xdist_group("faults-parts")
def test_without_the_sweep_the_checker_objects(postgres: Postgres) -> None:
    """Something publishes beside the server, and what should wake it goes elsewhere in Redis: nobody can know.

    Only the sweep repairs that. Where it comes once a minute, the checker finds notifications missing after 5 s.
    """
    with ThreadPoolExecutor(2) as both:
        swept, not_swept = both.map(partial(_with_lost_wake_ups, postgres), ["1", "60"])
    assert swept.objections == []
    assert not_swept.lost


def _with_lost_wake_ups(postgres: Postgres, sweep_seconds: str) -> Verdict:
    with Stage("uvicorn", clients=5, postgres=postgres, NOTIFIER_SWEEP_SECONDS=sweep_seconds) as stage:
        with stage.publishers(rate=20, limit=10) as heard:
            heard.join(seconds=30)
        stage.calm(2.5)  # streams that were joined just now are swept once more by themselves
        began = now()
        sent = stage.servers[0].manage("notify", "--everyone", "unheard", NOTIFIER_REDIS_PREFIX="elsewhere")
        assert sent.returncode == 0, sent.stderr
        stage.history.attempts.append(Attempt(EVERYONE.stream, "unheard", began, now(), Outcome.OK))
        stage.crowd.settle(seconds=5)
        assert not stage.history.complaints
        return check(stage.history, bound=10)
