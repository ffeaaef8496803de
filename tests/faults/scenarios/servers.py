"""Servers that are killed, or told to end as in a deploy."""

import random

from tests.faults.checker import percentile
from tests.faults.client import STABLE_SECONDS
from tests.faults.history import now
from tests.faults.load import EVERYONE
from tests.faults.measures import caught_up, gaps, returns, share_within, shown
from tests.faults.result import Result, judge
from tests.faults.scenarios.playing import Length, patiently
from tests.faults.stage import Stage
from tests.real.postgres import Postgres
from tests.real.processes import wait_until

_CAUGHT_UP_SECONDS, _GAP_SECONDS, _EXIT_SECONDS, _SPREAD_SECONDS = 5.0, 5.0, 10.0, 5.0
_EVERYBODY_SECONDS = 60.0


def server_killed(kind: str, length: Length, postgres: Postgres | None = None) -> Result:
    """SIGKILL under load, again and again, with a restart on the same port.

    The long form lets every client live for so long that its waiting begins anew, as it does where servers do not die all
    the time, and demands that 99 % have caught up in 5 s; in the short one the kills follow each other quickly.
    """
    times, clients, present, lives = {"short": (2, 20, 16, 0.0), "long": (20, 100, 100, STABLE_SECONDS + 0.5)}[length]
    with Stage(kind, clients=clients, postgres=postgres) as stage:
        with stage.publishers():
            stage.calm(lives)
            for _ in range(times):
                stage.calm(random.uniform(0.2, 0.8))
                with stage.fault("kill -9"):
                    stage.servers[0].kill()
                    stage.servers[0].start()
                # Or one that waits long between its attempts might miss out on every one of these lives.
                wait_until(lambda: stage.crowd.connected() >= present, what="clients to come back", seconds=60)
                stage.calm(lives)
            stage.calm(0.5)
        result = judge(stage, "server killed", bound=30, settle=40)
        took = [seconds for fault in stage.history.faults for seconds in caught_up(stage.history, fault).values()]
        share = share_within(took, _CAUGHT_UP_SECONDS)
        result.figures["caught up after the restart p50 / p99 / max"] = shown(took, 0.5, 0.99, 1)
        result.figures["caught up within 5 s of the restart"] = f"{share:.1%} of {len(took)}"
        result.figures["from the kill to the restart"] = shown(_lengths(stage), 0.5, 1)
        result.demand(len(stage.history.parted) >= times, "clients hardly noticed that the server was killed")
        if length == "long":
            result.demand(share >= 0.99, f"only {share:.1%} had caught up within {_CAUGHT_UP_SECONDS:.0f} s")
        return result


def rolling_restart(kind: str, length: Length, postgres: Postgres | None = None) -> Result:
    """A deploy: each of two servers behind the load balancer is told to end, and started again on its port."""
    clients, calm = {"short": (20, 0.5), "long": (500, STABLE_SECONDS + 0.5)}[length]
    with Stage(kind, servers=2, clients=clients, postgres=postgres) as stage:
        endings: list[float] = []
        codes: list[int] = []
        with stage.publishers(rate=20):
            for server in stage.servers:
                stage.calm(calm)
                with stage.fault("SIGTERM and start"):
                    began = now()
                    codes.append(server.terminate())
                    endings.append(now() - began)
                    server.start()
            stage.calm(1)
        result = judge(stage, "rolling restart", bound=20, settle=25)
        history, away = stage.history, gaps(stage.history)
        spreads = []
        for fault in history.faults:
            if back := returns(history, since=fault.began, until=fault.ended):
                spreads.append(back[-1] - back[0])
                number = f"reconnects from server {len(spreads)}"
                result.figures[number] = f"{len(back)} over {spreads[-1]:.1f} s"
        share = share_within(away, _GAP_SECONDS)
        result.figures["gap of a client p50 / p99 / max"] = shown(away, 0.5, 0.99, 1)
        result.figures["gaps under 5 s"] = f"{share:.1%}"
        result.figures["from SIGTERM to the end"] = ", ".join(f"{seconds:.1f} s" for seconds in endings)
        result.figures["exit codes"] = ", ".join(str(code) for code in codes)
        result.demand(len(history.parted) >= clients, "fewer clients had to move than there are")
        result.demand(stage.crowd.connected() == clients, "some client did not come back")
        result.demand(share >= 0.99, f"only {share:.1%} of the gaps were under {_GAP_SECONDS:.0f} s")
        result.demand(max(endings) < _EXIT_SECONDS, f"a server took {max(endings):.1f} s to end")
        result.demand(not any(codes), f"servers ended with {codes}")
        if length == "long":
            result.demand(
                len(spreads) == 2 and min(spreads) >= _SPREAD_SECONDS,
                f"reconnects were not spread over {_SPREAD_SECONDS:.0f} s",
            )
        return result


def everybody_returns(kind: str, length: Length, postgres: Postgres | None = None) -> Result:
    """All clients come back at once after a kill, each to something that it missed, in far fewer queries than there are clients."""
    clients = {"short": 100, "long": 5000}[length]
    with Stage(kind, clients=clients, postgres=postgres) as stage:
        everyone = [EVERYONE]
        with stage.publishers(number=1, rate=2, limit=2, targets=everyone) as before:
            before.join(seconds=30)
        stage.crowd.settle(seconds=60)
        with stage.fault("kill -9"):
            stage.servers[0].kill()
            wait_until(lambda: stage.crowd.connected() == 0, what="clients to notice")
            stage.postgres.log_statements(stage.database)
            stage.servers[0].start()
        restarted, queries = now(), stage.postgres.logged_statements()
        with stage.publishers(number=2, rate=2, limit=6, targets=everyone) as after:
            patiently(lambda: stage.crowd.connected() == clients, seconds=240)
            queries = stage.postgres.logged_statements() - queries
            back = stage.crowd.connected()
            after.join(seconds=120)
        result = judge(stage, "everybody returns", bound=90, settle=120)
        away = sorted(caught_up(stage.history, stage.history.faults[0]).values())
        missed = [at - restarted for at, _ in stage.history.welcomed if at > restarted]
        half, most, last = (percentile(sorted(missed), share) for share in (0.5, 0.99, 1))
        result.figures["welcomed again"] = f"50 % in {half:.1f} s, 99 % in {most:.1f} s, all {back} in {last:.1f} s"
        result.figures["caught up after the restart p50 / p99 / max"] = shown(away, 0.5, 0.99, 1)
        result.figures["database queries until all were back"] = f"{queries} for {clients} clients"
        result.demand(back == clients, f"only {back} of {clients} clients came back")
        result.demand(last <= _EVERYBODY_SECONDS, f"the last one was back after {last:.0f} s")
        if length == "long":
            result.demand(queries < clients / 10, f"{queries} queries for {clients} clients")
        return result


def _lengths(stage: Stage) -> list[float]:
    return [fault.ended - fault.began for fault in stage.history.faults]
