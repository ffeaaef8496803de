"""Presence in Redis, by leases.

Each server process holds one lease and, under it, its connections. A process that is killed takes them
with it when its lease runs out: whoever notices removes them, a few hundred at a time, and the lease last, so that
a clean-up that dies half-way is finished by the next. All times are those of Redis, so clocks may differ.

    <prefix>:presence:servers       sorted set: server → end of its lease, Unix seconds
    <prefix>:presence:of:<server>   hash: connection → its facts, as JSON
    <prefix>:presence:people        hash: recipient → number of connections
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Collection
from typing import Any, cast

import redis
import redis.asyncio

from notifier import redis_line
from notifier.errors import Unavailable

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 10
LEASE_SECONDS = 30
_RETRY_SECONDS = 1.0
# For the goodbye of a server that stops.
_LEAVE_SECONDS = 2.0
_CHUNK = 500

# KEYS servers, people, of:<server>; ARGV server, lease seconds, then connection, recipient, facts of each
_PUT = """
local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], time[1] + ARGV[2], ARGV[1])
for i = 3, #ARGV, 3 do
  if redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 2]) == 1 then
    redis.call('HINCRBY', KEYS[2], ARGV[i + 1], 1)
  end
end
"""

# KEYS people, of:<server>; ARGV connections
_DROP = """
for _, connection in ipairs(ARGV) do
  local facts = redis.call('HGET', KEYS[2], connection)
  if facts then
    redis.call('HDEL', KEYS[2], connection)
    local recipient = cjson.decode(facts).recipient
    if redis.call('HINCRBY', KEYS[1], recipient, -1) <= 0 then
      redis.call('HDEL', KEYS[1], recipient)
    end
  end
end
"""

# KEYS servers; ARGV server, lease seconds. Answers 0 when the lease is gone: Redis lost it, or another removed it.
_BEAT = """
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], time[1] + ARGV[2], ARGV[1])
return 1
"""

# KEYS servers. Answers the servers whose lease has run out.
_EXPIRED = """
local time = redis.call('TIME')
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', time[1])
"""


class Leases:
    """This process's connections, mirrored to Redis, and everybody's, read from there."""

    def __init__(self, url: str, server: str, *, prefix: str) -> None:
        self._url, self._server = url, server
        self._servers, self._people = f"{prefix}:presence:servers", f"{prefix}:presence:people"
        self._of = f"{prefix}:presence:of:"
        self._mine: dict[str, tuple[str, str]] = {}
        self._unsent: set[str] = set()
        self._changed = asyncio.Event()
        self._sync = redis_line.client(url)

    # -------------------------------------------------------------- asking, from any thread

    def count_online(self, recipients: Collection[str] | None) -> int | None:
        """How many of these people, or of all, have a connection. None when Redis does not answer, or did not a moment ago."""
        if not redis_line.allows():
            return None
        try:
            if recipients is None:
                found = self._sync.hlen(self._people)
            else:
                names, found = list(recipients), 0
                for start in range(0, len(names), _CHUNK):
                    counts = cast(list[Any], self._sync.hmget(self._people, names[start : start + _CHUNK]))
                    found += sum(count is not None for count in counts)
        except redis.RedisError as error:
            redis_line.failed("tell who is online", error)
            return None
        else:
            redis_line.answered()
            return found

    def totals(self) -> tuple[int, int]:
        """The number of people, and of connections. Unavailable when Redis does not answer, or did not a moment ago."""
        if not redis_line.allows():
            raise Unavailable("Redis does not answer, so nobody knows who is connected.")
        try:
            now, _ = self._sync.time()
            servers = cast(list[str], self._sync.zrangebyscore(self._servers, now, "+inf"))
            asked = self._sync.pipeline(transaction=False)
            for name in (self._people, *(self._of + server for server in servers)):
                asked.hlen(name)
            people, *connections = asked.execute()
        except redis.RedisError as error:
            redis_line.failed("count who is connected", error)
            raise Unavailable(f"Redis does not answer, so nobody knows who is connected: {error}") from None
        redis_line.answered()
        return people, sum(connections)

    def everybody(self) -> tuple[int, list[dict[str, Any]]]:
        """The number of people, and the facts of every connection of every server. Unavailable when Redis does not answer."""
        try:
            now, _ = self._sync.time()
            servers = cast(list[str], self._sync.zrangebyscore(self._servers, now, "+inf"))
            facts = [
                json.loads(text)
                for server in servers
                for _, text in self._sync.hscan_iter(self._of + server, count=_CHUNK)
            ]
            return self._sync.hlen(self._people), facts
        except redis.RedisError as error:
            raise Unavailable(f"Redis does not answer, so nobody knows who is connected: {error}") from None

    # -------------------------------------------------------------- telling, on the event loop

    def put(self, connection: str, recipient: str, facts: str) -> None:
        self._mine[connection] = (recipient, facts)
        self._unsent.add(connection)
        self._changed.set()

    def drop(self, connection: str) -> None:
        self._mine.pop(connection, None)
        self._unsent.add(connection)
        self._changed.set()

    async def keep(self) -> None:
        """Hold the lease and mirror what changes, until cancelled. Outlives any failure of Redis."""
        loop = asyncio.get_running_loop()
        beat_at = loop.time()
        async with redis_line.async_client(self._url) as client:
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(max(0.05, beat_at - loop.time())):
                        await self._changed.wait()
                try:
                    if loop.time() >= beat_at:
                        beat_at = loop.time() + HEARTBEAT_SECONDS
                        await self._beat(client)
                    await self._mirror(client)
                except (redis.RedisError, OSError) as error:
                    redis_line.failed("keep presence", error)
                    await asyncio.sleep(_RETRY_SECONDS)
                    beat_at = loop.time()

    async def leave(self) -> None:
        """Give the lease back, so that nobody has to wait for its end to know that this server's connections are gone."""
        try:
            async with asyncio.timeout(_LEAVE_SECONDS), redis_line.async_client(self._url) as client:
                await self._remove(client, self._server)
        except (redis.RedisError, OSError, TimeoutError) as error:
            logger.info("presence: the lease was not given back, and runs out: %r", error)

    async def _beat(self, client: "redis.asyncio.Redis") -> None:
        """Renew the lease. Where it is gone, tell everything again; and clean up after servers that renew theirs no longer."""
        if not await client.eval(_BEAT, 1, self._servers, self._server, LEASE_SECONDS):
            self._unsent |= self._mine.keys()
        for dead in await client.eval(_EXPIRED, 1, self._servers):
            await self._remove(client, dead)
            logger.info("presence: the lease of %s ran out; its connections are gone", dead)

    async def _mirror(self, client: "redis.asyncio.Redis") -> None:
        """Tell what changed since the last time."""
        self._changed.clear()
        unsent, self._unsent = self._unsent, set()
        try:
            await self._send(client, unsent)
        except BaseException:
            self._unsent |= unsent
            self._changed.set()
            raise

    async def _send(self, client: "redis.asyncio.Redis", changes: set[str]) -> None:
        """Put the connections that are here, drop the others. A put takes the lease, if it is not held."""
        puts = [connection for connection in changes if connection in self._mine]
        drops = [connection for connection in changes if connection not in self._mine]
        for start in range(0, len(puts), _CHUNK):
            lot = [(connection, *self._mine[connection]) for connection in puts[start : start + _CHUNK]]
            arguments = [part for item in lot for part in item]
            await client.eval(
                _PUT,
                3,
                self._servers,
                self._people,
                self._of + self._server,
                self._server,
                str(LEASE_SECONDS),
                *arguments,
            )
        for start in range(0, len(drops), _CHUNK):
            await client.eval(_DROP, 2, self._people, self._of + self._server, *drops[start : start + _CHUNK])

    async def _remove(self, client: "redis.asyncio.Redis", server: str) -> None:
        """A server's connections, then its lease."""
        cursor = None
        while cursor != 0:
            cursor, connections = await client.hscan(self._of + server, cursor or 0, count=_CHUNK)
            if connections:
                await client.eval(_DROP, 2, self._people, self._of + server, *connections)
        await client.zrem(self._servers, server)
