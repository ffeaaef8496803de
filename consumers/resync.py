"""What a person reads, follows and has unread, looked up again when it changed: by a frame of this client, or elsewhere."""

import asyncio
import logging
import time
from collections import deque
from typing import Protocol as Interface

from consumers.protocol import Protocol, seconds_until
from consumers.verbs import Verb, carry_out
from notifier import clientframes
from notifier.access import person_of_token
from notifier.changes import Change, merge
from notifier.connection import Connection
from notifier.errors import NotifierError, Unavailable
from notifier.hub import Hub
from notifier.wire import CloseCode

logger = logging.getLogger(__name__)

_OWN_REMEMBERED = 64


class Settling(Connection, Interface):
    """The connection that this is about."""

    def settle(self) -> None:
        """See to it that what the protocol asks for gets done."""


class Resync:
    """Of one connection, made when it is first needed. One thing is done after the other."""

    def __init__(self, protocol: Protocol, hub: Hub, session: Settling) -> None:
        self._protocol, self._hub, self._session = protocol, hub, session
        self._lock = asyncio.Lock()
        self._told: list[Change] = []
        self._own: deque[Change] = deque(maxlen=_OWN_REMEMBERED)
        self._task: asyncio.Task[None] | None = None

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def carry_out(self, frame: Verb | clientframes.Refresh) -> None:
        """Do as a frame of this client says. NotifierError when it may not, or cannot be."""
        async with self._lock:
            if isinstance(frame, clientframes.Refresh):
                await self._refresh(frame.token)
            else:
                await self._change(frame)

    def told(self, change: Change) -> None:
        """The person changed something, on this connection or another."""
        self._told.append(change)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._take_told())

    async def _change(self, frame: Verb) -> None:
        """Change what the person reads or follows, then tell this client; the others are told over the bus."""
        change = await carry_out(self._protocol.person, frame)
        if change.revision is not None:
            self._own.append(change)  # it is answered here, and not again when the bus tells of it
        await self._look_up(change, asked=getattr(frame, "topic", None))

    async def _refresh(self, token: str) -> None:
        before, person = self._protocol.person, person_of_token(token)
        if person.recipient != before.recipient:
            raise NotifierError("This token is for another person.", code="bad_token")
        now = asyncio.get_running_loop().time()
        self._protocol.refreshed(person, seconds_until(person.expires, wall=time.time(), now=now))
        if person.topics == before.topics:
            return
        self._hub.ledger.visited(person)
        if self._protocol.topic is None:
            await self._look_up(Change())
        elif not person.may_follow(self._protocol.topic):
            self._protocol.close(CloseCode.TOPIC_FORBIDDEN)

    async def _look_up(self, change: Change, *, asked: str | None = None) -> None:
        """Look up again what the person reads, follows and has unread, and tell the client what is new.

        `asked` is a topic that the client wants an answer about even if nothing changed.
        """
        count = await self._hub.counts.ask(self._protocol.person)
        # As at the opening: first the groups, then what `changed` marks to be read.
        await self._hub.join(self._session, [position.stream for position in count.positions])
        gone = self._protocol.changed(count, change, asked=asked)
        self._hub.part(self._session, gone)

    async def _take_told(self) -> None:
        while self._told:
            async with self._lock:  # a verb of this client may be what the change is about
                change = merge(self._told, self._own)
                self._told.clear()
                if change is None:
                    return
                try:
                    await self._look_up(change)
                except Unavailable as error:
                    logger.warning(
                        "%s: not told of a change, the sweep will: %s", self._session.connection, error.detail
                    )
                self._session.settle()
