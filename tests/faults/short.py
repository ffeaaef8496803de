"""The short form of the faults, `make faults-short`; `make faults` plays the long one on both servers.

And the proof that the harness would notice: with the sweep switched off and a wake-up lost, the checker objects.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
import redis as redis_client

from tests.faults import scenarios
from tests.faults.checker import Verdict, check
from tests.faults.result import Result
from tests.faults.stage import Stage
from tests.real.postgres import Postgres

pytestmark = [pytest.mark.xdist_group("faults-short"), pytest.mark.timeout(180)]


@pytest.mark.parametrize(
    ("scenario", "kind"),
    [
        pytest.param(scenarios.server_killed, "daphne", id="server-killed"),
        pytest.param(scenarios.redis_killed, "uvicorn", id="redis-killed"),
        pytest.param(scenarios.redis_silent, "daphne", id="redis-silent"),
        pytest.param(scenarios.client_away, "uvicorn", id="client-away"),
    ],
)
def test_nothing_is_lost_doubled_misordered_or_late(
    postgres: Postgres, scenario: Callable[..., Result], kind: str
) -> None:
    result = scenario(kind, "short", postgres)
    assert result.objections == [], result.figures


def test_postgres_restarted() -> None:
    """On a PostgreSQL of its own: other tests need theirs."""
    result = scenarios.postgres_restarted("uvicorn", "short")
    assert result.objections == [], result.figures


def test_without_the_sweep_the_checker_objects(postgres: Postgres) -> None:
    """The subscription to Redis breaks while sending goes on to work: the wake-ups are lost, and nobody is told.

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
        stage.redis_line.refuse()
        with redis_client.Redis.from_url(stage.redis.url) as killer:
            assert killer.client_kill_filter(_type="pubsub") == 1
        with stage.publishers(rate=50, limit=10) as unheard:
            unheard.join(seconds=30)
        stage.crowd.settle(seconds=5)
        assert not stage.history.complaints
        return check(stage.history, bound=5)
