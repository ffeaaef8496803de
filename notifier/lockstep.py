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

# As `send(2)`: of data, with its size and flags, writes as much as the socket takes now, and returns how much that is; -1 for nothing.
Send = Callable[[bytes, int, int], int]


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

    def finish(self, rest: bytes) -> None:
        """Write the rest of a frame whose beginning went out."""


M = TypeVar("M", bound=Member)


class Lockstep:
    """Of one stream. All `members` were sent everything up to `sent`."""

    __slots__ = ("_bytes", "_parcels", "members", "sent")

    def __init__(self) -> None:
        self.sent = 0
        self.members: dict[Member, Send] = {}
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
        unfinished = self._write(live.frame)
        self.sent = seq
        self._parcels.append(live.parcel)
        self._bytes += size
        for member, rest in unfinished:
            member.finish(rest)
            member.delivery.fall_out()
        return carriers.difference(self.members) if len(carriers) > len(self.members) else ()

    def since(self, seq: int) -> list[Parcel]:
        """What was sent after this entry, to somebody who has all before it."""
        return self._parcels[len(self._parcels) - (self.sent - seq) :]

    def _write(self, frame: bytes) -> list[tuple[Member, bytes]]:
        """Who cannot take it falls out. Returns to whom only a part of it went, each with the rest."""
        size, short = len(frame), list[tuple[Member, int]]()
        # Of copies: nobody has to know what a server's way of writing may lead to.
        for member, send in zip(tuple(self.members), tuple(self.members.values()), strict=True):
            if (went := send(frame, size, 0)) != size:
                short.append((member, went))
        METRICS.frames += len(self.members)
        for member, went in short:
            if went <= 0:
                METRICS.frames -= 1
                member.delivery.fall_out()
        return [(member, frame[went:]) for member, went in short if went > 0]

    def _settle(self) -> None:
        """Bring the books of all up to date. Who has no room for more falls out."""
        for member in tuple(self.members):
            member.delivery.catch_up()
        self._parcels, self._bytes = [], 0

    def _disband(self) -> None:
        for member in tuple(self.members):
            member.delivery.fall_out()
        self._parcels, self._bytes = [], 0
