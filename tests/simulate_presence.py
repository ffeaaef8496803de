"""`python -m tests.simulate_presence`: a million connections in a real Redis, by the scripts that servers use; prints what things cost.

Ends with 1 when a command took Redis more than 10 ms of a core. What the clock said is shown beside it: on a busy machine Redis waits for
a core, too, in the middle of a command. Takes a minute, and a gigabyte of memory.
"""

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import redis

from notifier import lease_scripts, redis_line
from notifier.facts import Facts, cursor_after
from notifier.lease_scripts import LOT, Names
from notifier.shared_presence import SharedPresence
from tests.real.redis import Redis

LIMIT_MS = 10.0
NOTED_MS = 5
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
SINCE = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PREFIX = "simulated"


class Process:
    """Redis' process: what it did and what it could not, as the system counts it. One thread runs all commands."""

    def __init__(self, pid: int) -> None:
        self._path = Path(f"/proc/{pid}/schedstat")
        self.longest = 0.0

    @contextmanager
    def command(self) -> Iterator[None]:
        """One command, and nothing beside it: remembers the most that one took of a core, in milliseconds."""
        before = self._numbers()[0]
        yield
        self.longest = max(self.longest, (self._numbers()[0] - before) / 1e6)

    def waited(self) -> float:
        """How long it was ready and had no core, in milliseconds."""
        return self._numbers()[1] / 1e6

    def _numbers(self) -> list[int]:
        return [int(number) for number in self._path.read_text().split()]


class Simulation:
    def __init__(self, server: Redis, connections: int, people: int, servers: int) -> None:
        self.connections, self.people, self.servers = connections, people, servers
        self.process = Process(server.process.pid)
        self.redis = self.client(server.url)
        self.names = Names(PREFIX)
        self.longest: dict[str, float] = {}
        # Only what is slow is noted: to note thousands of commands takes longer than the commands.
        for name, value in (("slowlog-log-slower-than", NOTED_MS * 1000), ("slowlog-max-len", 1000)):
            self.redis.config_set(name, value)
        self.enter, self.beat, self.put, self.drop, self.update, self.bury = (
            self.redis.register_script(getattr(lease_scripts, name))
            for name in ("ENTER", "BEAT", "PUT", "DROP", "UPDATE", "BURY")
        )

    def client(self, url: str) -> "redis.Redis":
        process = self.process

        class Measured(redis.Redis):
            def execute_command(self, *arguments: Any, **options: Any) -> Any:
                with process.command():
                    return super().execute_command(*arguments, **options)  # type: ignore[no-untyped-call]

        return Measured.from_url(url, decode_responses=True, socket_timeout=60)

    def of(self, number: int) -> tuple[str, str, str]:
        """A connection, its person and its server. People come in no order, and their connections are on different servers."""
        return f"con_{number:016x}", f"user-{number * 7919 % self.people:07}", self.server(number % self.servers)

    def server(self, number: int) -> str:
        return f"srv_{number:08x}"

    def facts(self, number: int) -> Facts:
        connection, recipient, server = self.of(number)
        return Facts(
            connection=connection,
            recipient=recipient,
            address=f"192.0.{number // 250 % 250}.{number % 250}",
            agent=AGENT,
            client="notifier.js/0.1.0",
            since=SINCE,
            server=server,
            page=f"/orders/{number % 10_000}",
            visible=number % 3 == 0,
            acked_at=SINCE,
            rtt=number % 200,
            streams=2,
        )

    def keys(self, server: str) -> list[str]:
        return [self.names.servers, self.names.people, self.names.leaving, self.names.of_servers + server]

    @contextmanager
    def part(self, name: str, times: int = 1) -> Iterator[None]:
        """Measure a part: how long it took, in one of its `times`, and the longest command in Redis."""
        self.redis.slowlog_reset()
        self.process.longest = 0
        waited, began = self.process.waited(), time.perf_counter()
        yield
        seconds, waited = time.perf_counter() - began, self.process.waited() - waited
        by_clock = max(
            (entry["duration"] / 1000 for entry in self.redis.slowlog_get(1000) if _counts(entry)), default=0
        )
        self.longest[name] = self.process.longest
        clock = f"{by_clock:.0f}" if by_clock else f"under {NOTED_MS}"
        each = f"{seconds:8.1f} s " if seconds / times > 1 else f"{seconds / times * 1000:8.2f} ms"
        print(
            f"{name:<42} {each}   longest command {self.process.longest:5.2f} ms"
            f"   ({clock} by the clock; {waited:.0f} ms without a core)",
            flush=True,
        )

    def repeat(self, name: str, work: Callable[[], Any], times: int = 200) -> None:
        with self.part(name, times):
            for _ in range(times):
                work()

    def register(self) -> None:
        for server in range(self.servers):
            self.enter(keys=[self.names.servers], args=[self.server(server), 3600])
        for start in range(0, self.connections, LOT * self.servers):
            for server in range(self.servers):
                lot = range(start + server, min(start + LOT * self.servers, self.connections), self.servers)
                self.put_lot(self.server(server), [self.facts(number) for number in lot])

    def put_lot(self, server: str, lot: list[Facts]) -> None:
        parts = [part for facts in lot for part in (facts.connection, facts.recipient, facts.stored())]
        assert self.put(keys=self.keys(server), args=[server, self.names.persons, "0", *parts]) is not None

    def heartbeat(self) -> None:
        keys = [self.names.servers, self.names.leaving, self.names.born]
        assert self.beat(keys=keys, args=[self.server(1), 3600, 10, LOT])[0] == 1

    def tell_changes(self) -> None:
        lot = [self.facts(self.servers * number + 1) for number in range(LOT)]
        parts = [part for facts in lot for part in (facts.connection, facts.stored())]
        keys = [self.names.servers, self.names.of_servers + self.server(1)]
        assert self.update(keys=keys, args=[self.server(1), *parts]) == 1

    def come_and_go(self) -> None:
        facts = self.facts(1)._replace(connection="con_new")
        self.put_lot(self.server(1), [facts])
        arguments = [self.server(1), self.names.persons, "", facts.connection, facts.recipient]
        assert self.drop(keys=self.keys(self.server(1)), args=arguments) == 1

    def clean_up(self) -> int:
        dead = self.server(0)
        self.redis.zadd(self.names.servers, {dead: 0})
        lots = 0
        while self.bury(keys=self.keys(dead), args=[dead, self.names.persons, LOT]):
            lots += 1
        assert self.redis.zscore(self.names.servers, dead) is None
        return lots


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=700_000)
    parser.add_argument("--servers", type=int, default=20)
    asked = parser.parse_args()
    server = Redis()
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, server.process.pid, -15)  # what is measured is Redis, and not the machine
    try:
        return run(Simulation(server, asked.connections, asked.people, asked.servers), server)
    finally:
        server.stop()


def run(simulation: Simulation, server: Redis) -> int:
    client, people, connections = simulation.redis, simulation.people, simulation.connections
    print(f"{connections:,} connections of {people:,} people on {simulation.servers} servers, in {version(client)}")
    before = client.info("memory")["used_memory"]
    with simulation.part("register all, one after the other"):
        simulation.register()
    taken = client.info("memory")["used_memory"] - before
    print(f"{'memory':<42} {taken / 2**20:8.0f} MiB  {taken / connections:.0f} bytes a connection")

    redis_line.client = simulation.client  # so that what it asks is measured, too
    presence = SharedPresence(server.url, prefix=PREFIX)
    totals = presence.totals()
    assert (totals.people, totals.connections) == (people, connections), totals
    simulation.repeat("count people and connections", presence.totals)
    simulation.repeat(
        "count those online of 200 people", lambda: presence.count_online([f"user-{n:07}" for n in range(200)])
    )
    for name, prefix, cursor in (
        ("first", "", None),
        ("middle", "", f"user-{people // 2:07}"),
        ("last", "", f"user-{people - 51:07}"),
    ):
        after = cursor and cursor_after(cursor)
        assert len(presence.page(prefix, after, 50).people) == 50
        simulation.repeat(f"a page of 50 people: {name}", partial(presence.page, "", after, 50))
    simulation.repeat("a page of 100 people, by a prefix", lambda: presence.page("user-0042", None, 100))
    simulation.repeat("a person's connections", lambda: presence.of_person("user-0000042"))
    simulation.repeat("a heartbeat", simulation.heartbeat, 1000)
    simulation.repeat("a connection comes and goes", simulation.come_and_go, 1000)
    simulation.repeat(f"changes of {LOT} connections", simulation.tell_changes)
    held = client.hlen(simulation.names.of_servers + simulation.server(0))
    with simulation.part(f"clean up after a dead server with {held:,}"):
        lots = simulation.clean_up()
    print(f"{'':<42} {lots:8} scripts")
    totals = presence.totals()
    assert totals.connections == connections - held
    simulation.repeat(
        "a heartbeat that announces 200 as gone",
        lambda: simulation.beat(
            keys=[simulation.names.servers, simulation.names.leaving, simulation.names.born],
            args=[simulation.server(1), 3600, 0, LOT],
        ),
        50,
    )
    stats = client.info("commandstats")
    print(
        f"{'all scripts, on average':<42} {stats['cmdstat_evalsha']['usec_per_call'] / 1000:8.2f} ms   of {stats['cmdstat_evalsha']['calls']:,}"
    )
    late = {name: longest for name, longest in simulation.longest.items() if longest > LIMIT_MS}
    for name, longest in late.items():
        print(f"TOO LONG {name}: {longest:.1f} ms in one command")
    return 1 if late else 0


def _counts(entry: dict[str, Any]) -> bool:
    """Whether the command is one of presence, and not of this measurement."""
    command = str(entry["command"])[:12]
    return not any(name in command for name in ("SLOWLOG", "CONFIG", "INFO"))


def version(client: "redis.Redis") -> str:
    info = client.info("server")
    return f"Valkey {info['valkey_version']}" if "valkey_version" in info else f"Redis {info['redis_version']}"


if __name__ == "__main__":
    sys.exit(main())
