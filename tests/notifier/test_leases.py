"""Presence in Redis, when servers die or sleep and Redis forgets: right again, within the lease and the grace."""

import time
from collections.abc import Iterator

import pytest
import redis as redis_client

from notifier import lease_scripts
from notifier.facts import Pulse
from notifier.lease_scripts import Names
from tests.notifier.presence_stage import GRACE, LEASE, Stage, running
from tests.real.redis import Redis

# A beat to notice, a retry and the lots themselves.
SOON = 6.0


@pytest.fixture
def own_redis() -> Iterator[Redis]:
    """One that a test may kill."""
    started = Redis()
    yield started
    started.stop()


@pytest.fixture
def stage(own_redis: Redis) -> Iterator[Stage]:
    with running(own_redis) as stage:
        yield stage


def client(redis: Redis) -> "redis_client.Redis":
    return redis_client.Redis.from_url(redis.url, decode_responses=True)


def test_killed_server_leaves_nobody_behind(stage: Stage, own_redis: Redis) -> None:
    """Neither in a count nor in a key. Whoever has a connection elsewhere stays, and each event comes once, whoever cleans up."""
    staying, other, dying = (stage.server() for _ in range(3))
    both = [staying.arrive("both"), dying.arrive("both")]
    there = {f"user-{number}": [dying.arrive(f"user-{number}")] for number in range(450)}
    stage.settles({"both": both, **there})
    dying.kill()
    stage.settles({"both": both[:1]}, seconds=LEASE + SOON)
    stage.announces(*((kind, person) for kind in ("online", "offline") for person in there), ("online", "both"))
    staying.leave(both[0])
    stage.settles({})
    time.sleep(GRACE + 2)
    names = Names(stage.prefix)
    with client(own_redis) as probe:
        assert set(probe.keys()) == {names.servers, names.born}
        assert set(probe.zrange(names.servers, 0, -1)) == {staying.name, other.name}


def test_server_that_stops_takes_its_connections_along(stage: Stage) -> None:
    staying, leaving = stage.server(), stage.server()
    connection = staying.arrive("alice")
    there = {f"user-{number}": [leaving.arrive(f"user-{number}")] for number in range(300)}
    stage.settles({"alice": [connection], **there})
    leaving.stop()
    stage.settles({"alice": [connection]}, seconds=1)


def test_clean_up_that_dies_half_way_is_finished_by_another(stage: Stage, own_redis: Redis) -> None:
    """The lease goes last: while there is one, somebody looks after it."""
    dying = stage.server()
    there = {f"user-{number}": [dying.arrive(f"user-{number}")] for number in range(500)}
    stage.settles(there)
    dying.kill()
    names = Names(stage.prefix)
    with client(own_redis) as probe:
        probe.zadd(names.servers, {dying.name: 0})
        keys = [names.servers, names.people, names.leaving, names.of_servers + dying.name]
        assert probe.eval(lease_scripts.BURY, 4, *keys, dying.name, names.persons, 200) == 200
        assert probe.zscore(names.servers, dying.name) == 0
    assert len(stage.everybody()) == 300
    stage.server()
    stage.settles({}, seconds=SOON)
    with client(own_redis) as probe:
        assert probe.zscore(names.servers, dying.name) is None


def test_server_that_slept_beyond_its_lease_tells_everything_again(stage: Stage) -> None:
    """Meanwhile its people are gone; and they have come back when it wakes."""
    awake, sleepy = stage.server(), stage.server()
    here, there = awake.arrive("alice"), sleepy.arrive("bob")
    stage.settles({"alice": [here], "bob": [there]})
    sleepy.sleep()
    stage.settles({"alice": [here]}, seconds=LEASE + SOON)
    stage.announces(("online", "alice"), ("online", "bob"), ("offline", "bob"))
    sleepy.wake()
    stage.settles({"alice": [here], "bob": [there]}, seconds=SOON)
    stage.announces(("online", "alice"), ("online", "bob"), ("offline", "bob"), ("online", "bob"))


@pytest.mark.parametrize("how", ["restarted", "flushed"])
def test_redis_that_forgot_everything_is_told_again(stage: Stage, own_redis: Redis, how: str) -> None:
    """Within a few seconds, by every server; and nobody came or went by it, but for who really did."""
    servers = [stage.server() for _ in range(3)]
    held = {f"user-{number}": [server.arrive(f"user-{number}") for server in servers] for number in range(100)}
    alone = servers[0].arrive("alone")
    stage.settles({**held, "alone": [alone]})
    assert len(stage.events) == 101
    if how == "restarted":
        own_redis.kill()
        time.sleep(2)
    else:
        with client(own_redis) as probe:
            probe.flushall()
    servers[0].leave(alone, *(connections[0] for connections in held.values()))
    if how == "restarted":
        own_redis.start()
    stage.settles({person: connections[1:] for person, connections in held.items()}, seconds=SOON)
    stage.announces(("online", "alone"), ("offline", "alone"), *(("online", person) for person in held))


def test_redis_that_comes_back_with_an_old_state_is_put_right(stage: Stage, own_redis: Redis) -> None:
    """It stored what it knew a while ago: who left since is no ghost, and who came since is there."""
    server = stage.server()
    old, kept = server.arrive("old"), server.arrive("kept")
    stage.settles({"old": [old], "kept": [kept]})
    with client(own_redis) as probe:
        probe.save()
    server.leave(old)
    new = server.arrive("new")
    stage.settles({"kept": [kept], "new": [new]})
    own_redis.kill()
    own_redis.start()
    stage.settles({"kept": [kept], "new": [new]}, seconds=SOON)
    time.sleep(LEASE + 1)
    stage.settles({"kept": [kept], "new": [new]}, seconds=0.5)


def test_no_host_has_to_know_the_time(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases end by the clock of Redis: a host whose own is an hour wrong neither loses its people nor buries others'."""
    wrong = time.time() - 3600
    monkeypatch.setattr(time, "time", lambda: wrong)
    server, other = stage.server(), stage.server()
    held = {"alice": [server.arrive("alice")], "bob": [other.arrive("bob")]}
    stage.settles(held)
    time.sleep(LEASE + 1)
    stage.settles(held, seconds=0.5)
    stage.announces(("online", "alice"), ("online", "bob"))


def test_changes_cost_a_few_scripts_and_not_one_each(stage: Stage, own_redis: Redis) -> None:
    """However often facts change, a connection is told of once in a few seconds, with many others in one call."""
    server = stage.server()
    turns = iter(range(10_000_000))
    for number in range(1000):
        server.arrive(f"user-{number}", lambda: Pulse(queue=next(turns)))
    with client(own_redis) as probe:
        while stage.presence.totals().connections < 1000:
            time.sleep(0.1)
        time.sleep(4)
        began, before = time.monotonic(), probe.info("commandstats")["cmdstat_evalsha"]["calls"]
        time.sleep(8)
        calls = probe.info("commandstats")["cmdstat_evalsha"]["calls"] - before
        seconds = time.monotonic() - began
    # A beat a second, and each connection once in 3 s, 100 in a script.
    assert calls <= seconds + 1 + (seconds / 3 + 1) * 1000 / 100
