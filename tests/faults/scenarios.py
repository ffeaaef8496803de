"""What may happen to an installation, one function for each: it plays on a stage of its own and returns the judged history.

Each takes the kind of server and a length: `short` for every test run, `long` for `make faults`.
"""

import contextlib
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Literal

import psycopg

from tests.faults.checker import percentile
from tests.faults.history import History, Outcome, now
from tests.faults.load import EVERYONE, Target
from tests.faults.result import Result, judge
from tests.faults.stage import RATE, Stage
from tests.real.postgres import Postgres
from tests.real.processes import wait_until
from tests.real.redis import Redis

Length = Literal["short", "long"]


def server_killed(kind: str, length: Length, postgres: Postgres | None = None) -> Result:
    """SIGKILL under load, again and again, with a restart on the same port."""
    times, clients = {"short": (3, 20), "long": (20, 100)}[length]
    with Stage(kind, clients=clients, postgres=postgres) as stage:
        with stage.publishers():
            for _ in range(times):
                stage.calm(random.uniform(0.2, 0.8))
                with stage.fault("kill -9"):
                    stage.servers[0].kill()
                    stage.servers[0].start()
                # Most of them, or the same one might miss out on every one of these short lives.
                wait_until(lambda: stage.crowd.connected() > clients * 0.8, what="clients to come back")
            stage.calm(0.5)
        result = judge(stage, "server killed", bound=30, settle=40)
        result.demand(len(stage.history.parted) >= times, "clients hardly noticed that the server was killed")
        return result


def redis_killed(kind: str, length: Length, postgres: Postgres | None = None) -> Result:
    """Redis killed and started again, without what it knew."""
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
        _demand_that_nobody_noticed(result)
        return result


def redis_silent(kind: str, length: Length, postgres: Postgres | None = None) -> Result:
    """Redis stopped (SIGSTOP), then unreachable: its connections stay open and nothing answers."""
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
        _demand_that_nobody_noticed(result)
        during = sorted(
            attempt.finished - attempt.started
            for attempt in stage.history.attempts
            if any(fault.began <= attempt.started <= fault.ended for fault in stage.history.faults)
        )
        result.figures["POSTs a second meanwhile"] = f"{len(during) / (2 * seconds):.1f} of {RATE:.0f}"
        result.figures["POST p50 / p99 meanwhile"] = (
            f"{percentile(during, 0.5) * 1000:.0f} / {percentile(during, 0.99) * 1000:.0f} ms"
        )
        result.demand(bool(during), "nothing was sent while Redis was silent")
        return result


def postgres_restarted(kind: str, length: Length) -> Result:
    """PostgreSQL down for a while: POSTs are refused, sockets stay, and afterwards all goes on."""
    times, seconds = {"short": (1, 2), "long": (5, 15)}[length]
    with Stage(kind) as stage:
        with stage.publishers():
            stage.calm(0.5)
            recoveries: list[float] = []
            for _ in range(times):
                began = now()
                with stage.fault("PostgreSQL down"):
                    stage.postgres.halt()
                    stage.calm(seconds)
                    wait_until(partial(_refused, stage.history, since=began), what="a POST to be refused")
                    stage.postgres.start()
                back = now()
                _patiently(partial(_accepted, stage.history, since=back), seconds=60)
                recoveries.append(now() - back)
                stage.calm(1)
        result = judge(stage, "PostgreSQL restarted", bound=30, settle=25)
        result.demand(not stage.history.parted, "sockets were closed")
        waits = sorted(one.finished - one.started for one in stage.history.attempts if one.status == 503)
        result.figures["a 503 takes p50 / max"] = f"{percentile(waits, 0.5):.1f} / {percentile(waits, 1):.1f} s"
        result.figures["until a POST succeeds again"] = ", ".join(f"{seconds:.1f}" for seconds in recoveries) + " s"
        afterwards = _accepted(stage.history, since=stage.history.faults[-1].ended)
        result.demand(afterwards, "no POST succeeded in the minute after the database was back")
        return result


def rolling_restart(kind: str, length: Length, postgres: Postgres | None = None) -> Result:
    """A deploy: each of two servers is told to end, and started again on its port."""
    clients = {"short": 40, "long": 500}[length]
    with Stage(kind, servers=2, clients=clients, postgres=postgres) as stage:
        endings: list[float] = []
        with stage.publishers(rate=20):
            stage.calm(1)
            for server in stage.servers:
                with stage.fault("SIGTERM and start"):
                    began = now()
                    server.terminate()
                    endings.append(now() - began)
                    server.start()
                stage.calm(3)
        result = judge(stage, "rolling restart", bound=20, settle=25)
        gaps = _gaps(stage.history)
        result.figures["gap of a client p50 / max"] = f"{percentile(gaps, 0.5):.2f} / {percentile(gaps, 1):.2f} s"
        result.figures["from SIGTERM to the end"] = ", ".join(f"{seconds:.1f} s" for seconds in endings)
        result.figures["reconnects a second, at most"] = str(_most_in_a_second(stage.history, after=clients))
        result.demand(len(stage.history.parted) >= clients, "fewer clients had to move than there are")
        result.demand(stage.crowd.connected() == clients, "some client did not come back")
        return result


def client_away(kind: str, length: Length, postgres: Postgres | None = None) -> Result:
    """A client comes back to thousands of notifications; its other tab got them live."""
    number = {"short": 600, "long": 5000}[length]
    with Stage(kind, clients=2, postgres=postgres) as stage:
        name = next(iter(stage.crowd.clients))
        mine = Target(stage.crowd.clients[name].browser.stream, {"users": stage.people[:1]})
        with stage.publishers(number=1, rate=50, limit=5, targets=[mine, EVERYONE]) as before:
            before.join(seconds=30)
        stage.crowd.settle(seconds=10)
        with stage.fault("away"):
            stage.crowd.send_away(name)
            with stage.publishers(rate=5000, limit=number, targets=[mine, mine, mine, EVERYONE]) as meanwhile:
                meanwhile.join(seconds=number / 10)
            back = now()
            stage.crowd.call_back(name)
        result = judge(stage, "client away", bound=None, settle=30 + number / 50)
        mine_seen = [one for one in stage.history.observations if one.client == name and one.at > back]
        took = mine_seen[-1].at - back if mine_seen else 0
        result.figures["caught up"] = f"{len(mine_seen)} in {took:.2f} s"
        result.demand(len(mine_seen) >= number, f"only {len(mine_seen)} of {number} came afterwards")
        return result


def everybody_returns(kind: str, length: Length, postgres: Postgres | None = None) -> Result:
    """All clients come back at once after a kill, each to something that it missed."""
    clients = {"short": 200, "long": 5000}[length]
    with Stage(kind, clients=clients, postgres=postgres) as stage:
        everyone = [EVERYONE]
        with stage.publishers(number=1, rate=2, limit=2, targets=everyone) as before:
            before.join(seconds=30)
        stage.crowd.settle(seconds=60)
        with stage.fault("kill -9"):
            stage.servers[0].kill()
            wait_until(lambda: stage.crowd.connected() == 0, what="clients to notice")
            stage.servers[0].start()
        began, queries = now(), _transactions(stage)
        with stage.publishers(number=2, rate=2, limit=6, targets=everyone) as after:
            after.join(seconds=120)
            _patiently(lambda: stage.crowd.connected() == clients, seconds=240)
        back = stage.crowd.connected()
        took, queries = now() - began, _transactions(stage) - queries
        result = judge(stage, "everybody returns", bound=90, settle=120)
        result.figures["back"] = f"{back} of {clients} after {took:.1f} s"
        result.demand(back == clients, f"only {back} of {clients} clients came back")
        result.figures["transactions for each client"] = f"{queries / clients:.1f}"
        return result


SCENARIOS: dict[str, Callable[[str, Length], Result]] = {
    "server-killed": server_killed,
    "redis-killed": redis_killed,
    "redis-silent": redis_silent,
    "postgres-restarted": postgres_restarted,
    "rolling-restart": rolling_restart,
    "client-away": client_away,
    "everybody-returns": everybody_returns,
}


def _demand_that_nobody_noticed(result: Result) -> None:
    """Redis is a wake-up and no store: without it every POST succeeds and every socket stays."""
    failed = [attempt for attempt in result.history.attempts if attempt.outcome is not Outcome.OK]
    result.demand(not failed, f"{len(failed)} POSTs did not succeed")
    result.demand(not result.history.parted, f"{len(result.history.parted)} sockets were closed")


@contextmanager
def _stopped(redis: Redis) -> Iterator[None]:
    redis.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        redis.process.send_signal(signal.SIGCONT)


def _patiently(true: Callable[[], bool], *, seconds: float) -> None:
    """Wait for what is demanded later, when the history tells more than that it did not come."""
    with contextlib.suppress(AssertionError):
        wait_until(true, what="it", seconds=seconds)


def _accepted(history: History, *, since: float) -> bool:
    return any(attempt.outcome is Outcome.OK and attempt.started >= since for attempt in history.attempts)


def _refused(history: History, *, since: float) -> bool:
    return any(attempt.status == 503 and attempt.started >= since for attempt in history.attempts)


def _gaps(history: History) -> list[float]:
    """For how long clients were without a connection, sorted."""
    welcomes: dict[str, list[float]] = {}
    for at, client in history.welcomed:
        welcomes.setdefault(client, []).append(at)
    back = ((next((at for at in welcomes[client] if at > left), None), left) for left, client in history.parted)
    return sorted(at - left for at, left in back if at is not None)


def _most_in_a_second(history: History, *, after: int) -> int:
    """The most reconnects within any whole second, not counting the first `after` welcomes."""
    return max(Counter(int(at) for at, _ in history.welcomed[after:]).values(), default=0)


def _transactions(stage: Stage) -> int:
    with psycopg.connect(stage.postgres.url("postgres"), autocommit=True) as connection:
        row = connection.execute(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = %s", [stage.database]
        ).fetchone()
    assert row is not None
    return int(row[0])
