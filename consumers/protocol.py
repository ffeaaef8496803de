"""One connection's side of protocol v1, without I/O: texts and times go in, frames and a close code come out.

`docs/protocol.md` is its specification. The consumer around it reads and writes the socket, calls the domain and
keeps the one timer that `deadline` asks for.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import Enum, auto

from notifier import clientframes, names, wire
from notifier.access import Person
from notifier.changes import Change
from notifier.delivery import Delivery
from notifier.inbox import Count, Missed
from notifier.live import Live, size_of
from notifier.resuming import Opening
from notifier.wire import CloseCode, FrameError

# What may wait to be written; more means that the socket takes nothing, and no flow control holds it back.
MAX_WAITING = 2 * wire.MAX_UNACKNOWLEDGED

# A timer that comes so late says that the server is busy: the client's hello may be waiting to be read.
_LATE_SECONDS = 0.25


class Stage(Enum):
    GREETING = auto()
    """Waiting for `hello`."""
    OPENING = auto()
    """`hello` came; `welcome` is being prepared."""
    OPEN = auto()


class Protocol:
    """`out` holds the frames to write, oldest first. Once `closing` is set, they are written and the socket is closed with it.

    `now` is a monotonic clock in seconds; `expires` are on the same clock. A plain connection
    (`?live`) says no hello and acknowledges nothing. One with a `topic` carries that topic alone.
    """

    __slots__ = (
        "_behind_since", "_counted_at", "_early", "_frames_left", "_hello_by", "_hello_seconds", "_slow_seconds", "acked", "client",
        "closing", "delivery", "expires", "out", "page", "person", "plain", "revision", "rtt", "stage", "topic", "visible",
    )  # fmt: skip

    def __init__(
        self,
        person: Person,
        *,
        now: float,
        expires: float | None = None,
        plain: bool = False,
        topic: str | None = None,
        hello_seconds: float = 5,
        slow_seconds: float = 30,
        window: int = wire.MAX_UNACKNOWLEDGED,
    ) -> None:
        self.person = person
        self.plain = plain
        self.topic = topic
        self.expires = expires
        self.delivery = Delivery(acks=not plain, window=window)
        self.out: list[str] = []
        self.closing: CloseCode | None = None
        self.client = self.page = ""
        self.visible: bool | None = None
        self.acked: float | None = None
        self.rtt: int | None = None
        self.revision = 0
        self.stage = Stage.OPENING if plain else Stage.GREETING
        self._hello_seconds = hello_seconds
        self._hello_by = now + hello_seconds
        self._slow_seconds = slow_seconds
        # How far streams are known to reach that came up while the welcome was being prepared.
        self._early: dict[str, int] = {}
        self._behind_since: float | None = None
        self._frames_left = float(wire.MAX_FRAMES_PER_SECOND)
        self._counted_at = now

    # -------------------------------------------------------------- from the client

    def acknowledge(self, text: str, now: float) -> dict[str, int] | None:
        """Take a message if it is an ack in the usual form, and in order: what of it was news. None: `receive` has to take it."""
        ack = clientframes.parse_usual_ack(text)
        if ack is None or self.stage is not Stage.OPEN or self.closing is not None:
            return None
        if self.delivery.fault((ack,)) or not self._count_frame(now):
            return None
        return self._acknowledge((ack,), now)

    def receive(self, text: str | None, now: float) -> clientframes.ClientFrame | None:
        """Take a message (None: a binary one). Returns the frame if the domain has to act on it; acks are returned for the record."""
        if self.closing is not None:
            return None
        try:
            if not self._count_frame(now):
                rate = wire.MAX_FRAMES_PER_SECOND
                raise FrameError("rate", f"At most {rate} frames a second.", close=CloseCode.RATE)
            if text is None:
                raise FrameError("binary_frame", "Frames are JSON in text messages.")
            return self._take(clientframes.parse_client_frame(text), now)
        except FrameError as error:
            self.out.append(wire.error_frame(error.code, error.message, error.field))
            self.close(error.close)
            return None

    def _take(self, frame: clientframes.ClientFrame, now: float) -> clientframes.ClientFrame | None:
        if isinstance(frame, clientframes.Hello):
            if self.stage is not Stage.GREETING:
                raise FrameError("hello_repeated", "Say hello once, and not at all with ?live.")
            self.stage = Stage.OPENING
            self.client = frame.client
            self._note_page(frame)
            return frame
        if self.stage is Stage.GREETING:
            raise FrameError("hello_expected", "The first frame is hello.")
        match frame:
            case clientframes.Ping():
                self.rtt = self.rtt if frame.rtt is None else frame.rtt
                self.out.append(wire.PONG)
                return None
            case clientframes.Page():
                self._note_page(frame)
                return None
            case clientframes.Ack():
                if fault := self.delivery.fault(frame.streams.items()):
                    raise FrameError("bad_frame", fault, field="streams")
                news = self._acknowledge(frame.streams.items(), now)
                return clientframes.Ack(type="ack", streams=news) if news else None
            case (
                clientframes.Read()
                | clientframes.Unread()
                | clientframes.Archive()
                | clientframes.Unarchive()
                | clientframes.Follow()
                | clientframes.Unfollow()
            ) if self.topic is not None:
                self.refuse("not_here", "This socket carries one topic; use /ws/notifications/ for this.", "type")
                return None
        return frame

    def _acknowledge(self, acks: Iterable[tuple[str, int]], now: float) -> dict[str, int]:
        news = {stream: seq for stream, seq in acks if self.delivery.acknowledge(stream, seq)}
        self.acked = now
        if news and self._behind_since is not None:
            self._behind_since = now if self.delivery.behind else None
        return news

    def _note_page(self, frame: clientframes.Hello | clientframes.Page) -> None:
        self.page = self.page if frame.page is None else frame.page
        self.visible = self.visible if frame.visible is None else frame.visible

    def _count_frame(self, now: float) -> bool:
        """Whether one more is within the rate."""
        rate = wire.MAX_FRAMES_PER_SECOND
        self._frames_left = min(rate, self._frames_left + (now - self._counted_at) * rate) - 1
        self._counted_at = now
        return self._frames_left >= 0

    # -------------------------------------------------------------- from the domain

    def welcome(self, connection: str, opening: Opening, *, patience: float, banner: wire.Banner | None = None) -> None:
        """Begin. Streams whose group was joined only after `opening` was read are read once more."""
        self.stage = Stage.OPEN
        self.revision = opening.revision
        if self.plain:
            opening = Opening(opening.epoch, opening.heads, opening.heads, {}, opening.unread, opening.revision)
        self.out.append(
            wire.welcome_frame(
                connection=connection,
                user=self.person.recipient,
                epoch=opening.epoch,
                streams=opening.cursors,
                heads=opening.heads,
                recovered=not opening.resets,
                unread=opening.unread,
                expires=self.person.expires,
                patience=patience,
                banner=banner,
            )
        )
        for stream, oldest in opening.resets.items():
            self.out.append(wire.reset_frame(stream, oldest, opening.cursors[stream]))
        for stream, cursor in opening.cursors.items():
            self.delivery.open(
                stream,
                cursor,
                opening.heads[stream],
                unchecked=names.topic_of(stream) is not None and self.topic is None,
            )
        for stream, head in self._early.items():
            self.delivery.notice(stream, head)
        self._early = {}

    def passes(self, live: Live) -> bool:
        """Whether this live entry goes out now: then the caller writes it, or hands it to `push`."""
        delivery = self.delivery
        if self.closing is None and delivery.offer(live.stream, live.parcel):
            if delivery.behind and self._behind_since is None:
                self._behind_since = live.now
            return True
        if self.stage is not Stage.OPEN:
            # The opening may have been read before this was committed.
            self.notice(live.stream, live.seq)
        return False

    def push(self, text: str) -> None:
        """A frame to write after those that wait. When too many do, the socket takes nothing, and is closed."""
        if len(self.out) >= MAX_WAITING:
            self.out.clear()
            self.close(CloseCode.SLOW_CONSUMER)
        else:
            self.out.append(text)

    def notice(self, stream: str, head: int) -> bool:
        """The stream is known to reach to `head`. Whether something is to be done about that."""
        if self.stage is Stage.OPEN:
            return self.delivery.notice(stream, head)
        self._early[stream] = max(head, self._early.get(stream, 0))
        return False

    def replay(self, stream: str, missed: Missed, now: float) -> None:
        """What was read from the database for this stream. If what was to come next was pruned meanwhile, the client is told so."""
        if self.delivery.skip_pruned(stream, missed.oldest):
            self.out.append(wire.reset_frame(stream, missed.oldest, missed.oldest - 1))
        welcomed = self.delivery.welcomed_at(stream)
        for seq, content in missed.entries:
            text = wire.notification_frame(stream, seq, content, replayed=seq <= welcomed)
            if self.delivery.replay(stream, seq, size_of(text), now):
                self.push(text)
                if self._behind_since is None and self.delivery.behind:
                    self._behind_since = now
            elif self.delivery.behind:
                self.delivery.notice(stream, missed.head)
                return
        self.delivery.was_read(stream, missed.upto, missed.head)

    def changed(self, count: Count, change: Change, *, asked: str | None = None) -> list[str]:
        """What the person marked or follows was looked up again. Returns the streams that are carried no longer.

        `asked` is a topic that this client followed or unfollowed: it is answered even if nothing changed.
        """
        before, now = set(self.delivery.streams), {position.stream: position for position in count.positions}
        asked_stream = None if asked is None else names.topic_stream(asked)
        added, gone = [stream for stream in now if stream not in before], sorted(before - now.keys())
        for stream in gone:
            self.delivery.close(stream)
        for stream in added:
            self.delivery.open(stream, now[stream].from_seq, now[stream].from_seq, unchecked=True)
        for stream in {*added, *gone, *filter(None, [asked_stream])}:
            if (topic := names.topic_of(stream)) is not None:
                followed = stream in now
                frame = (
                    wire.followed_frame(topic, stream, now[stream].from_seq)
                    if followed
                    else wire.unfollowed_frame(topic, stream)
                )
                self.out.append(frame)
        self.revision = max((position.revision for position in count.positions), default=self.revision)
        self.out.append(wire.state_frame(count.unread, count.heads, change))
        return gone

    def proclaim(self, text: str) -> None:
        """A frame for everyone. Before the welcome it is left out: the welcome says what holds then."""
        if self.stage is Stage.OPEN and self.closing is None:
            self.push(text)

    def refreshed(self, person: Person, expires: float | None) -> None:
        self.person, self.expires = person, expires
        self.out.append(wire.refreshed_frame(person.expires))

    def refuse(self, code: str, message: str, field: str = "") -> None:
        """Answer a frame with an error; the connection stays."""
        self.out.append(wire.error_frame(code, message, field))

    def close(self, code: CloseCode) -> None:
        """Close when what waits was written. The first reason stands."""
        self.closing = self.closing or code

    # -------------------------------------------------------------- time

    def deadline(self) -> float | None:
        """When `expire` wants to be called."""
        times = [self.expires, self._hello_by if self.stage is Stage.GREETING else None]
        if self._behind_since is not None:
            times.append(self._behind_since + self._slow_seconds)
        return min((time for time in times if time is not None), default=None)

    def expire(self, now: float) -> None:
        if self.stage is Stage.GREETING and now >= self._hello_by:
            if now - self._hello_by < _LATE_SECONDS:
                self.close(CloseCode.HELLO_TIMEOUT)
            else:
                self._hello_by = now + self._hello_seconds
        if self.expires is not None and now >= self.expires:
            self.close(CloseCode.TOKEN_EXPIRED)
        if self._behind_since is not None and now >= self._behind_since + self._slow_seconds:
            self.close(CloseCode.SLOW_CONSUMER)


def seconds_until(moment: datetime | None, *, wall: float, now: float) -> float | None:
    """A wall-clock moment on the monotonic clock; `wall` and `now` are the two clocks' present."""
    return None if moment is None else now + (moment.timestamp() - wall)
