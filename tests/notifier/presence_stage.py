"""Server processes as presence sees them, in threads of this process, and the two places where presence is kept."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from notifier import redis_line
from notifier.announcing import Kind
from notifier.facts import Facts, Look, Pulse
from notifier.leases import Leases
from notifier.local_presence import LocalPresence
from notifier.shared_presence import SharedPresence
from tests.real.processes import wait_until
from tests.real.redis import Redis

LEASE, GRACE = 3.0, 1.0

Announce = Callable[[Kind, str, float], None]


class ServerProcess:
    """One server's side: an event loop on which `keep` runs beside its connections."""

    def __init__(self, name: str, make: Callable[[str, Announce], LocalPresence | Leases]) -> None:
        self.name = name
        self.events: list[tuple[Kind, str]] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.kept = self._do(self._make, make)
        self._keeping: Future[None] | None = asyncio.run_coroutine_threadsafe(self.kept.keep(), self._loop)
        self._awake = threading.Event()

    async def _make(self, make: Callable[[str, Announce], LocalPresence | Leases]) -> LocalPresence | Leases:
        return make(self.name, lambda kind, recipient, at: self.events.append((kind, recipient)))

    def arrive(self, recipient: str, look: Look = Pulse, **facts: Any) -> str:
        """Open a connection; its id."""
        connection = f"con_{uuid4().hex[:16]}"
        given = {"address": "192.0.2.1", "agent": "Mozilla/5.0", "client": "t/1", "since": datetime.now(UTC), **facts}
        known = Facts(connection=connection, recipient=recipient, server=self.name, **given)
        self._loop.call_soon_threadsafe(self.kept.arrived, known, look)
        return connection

    def leave(self, *connections: str) -> None:
        for connection in connections:
            self._loop.call_soon_threadsafe(self.kept.left, connection)

    def sleep(self) -> None:
        """Do nothing, as after SIGSTOP, until `wake`."""
        self._awake.clear()
        self._loop.call_soon_threadsafe(self._awake.wait)

    def wake(self) -> None:
        self._awake.set()

    def kill(self) -> None:
        """No goodbye."""
        self.wake()
        if self._keeping is not None:
            self._keeping.cancel()
            self._keeping = None
            self._do(asyncio.sleep, 0.1)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)
            self._loop.close()

    def stop(self) -> None:
        """As a deploy does it."""
        if self._keeping is not None:
            self._keeping.cancel()
            self._do(self.kept.leave)
            self.kill()

    def _do(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work(*arguments), self._loop).result(10)


@dataclass
class Stage:
    """Presence, asked from outside, and its servers. With `redis` None it is kept in memory, and there is one server."""

    redis: Redis | None
    prefix: str = field(default_factory=lambda: uuid4().hex)
    servers: list[ServerProcess] = field(default_factory=list)

    def server(self) -> ServerProcess:
        """Start one."""
        self.servers.append(ServerProcess(f"srv_{uuid4().hex[:8]}", self._make))
        return self.servers[-1]

    def _make(self, name: str, announce: Announce) -> LocalPresence | Leases:
        if self.redis is None:
            return LocalPresence(announce, grace_seconds=GRACE)
        return Leases(self.redis.url, name, announce, prefix=self.prefix, lease_seconds=LEASE, grace_seconds=GRACE)

    @property
    def presence(self) -> LocalPresence | SharedPresence:
        if self.redis is not None:
            redis_line.answered()
            return SharedPresence(self.redis.url, prefix=self.prefix)
        kept = self.servers[0].kept
        assert isinstance(kept, LocalPresence)
        return kept

    @property
    def events(self) -> list[tuple[Kind, str]]:
        """What all servers announced."""
        return [event for server in self.servers for event in server.events]

    def everybody(self) -> dict[str, list[str]]:
        """All pages put together: the connections of each."""
        found: dict[str, list[str]] = {}
        cursor = None
        while True:
            page = self.presence.page("", cursor, 100)
            for person in page.people:
                assert person.recipient not in found
                found[person.recipient] = sorted(facts.connection for facts in person.connections)
            if page.next is None:
                return found
            cursor = page.next

    def settles(self, expected: dict[str, list[str]], *, seconds: float = 10) -> None:
        """Within this time presence is exactly this, in every answer that it gives."""
        expected = {recipient: sorted(held) for recipient, held in expected.items()}
        try:
            wait_until(lambda: self.everybody() == expected, what="presence to be right", seconds=seconds)
        except AssertionError:
            assert self.everybody() == expected
            raise
        totals = self.presence.totals()
        assert totals.people == self.presence.count_online(None) == len(expected)
        assert totals.connections == sum(len(held) for held in expected.values())
        assert self.presence.count_online([*expected, "nobody"]) == len(expected)
        assert self.presence.connection_counts([*expected, "nobody"]) == {
            **{recipient: len(held) for recipient, held in expected.items()},
            "nobody": 0,
        }

    def announces(self, *events: tuple[Kind, str], seconds: float = 8) -> None:
        """These, in any order among people, and no more."""
        wait_until(lambda: len(self.events) >= len(events), what=f"{events}", seconds=seconds)
        time.sleep(0.3)
        assert sorted(self.events) == sorted(events)


@contextmanager
def running(redis: Redis | None) -> Iterator[Stage]:
    stage = Stage(redis)
    try:
        yield stage
    finally:
        for server in stage.servers:
            server.stop() if redis is None or redis.process.poll() is None else server.kill()


@pytest.fixture(params=["in memory", "in Redis"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with running(request.getfixturevalue("redis") if request.param == "in Redis" else None) as stage:
        yield stage
