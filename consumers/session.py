"""One open connection: takes what the client says to the domain, and what the hub has for it to the client.

What may be said when is in `consumers.protocol`; who gets what is in `notifier.hub`, which knows a session as a
`Connection`. The socket itself is a `Line`. Some servers offer `write_frame` besides: it writes an encoded WebSocket frame at once,
and returns whether it did.
"""

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any
from typing import Protocol as Interface

from consumers.protocol import Protocol, Stage, seconds_until
from consumers.verbs import Verb, carry_out
from notifier import names, wire
from notifier.access import Person, person_of_token
from notifier.changes import Change, merge
from notifier.delivery import Parcel
from notifier.errors import Forbidden, NotifierError, Unauthenticated, Unavailable
from notifier.hub import Hub
from notifier.live import Live, frame_of
from notifier.metrics import METRICS
from notifier.presence import Pulse
from notifier.resuming import Request
from notifier.tail import TAIL
from notifier.wire import CloseCode

logger = logging.getLogger(__name__)

_RETRY_SECONDS = 1.0
_OWN_REMEMBERED = 64
# So much is written in one go.
_WRITE_BYTES = 64 * 1024

# Which field of a frame these errors are about.
_FIELDS = {"topic_forbidden": "topic", "too_many_topics": "topic", "bad_token": "token", "token_expired": "token"}


class Line(Interface):
    """The socket, as a session uses it."""

    async def write(self, text: str) -> None: ...

    async def end(self, code: CloseCode) -> None:
        """Close."""

    def welcomed(self, session: "Session") -> None:
        """Called once, when the connection is."""


class Session:
    """The connection of one client, from its handshake to its end."""

    __slots__ = (
        "__weakref__", "_changes", "_closed", "_counted", "_hub", "_is_idle", "_line", "_lock", "_loop", "_own", "_reader", "_recipient",
        "_resyncs", "_timer", "_write_frame", "_writer", "connection", "protocol",
    )  # fmt: skip

    def __init__(
        self,
        protocol: Protocol,
        hub: Hub,
        connection: str,
        line: Line,
        write_frame: Callable[[bytes], bool] | None,
    ) -> None:
        self.protocol, self.connection = protocol, connection
        self._hub, self._recipient = hub, protocol.person.recipient
        self._line, self._write_frame = line, write_frame
        self._is_idle = True
        self._loop = asyncio.get_running_loop()
        self._writer: asyncio.Task[None] | None = None
        self._reader: asyncio.Task[None] | None = None
        self._resyncs: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        # Made when first needed: most connections are idle, and an empty deque takes 600 bytes.
        self._lock: asyncio.Lock | None = None
        self._changes: list[Change] = []
        self._own: deque[Change] | None = None
        self._closed = False
        self._counted = 0

    async def begin(self) -> None:
        """From here on the clock runs. A plain connection is welcomed without a hello."""
        if self.protocol.plain:
            await self._open(wire.Hello(type="hello"))
        self._settle()

    def end(self) -> None:
        """The socket is gone, however it ended."""
        self._closed = True
        self.protocol.close(CloseCode.GOING_AWAY)
        self._hub.part(self)
        self._hub.ledger.sent(self._recipient, self.unacknowledged(math.inf))
        if self.protocol.stage is Stage.OPEN:
            self._hub.ledger.visited(self.person)
        for task in (self._writer, self._reader, self._resyncs, self._timer):
            if task is not None:
                task.cancel()

    def pulse(self) -> Pulse:
        """How the connection is now."""
        protocol, delivery = self.protocol, self.protocol.delivery
        return Pulse(protocol.page, protocol.visible, protocol.acked, protocol.rtt, delivery.waiting, delivery.carried)

    # -------------------------------------------------------------- from the client

    def take(self, text: str) -> bool:
        """Take a message at once if it is an ack in the usual form; anything else is left to `receive`. Returns whether it was.

        An ack may come before what waits to be received: it is cumulative, and only about what was sent.
        """
        now, was_behind = self._loop.time(), self.behind
        news = self.protocol.acknowledge(text, now)
        if news is None:
            return False
        if news:
            self._acknowledged(news, now)
            if was_behind:
                self._settle()
        return True

    def receive(self, text: str | None) -> Coroutine[Any, Any, None] | None:
        """Take a message (None: a binary one). Returns what is left to do about it, to be awaited before the next one."""
        if text is not None and self.take(text):
            return None
        frame = self.protocol.receive(text, self._loop.time())
        work = None
        match frame:
            case wire.Ack():
                self._acknowledged(frame.streams, self._loop.time())
            case wire.Seen(ids=seen):
                self._hub.ledger.seen(self._recipient, seen)
            case None:
                pass
            case _:
                work = self._carry_out(frame)
        self._settle()
        return work

    async def _carry_out(self, frame: wire.ClientFrame) -> None:
        try:
            match frame:
                case wire.Hello():
                    await self._open(frame)
                case wire.Refresh():
                    async with self._verb:
                        await self._refresh(frame.token)
                case wire.Read() | wire.Unread() | wire.Archive() | wire.Unarchive() | wire.Follow() | wire.Unfollow():
                    async with self._verb:
                        await self._change(frame)
        except NotifierError as error:
            self.protocol.refuse(error.code, error.detail, _FIELDS.get(error.code, ""))
        self._settle()

    @property
    def _verb(self) -> asyncio.Lock:
        """Held while the person's state is changed, or looked up again."""
        if self._lock is None:
            self._lock = asyncio.Lock()
        return self._lock

    def _acknowledged(self, news: dict[str, int], now: float) -> None:
        delivery = self.protocol.delivery
        self._hub.acknowledged(self._recipient, news)
        self._hub.ledger.delivered(self._recipient, delivery.take_acknowledged(), now)
        METRICS.delivered += delivery.delivered - self._counted
        self._counted = delivery.delivered
        if TAIL.on:
            for stream, seq in news.items():
                TAIL.add("acknowledged", recipient=self._recipient, stream=stream, seq=seq)

    async def _open(self, hello: wire.Hello) -> None:
        person, topic = self.protocol.person, self.protocol.topic
        try:
            # Groups first, then the database, so that nothing falls between the two. The topics that are followed are known
            # only after the database was read: `welcome` marks their streams to be read again.
            own = (
                [names.user_stream(person.recipient), names.EVERYONE] if topic is None else [names.topic_stream(topic)]
            )
            await self._hub.join(self, own)
            opening = await self._hub.openings.ask(Request(person, topic, hello.resume, hello.epoch))
            if len(opening.cursors) > len(own):
                await self._hub.join(self, list(opening.cursors))
        except Unavailable as error:
            logger.warning("a connection was sent away: %s", error.detail)
            self._hub.part(self)
            self.protocol.close(CloseCode.UNAVAILABLE)
            return
        except Unauthenticated:
            self._hub.part(self)
            self.protocol.close(CloseCode.REVOKED)
            return
        except Forbidden:
            self._hub.part(self)
            self.protocol.close(CloseCode.BLOCKED)
            return
        self.protocol.welcome(self.connection, opening, banner=self._hub.enforcement.banner)
        self._hub.ledger.visited(person)
        self._hub.ledger.resumed(self._recipient, opening.handled, self._loop.time())
        self._line.welcomed(self)

    async def _change(self, frame: Verb) -> None:
        """Change what the person reads or follows, then tell this client; the others are told over the bus."""
        change = await carry_out(self.protocol.person, frame)
        if change.revision is not None:
            if self._own is None:
                self._own = deque(maxlen=_OWN_REMEMBERED)
            self._own.append(change)  # it is answered here, and not again when the bus tells of it
        await self._resync(change, asked=getattr(frame, "topic", None))

    async def _refresh(self, token: str) -> None:
        before, person = self.protocol.person, person_of_token(token)
        if person.recipient != self._recipient:
            raise NotifierError("This token is for another person.", code="bad_token")
        self.protocol.refreshed(person, seconds_until(person.expires, wall=time.time(), now=self._loop.time()))
        if person.topics == before.topics:
            return
        self._hub.ledger.visited(person)
        if self.protocol.topic is None:
            await self._resync(Change())
        elif not person.may_follow(self.protocol.topic):
            self.protocol.close(CloseCode.TOPIC_FORBIDDEN)

    async def _resync(self, change: Change, *, asked: str | None = None) -> None:
        """Look up again what the person reads, follows and has unread, and tell the client what is new.

        `asked` is a topic that the client wants an answer about even if nothing changed.
        """
        count = await self._hub.counts.ask(self.protocol.person)
        # As at the opening: first the groups, then what `changed` marks to be read.
        await self._hub.join(self, [position.stream for position in count.positions])
        gone = self.protocol.changed(count, change, asked=asked)
        self._hub.part(self, gone)

    # -------------------------------------------------------------- from the hub

    @property
    def person(self) -> Person:
        return self.protocol.person

    @property
    def waiting(self) -> int:
        return self.protocol.delivery.waiting

    @property
    def behind(self) -> bool:
        return self.protocol.delivery.behind

    def push(self, live: Live) -> None:
        protocol = self.protocol
        if protocol.passes(live):
            # What waits, or is being written, goes first.
            if self._write_frame is not None and not protocol.out and self._is_idle and self._write_frame(live.frame):
                METRICS.frames += 1
                if not protocol.delivery.behind:
                    return
            else:
                protocol.push(live.text)
        self._settle()

    def notice(self, stream: str, head: int, revision: int) -> None:
        if self.protocol.notice(stream, head):
            self._settle()
        if revision > self.protocol.revision and stream == names.user_stream(self._recipient):
            self.told(Change(revision))

    def told(self, change: Change) -> None:
        if self.protocol.stage is Stage.OPEN and self.protocol.topic is None:
            self._changes.append(change)
            if self._resyncs is None or self._resyncs.done():
                self._resyncs = asyncio.create_task(self._resync_told())

    def unacknowledged(self, before: float) -> list[tuple[str, list[Parcel]]]:
        return self.protocol.delivery.take_unacknowledged(before, self._loop.time())

    def leave(self, code: CloseCode) -> None:
        self.protocol.close(code)
        self._settle()

    def proclaim(self, frame: str) -> None:
        self.protocol.proclaim(frame)
        self._settle()

    async def _resync_told(self) -> None:
        while self._changes:
            async with self._verb:  # a verb of this client may be what the change is about
                change = merge(self._changes, self._own or ())
                self._changes.clear()
                if change is None:
                    return
                try:
                    await self._resync(change)
                except Unavailable as error:
                    logger.warning("%s: not told of a change, the sweep will: %s", self.connection, error.detail)
                self._settle()

    # -------------------------------------------------------------- writing, reading on, time

    def _settle(self) -> None:
        """See to it that what the protocol asks for gets done: frames written, the missed read, the timer set."""
        protocol = self.protocol
        if self._closed:
            return
        if self._is_idle:
            if protocol.out and self._write_frame is not None:
                self._write_at_once(self._write_frame)
            if protocol.out or protocol.closing is not None:
                self._is_idle = False
                self._writer = asyncio.create_task(self._write())
        if protocol.closing is not None:
            return
        if protocol.delivery.missing() and (self._reader is None or self._reader.done()):
            self._reader = asyncio.create_task(self._read_on())
        deadline = protocol.deadline()
        if self._timer is not None and (deadline is None or self._timer.when() != deadline):
            self._timer.cancel()
            self._timer = None
        if deadline is not None and self._timer is None:
            self._timer = self._loop.call_at(deadline, self._expire)

    def _expire(self) -> None:
        self._timer = None
        self.protocol.expire(self._loop.time())
        self._settle()

    def _write_at_once(self, write_frame: Callable[[bytes], bool]) -> None:
        """Write what waits for as long as the socket takes it, many frames in one go."""
        out, frames, size = self.protocol.out, list[bytes](), 0
        while out:
            while len(frames) < len(out) and size < _WRITE_BYTES:
                frames.append(frame_of(out[len(frames)]))
                size += len(frames[-1])
            if not write_frame(b"".join(frames)):
                return
            METRICS.frames += len(frames)
            del out[: len(frames)]
            frames, size = [], 0

    async def _write(self) -> None:
        protocol = self.protocol
        try:
            while protocol.out:
                await self._line.write(protocol.out.pop(0))
                METRICS.frames += 1
            if protocol.closing is not None:
                self._closed = True
                await self._line.end(protocol.closing)
        except Exception as error:  # a server's own way to say that the socket is gone
            self._closed = True
            logger.debug("%s: write failed: %r", self.connection, error)
        finally:
            self._is_idle = True

    async def _read_on(self) -> None:
        """Read what is missing, lot by lot, each written before the next is read."""
        protocol = self.protocol
        while protocol.closing is None and (missing := protocol.delivery.missing()):
            wants = list(missing.items())
            try:
                pages = await asyncio.gather(*(self._hub.missed.ask(want) for want in wants))
            except Unavailable:
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            for (stream, _), missed in zip(wants, pages, strict=True):
                protocol.replay(stream, missed, self._loop.time())
            self._settle()
            if self._writer is not None:
                await asyncio.wait([self._writer])
