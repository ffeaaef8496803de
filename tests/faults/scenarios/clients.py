"""Clients that are away for long, that never read, and whose line is dead without anybody having said so."""

from contextlib import ExitStack
from http import HTTPStatus

from tests.faults.checker import percentile
from tests.faults.deaf import MIB, MemoryWatch, deaf
from tests.faults.history import Outcome, now
from tests.faults.load import EVERYONE, Target
from tests.faults.measures import attempts_during, delays_of, returns, shown, shown_ms
from tests.faults.result import Result, judge
from tests.faults.retention import age_and_prune
from tests.faults.scenarios.playing import Length, patiently
from tests.faults.stage import Stage
from tests.real.postgres import Postgres
from tests.real.processes import wait_until

# What a client that takes nothing may cost: what may be unacknowledged, and a quarter more for what carries it.
_BOUND_BYTES = MIB * 5 // 4
# A p99 below this is good in any case: twice almost nothing is less than what the machine's own noise adds.
_NOISE_SECONDS = 0.05
_FOUND_SECONDS, _LOOK_SECONDS = 45.0, 0.5


def client_away(kind: str, length: Length, postgres: Postgres | None = None) -> Result:
    """A client comes back to thousands of notifications; its other tab got them live."""
    number = {"short": 400, "long": 5000}[length]
    with Stage(kind, clients=2, postgres=postgres) as stage:
        name, targets = _leaver(stage)
        with stage.fault("away"):
            stage.crowd.send_away(name)
            with stage.publishers(rate=5000, limit=number, targets=targets) as meanwhile:
                meanwhile.join(seconds=number / 10)
            back = now()
            stage.crowd.call_back(name)
        result = judge(stage, "client away", bound=None, settle=30 + number / 50)
        _show_return(result, name, back, number)
        return result


def beyond_retention(kind: str, length: Length, postgres: Postgres | None = None) -> Result:
    """A client comes back when most of what it missed is no longer kept: it is told so once for each stream, and gets all the rest."""
    number = {"short": 150, "long": 3000}[length]
    with Stage(kind, clients=2, postgres=postgres) as stage:
        name, targets = _leaver(stage)
        history = stage.history
        with stage.fault("away"):
            stage.crowd.send_away(name)
            with stage.publishers(rate=5000, limit=number, targets=targets) as forgotten:
                forgotten.join(seconds=number / 10)
            stage.crowd.settle(seconds=30, without=name)
            pruned = {attempt.title for attempt in history.attempts}
            age_and_prune(stage)
            with stage.publishers(rate=5000, limit=number // 3, targets=targets) as kept:
                kept.join(seconds=number / 10)
            had = {one.title for one in history.observations if one.client == name}
            history.excused.update((name, title) for title in pruned - had)
            back = now()
            stage.crowd.call_back(name)
        result = judge(
            stage,
            "beyond retention",
            bound=None,
            settle=30 + number / 50,
            resets=len({target.stream for target in targets}),
        )
        _show_return(result, name, back, number // 3)
        told = sorted((reset.stream, reset.oldest) for reset in history.resets if reset.client == name)
        first: dict[str, int] = {}
        for one in history.observations:
            if one.client == name and one.at > back:
                first.setdefault(one.stream, one.seq)
        result.figures["removed meanwhile"] = f"{len(pruned)} notifications"
        result.figures["resets"] = ", ".join(f"{stream.split(':')[0]} from {oldest}" for stream, oldest in told)
        result.demand(told == sorted(first.items()), f"told to go on from {told}, and got from {first}")
        return result


def never_reading(kind: str, length: Length, postgres: Postgres | None = None) -> Result:
    """Many clients never read, half of them plain ones: the server's memory grows within the bound, and others hardly notice.

    In the long form plain ones are sent more than the kernel buffers for them.
    """
    number, clients, alone, together, rate = {"short": (20, 10, 1, 4, 40), "long": (200, 50, 60, 60, 10)}[length]
    large = {"body": "y" * 3_000, "data": {"filling": "x" * 7_000}}
    with Stage(kind, clients=clients, postgres=postgres) as stage, ExitStack() as sockets:
        server = stage.servers[0]
        with stage.publishers(rate=rate, targets=[EVERYONE], fields=large):
            stage.calm(1)
            warm = now()
            stage.calm(alone)
        undisturbed = [one for one in stage.history.attempts if one.started >= warm]
        with MemoryWatch(server) as memory:
            for one in range(number):
                token = server.token(f"deaf-{one}")
                sockets.enter_context(deaf(server.port, token, live=one % 2 == 0))
            with stage.publishers(rate=rate, targets=[EVERYONE], fields=large), stage.fault("never reading"):
                stage.calm(together)
        result = judge(stage, "never reading", bound=30, settle=30)
        grown, bound = memory.most - memory.before, number * _BOUND_BYTES
        before = delays_of(stage.history, undisturbed)
        during = delays_of(stage.history, attempts_during(stage.history, "never reading"))
        result.figures["memory"] = (
            f"{memory.before / MIB:.0f} MiB, and at most {grown / MIB:.0f} MiB more with {number} that never read: "
            f"{grown / number / MIB:.2f} MiB each; the bound is {bound / MIB:.0f} MiB"
        )
        result.figures["delay of the others without them p50 / p99"] = shown_ms(before, 0.5, 0.99)
        result.figures["delay of the others with them p50 / p99"] = shown_ms(during, 0.5, 0.99)
        result.demand(grown <= bound, f"memory grew by {grown / MIB:.0f} MiB")
        allowed = max(2 * percentile(before, 0.99), _NOISE_SECONDS)
        slow = percentile(during, 0.99)
        if length == "long":
            result.demand(slow <= allowed, f"the others' p99 was {slow * 1000:.0f} ms, over {allowed * 1000:.0f} ms")
        return result


def half_open(kind: str, length: Length, postgres: Postgres | None = None) -> Result:
    """What stands between clients and servers forgets their connections, and tells nobody: both sides find out by themselves."""
    clients = {"short": 10, "long": 100}[length]
    with Stage(kind, servers=2, clients=clients, postgres=postgres) as stage:
        presence = stage.servers[0].http
        with stage.publishers(number=1, rate=10, limit=5, targets=[EVERYONE]) as before:
            before.join(seconds=30)
        stage.crowd.settle(seconds=10)
        old = {client.connection_id for client in stage.crowd.clients.values()}

        def counted() -> set[str]:
            # A busy machine may be slower than the time that Redis is given; then nobody knows for a second.
            for _ in range(5):
                answer = presence.get("/api/v1/presence?limit=100")
                if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                    break
                stage.calm(1)
            assert answer.status_code == HTTPStatus.OK, answer.text
            return old & {connection["connection"] for connection in answer.json()["connections"]}

        wait_until(lambda: counted() == old, what="all connections to be counted")
        with stage.fault("half-open"):
            stage.front.forget()
            began = now()
            with stage.publishers(number=1, rate=5, targets=[EVERYONE]):
                while counted() and now() < began + 2 * _FOUND_SECONDS:
                    stage.calm(_LOOK_SECONDS)
            gone = now() - began
            left = len(counted())
            patiently(lambda: stage.crowd.connected() == clients, seconds=60)
        result = judge(stage, "half-open", bound=60, settle=60)
        noticed = [at - began for at, _ in stage.history.parted]
        back = [at - began for at in returns(stage.history, since=began, until=now())]
        result.figures["gone from the servers' count"] = f"{len(old) - left} of {len(old)} after {gone:.1f} s"
        result.figures["noticed by the client after p50 / max"] = shown(noticed, 0.5, 1)
        result.figures["back on a new connection after p50 / max"] = shown(back, 0.5, 1)
        result.demand(not left and gone <= _FOUND_SECONDS, f"{left} dead connections were counted after {gone:.0f} s")
        result.demand(len(noticed) == clients, f"{len(noticed)} of {clients} clients noticed")
        longest = max(noticed, default=0)
        result.demand(longest <= _FOUND_SECONDS, f"a client noticed only after {longest:.0f} s")
        return result


def _leaver(stage: Stage) -> tuple[str, list[Target]]:
    """The client that will be away, up to date, and audiences that it belongs to."""
    name = next(iter(stage.crowd.clients))
    mine = Target(stage.crowd.clients[name].browser.stream, {"users": stage.people[:1]})
    with stage.publishers(number=1, rate=50, limit=5, targets=[mine, EVERYONE]) as before:
        before.join(seconds=30)
    stage.crowd.settle(seconds=10)
    return name, [mine, mine, mine, EVERYONE]


def _show_return(result: Result, name: str, back: float, number: int) -> None:
    mine = [one for one in result.history.observations if one.client == name and one.at > back]
    took = mine[-1].at - back if mine else 0
    result.figures["caught up"] = f"{len(mine)} in {took:.2f} s"
    stored = sum(attempt.outcome is Outcome.OK for attempt in result.history.attempts)
    result.demand(number <= len(mine) <= stored, f"{len(mine)} of {number} came afterwards")
