"""The socket of one browser tab: lets it in or says why not, and hands its messages to its session."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.utils import timezone

from consumers.closing import close_with
from consumers.protocol import Protocol, seconds_until
from consumers.session import Session
from notifier import ids, presence, wire
from notifier.access import Person
from notifier.hub import this_hub
from notifier.metrics import METRICS
from notifier.tail import TAIL
from notifier.wire import CloseCode

# RFC 6455's code for a connection that ended without one.
_ABNORMAL = 1006


class NotificationConsumer(AsyncWebsocketConsumer):
    """`/ws/notifications/`, and with a `topic` in its address `/ws/topics/<topic>/`."""

    # There is no such layer, so Channels makes no channel for this socket: the hub has one for all of the process.
    channel_layer_alias = "none"

    session: Session | None = None
    _agent = ""
    _left_with = _ABNORMAL
    _welcomed = False

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        # Not Channels' own loop, which makes a task for each message: there is one source of them here.
        self.scope, self.base_send, self.channel_layer = scope, send, None
        # An extension of our own, which `routing.uvicorn_socket` offers and daphne does without.
        hand_over: Callable[[NotificationConsumer], None] | None = scope.get("extensions", {}).get("notifier.handover")
        try:
            await receive()  # that it begins
            await self.connect()
            while hand_over is None or self.session is None:
                await self.dispatch(await receive())
        except StopConsumer:
            self._let_go()
        except BaseException:
            # However it ended: a server that is stopped, or a failure of ours, sends no disconnect.
            self._let_go()
            raise
        else:
            # From here on this socket needs no task, and little of what was known at its opening.
            self.scope = {}
            hand_over(self)

    def take(self, text: str | None) -> Awaitable[None] | None:
        """A message of a socket that was handed over. What is left to do about it, before the next."""
        return self.session.receive(text) if self.session is not None else None

    def gone(self, code: int) -> None:
        """That socket is no more."""
        self._left_with = code
        self._let_go()

    async def dispatch(self, message: dict[str, Any]) -> None:
        # Not Channels' own, which goes to a thread for each message to close database connections: there are none here.
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        # As above.
        self._left_with = message.get("code") or _ABNORMAL
        raise StopConsumer

    async def connect(self) -> None:
        """Accept; then begin a session, or close with the code that says why not."""
        person: Person | None = self.scope.get("user")
        offered = [
            name for name in self.scope.get("subprotocols", []) if not name.startswith(wire.TOKEN_SUBPROTOCOL_PREFIX)
        ]
        self.hub, self.address = this_hub(), (self.scope.get("client") or [""])[0]
        refusal = (
            self.hub.admission.knock(self.address, time.monotonic())
            or self.scope.get("refusal")
            or self._refusal(person, offered)
        )
        await self.accept(subprotocol=wire.SUBPROTOCOL if wire.SUBPROTOCOL in offered else None)
        if person is not None and refusal is None:
            refusal = self.hub.admission.enter(person.recipient, self.address)
        if person is None or refusal is not None:
            refusal = refusal or CloseCode.UNAUTHORISED
            METRICS.closed[int(refusal)] += 1
            TAIL.add("refused", recipient=person.recipient if person else "", address=self.address, code=int(refusal))
            await close_with(self, refusal)
            return
        connection = ids.new_connection_id()
        agents = [value for name, value in self.scope["headers"] if name == b"user-agent"]
        self._agent = agents[-1].decode("latin-1")[:256] if agents else ""
        self.session = Session(
            self._protocol(person),
            self.hub,
            connection,
            self,
            self.scope.get("extensions", {}).get("notifier.frame"),
        )
        if (offer_to := self.scope.get("extensions", {}).get("notifier.offer")) is not None:
            offer_to(self.session.take)
        if (opening := self.session.begin()) is not None:
            await opening

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if (work := self.take(text_data)) is not None:
            await work

    # -------------------------------------------------------------- what the session asks of its socket

    async def write(self, text: str) -> None:
        await self.send(text)

    async def end(self, code: CloseCode) -> None:
        await close_with(self, code)

    def _let_go(self) -> None:
        # The two refer to each other; now they need not wait for the garbage collector.
        session, self.session = self.session, None
        if session is not None:
            code = int(session.protocol.closing or self._left_with)
            session.end()
            METRICS.closed[code] += 1
            kind = "disconnected" if self._welcomed else "refused"
            TAIL.add(kind, recipient=session.person.recipient, address=self.address, code=code)
            self.hub.admission.leave(session.person.recipient, self.address)
            presence.left(session.connection)

    def _refusal(self, person: Person | None, offered: list[str]) -> CloseCode | None:
        if offered and wire.SUBPROTOCOL not in offered:
            return CloseCode.BAD_PROTOCOL
        topic = self._topic()
        if topic is not None and person is not None and not person.may_follow(topic):
            return CloseCode.TOPIC_FORBIDDEN
        return None

    def _protocol(self, person: Person) -> Protocol:
        now = asyncio.get_running_loop().time()
        return Protocol(
            person,
            now=now,
            expires=seconds_until(person.expires, wall=time.time(), now=now),
            plain="live" in self.scope.get("query_string", b"").decode("latin-1").split("&"),
            topic=self._topic(),
            hello_seconds=settings.ENVIRONMENT.hello_seconds,
            slow_seconds=settings.ENVIRONMENT.slow_seconds,
        )

    def _topic(self) -> str | None:
        topic: str | None = self.scope["url_route"]["kwargs"].get("topic")
        return topic

    def welcomed(self, session: Session) -> None:
        """The session was welcomed: from now on its person is seen to be here."""
        self._welcomed = True
        METRICS.opened += 1
        TAIL.add("connected", recipient=session.person.recipient, address=self.address)
        presence.arrived(
            presence.Facts(
                connection=session.connection,
                recipient=session.person.recipient,
                address=self.address,
                agent=self._agent,
                client=session.protocol.client,
                since=timezone.now(),
            ),
            session.pulse,
        )
