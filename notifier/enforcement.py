"""What operators ordered, carried out in this process: connections closed, the server drained, the banner shown."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Generic, Protocol, TypeVar

from notifier import orders, presence, wire
from notifier.access import Person
from notifier.admission import Admission
from notifier.database import in_database
from notifier.orders import Closing
from notifier.process import note_drained
from notifier.wire import Banner, CloseCode

logger = logging.getLogger(__name__)

# An order, a block and a credential that ends are noticed within this and a tick: in less than 5 s.
_CHECK_SECONDS = 2.0
# An order is seen when it is committed, which is after its time; so much may lie between.
_OVERLAP_SECONDS = 15.0


class Closable(Protocol):
    """What is asked of a connection. None of these may block or fail."""

    connection: str
    """Its id."""

    @property
    def person(self) -> Person:
        """For whom it was opened, and by which credential."""

    def leave(self, code: CloseCode) -> None:
        """Close."""

    def proclaim(self, frame: str) -> None:
        """A frame for everyone, which is not part of a stream. Left out before the welcome, which has it too."""


C = TypeVar("C", bound=Closable)


class Enforcement(Generic[C]):
    """`connections` are those of this process, each with the monotonic time since when; `let_go` asks all of them to leave."""

    def __init__(
        self, connections: Mapping[C, float], admission: Admission, let_go: Callable[[], Awaitable[None]]
    ) -> None:
        self.banner: Banner | None = None
        self._connections, self._admission, self._let_go = connections, admission, let_go
        self._checked = float("-inf")
        self._looked = time.monotonic()
        self._carried_out: set[int] = set()
        self._leaving: asyncio.Future[None] | None = None

    def hasten(self) -> None:
        """There is something new: look at the next call of `check`."""
        self._checked = float("-inf")

    async def check(self) -> bool:
        """Once a second: every 2 s, or when hastened, read what holds now and see to it. Whether it was time."""
        now = time.monotonic()
        if now - self._checked < _CHECK_SECONDS:
            return False
        self._checked = now
        standing = await in_database(orders.read, presence.SERVER, now - self._looked + _OVERLAP_SECONDS)
        self._looked = now
        self._drain(drained=standing.drained)
        self._show(standing.banner)
        fresh = [closing for closing in standing.closings if closing.id not in self._carried_out]
        self._carried_out = {closing.id for closing in standing.closings}
        if closed := self._close(fresh):
            await in_database(orders.note_closed, closed)
        return True

    def _close(self, closings: Collection[Closing]) -> dict[int, int]:
        """Close what the orders are about. How many for each, where it is more than none."""
        closed: dict[int, int] = {}
        now = time.monotonic()
        # Once through the connections, however many orders there are. The latest of several about the same is the widest.
        of_person = {closing.person: closing for closing in closings if closing.person}
        of_connection = {closing.connection: closing for closing in closings if closing.connection}
        for connection, since in tuple(self._connections.items()) if closings else ():
            about = of_connection.get(connection.connection), of_person.get(connection.person.recipient)
            for closing in about:
                if closing is not None and since <= now - closing.age:
                    connection.leave(closing.code)
                    closed[closing.id] = closed.get(closing.id, 0) + 1
                    break
        return closed

    def stop(self) -> None:
        """End what is under way."""
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None

    def _drain(self, *, drained: bool) -> None:
        if drained != self._admission.draining:
            self._admission.draining = drained
            note_drained(drained=drained)
            logger.warning("an operator asked this server to %s", "drain" if drained else "take connections again")
        if self._leaving is not None and (not drained or self._leaving.done()):
            self.stop()
        if drained and self._connections and self._leaving is None:
            # Also those that had come half-way in when it began.
            self._leaving = asyncio.ensure_future(self._let_go())

    def _show(self, banner: Banner | None) -> None:
        if banner == self.banner:
            return
        self.banner, frame = banner, wire.banner_frame(banner)
        for connection in tuple(self._connections):
            connection.proclaim(frame)
