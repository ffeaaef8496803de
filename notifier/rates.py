"""How often an API key may ask: a token bucket for each key; and buckets that all processes share.

The bucket holds twice a second's worth, so that a burst passes, and fills at the rate of the setting. With Redis it is shared by all
processes and taken from by a script, which is atomic; while Redis is away each process counts for itself.
"""

import threading
import time
from functools import cache

import redis
from django.conf import settings

from notifier import redis_line
from notifier.buckets import Buckets
from notifier.errors import TooMany

_BURST_SECONDS = 2

# A process takes so many seconds' worth of tokens at a time, and gives them out itself: one question for many requests.
_LOT_SECONDS = 0.02

# KEYS bucket; ARGV rate, capacity, how many tokens to take at most; -1 gives one back.
# Answers how many were taken; or, below 0, the milliseconds until there is one. The clock is that of Redis.
_TAKE = """
local rate, capacity, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = math.min(capacity, (tonumber(bucket[1]) or capacity) + (now - (tonumber(bucket[2]) or now)) * rate)
local taken = math.min(wanted, math.floor(tokens))
local answer = taken
if taken == 0 then answer = -math.ceil((1 - tokens) / rate * 1000) end
redis.call('HSET', KEYS[1], 'tokens', math.min(capacity, tokens - taken), 'at', now)
redis.call('PEXPIRE', KEYS[1], math.ceil(capacity / rate * 1000) + 1000)
return answer
"""


class SharedBuckets:
    """The buckets of all processes, in Redis."""

    def __init__(self, url: str, prefix: str, rate: float, capacity: float | None = None) -> None:
        capacity = rate * _BURST_SECONDS if capacity is None else capacity
        self._prefix = f"{prefix}:rate:"
        self._here = Buckets(rate, capacity)
        self._bucket = [str(rate), str(capacity)]
        self._lot = max(1, int(rate * _LOT_SECONDS))
        # What this process took and has not given out.
        self._in_hand: dict[int | str, int] = {}
        self._lock = threading.Lock()
        self._script = redis_line.client(url).register_script(_TAKE)

    def take(self, key: int | str, now: float) -> float:
        """Take a token. Returns 0, or the seconds until there is one."""
        with self._lock:
            if in_hand := self._in_hand.pop(key, 0):
                if in_hand > 1:
                    self._in_hand[key] = in_hand - 1
                return 0
        taken = self._ask(key, self._lot)
        if taken is None:
            return self._here.take(key, now)
        if taken > 1:
            with self._lock:
                self._in_hand[key] = self._in_hand.get(key, 0) + taken - 1
        return max(0, -taken / 1000)

    def give_back(self, key: int | str, now: float) -> None:
        """As if the last token had not been taken."""
        if self._ask(key, -1) is None:
            self._here.give_back(key, now)

    def _ask(self, key: int | str, wanted: int) -> int | None:
        """None when Redis does not answer."""
        if redis_line.allows():
            try:
                arguments = [*self._bucket, str(wanted)]
                answer = int(self._script(keys=[f"{self._prefix}{key}"], args=arguments))
            except redis.RedisError as error:
                redis_line.failed("count requests", error)
            else:
                redis_line.answered()
                return answer
        return None


def check_rate(key_id: int) -> None:
    """Count one request of this key. TooMany when it asks too often, with the seconds to wait."""
    wait = _buckets().take(key_id, time.monotonic())
    if wait:
        raise TooMany(f"At most {settings.ENVIRONMENT.posts_per_second:g} requests a second for each API key.", wait)


@cache
def _buckets() -> Buckets | SharedBuckets:
    environment = settings.ENVIRONMENT
    if environment.redis_url:
        return SharedBuckets(environment.redis_url[0], environment.redis_prefix, environment.posts_per_second)
    rate = environment.posts_per_second
    return Buckets(rate, rate * _BURST_SECONDS)
