"""Redis that dies, or that is there and answers nothing."""

import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.checker import percentile
from tests.faults.measures import attempts_during, caught_up, delays_of, shown, shown_ms
from tests.faults.result import Result, judge
from tests.faults.scenarios.playing import Length, demand_that_nobody_noticed
from tests.faults.stage import RATE, Stage
from tests.real.postgres import Postgres
from tests.real.redis import Redis

_CAUGHT_UP_SECONDS, _POST_SECONDS = 10.0, 0.5
# What the sweep brings while the layer is unwell: it looks every 2 s, and the look takes its time.
_SWEPT_SECONDS = 4.0


def redis_killed(kind: str, length: Length, postgres: Postgres | None = None) -> Result:
    """Redis killed and started again, without what it knew: all that was answered by then is handed over within 10 s."""
    times = {"short": 2, "long": 10}[length]
    with Stage(kind, postgres=postgres) as stage:
        with stage.publishers():
            for _ in range(times):
                stage.calm(random.uniform(0.5, 1.0))
                with stage.fault("Redis killed"):
                    stage.redis.kill()
                    stage.calm(random.uniform(0.5, 1.5))
                    stage.redis.start()
            stage.calm(1)
        result = judge(stage, "Redis killed", bound=12, settle=20)
        demand_that_nobody_noticed(result)
        took = [
            seconds
            for fault in stage.history.faults
            for seconds in caught_up(stage.history, fault, sockets_kept=True).values()
        ]
        result.figures["caught up after the restart p50 / p99 / max"] = shown(took, 0.5, 0.99, 1)
        result.demand(max(took) <= _CAUGHT_UP_SECONDS, f"caught up only after {max(took):.1f} s")
        return result


def redis_silent(kind: str, length: Length, postgres: Postgres | None = None) -> Result:
    """Redis stopped (SIGSTOP), then unreachable: its connections stay open and nothing answers.

    Publishers hardly notice, and the sweep delivers.
    """
    seconds = {"short": 2, "long": 60}[length]
    with Stage(kind, postgres=postgres) as stage:
        with stage.publishers():
            stage.calm(0.5)
            with stage.fault("Redis stopped"), _stopped(stage.redis):
                stage.calm(seconds)
            stage.calm(1)
            with stage.fault("Redis unreachable"):
                stage.redis_line.black_hole()
                stage.calm(seconds)
                stage.redis_line.restore()
            stage.calm(1)
        result = judge(stage, "Redis silent", bound=12, settle=20)
        demand_that_nobody_noticed(result)
        for name in ("Redis stopped", "Redis unreachable"):
            during = attempts_during(stage.history, name)
            posts = sorted(attempt.finished - attempt.started for attempt in during)
            delays = delays_of(stage.history, during)
            result.figures[f"{name}: POSTs a second"] = f"{len(during) / seconds:.1f} of {RATE:.0f}"
            result.figures[f"{name}: POST p50 / p99 / max"] = shown_ms(posts, 0.5, 0.99, 1)
            result.figures[f"{name}: delay p50 / p99 / max"] = shown(delays, 0.5, 0.99, 1)
            result.demand(bool(during), f"{name}: nothing was sent")
            slow, late = percentile(posts, 0.99), percentile(delays, 0.99)
            if length == "long":
                result.demand(slow < _POST_SECONDS, f"{name}: POST p99 was {slow * 1000:.0f} ms")
                result.demand(late <= _SWEPT_SECONDS, f"{name}: the delay's p99 was {late:.1f} s")
        return result


@contextmanager
def _stopped(redis: Redis) -> Iterator[None]:
    redis.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        redis.process.send_signal(signal.SIGCONT)
