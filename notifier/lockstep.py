"""Connections that were sent the same of one stream, and get the next entry of it together: one cursor for thousands of them.

A live entry costs a connection that is in step one write and nothing else. What it was sent is known here; it is caught up with that
when it matters: when the client acknowledges, when it falls out of step, and after so many entries.
"""

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from notifier.live import Live, Parcel
from notifier.metrics import METRICS

MOST_ENTRIES = 64
"""A member may be so many entries ahead of its own books: only who has room for them is in step."""
MOST_BYTES = 256 * 1024

# Writes an encoded frame at once, and says whether it could.
WriteFrame = Callable[[bytes], bool]


class Books(Protocol):
    """What a connection was sent: a `Delivery`."""

    def catch_up(self) -> None:
        """Take in what went out in step."""

    def fall_out(self) -> None:
        """Go on alone."""


class Member(Protocol):
    """A connection."""

    @property
    def delivery(self) -> Books:
        """What it was sent."""


M = TypeVar("M", bound=Member)


class Lockstep:
    """Of one stream. All `members` were sent everything up to `sent`."""

    __slots__ = ("_bytes", "_parcels", "members", "sent")

    def __init__(self) -> None:
        self.sent = 0
        self.members: dict[Member, WriteFrame] = {}
        # The last that were sent; no member lacks an older one in its books.
        self._parcels: list[Parcel] = []
        self._bytes = 0

    def push(self, live: Live, carriers: set[M]) -> Iterable[M]:
        """Send a live entry to those who are in step. Returns the others among the carriers of the stream, who may fall in if they get it, too."""
        seq, size, _ = live.parcel
        if seq != self.sent + 1 or size > MOST_BYTES:
            self._disband()
        elif len(self._parcels) == MOST_ENTRIES or self._bytes + size > MOST_BYTES:
            self._settle()
        self._write(live)
        self.sent = seq
        self._parcels.append(live.parcel)
        self._bytes += size
        return carriers.difference(self.members) if len(carriers) > len(self.members) else ()

    def since(self, seq: int) -> list[Parcel]:
        """What was sent after this entry, to somebody who has all before it."""
        return self._parcels[len(self._parcels) - (self.sent - seq) :]

    def _write(self, live: Live) -> None:
        frame = live.frame
        # Of copies: nobody has to know what a server's way of writing may lead to.
        members = zip(tuple(self.members), tuple(self.members.values()), strict=True)
        refused = [member for member, write in members if not write(frame)]
        METRICS.frames += len(self.members) - len(refused)
        for member in refused:
            member.delivery.fall_out()

    def _settle(self) -> None:
        """Bring the books of all up to date. Who has no room for more falls out."""
        for member in tuple(self.members):
            member.delivery.catch_up()
        self._parcels, self._bytes = [], 0

    def _disband(self) -> None:
        for member in tuple(self.members):
            member.delivery.fall_out()
        self._parcels, self._bytes = [], 0
