"""What is to be written about deliveries and visits: gathered on the event loop, written a few times a second for all.

A connection adds what it sent, was acknowledged and was told as seen; that costs it an append. While the database is away
it is kept, up to a bound; then the oldest is given up. What a process holds when it is killed is lost: a second of it.
"""

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, connection

from notifier import names, presence
from notifier.access import Person
from notifier.database import in_database
from notifier.errors import Unavailable
from notifier.live import Parcel
from notifier.receipts import Mark, Sight, write_marks, write_sights
from notifier.visitors import Visit, write_visits

logger = logging.getLogger(__name__)

# Of the writes. With 150 POSTs a second, one write a second makes those that meet it wait: 99 in 100 took up to 7.2 ms, and 6.4 with five.
# With SQLite each is a sync to the disk.
_PAUSE_SECONDS = {"sqlite": 1.0, "postgresql": 0.2}
_LOOK_SECONDS = 1.0
# What was sent and is not acknowledged after this is written as sent.
_OVERDUE_SECONDS = 3.0
# Within which clients are to acknowledge what is for many: docs/decisions/0021-patient-acknowledgements.md.
_PROMPT_SECONDS, _PATIENT_SECONDS = 0.1, 2.0
# So often people who stay are written as being here: a process that is killed cannot tell when they left.
_STAYING_SECONDS = 300.0
# In one statement: SQLite lets one writer in at a time, and publishers wait for this one.
_ROWS = {"sqlite": 250, "postgresql": 1000}
# In one second, so that receipts never take more than a fraction of a core; what is more waits.
_ROWS_A_SECOND = 10_000
# Of each kind, while the database is away or slow. One takes about 200 bytes.
MOST_WAITING = 100_000
_CONNECTIONS_AT_A_TIME = 1000

# When something was sent that is known to have arrived, but was sent by another connection.
_UNKNOWN = -1.0

# A recipient, a stream, what was sent of it and when, and when that was acknowledged; on the monotonic clock.
_Lot = tuple[str, str, list[Parcel], float | None]


class Sender(Protocol):
    """What the ledger asks of a connection."""

    @property
    def person(self) -> Person:
        """For whom it was opened."""

    def unacknowledged(self, before: float, only: str | None) -> list[tuple[str, list[Parcel]]]:
        """What was sent up to this time, and is not acknowledged, of this stream or of all; by stream, each entry once."""


class Ledger:
    """Of one process; all methods are called on its event loop."""

    def __init__(self, *, most_waiting: int = MOST_WAITING) -> None:
        self._most, self._kept = most_waiting, settings.ENVIRONMENT.receipts
        self._lots: deque[_Lot] = deque()
        self._waiting = 0
        self._sights: deque[Sight] = deque()
        self._visits: dict[str, Visit] = {}
        self._stayed = time.monotonic()
        self._gave_up = False

    @property
    def patience(self) -> float:
        """Within how many seconds clients are to acknowledge what is not in their person's own stream: soon, where there are receipts of it."""
        return _PROMPT_SECONDS if self._kept == "all" else _PATIENT_SECONDS

    # -------------------------------------------------------------- from the connections

    def delivered(self, recipient: str, lots: list[tuple[str, list[Parcel]]], now: float) -> None:
        """These were acknowledged now, by stream."""
        self._add(recipient, lots, now)

    def resumed(self, recipient: str, handled: Mapping[str, tuple[int, int]], now: float) -> None:
        """A client came back and had handled what no acknowledgement told: for each stream the seqs after the first and up to the second."""
        lots = [
            (stream, [(seq, 0, _UNKNOWN) for seq in range(after + 1, upto + 1)])
            for stream, (after, upto) in handled.items()
        ]
        self._add(recipient, lots, now)

    def sent(self, sender: Sender, before: float) -> None:
        """Look at what this connection was sent up to this time, and nothing acknowledged so far."""
        recipient = sender.person.recipient
        only = {"all": None, "people": names.user_stream(recipient), "none": ""}[self._kept]
        if lots := sender.unacknowledged(before, only):
            self._add(recipient, lots, None)

    def seen(self, recipient: str, notification_ids: list[str]) -> None:
        """The person has these before their eyes."""
        if self._kept == "none":
            return
        now = time.time()
        self._sights.extend(Sight(recipient, notification, now) for notification in notification_ids)
        while len(self._sights) > self._most:
            self._sights.popleft()
            self._warn()

    def visited(self, person: Person) -> None:
        """The person connects, stays, or leaves."""
        now, before = time.time(), self._visits.pop(person.recipient, None)
        self._visits[person.recipient] = Visit(before.first if before else now, now, person.topics)
        if len(self._visits) > self._most:
            del self._visits[next(iter(self._visits))]
            self._warn()

    def _add(self, recipient: str, lots: list[tuple[str, list[Parcel]]], delivered: float | None) -> None:
        for stream, parcels in lots:
            if self._kept == "all" or (self._kept == "people" and stream == names.user_stream(recipient)):
                self._lots.append((recipient, stream, parcels, delivered))
                self._waiting += len(parcels)
        while self._waiting > self._most:
            self._waiting -= len(self._lots.popleft()[2])
            self._warn()

    def _warn(self) -> None:
        """Once, until all is written again."""
        if not self._gave_up:
            self._gave_up = True
            logger.warning(
                "more receipts than the database takes: over %s wait, and the oldest are given up", self._most
            )

    # -------------------------------------------------------------- to the database

    async def keep(self, connections: Callable[[], Iterable[Sender]]) -> None:
        """Write what is gathered, again and again, for as long as the server runs."""
        pause, looked = _PAUSE_SECONDS[connection.vendor], time.monotonic()
        while True:
            await asyncio.sleep(pause)
            try:
                if time.monotonic() - looked >= _LOOK_SECONDS:
                    looked = time.monotonic()
                    await self._look_around(tuple(connections()))
                await self._write(_ROWS_A_SECOND * pause, patient=True)
            except Unavailable as error:
                logger.debug("receipts wait for the database: %s", error.detail)
            except Exception:
                logger.exception("writing receipts failed; it is tried again")

    async def flush(self, connections: Iterable[Sender]) -> None:
        """Write everything, also what was sent to these a moment ago. Unavailable when the database does not answer."""
        for sender in connections:
            self.sent(sender, math.inf)
            self.visited(sender.person)
        await self._write(math.inf, patient=False)

    async def _look_around(self, connections: tuple[Sender, ...]) -> None:
        """Gather what nobody acknowledged, and now and then who is here."""
        staying = time.monotonic() - self._stayed >= _STAYING_SECONDS
        if staying:
            self._stayed = time.monotonic()
        before = asyncio.get_running_loop().time() - _OVERDUE_SECONDS
        for number, sender in enumerate(connections):
            if number % _CONNECTIONS_AT_A_TIME == _CONNECTIONS_AT_A_TIME - 1:
                await asyncio.sleep(0)
            self.sent(sender, before)
            if staying:
                self.visited(sender.person)

    async def _write(self, most: float, *, patient: bool) -> None:
        """Write the oldest, so many rows at most; if `patient`, as long as a statement took nothing is written after it."""
        while most > 0 and (self._lots or self._sights or self._visits):
            began = time.monotonic()
            if self._lots:
                most -= await self._write_lots()
            elif self._sights:
                most -= await self._write_sights()
            else:
                most -= await self._write_visits()
            if patient:
                await asyncio.sleep(time.monotonic() - began)
        self._gave_up = self._gave_up and bool(self._lots or self._sights or self._visits)

    async def _write_lots(self) -> int:
        batch, rows, most = list[_Lot](), 0, _ROWS[connection.vendor]
        while self._lots and rows < most:
            batch.append(self._lots.popleft())
            rows += len(batch[-1][2])
        self._waiting -= rows
        wall = time.time() - asyncio.get_running_loop().time()
        try:
            await in_database(_write_lots, batch, wall)
        except BaseException as error:
            if _may_succeed_later(error):
                self._lots.extendleft(reversed(batch))
                self._waiting += rows
            raise
        return rows

    async def _write_sights(self) -> int:
        batch = [self._sights.popleft() for _ in range(min(len(self._sights), _ROWS[connection.vendor]))]
        try:
            await in_database(write_sights, batch, named_only=self._kept == "people")
        except BaseException as error:
            if _may_succeed_later(error):
                self._sights.extendleft(reversed(batch))
            raise
        return len(batch)

    async def _write_visits(self) -> int:
        batch = {recipient: self._visits.pop(recipient) for recipient in list(self._visits)[: _ROWS[connection.vendor]]}
        try:
            await in_database(write_visits, batch, server=presence.SERVER)
        except BaseException as error:
            if _may_succeed_later(error):
                for recipient, visit in batch.items():
                    later = self._visits.get(recipient)
                    self._visits[recipient] = Visit(visit.first, later.last, later.topics) if later else visit
            raise
        return len(batch)


def _may_succeed_later(error: BaseException) -> bool:
    """The database was away, or something was pruned at this moment, or this process stops. Not so if the rows are at fault."""
    passing = (OperationalError, InterfaceError, IntegrityError)
    return not isinstance(error, Exception) or (isinstance(error, Unavailable) and isinstance(error.__cause__, passing))


def _write_lots(lots: list[_Lot], wall: float) -> None:
    """`wall` is what to add to the monotonic clock for Unix seconds."""
    write_marks([mark for lot in lots for mark in _marks(*lot, wall)])


def _marks(recipient: str, stream: str, parcels: list[Parcel], delivered: float | None, wall: float) -> Iterator[Mark]:
    """One for each run of entries that were sent at the same moment, as those are that somebody had missed."""
    delivered = None if delivered is None else delivered + wall
    first, run = 0, len(parcels)
    while first < run:
        seq, _, sent = parcels[first]
        end = first + 1
        while end < run and parcels[end][2] == sent and parcels[end][0] == seq + end - first:
            end += 1
        yield Mark(recipient, stream, seq, None if sent == _UNKNOWN else sent + wall, delivered, end - first)
        first = end
