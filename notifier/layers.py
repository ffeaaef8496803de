"""The channel layers of the two sizes: Channels' own, and what they lack."""

import asyncio
from collections.abc import Collection, Iterable
from typing import Any

from channels.layers import InMemoryChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer, RedisSingleShardConnection
from redis._parsers import _AsyncHiredisParser
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from notifier import redis_line

# A receiver that waits for a message wakes up this often; what comes wakes it at once.
_POLL_SECONDS = 1.0
_RETRY_SECONDS = 0.5

GroupMessage = tuple[str, dict[str, Any]]
"""A group, and what to send to it."""


class EmbeddedChannelLayer(InMemoryChannelLayer):
    """Channels' own in-memory layer, without what hurts with one channel a process.

    Its capacity of 100 messages loses a burst silently, and it looks through all channels and groups for expired
    ones at every receive, half of its CPU. Here a process has one channel that is always drained and that leaves
    its groups by itself, so nothing expires; the capacity only bounds the memory, and the sweep repairs what it drops.
    """

    def __init__(self, **config: Any) -> None:
        super().__init__(**{"capacity": 100_000, **config})

    def _clean_expired(self) -> None:
        pass

    async def reconnect(self) -> None:
        """There is no line that could hang."""

    async def group_send_all(self, messages: Iterable[GroupMessage]) -> None:
        """`group_send` for many."""
        for group, message in messages:
            await self.group_send(group, message)

    async def join(self, groups: Collection[str], channel: str) -> None:
        """`group_add` for many."""
        for group in groups:
            await self.group_add(group, channel)

    async def part(self, groups: Collection[str], channel: str) -> None:
        """`group_discard` for many."""
        for group in groups:
            await self.group_discard(group, channel)


class WatchedRedisLayer(RedisPubSubChannelLayer):
    """Publish and subscribe over Redis. What is published while a subscription is broken is lost; here that is noticed."""

    def __init__(self, hosts: list[str], **config: Any) -> None:
        # Without retries of its own: redis-py would subscribe again and say nothing of what was lost meanwhile.
        line = {
            "retry": Retry(NoBackoff(), 0),
            "socket_timeout": redis_line.TIMEOUT,
            "socket_connect_timeout": redis_line.TIMEOUT,
            "parser_class": _Parser,
            # In version 3 redis-py writes out each message for its log, whether that is kept or not.
            "protocol": 2,
        }
        super().__init__(hosts=[{"address": url, **line} for url in hosts], **config)

    async def join(self, groups: Collection[str], channel: str) -> None:
        """`group_add` for many, in one command to each Redis."""
        layer = self._get_layer()
        names = [layer._get_group_channel_name(group) for group in groups]
        for name in names:
            layer.groups.setdefault(name, set()).add(channel)
        for shard, mine in _by_shard(layer, names):
            await shard.subscribe_all(mine)

    async def part(self, groups: Collection[str], channel: str) -> None:
        """`group_discard` for many, in one command to each Redis."""
        layer = self._get_layer()
        names = [layer._get_group_channel_name(group) for group in groups]
        for name in names:
            layer.groups.get(name, set()).discard(channel)
        empty = [name for name in names if not layer.groups.get(name)]
        for name in empty:
            layer.groups.pop(name, None)
        for shard, mine in _by_shard(layer, empty):
            await shard.unsubscribe_all(mine)

    async def group_send_all(self, messages: Iterable[GroupMessage]) -> None:
        """`group_send` for many, in one round trip to each Redis."""
        layer = self._get_layer()
        found: dict[_WatchedShard, list[tuple[str, bytes]]] = {}
        for group, message in messages:
            name = layer._get_group_channel_name(group)
            found.setdefault(layer._get_shard(name), []).append((name, self.serialize(message)))
        await asyncio.gather(*(shard.publish_all(mine) for shard, mine in found.items()))

    async def reconnect(self) -> None:
        """Drop the lines that are subscribed, which may hang; the receivers open new ones and subscribe again."""
        for shard in self._get_layer()._shards:
            await shard.drop_subscription()

    def _get_layer(self) -> Any:
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            layer = super()._get_layer()
            layer._shards = [_WatchedShard(shard.host, layer) for shard in layer._shards]
        return self._layers[loop]


def _by_shard(layer: Any, names: Collection[str]) -> Iterable[tuple["_WatchedShard", list[str]]]:
    found: dict[_WatchedShard, list[str]] = {}
    for name in names:
        found.setdefault(layer._get_shard(name), []).append(name)
    return found.items()


class _Parser(_AsyncHiredisParser):
    """Redis confirms each group that was joined, of which nothing follows: 20 of the 440 µs of a connect go into handing that on."""

    async def read_response(self, *args: Any, **options: Any) -> Any:
        response = await super().read_response(*args, **options)
        while _is_confirmation(response) and self._reader.has_data():  # type: ignore[attr-defined]
            response = await super().read_response(*args, **options)
        return response


def _is_confirmation(response: Any) -> bool:
    return isinstance(response, list) and response[:1] == [b"subscribe"]


class _WatchedShard(RedisSingleShardConnection):
    async def publish_all(self, messages: Iterable[tuple[str, bytes]]) -> None:
        async with self._lock:
            self._ensure_redis()
            async with self._redis.pipeline(transaction=False) as pipeline:
                for name, message in messages:
                    pipeline.publish(name, message)
                await pipeline.execute()

    async def subscribe_all(self, names: Collection[str]) -> None:
        async with self._lock:
            self._ensure_redis()
            self._ensure_receiver()
            await self._pubsub.subscribe(*names)
            self._subscribed_to.update(names)

    async def unsubscribe_all(self, names: Collection[str]) -> None:
        async with self._lock:
            self._ensure_redis()
            self._ensure_receiver()
            await self._pubsub.unsubscribe(*names)
            self._subscribed_to.difference_update(names)

    async def drop_subscription(self) -> None:
        if self._pubsub is not None and self._pubsub.connection is not None:
            await self._pubsub.connection.disconnect(nowait=True)

    async def _do_receiving(self) -> None:
        """As Channels' own, but what fails is told to the hub instead of written as a traceback, and nothing ends it."""
        while True:
            try:
                if self._pubsub and self._pubsub.subscribed:
                    message = await self._pubsub.get_message(ignore_subscribe_messages=True, timeout=_POLL_SECONDS)
                    self._receive_message(message)
                else:
                    await asyncio.sleep(0.05)
            except Exception as error:
                redis_line.lost("receive", error)
                await asyncio.sleep(_RETRY_SECONDS)
