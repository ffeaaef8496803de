"""One open connection: takes what the client says to the domain, and what the hub has for it to the client.

What may be said when is in `consumers.protocol`; who gets what is in `notifier.hub`, which knows a session as a
`Connection`. The socket itself is a `Line`.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable
from functools import partial
from typing import Protocol as Interface

from consumers.protocol import Protocol, Stage
from consumers.resync import Resync
from consumers.verbs import Verb
from consumers.writing import FrameOutlet, Outlet, Writer
from notifier import clientframes, names
from notifier.access import Person
from notifier.changes import Change
from notifier.delivery import Delivery
from notifier.errors import Forbidden, NotifierError, Unauthenticated, Unavailable
from notifier.hub import Hub
from notifier.live import Live, Parcel
from notifier.lockstep import Lockstep
from notifier.metrics import METRICS
from notifier.presence import Pulse
from notifier.resuming import Opening, Request
from notifier.tail import TAIL
from notifier.wire import CloseCode

logger = logging.getLogger(__name__)

_RETRY_SECONDS = 1.0
# Which field of a frame these errors are about.
_FIELDS = {"topic_forbidden": "topic", "too_many_topics": "topic", "bad_token": "token", "token_expired": "token"}


class Line(Outlet, Interface):
    """The socket, as a session uses it."""

    def welcomed(self, session: "Session") -> None:
        """Called once, when the connection is."""


class Session:
    """The connection of one client, from its handshake to its end."""

    __slots__ = (
        "__weakref__", "_counted", "_hub", "_line", "_loop", "_reader", "_recipient", "_resync", "_timer", "_writer", "connection", "protocol",
    )  # fmt: skip

    def __init__(
        self,
        protocol: Protocol,
        hub: Hub,
        connection: str,
        line: Line,
        frames: FrameOutlet | None,
    ) -> None:
        self.protocol, self.connection = protocol, connection
        self._hub, self._recipient = hub, protocol.person.recipient
        self._line, self._writer = line, Writer(protocol, line, frames)
        self._loop = asyncio.get_running_loop()
        self._reader: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        # Made when first needed: most connections are idle.
        self._resync: Resync | None = None
        self._counted = 0

    def begin(self) -> Awaitable[None] | None:
        """From here on the clock runs. A plain connection is welcomed without a hello: returns what to wait for before its first message."""
        opening = self._open(clientframes.Hello(type="hello")) if self.protocol.plain else None
        self.settle()
        return opening

    def end(self) -> None:
        """The socket is gone, however it ended."""
        self._writer.cancel()
        self.protocol.close(CloseCode.GOING_AWAY)
        self._hub.part(self)
        self._hub.ledger.sent(self, math.inf)
        if self.protocol.stage is Stage.OPEN:
            self._hub.ledger.visited(self.person)
        for task in (self._reader, self._resync, self._timer):
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
        now, was_behind = self._loop.time(), self.protocol.delivery.behind
        news = self.protocol.acknowledge(text, now)
        if news is None:
            return False
        if news:
            self._acknowledged(news, now)
            if was_behind:
                self.settle()
        return True

    def receive(self, text: str | None) -> Awaitable[None] | None:
        """Take a message (None: a binary one). Returns what is left to do about it, to be awaited before the next one."""
        if text is not None and self.take(text):
            return None
        frame = self.protocol.receive(text, self._loop.time())
        work: Awaitable[None] | None = None
        match frame:
            case clientframes.Hello():
                work = self._open(frame)
            case clientframes.Ack():
                self._acknowledged(frame.streams, self._loop.time())
            case clientframes.Seen(ids=seen):
                self._hub.ledger.seen(self._recipient, seen)
            case None:
                pass
            case _:
                work = self._carry_out(frame)
        self.settle()
        return work

    async def _carry_out(self, frame: clientframes.ClientFrame) -> None:
        try:
            if isinstance(frame, Verb | clientframes.Refresh):
                await self._resyncing().carry_out(frame)
        except NotifierError as error:
            self.protocol.refuse(error.code, error.detail, _FIELDS.get(error.code, ""))
        self.settle()

    def _resyncing(self) -> Resync:
        if self._resync is None:
            self._resync = Resync(self.protocol, self._hub, self)
        return self._resync

    def _acknowledged(self, news: dict[str, int], now: float) -> None:
        delivery = self.protocol.delivery
        self._hub.acknowledged(self._recipient, news)
        self._hub.ledger.delivered(self._recipient, delivery.take_acknowledged(), now)
        METRICS.delivered += delivery.delivered - self._counted
        self._counted = delivery.delivered
        if TAIL.on:
            for stream, seq in news.items():
                TAIL.add("acknowledged", recipient=self._recipient, stream=stream, seq=seq)

    def _open(self, hello: clientframes.Hello) -> asyncio.Future[None]:
        """Ask for what the connection begins with. What is returned is done when that was taken.

        No task waits for it: without one, and with openings asked together, a connect takes 0.53 ms instead of 0.63.
        """
        done = self._loop.create_future()
        request = Request(self.person, self.protocol.topic, hello.resume, hello.epoch)
        self._hub.open(self, request).add_done_callback(partial(self._opened, done))
        return done

    def _opened(self, done: asyncio.Future[None], answer: asyncio.Future[Opening]) -> None:
        try:
            if not self._writer.ended:
                self._begin_with(answer)
                self.settle()
        except Exception as error:
            if not done.done():
                done.set_exception(error)
        else:
            if not done.done():
                done.set_result(None)

    def _begin_with(self, answer: asyncio.Future[Opening]) -> None:
        try:
            opening = answer.result()
        except Unavailable as error:
            logger.warning("a connection was sent away: %s", error.detail)
            self._turn_away(CloseCode.UNAVAILABLE)
        except Unauthenticated:
            self._turn_away(CloseCode.REVOKED)
        except Forbidden:
            self._turn_away(CloseCode.BLOCKED)
        else:
            hub = self._hub
            self.protocol.welcome(self.connection, opening, patience=hub.ledger.patience, banner=hub.enforcement.banner)
            self._hub.ledger.visited(self.person)
            self._hub.ledger.resumed(self._recipient, opening.handled, self._loop.time())
            self._line.welcomed(self)

    def _turn_away(self, code: CloseCode) -> None:
        self._hub.part(self)
        self.protocol.close(code)

    # -------------------------------------------------------------- from the hub

    @property
    def person(self) -> Person:
        return self.protocol.person

    @property
    def delivery(self) -> Delivery:
        return self.protocol.delivery

    def push(self, live: Live, step: Lockstep | None) -> None:
        protocol = self.protocol
        if protocol.passes(live):
            writer = self._writer
            if writer.write(live.frame):
                if step is not None and (send := writer.sender()) is not None:
                    protocol.delivery.fall_in(live.stream, step, self, send)
                if not protocol.delivery.behind:
                    return
            else:
                protocol.push(live.text)
        self.settle()

    def finish(self, rest: bytes) -> None:
        self._writer.finish(rest)

    def notice(self, stream: str, head: int, revision: int) -> None:
        if self.protocol.notice(stream, head):
            self.settle()
        if revision > self.protocol.revision and stream == names.user_stream(self._recipient):
            self.told(Change(revision))

    def told(self, change: Change) -> None:
        if self.protocol.stage is Stage.OPEN and self.protocol.topic is None:
            self._resyncing().told(change)

    def unacknowledged(self, before: float, only: str | None) -> list[tuple[str, list[Parcel]]]:
        return self.protocol.delivery.take_unacknowledged(before, self._loop.time(), only)

    def leave(self, code: CloseCode) -> None:
        self.protocol.close(code)
        self.settle()

    def proclaim(self, frame: str) -> None:
        self.protocol.proclaim(frame)
        self.settle()

    # -------------------------------------------------------------- what is to be done, reading on, time

    def settle(self) -> None:
        """See to it that what the protocol asks for gets done: frames written, the missed read, the timer set."""
        protocol = self.protocol
        if self._writer.ended:
            return
        self._writer.settle()
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
        self.settle()

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
            self.settle()
            await self._writer.rest()
