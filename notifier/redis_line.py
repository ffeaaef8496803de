"""The line to Redis: how long anything waits for it, and what all of this process know of its health.

Redis is a wake-up, a mirror and a meter, and never needed for a POST or a delivery. So nobody waits long, and after a
failure nobody waits at all, until the hub's probe has found it answering.
"""

import asyncio
import logging

import redis
import redis.asyncio
from django.conf import settings
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from notifier.breaker import Breaker

logger = logging.getLogger(__name__)

TIMEOUT = 0.3
"""In seconds, for what a POST waits for: it waits once at most, for then the breaker is open."""

# For the event loop's own upkeep, which nobody waits for; a busy loop is late itself. And for commands.
_UPKEEP_TIMEOUT = 2.0

_UNWELL_SECONDS = 30.0

# A server probes every second; where there is no hub (a command), one caller in this time finds out.
_breaker = Breaker(pause=5.0)
_patience = TIMEOUT


def wait_longer() -> None:
    """This process is a command: who typed it would rather wait for 2 s than not be told. Call it before any `client`."""
    global _patience
    _patience = _UPKEEP_TIMEOUT


def client(url: str) -> redis.Redis:
    """For threads. redis-py would try four times, each with its own timeout; a line that was cut deserves one more try, and one that hangs none."""
    retry = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
    return redis.Redis.from_url(
        url, decode_responses=True, socket_timeout=_patience, socket_connect_timeout=_patience, retry=retry
    )


def async_client(url: str) -> redis.asyncio.Redis:
    """For upkeep on the event loop."""
    retry = AsyncRetry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
    return redis.asyncio.Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=_UPKEEP_TIMEOUT,
        socket_connect_timeout=_UPKEEP_TIMEOUT,
        retry=retry,
    )


def allows() -> bool:
    """Whether to ask Redis. Whoever then asks tells `failed` or `answered` how it went."""
    return _breaker.allows()


def is_well() -> bool:
    """Whether Redis answered when it was last asked."""
    return not _breaker.is_open


def is_unwell() -> bool:
    """Whether anything failed within the last 30 s, so that wake-ups may have been lost."""
    return _breaker.failed_within(_UNWELL_SECONDS)


def failed(to: str, error: BaseException) -> None:
    """Redis, or the channel layer over it, did not do as asked."""
    if _breaker.failed():
        logger.warning("Redis failed to %s (%r); delivery goes on from the database", to, error)


def lost(to: str, error: BaseException) -> None:
    """What others sent may not have arrived here. Sending goes on: it may well work."""
    if not is_unwell():
        logger.warning("Redis failed to %s (%r); the database is looked into more often", to, error)
    _breaker.note_failure()


def answered() -> None:
    """Redis did as asked."""
    if _breaker.succeeded():
        logger.warning("Redis answers again")


async def probe() -> None:
    """Ask every Redis for a sign of life, over a line of its own."""
    try:
        for url in settings.ENVIRONMENT.redis_url:
            async with asyncio.timeout(_UPKEEP_TIMEOUT), async_client(url) as line:
                await line.ping()
    except (redis.RedisError, OSError, TimeoutError, RuntimeError) as error:
        # RuntimeError: what uvloop says of a line that was closed as soon as it was open.
        failed("answer", error)
    else:
        answered()
