"""What one connection was sent, and what it may be sent next: the delivery rule and the flow control, without I/O.

With `sent` the last seq that went out: the next one goes out, an older one is dropped, and one that is further
on shows that something was missed, which is then read from the database. Nothing is ever queued here: the database is the queue.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from notifier import wire
from notifier.live import Parcel
from notifier.lockstep import MOST_BYTES, MOST_ENTRIES, Lockstep, Member, Send


@dataclass(slots=True)
class Track:
    """One stream of one connection: what was sent, acknowledged, and is known to exist.

    `welcomed` is the stream's head when the connection was welcomed: entries up to it are replays. `unchecked` is
    set until the stream was read once after its group was joined. What was sent up to `noted` was given out as unacknowledged.
    """

    sent: int
    acked: int
    head: int
    welcomed: int
    unchecked: bool
    noted: int
    # No deque: an empty one takes 600 bytes, and this holds no more than the window.
    on_the_way: list[Parcel] = field(default_factory=list)


class Delivery:
    """The streams of one connection.

    `acks` is false for a plain client, which acknowledges nothing. `window` notifications may be on their way.
    """

    __slots__ = (
        "_acknowledged", "_acks", "_bytes", "_count", "_left", "_place", "_tracks", "_window", "behind", "delivered",
    )  # fmt: skip

    def __init__(self, *, acks: bool = True, window: int = wire.MAX_UNACKNOWLEDGED) -> None:
        self._acks = acks
        self._window = window
        self._tracks: dict[str, Track] = {}
        self._count = 0
        self._bytes = 0
        self._acknowledged: list[tuple[str, list[Parcel]]] = []
        self._left: list[tuple[str, list[Parcel]]] = []
        # Where it goes in step with others, on one stream at most.
        self._place: tuple[Lockstep, Track, Member] | None = None
        self.delivered = 0
        """Entries that were acknowledged, since the beginning."""
        self.behind = False
        """Whether so much is on its way unacknowledged that nothing more may follow."""

    @property
    def waiting(self) -> int:
        """Entries that are on their way."""
        if self._place is None or not self._acks:
            return self._count
        step, track, _ = self._place
        return self._count + step.sent - track.sent

    @property
    def streams(self) -> list[str]:
        return list(self._tracks)

    @property
    def carried(self) -> int:
        """The number of streams."""
        return len(self._tracks)

    def open(self, stream: str, cursor: int, head: int, *, unchecked: bool) -> None:
        """Carry a stream, from the entry after `cursor` on."""
        self._tracks[stream] = Track(cursor, cursor, max(head, cursor), head, unchecked, cursor)

    def close(self, stream: str) -> None:
        """Carry it no longer."""
        track = self._track(stream)
        if track is not None:
            if self._place is not None and track is self._place[1]:
                self.fall_out()
            del self._tracks[stream]
            self._under_way(-len(track.on_the_way), -sum(size for _, size, _ in track.on_the_way))
            if unnoted := [parcel for parcel in track.on_the_way if parcel[0] > track.noted]:
                self._left.append((stream, unnoted))

    def offer(self, stream: str, parcel: Parcel) -> bool:
        """Whether this live entry goes out now. If it is ahead of what was sent, `missing` names the stream from then on."""
        # Each frame of each connection comes through here: no calls, but for a client that acknowledges.
        track, seq = self._tracks.get(stream), parcel[0]
        if track is None or seq <= track.sent:
            return False
        if seq > track.head:  # noqa: PLR1730 -- no calls
            track.head = seq
        if seq != track.sent + 1 or track.unchecked or self.behind:
            return False
        if self._acks:
            self._sent(track, parcel)
        else:
            track.sent = seq
        return True

    def replay(self, stream: str, seq: int, size: int, now: float) -> bool:
        """Whether this entry, read from the database in order, goes out now. Holes before it are no loss."""
        track = self._track(stream)
        if track is None or seq <= track.sent or self.behind:
            return False
        self._sent(track, (seq, size, now))
        return True

    def skip_pruned(self, stream: str, oldest: int) -> bool:
        """Go on with `oldest`, the first entry that is kept. Returns whether others, not sent yet, were pruned before it."""
        track = self._track(stream)
        if track is None or oldest <= track.sent + 1:
            return False
        track.sent = oldest - 1
        track.head = max(track.head, track.sent)
        return True

    def was_read(self, stream: str, upto: int, head: int) -> None:
        """The database was read to `upto` and everything there is sent or gone."""
        if (track := self._track(stream)) is not None:
            track.sent = max(track.sent, upto)
            track.head = max(track.head, head)
            track.unchecked = False

    def notice(self, stream: str, head: int) -> bool:
        """The stream is known to reach to `head`. Whether that is news."""
        track = self._track(stream)
        if track is None or head <= track.head:
            return False
        if self._place is not None and track is self._place[1]:
            self.fall_out()
        track.head = head
        return True

    def missing(self) -> dict[str, int]:
        """The streams to read from the database, each with the seq after which to begin. Empty while behind."""
        if self.behind:
            return {}
        self.catch_up()
        return {
            stream: track.sent for stream, track in self._tracks.items() if track.unchecked or track.sent < track.head
        }

    def welcomed_at(self, stream: str) -> int:
        """The stream's head when the connection was welcomed: what is up to it is a replay."""
        track = self._tracks.get(stream)
        return 0 if track is None else track.welcomed

    def fault(self, acks: Iterable[tuple[str, int]]) -> str:
        """What is wrong with acks of these streams, or nothing. Streams that are not carried are none of its business."""
        for stream, seq in acks:
            track = self._tracks.get(stream)
            if track is not None and seq > (sent := self._sent_of(track)):
                return f"{stream} was sent up to {sent} only"
        return ""

    def acknowledge(self, stream: str, seq: int) -> bool:
        """Take a cumulative ack of what was sent. Returns whether it was news."""
        track = self._tracks.get(stream)
        if track is None or seq <= track.acked:
            return False
        track.acked = seq
        if (handled := self._handled_in_step(track, seq)) is None:
            self.catch_up()
            if seq >= track.sent:
                handled, track.on_the_way = track.on_the_way, []
            else:
                handled = [parcel for parcel in track.on_the_way if parcel[0] <= seq]
                del track.on_the_way[: len(handled)]
            self._under_way(-len(handled), -sum([size for _, size, _ in handled]))
        if handled:
            self.delivered += len(handled)
            self._acknowledged.append((stream, handled))
        return True

    def _handled_in_step(self, track: Track, seq: int) -> list[Parcel] | None:
        """What went out in step, where that is all that is acknowledged, and all of it: it passes the books by. None where it is not.

        So it is with most acks of what is for many: one of 40 entries takes 1 µs, and by the books 6.
        """
        if self._place is None or self._place[1] is not track or track.on_the_way or not self._acks:
            return None
        step = self._place[0]
        if seq != step.sent:
            return None
        handled = step.since(track.sent)
        track.sent = track.head = seq
        return handled

    def take_acknowledged(self) -> list[tuple[str, list[Parcel]]]:
        """What was acknowledged since this was asked last, by stream."""
        acknowledged, self._acknowledged = self._acknowledged, []
        return acknowledged

    def take_unacknowledged(self, before: float, now: float, only: str | None = None) -> list[tuple[str, list[Parcel]]]:
        """What was sent up to `before` and is not acknowledged, by stream; each entry once. With `only`, of this stream.

        A client that acknowledges nothing is not followed from entry to entry: what it was sent is given out as sent now.
        """
        # All are asked once a second, and most are idle.
        if self._acks and not self._count and not self._left and self._is_caught_up():
            return []
        found, self._left = self._left, []
        tracks = self._tracks
        if only is not None:
            found = [lot for lot in found if lot[0] == only]
            tracks = {only: tracks[only]} if only in tracks else {}
        if only is None or (self._place is not None and self._place[1] is tracks.get(only)):
            self.catch_up()
        for stream, track in tracks.items():
            if not self._acks and track.sent > track.noted:
                first = max(track.noted, track.sent - self._window) + 1
                found.append((stream, [(seq, 0, now) for seq in range(first, track.sent + 1)]))
                track.noted = track.sent
            elif track.on_the_way and track.on_the_way[-1][0] > track.noted:
                overdue = [parcel for parcel in track.on_the_way if parcel[0] > track.noted and parcel[2] <= before]
                if overdue:
                    track.noted = overdue[-1][0]
                    found.append((stream, overdue))
        return found

    def fall_in(self, stream: str, step: Lockstep, member: Member, send: Send) -> None:
        """Go in step with the others from now on, unless it has something else of the stream, or is on the way to be behind."""
        track = self._tracks.get(stream)
        if track is not None and self._place is None and track.sent == track.head == step.sent and self._has_room():
            self._place = (step, track, member)
            step.members[member] = send

    def fall_out(self) -> None:
        """Go on alone, if it did not before."""
        self.catch_up()
        if self._place is not None:
            step, _, member = self._place
            del step.members[member]
            self._place = None

    def catch_up(self) -> None:
        """Take into the books what went out in step."""
        if self._place is None or self._is_caught_up():
            return
        step, track, _ = self._place
        parcels = step.since(track.sent)
        track.sent = track.head = step.sent
        if self._acks:
            track.on_the_way += parcels
            self._under_way(len(parcels), sum([size for _, size, _ in parcels]))

    def _is_caught_up(self) -> bool:
        return self._place is None or self._place[1].sent == self._place[0].sent

    def _has_room(self) -> bool:
        """Whether it is not behind even when what goes out in step is not in its books yet."""
        return self._count + MOST_ENTRIES < self._window and self._bytes + MOST_BYTES < wire.MAX_UNACKNOWLEDGED_BYTES

    def _sent_of(self, track: Track) -> int:
        """What of it was sent, in step or not."""
        return self._place[0].sent if self._place is not None and self._place[1] is track else track.sent

    def _track(self, stream: str) -> Track | None:
        self.catch_up()
        return self._tracks.get(stream)

    def _sent(self, track: Track, parcel: Parcel) -> None:
        track.sent = parcel[0]
        if self._acks:
            track.on_the_way.append(parcel)
            self._under_way(1, parcel[1])

    def _under_way(self, count: int, size: int) -> None:
        """So much more is on its way."""
        self._count += count
        self._bytes += size
        if self._place is not None and not self._has_room():
            self.fall_out()
        self.behind = self._count >= self._window or self._bytes >= wire.MAX_UNACKNOWLEDGED_BYTES
