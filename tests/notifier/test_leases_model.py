"""Any sequence of arrivals, departures, deaths, sleeps and losses of Redis ends in the truth, once every server has told what it knows."""

import asyncio
import contextlib
from collections import defaultdict
from datetime import UTC, datetime
from itertools import count
from typing import Any

import redis
import redis.asyncio
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from notifier import redis_line
from notifier.announcing import Kind
from notifier.facts import Facts, Pulse
from notifier.lease_calls import LeaseCalls, LeaseGone
from notifier.lease_scripts import Names
from notifier.leases import Leases
from notifier.shared_presence import SharedPresence
from tests.real.redis import Redis

PEOPLE = st.sampled_from(["ann", "ben", "cid"])
ANY = st.integers(min_value=0, max_value=1_000_000)


class Model(RuleBasedStateMachine):
    """Servers are driven step by step: what they would do by themselves each second, `tell` does."""

    def __init__(self) -> None:
        super().__init__()
        self.redis = Redis()
        self.loop = asyncio.new_event_loop()
        self.client = redis.asyncio.Redis.from_url(self.redis.url, decode_responses=True)
        self.names = Names("model")
        self.servers: dict[str, tuple[Leases, LeaseCalls]] = {}
        self.truth: dict[str, tuple[str, str]] = {}
        self.events: dict[str, list[Kind]] = defaultdict(list)
        self.forgot = False
        self.numbers = count()
        self.stored: dict[str, bytes] | None = None
        self.start()

    def teardown(self) -> None:
        try:
            self.settle()
        finally:
            self._do(self.client.aclose())
            self.loop.close()
            self.redis.stop()

    def _do(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    @precondition(lambda self: len(self.servers) < 4)
    @rule()
    def start(self) -> None:
        name = f"srv_{next(self.numbers):08}"
        leases = Leases(
            self.redis.url,
            name,
            lambda kind, recipient, at: self.events[recipient].append(kind),
            prefix=self.names.prefix,
            lease_seconds=60,
            grace_seconds=0,
        )
        self.servers[name] = leases, LeaseCalls(self.client, self.names, name)

    @rule(number=ANY, person=PEOPLE)
    def arrive(self, number: int, person: str) -> None:
        server = self._some(self.servers, number)
        connection = f"con_{next(self.numbers):016}"
        facts = Facts(connection, person, "192.0.2.1", "", "", datetime.now(UTC), server)
        self.servers[server][0].arrived(facts, Pulse)
        self.truth[connection] = (server, person)

    @precondition(lambda self: self.truth)
    @rule(number=ANY)
    def leave(self, number: int) -> None:
        connection = self._some(self.truth, number)
        server, _ = self.truth.pop(connection)
        self.servers[server][0].left(connection)

    @rule(number=ANY)
    def tell(self, number: int) -> None:
        self._tell(self._some(self.servers, number))

    @rule(number=ANY)
    def mirror(self, number: int) -> None:
        """Between two beats a server tells what changed."""
        leases, calls = self.servers[self._some(self.servers, number)]

        async def told() -> None:
            with contextlib.suppress(LeaseGone):
                await leases._tell(calls)

        self._do(told())

    @precondition(lambda self: len(self.servers) > 1)
    @rule(number=ANY)
    def kill(self, number: int) -> None:
        """And its lease runs out."""
        server = self._some(self.servers, number)
        del self.servers[server]
        self.truth = {name: held for name, held in self.truth.items() if held[0] != server}
        self._do(self.client.zadd(self.names.servers, {server: 0}, xx=True))

    @rule(number=ANY)
    def sleep(self, number: int) -> None:
        """A server does nothing until its lease has run out."""
        self._do(self.client.zadd(self.names.servers, {self._some(self.servers, number): 0}, xx=True))

    @rule()
    def flush(self) -> None:
        self.forgot = True
        self._do(self.client.flushall())

    @rule()
    def store(self) -> None:
        """Redis saves what it knows."""
        self.stored = {key: self._dump(key) for key in self._do(self.client.keys())}

    @precondition(lambda self: self.stored is not None)
    @rule()
    def restore(self) -> None:
        """It is started again with what it saved, as another run."""
        assert self.stored is not None
        self.flush()
        for key, value in self.stored.items():
            self._raw("RESTORE", key, 0, value)
        if self.names.born in self.stored:
            self._do(self.client.set(self.names.born, "another run"))
        # The leases of those that were killed since then run out, as that of everyone who is killed.
        for server in self._do(self.client.zrange(self.names.servers, 0, -1)):
            if server not in self.servers:
                self._do(self.client.zadd(self.names.servers, {server: 0}, xx=True))

    @rule()
    def settle(self) -> None:
        """Everybody tells what they know; then all is as it is."""
        for _ in range(2):
            for server in self.servers:
                self._tell(server)
        expected: dict[str, list[str]] = defaultdict(list)
        for connection, (_, person) in self.truth.items():
            expected[person].append(connection)
        redis_line.answered()
        presence = SharedPresence(self.redis.url, prefix=self.names.prefix)
        found = {
            person.recipient: sorted((facts.server, facts.connection) for facts in person.connections)
            for person in presence.page("", None, 100).people
        }
        assert found == {
            person: sorted((self.truth[name][0], name) for name in held) for person, held in expected.items()
        }
        totals = presence.totals()
        assert (totals.people, totals.connections) == (len(expected), len(self.truth))
        keys = set(self._do(self.client.keys()))
        own = {self.names.servers, self.names.people, self.names.leaving, self.names.born}
        assert keys - own == {
            *(self.names.persons + person for person in expected),
            *(self.names.of_servers + server for server, _ in self.truth.values()),
        }
        self._announced(expected)

    def _announced(self, expected: dict[str, list[str]]) -> None:
        """Coming and going take turns, and end with what is so; unless Redis forgot, around which some of it may be missing."""
        for server in self.servers:
            self._tell(server)
        if self.forgot:
            return
        for person, events in self.events.items():
            assert events == [("online", "offline")[turn % 2] for turn in range(len(events))], (person, events)
            assert (events[-1] == "online") == (person in expected)

    def _tell(self, server: str) -> None:
        leases, calls = self.servers[server]

        async def one_second() -> None:
            for _ in range(3):
                try:
                    await leases._beat(calls)
                    await leases._tell(calls)
                    await leases._tell_changes(calls)
                except LeaseGone:
                    continue
                return
            raise AssertionError("the lease cannot be had")

        self._do(one_second())

    @staticmethod
    def _some(names: dict[str, Any], number: int) -> str:
        return sorted(names)[number % len(names)]

    def _dump(self, key: str) -> bytes:
        with redis.Redis.from_url(self.redis.url) as raw:
            dumped: Any = raw.dump(key)
            return bytes(dumped)

    def _raw(self, *command: Any) -> None:
        with redis.Redis.from_url(self.redis.url) as raw:
            raw.execute_command(*command)


TestModel = Model.TestCase
TestModel.settings = settings(
    max_examples=60, stateful_step_count=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
