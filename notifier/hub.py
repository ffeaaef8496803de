"""One hub in each server process: which of its connections carry which streams.

The process is in the group of each stream that a local connection carries: it joins with the first and leaves with the
last of them. What arrives is handed to those connections.
The channel layer is not trusted: a sweep compares each stream's end with the database, so that nothing stays missing,
not even an entry that no other follows.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Collection
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings

from notifier import blocking, bus, idempotency, orders, presence, redis_line, retention, wakeups, wire
from notifier.access import Person
from notifier.admission import Admission
from notifier.batching import Batcher
from notifier.carriers import Carriers
from notifier.changes import Change
from notifier.connection import Connection
from notifier.database import in_database
from notifier.enforcement import Enforcement
from notifier.errors import Unavailable
from notifier.groups import Groups
from notifier.inbox import Count, Missed, counts, last_seqs, since
from notifier.ledger import Ledger
from notifier.live import Live
from notifier.openings import Openings
from notifier.receipts import note_delivered
from notifier.reporting import Gauges, Reporter
from notifier.resuming import Opening, Request
from notifier.revocation import ended_among

logger = logging.getLogger(__name__)

_TICK_SECONDS = 1.0
_UNWELL_SWEEP_SECONDS = 2.0
# A subscription in Redis may take effect a moment after it was asked for; such streams are swept once more soon after.
_FRESH_SECONDS = 0.5
# Between two connections that are asked to leave, in seconds: shorter where there are very many.
_DRAIN_PAUSE = 0.05
# For the tasks of a hub that stops, and again for the last that it writes.
_STOP_SECONDS = 2.0
_TIDY_SECONDS = 600.0
_SWEEP_CHUNK = 1000
_BATCH = 500
# Each may bring a hundred entries.
_READ_BATCH = 200
# Of a crowd that comes back: docs/decisions/0020-connects.md.
_READ_PAUSE = 0.008


Listener = Callable[[dict[str, Any]], None]


class Hub:
    def __init__(self) -> None:
        self.counts: Batcher[Person, Count] = Batcher(counts, at_a_time=_BATCH)
        self.missed: Batcher[tuple[str, int], Missed] = Batcher(since, at_a_time=_READ_BATCH, pause=_READ_PAUSE)
        self.admission = Admission()
        self.ledger = Ledger()
        self._carriers = Carriers()
        self.enforcement: Enforcement[Connection] = Enforcement(self._carriers.since, self.admission, self._let_go)
        self._groups = Groups(self._dispatch)
        self._openings = Openings(self._carry_further, self._groups.settle)
        self.reporter = Reporter(self._gauges)
        self._listeners: set[Listener] = set()
        self._fresh: dict[str, float] = {}
        self._delivered: dict[tuple[str, str], int] = {}
        self._swept = self._tidied = time.monotonic()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Receive, sweep and keep the process's lease, from now on. Called when the server starts, or at the first socket."""
        if not self._tasks:
            bus.attach(asyncio.get_running_loop(), self._push_at_once)
            self._tasks = [
                asyncio.create_task(work)
                for work in (
                    self._groups.receive(),
                    # Beside the tick: a Redis that hangs must not hold up the sweep that stands in for it.
                    self._groups.keep(),
                    self._tick(),
                    presence.keep(),
                    retention.keep(),
                    self.ledger.keep(lambda: self._carriers.connections),
                )
            ]

    async def stop(self) -> None:
        """End what `start` began, and write what is to be remembered."""
        self.enforcement.stop()
        give_up, running = time.monotonic() + _STOP_SECONDS, set(self._tasks)
        while running and time.monotonic() < give_up:
            # More than once: a library below may take a cancellation for a time limit of its own, and go on.
            for task in running:
                task.cancel()
            _, running = await asyncio.wait(running, timeout=0.1)
        if self._tasks:
            await presence.leave()
            await self.reporter.end()
        with contextlib.suppress(Unavailable, TimeoutError):
            async with asyncio.timeout(_STOP_SECONDS):
                await self._write_delivered()
                await self.ledger.flush(tuple(self._carriers.connections))

    async def join(self, connection: Connection, streams: list[str]) -> None:
        """Carry these streams for the connection. Returns when their groups are joined, or the layer failed to: the sweep stands in."""
        self._carry(connection, streams)
        await self._groups.settle()

    def open(self, connection: Connection, request: Request) -> asyncio.Future[Opening]:
        """Join what is known and ask what the connection begins with; the answer carries all its streams by then.

        Its errors are those of `open_all`, and Unavailable. It is not to be cancelled.
        """
        self._carry(connection, request.streams)
        return self._openings.submit((connection, request))

    def _carry(self, connection: Connection, streams: Collection[str]) -> None:
        """As `join`, but the groups are joined by whoever settles them next."""
        self.start()
        for stream in self._carriers.add(connection, streams):
            self._fresh[stream] = time.monotonic()
            self._groups.join(wakeups.group_of(stream))

    def _carry_further(self, connection: Connection, streams: Collection[str]) -> None:
        if connection in self._carriers.connections:  # or else it went meanwhile
            self._carry(connection, streams)

    def part(self, connection: Connection, streams: list[str] | None = None) -> None:
        """Carry these streams, or any, no longer for the connection. Groups that nobody needs are left at the next tick."""
        for stream in self._carriers.remove(connection, streams):
            self._groups.leave(wakeups.group_of(stream))

    def acknowledged(self, recipient: str, streams: dict[str, int]) -> None:
        """Remember how far a person's browser is; written once a second for all."""
        for stream, seq in streams.items():
            self._delivered[recipient, stream] = max(seq, self._delivered.get((recipient, stream), 0))

    async def drain(self) -> None:
        """Let every connection go, then stop."""
        await self._let_go()
        await self.stop()

    async def _let_go(self) -> None:
        """Ask every connection to go elsewhere, one after the other so that they do not all come back at once."""
        leaving = tuple(self._carriers.connections)
        pause = min(_DRAIN_PAUSE, settings.ENVIRONMENT.drain_seconds / max(len(leaving), 1))
        began = time.monotonic()
        for number, connection in enumerate(leaving, 1):
            connection.leave(wire.CloseCode.GOING_AWAY)
            # By the clock: what a busy loop adds to each pause must not add up.
            await asyncio.sleep(began + number * pause - time.monotonic())

    # -------------------------------------------------------------- from the layer

    def _dispatch(self, message: dict[str, Any]) -> None:
        if message["type"].startswith(("hub.", "ops.")):
            self._take_order(message)
            return
        match message["type"]:
            case "notification.push":
                self._push(message["stream"], message["seq"], message["text"])
            case "notification.batch":
                content = message["content"]
                for stream, seq in message["places"]:
                    if stream in self._carriers.streams:
                        self._push(stream, seq, wire.notification_frame(stream, seq, content, replayed=False))
            case _:
                change = Change.of_message(message)
                for connection in self._carriers.of(message["stream"]):
                    connection.told(change)

    def _push(self, stream: str, seq: int, text: str) -> None:
        self._carriers.push(Live(stream, seq, text, asyncio.get_running_loop().time()))

    def _push_at_once(self, stream: str, seq: int, text: str) -> None:
        """What this process sends gets to its own connections half a millisecond before the layer brings it, and also without the layer.

        What comes twice then is dropped by the delivery rule. Where many carry it the other processes must not wait for that.
        """
        if self._carriers.few(stream):
            self._push(stream, seq, text)

    def _take_order(self, message: dict[str, Any]) -> None:
        """What is said to the hubs, and what is for the operators who listen here."""
        match message["type"]:
            case "hub.sweep":
                self._swept = float("-inf")
            case "hub.orders":
                self.enforcement.hasten()
            case "hub.watched":
                self.reporter.watched()
            case _:
                for event in wakeups.events_of(message):
                    for listener in tuple(self._listeners):
                        listener(event)

    # -------------------------------------------------------------- for operators

    async def listen(self, listener: Listener) -> None:
        """Hand it what is said to the group of operators, until `unlisten`."""
        self._listeners.add(listener)
        self._groups.join(wakeups.OPS)
        await self._groups.settle()

    def unlisten(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        if not self._listeners:
            self._groups.leave(wakeups.OPS)

    def _gauges(self) -> Gauges:
        waiting = [connection.delivery.waiting for connection in self._carriers.connections]
        return {
            "connections": len(waiting),
            "behind": sum(connection.delivery.behind for connection in self._carriers.connections),
            "waiting": sum(waiting),
        }

    # -------------------------------------------------------------- the sweep

    async def _tick(self) -> None:
        chores = (
            self._write_delivered,
            self.reporter.beat,
            self._sweep,
            self._enforce,
            self._tidy,
            self.reporter.record,
        )
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            for chore in chores:
                try:
                    await chore()
                except Unavailable as error:
                    logger.warning("waiting for the database: %s", error.detail)
                    break
                except Exception:
                    logger.exception("%s failed; it is tried again", chore.__qualname__)

    async def _sweep(self) -> None:
        now = time.monotonic()
        interval = _UNWELL_SWEEP_SECONDS if redis_line.is_unwell() else settings.SWEEP_SECONDS
        # The tick that is nearest to the time, and not the one after it.
        if now - self._swept >= min(interval, settings.SWEEP_SECONDS) - _TICK_SECONDS / 2:
            streams, self._swept = list(self._carriers.streams), now
        else:
            streams = [stream for stream in self._fresh if stream in self._carriers.streams]
        self._fresh = {stream: since for stream, since in self._fresh.items() if now - since < _FRESH_SECONDS}
        for start in range(0, len(streams), _SWEEP_CHUNK):
            for stream, (head, revision) in (
                await in_database(last_seqs, streams[start : start + _SWEEP_CHUNK])
            ).items():
                for connection in self._carriers.of(stream):
                    connection.notice(stream, head, revision)

    async def _enforce(self) -> None:
        """Carry out what operators ordered; then close the connections whose credential is no longer in force."""
        if not await self.enforcement.check() or not self._carriers.connections:
            return
        ended = await in_database(ended_among, {connection.person for connection in self._carriers.connections})
        for connection in tuple(self._carriers.connections) if ended else ():
            if (code := ended.get(connection.person)) is not None:
                connection.leave(code)

    async def _tidy(self) -> None:
        """Now and then, remove what holds no longer."""
        if time.monotonic() - self._tidied >= _TIDY_SECONDS:
            self._tidied = time.monotonic()
            for forget in (idempotency.forget_old, orders.forget_old, blocking.forget_ended):
                await in_database(forget)

    async def _write_delivered(self) -> None:
        if self._delivered:
            written, self._delivered = self._delivered, {}
            try:
                await in_database(note_delivered, written)
            except Unavailable:
                self._delivered = {**written, **self._delivered}
                raise


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def this_hub() -> Hub:
    """The hub of the running event loop: a server process has one loop, and so one hub."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
