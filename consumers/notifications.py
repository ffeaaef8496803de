"""The socket of one browser tab: reads frames, calls one verb of the domain for each, writes frames.

What may be said when is in `consumers.protocol`; who gets what is in `notifier.hub`.
"""

import asyncio
import logging
import time
from collections import deque
from typing import Any

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.utils import timezone

from consumers.closing import close_with
from consumers.protocol import Protocol, Stage, seconds_until
from notifier import following, ids, inbox, names, presence, wire
from notifier.access import Person, person_of_token
from notifier.database import in_database
from notifier.errors import NotifierError, Unauthenticated, Unavailable
from notifier.hub import Hub, this_hub
from notifier.resuming import Request
from notifier.wire import CloseCode

logger = logging.getLogger(__name__)

_RETRY_SECONDS = 1.0
_OWN_REMEMBERED = 64

# Which field of a frame these errors are about.
_FIELDS = {"topic_forbidden": "topic", "too_many_topics": "topic", "bad_token": "token", "token_expired": "token"}


# A revision of what the person read and follows, what has become read by it, and whether that is everything.
Change = tuple[int, list[str], bool]


class NotificationConsumer(AsyncWebsocketConsumer):
    """`/ws/notifications/`, and with a `topic` in its address `/ws/topics/<topic>/`."""

    # There is no such layer, so Channels makes no channel for this socket: the hub has one for all of the process.
    channel_layer_alias = "none"

    protocol: Protocol
    hub: Hub
    recipient = ""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            # However it ended: a server that is stopped, or a failure of ours, sends no disconnect.
            self._let_go()

    async def dispatch(self, message: dict[str, Any]) -> None:
        # Not Channels' own, which goes to a thread for each message to close database connections: there are none here.
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        # As above: no trip to a thread for connections that are not there.
        raise StopConsumer

    # -------------------------------------------------------------- the socket

    async def connect(self) -> None:
        person: Person | None = self.scope.get("user")
        offered = [
            name for name in self.scope.get("subprotocols", []) if not name.startswith(wire.TOKEN_SUBPROTOCOL_PREFIX)
        ]
        refusal = self.scope.get("refusal") or self._refusal(person, offered)
        await self.accept(subprotocol=wire.SUBPROTOCOL if wire.SUBPROTOCOL in offered else None)
        if person is not None and refusal is None:
            self.hub, self.address = this_hub(), (self.scope.get("client") or [""])[0]
            refusal = self.hub.admission.enter(person.recipient, self.address)
        if person is None or refusal is not None:
            await close_with(self, refusal or CloseCode.UNAUTHORISED)
            return
        self._begin(person)
        if self.protocol.plain:
            await self._open(wire.Hello(type="hello"))
        self._settle()

    def _begin(self, person: Person) -> None:
        self.recipient, self.connection, self._loop = (
            person.recipient,
            ids.new_connection_id(),
            asyncio.get_running_loop(),
        )
        self._writer: asyncio.Task[None] | None = None
        self._reader: asyncio.Task[None] | None = None
        self._resyncs: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._verb = asyncio.Lock()
        self._changes: list[Change] = []
        self._own: deque[int] = deque(maxlen=_OWN_REMEMBERED)
        self._closed = False
        self.protocol = Protocol(
            person,
            now=self._loop.time(),
            expires=self._on_loop_clock(person),
            plain="live" in self.scope.get("query_string", b"").decode("latin-1").split("&"),
            topic=self._topic(),
            hello_seconds=settings.ENVIRONMENT.hello_seconds,
            slow_seconds=settings.ENVIRONMENT.slow_seconds,
        )

    def _let_go(self) -> None:
        if not self.recipient:
            return
        self.hub.admission.leave(self.recipient, self.address)
        self.protocol.close(CloseCode.GOING_AWAY)
        self.hub.part(self)
        presence.left(self.connection)
        for task in (self._writer, self._reader, self._resyncs, self._timer):
            if task is not None:
                task.cancel()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.recipient:
            return
        frame = self.protocol.receive(text_data, self._loop.time())
        try:
            match frame:
                case wire.Hello():
                    await self._open(frame)
                case wire.Ack():
                    self.hub.acknowledged(self.recipient, frame.streams)
                case wire.Refresh():
                    self._refresh(frame.token)
                case wire.Read() | wire.Follow() | wire.Unfollow():
                    async with self._verb:
                        await self._change(frame)
        except NotifierError as error:
            self.protocol.refuse(error.code, error.detail, _FIELDS.get(error.code, ""))
        self._settle()

    # -------------------------------------------------------------- verbs

    async def _open(self, hello: wire.Hello) -> None:
        person, topic = self.protocol.person, self.protocol.topic
        try:
            # Groups first, then the database, so that nothing falls between the two. The topics that are followed are known
            # only after the database was read: `welcome` marks their streams to be read again.
            own = (
                [names.user_stream(person.recipient), names.EVERYONE] if topic is None else [names.topic_stream(topic)]
            )
            await self.hub.join(self, own)
            opening = await self.hub.openings.ask(Request(person, topic, hello.resume, hello.epoch))
            if len(opening.cursors) > len(own):
                await self.hub.join(self, list(opening.cursors))
        except Unavailable as error:
            logger.warning("a connection was sent away: %s", error.detail)
            self.hub.part(self)
            self.protocol.close(CloseCode.UNAVAILABLE)
            return
        except Unauthenticated:
            self.hub.part(self)
            self.protocol.close(CloseCode.REVOKED)
            return
        self.protocol.welcome(self.connection, opening)
        presence.arrived(self._facts(len(opening.cursors)))

    async def _change(self, frame: wire.Read | wire.Follow | wire.Unfollow) -> None:
        """Change what the person read or follows, then tell this client; the others are told over the bus."""
        person = self.protocol.person
        match frame:
            case wire.Follow(topic=topic):
                self._made(await in_database(following.follow, person, topic))
                await self._resync(asked=topic)
            case wire.Unfollow(topic=topic):
                self._made(await in_database(following.unfollow, person, topic))
                await self._resync(asked=topic)
            case wire.Read(ids=None):
                self._made((await in_database(inbox.mark_all_read, person)).revision)
                await self._resync(all_read=True)
            case wire.Read(ids=list(wanted)):
                marked = await in_database(inbox.mark_read, person, wanted)
                self._made(marked.revision)
                await self._resync(read=marked.ids)

    def _made(self, revision: int | None) -> None:
        """This change is this client's own: it is answered here, and not again when the bus tells of it."""
        if revision is not None:
            self._own.append(revision)

    def _refresh(self, token: str) -> None:
        person = person_of_token(token)
        if person.recipient != self.recipient:
            raise NotifierError("This token is for another person.", code="bad_token")
        self.protocol.refreshed(person, self._on_loop_clock(person))

    async def _resync(self, *, read: list[str] | None = None, all_read: bool = False, asked: str | None = None) -> None:
        """Look up again what the person reads, follows and has unread, and tell the client what is new.

        `asked` is a topic that the client wants an answer about even if nothing changed.
        """
        count = await self.hub.counts.ask(self.protocol.person)
        # As at the opening: first the groups, then what `changed` marks to be read.
        await self.hub.join(self, [position.stream for position in count.positions])
        gone = self.protocol.changed(count, read=read or [], all_read=all_read, asked=asked)
        self.hub.part(self, gone)

    # -------------------------------------------------------------- called by the hub

    @property
    def person(self) -> Person:
        return self.protocol.person

    def push(self, stream: str, seq: int, text: str) -> None:
        self.protocol.push(stream, seq, text, self._loop.time())
        self._settle()

    def notice(self, stream: str, head: int, revision: int) -> None:
        self.protocol.delivery.notice(stream, head)
        if stream == names.user_stream(self.recipient) and revision > self.protocol.revision:
            self.told(revision, [], all_read=False)
        self._settle()

    def told(self, revision: int, read: list[str], *, all_read: bool) -> None:
        if self.protocol.stage is Stage.OPEN and self.protocol.topic is None:
            self._changes.append((revision, read, all_read))
            if self._resyncs is None or self._resyncs.done():
                self._resyncs = asyncio.create_task(self._resync_told())

    def leave(self, code: CloseCode) -> None:
        self.protocol.close(code)
        self._settle()

    # -------------------------------------------------------------- writing, reading on, time

    def _settle(self) -> None:
        """See to it that what the protocol asks for gets done: frames written, the missed read, the timer set."""
        protocol = self.protocol
        if self._closed:
            return
        if (protocol.out or protocol.closing is not None) and (self._writer is None or self._writer.done()):
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

    async def _write(self) -> None:
        protocol = self.protocol
        try:
            while protocol.out:
                await self.send(text_data=protocol.out.popleft())
            if protocol.closing is not None:
                self._closed = True
                await close_with(self, protocol.closing)
        except Exception as error:  # a server's own way to say that the socket is gone
            self._closed = True
            logger.debug("%s: write failed: %r", self.connection, error)

    async def _read_on(self) -> None:
        """Read what is missing, lot by lot, each written before the next is read."""
        protocol = self.protocol
        while protocol.closing is None and (missing := protocol.delivery.missing()):
            try:
                wants = list(missing.items())
                pages = await asyncio.gather(*(self.hub.missed.ask(want) for want in wants))
            except Unavailable:
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            for (stream, _), missed in zip(wants, pages, strict=True):
                protocol.replay(stream, missed, self._loop.time())
            self._settle()
            if self._writer is not None:
                await asyncio.wait([self._writer])

    async def _resync_told(self) -> None:
        while self._changes:
            async with self._verb:  # a verb of this client may be what the change is about
                changes = [change for change in self._changes if change[0] not in self._own]
                self._changes.clear()
                if not changes:
                    return
                try:
                    read = [notification for _, ids_read, _ in changes for notification in ids_read]
                    await self._resync(read=read, all_read=any(all_read for _, _, all_read in changes))
                except Unavailable as error:
                    logger.warning("%s: not told of a change, the sweep will: %s", self.connection, error.detail)
                self._settle()

    # -------------------------------------------------------------- facts

    def _refusal(self, person: Person | None, offered: list[str]) -> CloseCode | None:
        if offered and wire.SUBPROTOCOL not in offered:
            return CloseCode.BAD_PROTOCOL
        topic = self._topic()
        if topic is not None and person is not None and not person.may_follow(topic):
            return CloseCode.TOPIC_FORBIDDEN
        return None

    def _topic(self) -> str | None:
        topic: str | None = self.scope["url_route"]["kwargs"].get("topic")
        return topic

    def _on_loop_clock(self, person: Person) -> float | None:
        return seconds_until(person.expires, wall=time.time(), now=self._loop.time())

    def _facts(self, streams: int) -> presence.Facts:
        headers = dict(self.scope["headers"])
        return presence.Facts(
            connection=self.connection,
            recipient=self.recipient,
            address=self.address,
            agent=headers.get(b"user-agent", b"").decode("latin-1")[:256],
            client=self.protocol.client,
            streams=streams,
            since=timezone.now(),
        )
