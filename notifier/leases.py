"""This process's connections, mirrored to Redis under a lease.

Each server process holds one lease, and under it its connections. It renews the lease once a second; a process that is killed
takes its connections with it when the lease runs out: whoever notices removes them, a lot at a time, and the lease last, so that
a clean-up that dies half-way is finished by the next. Whatever Redis lost is told again from memory.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import redis
import redis.asyncio

from notifier import redis_line
from notifier.announcing import Kind
from notifier.facts import Facts, Look, Pulse
from notifier.lease_calls import LeaseCalls, LeaseGone
from notifier.lease_scripts import LOT, Names

logger = logging.getLogger(__name__)

_TICK_SECONDS = 1.0
_RETRY_SECONDS = 1.0
_GATHER_SECONDS = 0.02
# For the goodbye of a server that stops.
_LEAVE_SECONDS = 2.0
# What changes on a connection is told at most once in so many seconds. At each tick so many connections are looked at, and so
# many told of, whatever their number: with more of them it takes longer.
_SETTLE_SECONDS = 3.0
_LOOKED_AT = 2000
_TOLD_OF = 1000
# Of the connections of dead servers, so many lots are removed at a beat: the own lease is not to wait for it.
_BURIED_LOTS = 200

T = TypeVar("T")


@dataclass(slots=True)
class _Kept:
    """A connection that is here. `told` once Redis knew of it; `quiet` when it lost that, and nobody is to be announced for it."""

    facts: Facts
    look: Look
    pulse: Pulse
    told: bool = False
    quiet: bool = False


@dataclass(slots=True)
class _Gone:
    """A connection that is not here any more, and that Redis may still know. `lost`: Redis knew it and lost it."""

    recipient: str
    told: bool
    lost: bool


class Leases:
    """`announce` is told who came and who went, as seen by all servers together: a kind, a recipient, a Unix time of Redis."""

    def __init__(
        self,
        url: str,
        server: str,
        announce: Callable[[Kind, str, float], None],
        *,
        prefix: str,
        lease_seconds: float = 30,
        grace_seconds: float = 10,
    ) -> None:
        self._url, self._server, self._announce = url, server, announce
        self._names = Names(prefix)
        self._lease, self._grace = str(lease_seconds), str(grace_seconds)
        self._mine: dict[str, _Kept] = {}
        # With how many connections each person is here.
        self._people: dict[str, int] = {}
        self._untold: dict[str, None] = {}
        self._gone: dict[str, _Gone] = {}
        self._round: list[str] = []
        self._round_began = float("-inf")
        self._born = ""
        self._strangers = False
        self._changed: asyncio.Event | None = None

    @property
    def people(self) -> Container[str]:
        """Who is connected to this process, as that changes. From any thread."""
        return self._people

    # -------------------------------------------------------------- telling, on the event loop

    def arrived(self, facts: Facts, look: Look) -> None:
        self._mine[facts.connection] = _Kept(facts, look, look())
        self._people[facts.recipient] = self._people.get(facts.recipient, 0) + 1
        self._untold[facts.connection] = None
        self._wake()

    def left(self, connection: str) -> None:
        kept = self._mine.pop(connection, None)
        if kept is None:
            return
        recipient = kept.facts.recipient
        self._people[recipient] -= 1
        if not self._people[recipient]:
            del self._people[recipient]
        self._untold.pop(connection, None)
        self._gone[connection] = _Gone(recipient, kept.told, kept.quiet)
        self._wake()

    def _wake(self) -> None:
        if self._changed is not None:
            self._changed.set()

    async def keep(self) -> None:
        """Hold the lease and mirror what changes, until cancelled. Outlives any failure of Redis."""
        self._changed = changed = asyncio.Event()
        async with redis_line.async_client(self._url) as client:
            scripts = LeaseCalls(client, self._names, self._server)
            beat_at = time.monotonic()
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(max(0.01, beat_at - time.monotonic())):
                        await changed.wait()
                try:
                    changed.clear()
                    if time.monotonic() >= beat_at:
                        beat_at = time.monotonic() + _TICK_SECONDS
                        await self._beat(scripts)
                        await self._tell(scripts)
                        await self._tell_changes(scripts)
                    else:
                        await self._tell(scripts)
                        # Who comes or goes meanwhile shares the next round trip.
                        await asyncio.sleep(_GATHER_SECONDS)
                except LeaseGone:
                    beat_at = time.monotonic()
                except (redis.RedisError, OSError) as error:
                    redis_line.failed("keep presence", error)
                    await asyncio.sleep(_RETRY_SECONDS)
                    beat_at = time.monotonic()
                except Exception:
                    logger.exception("presence was not told; it is tried again")
                    await asyncio.sleep(_RETRY_SECONDS)

    async def leave(self) -> None:
        """Give the lease back, so that nobody has to wait for its end to know that this server's connections are gone."""
        try:
            async with asyncio.timeout(_LEAVE_SECONDS), redis_line.async_client(self._url) as client:
                await client.zadd(self._names.servers, {self._server: 0}, xx=True)
                scripts = LeaseCalls(client, self._names, self._server)
                while not await scripts.bury(self._server, _BURIED_LOTS):
                    pass
        except (redis.RedisError, OSError, TimeoutError) as error:
            logger.info("presence: the lease was not given back, and runs out: %r", error)

    async def _beat(self, scripts: LeaseCalls) -> None:
        """Renew the lease, and see what is due: who went for good, and whose lease ran out."""
        held, born, dead, gone = await scripts.beat(self._lease, self._grace)
        for recipient, at in _pairs(gone):
            self._announce("offline", recipient, float(at))
        if not held or born != self._born:
            await scripts.enter(self._lease)
            self._register_again(lost=self._born not in {"", born})
            self._born = born
        lots = _BURIED_LOTS
        for server in dead:
            if server != self._server and lots:
                logger.info("presence: the lease of %s ran out; its connections are gone", server)
                lots = await scripts.bury(server, lots)

    def _register_again(self, *, lost: bool) -> None:
        """Redis may know nothing of this server's connections, or things of long ago. `lost`: it lost what it was told, so nobody came or went by that."""
        self._untold = dict.fromkeys(self._mine)
        self._strangers = True
        if lost:
            for kept in self._mine.values():
                kept.quiet = kept.told
            for gone in self._gone.values():
                gone.lost = gone.told

    async def _tell(self, scripts: LeaseCalls) -> None:
        """Tell what came and what went since the last time. Who comes goes first: whoever reloads a page never went."""
        if self._strangers:
            await self._drop_strangers(scripts)
        for quiet in (True, False):
            while lot := self._next_untold(quiet=quiet):
                await self._put(scripts, lot, quiet=quiet)
        for lost in (True, False):
            while dropped := self._next_gone(lost=lost):
                await scripts.drop("lost" if lost else "", [(name, gone.recipient) for name, gone in dropped])
                for name, _ in dropped:
                    del self._gone[name]

    def _next_untold(self, *, quiet: bool) -> list[_Kept]:
        return list(islice((kept for name in self._untold if (kept := self._mine[name]).quiet is quiet), LOT))

    def _next_gone(self, *, lost: bool) -> list[tuple[str, _Gone]]:
        return list(islice(((name, gone) for name, gone in self._gone.items() if gone.lost is lost), LOT))

    async def _put(self, scripts: LeaseCalls, lot: list[_Kept], *, quiet: bool) -> None:
        for kept in lot:
            kept.pulse = kept.look()
        at, came = await scripts.put([kept.facts.at(kept.pulse) for kept in lot], quiet=quiet)
        for kept in lot:
            kept.told, kept.quiet = True, False
            self._untold.pop(kept.facts.connection, None)
            if (gone := self._gone.get(kept.facts.connection)) is not None:
                gone.told = True  # it left meanwhile
        for recipient in came:
            self._announce("online", recipient, at)

    async def _drop_strangers(self, scripts: LeaseCalls) -> None:
        """Drop what Redis thinks is here and is not: it came back with what it stored a while ago."""
        async for lot in scripts.known():
            strangers = [
                (name, recipient) for name, recipient in lot if name not in self._mine and name not in self._gone
            ]
            if strangers:
                await scripts.drop("quiet", strangers)
        self._strangers = False

    async def _tell_changes(self, scripts: LeaseCalls) -> None:
        """Tell what changed on connections, going round all of them."""
        now = time.monotonic()
        if not self._round and now - self._round_began >= _SETTLE_SECONDS:
            self._round, self._round_began = list(self._mine), now
        changed: list[tuple[_Kept, Pulse]] = []
        for _ in range(min(_LOOKED_AT, len(self._round))):
            if (kept := self._mine.get(self._round.pop())) is not None and (pulse := kept.look()) != kept.pulse:
                changed.append((kept, pulse))
            if len(changed) == _TOLD_OF:
                break
        for lot in _lots(changed):
            await scripts.update([kept.facts.at(pulse) for kept, pulse in lot])
            for kept, pulse in lot:
                kept.pulse = pulse


def _lots(items: list[T]) -> Iterator[list[T]]:
    return (items[start : start + LOT] for start in range(0, len(items), LOT))


def _pairs(flat: list[Any]) -> Iterable[tuple[Any, Any]]:
    return zip(flat[::2], flat[1::2], strict=True)
