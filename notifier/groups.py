"""The groups of the channel layer that this process is in.

The process has one channel. It is in the group of each stream that a local connection carries, and in one of all
hubs. The layer is not trusted: it is listened to whether it still brings anything, and when it had failed, every hub
is asked to look into the database.
"""

import asyncio
import logging
from collections.abc import Callable
from itertools import islice
from typing import Any

from notifier import bus, redis_line, wakeups

logger = logging.getLogger(__name__)

_KEEP_SECONDS = 1.0
_RETRY_SECONDS = 1.0
_JOIN_SECONDS = 2.0
_LOT = 500
# The channel is sent something this often, which must have arrived when the next is due.
_ECHO_SECONDS = 5.0

Message = dict[str, Any]


class Groups:
    """`dispatch` is called with each message of a group, on the event loop."""

    def __init__(self, dispatch: Callable[[Message], None]) -> None:
        self._dispatch = dispatch
        self._channel: str | None = None
        self._has_channel = asyncio.Event()
        self._joined: set[str] = set()
        self._missing: set[str] = {wakeups.ALL_HUBS}
        self._surplus: set[str] = set()
        self._settling = asyncio.Lock()
        self._echo_at = float("-inf")
        self._echoed = True

    def join(self, group: str) -> None:
        """Be in this group from the next `settle` on."""
        self._surplus.discard(group)
        if group not in self._joined:
            self._missing.add(group)

    def leave(self, group: str) -> None:
        """Be in it no longer, from some later `settle` on."""
        self._missing.discard(group)
        if group in self._joined:
            self._surplus.add(group)

    async def settle(self) -> None:
        """Join and leave what was asked for. Returns when that is done, or the layer failed: then it is tried again at the next call."""
        async with self._settling:
            # While the layer is away sockets must not wait for it here, one after the other.
            if not (self._missing or self._surplus) or not redis_line.allows():
                return
            layer = bus.channel_layer()
            try:
                async with asyncio.timeout(_JOIN_SECONDS):
                    if self._channel is None:
                        self._channel = await layer.new_channel("hub")
                        self._has_channel.set()
                    # In lots, so that what is done is known when the time is over. Meanwhile others join and leave.
                    while lot := set(islice(self._missing, _LOT)):
                        await layer.join(lot, self._channel)
                        self._joined |= lot
                        self._surplus |= lot - self._missing
                        self._missing -= lot
                    while lot := set(islice(self._surplus, _LOT)):
                        self._surplus -= lot
                        self._joined -= lot
                        await layer.part(lot, self._channel)
            except Exception as error:  # whatever a layer may raise
                redis_line.failed("join groups", error)
            else:
                redis_line.answered()

    async def receive(self) -> None:
        """Hand on what comes, until cancelled."""
        layer = bus.channel_layer()
        await self._has_channel.wait()
        while True:
            try:
                message = await layer.receive(self._channel)
            except Exception as error:
                redis_line.lost("receive", error)
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                self._hand_on(message)
                if message["type"] == "notification.batch":
                    await asyncio.sleep(0)  # the next is here already, and others wait for the loop

    def _hand_on(self, message: Message) -> None:
        if message["type"] == "hub.echo":
            self._echoed = True
            return
        try:
            self._dispatch(message)
        except Exception:
            logger.exception("a message was not handed on; the sweep delivers what it was about")

    async def keep(self) -> None:
        """Once a second, until cancelled: leave what nobody needs, try again what failed, and listen whether anything arrives."""
        while True:
            await asyncio.sleep(_KEEP_SECONDS)
            try:
                await self.check()
                await self.settle()
            except Exception:
                logger.exception("the groups were not looked after; it is tried again")

    async def check(self) -> None:
        """Find out whether what failed is well again, and whether anything still arrives."""
        if not redis_line.is_well():
            await redis_line.probe()
        if not redis_line.is_well():
            self._echoed, self._echo_at = True, float("-inf")
            return
        await bus.make_up()
        now = asyncio.get_running_loop().time()
        if self._channel is None or now - self._echo_at < _ECHO_SECONDS:
            return
        if not self._echoed:
            redis_line.lost("bring what was sent", TimeoutError())
            await bus.reconnect()
        self._echo_at, self._echoed = now, False
        await bus.echo(self._channel)
