"""How often somebody may fail to sign in: for each user name, and for each address.

An attempt is counted before the password is looked at, so that many at once are no way around; one that succeeds is
given back. With Redis all processes count together.
"""

import time
import unicodedata
from functools import cache
from hashlib import blake2b

from django.conf import settings

from notifier.buckets import Buckets
from notifier.errors import TooMany
from notifier.rates import SharedBuckets

# Several people may sign in from one address.
_ADDRESS_FACTOR = 4


def attempt(name: str, address: str) -> None:
    """Somebody tries. TooMany, with the seconds to wait, when it was tried too often for this user name or from this address."""
    now = time.monotonic()
    names, addresses = _buckets()
    wait = names.take(_key(name), now)
    if not wait and (wait := addresses.take(_key(address), now)):
        # Somebody who is turned away must not shut the user out.
        names.give_back(_key(name), now)
    if wait:
        raise TooMany("Too many attempts to sign in.", wait)


def succeeded(name: str, address: str) -> None:
    """The attempt was right, and does not count."""
    now = time.monotonic()
    names, addresses = _buckets()
    names.give_back(_key(name), now)
    addresses.give_back(_key(address), now)


def _key(text: str) -> str:
    """Of a bounded length, without what a person may have typed into the wrong field, and the same for all spellings of a name."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@cache
def _buckets() -> tuple[Buckets | SharedBuckets, Buckets | SharedBuckets]:
    environment = settings.ENVIRONMENT

    def made(kind: str, per_minute: int) -> Buckets | SharedBuckets:
        if environment.redis_url:
            prefix = f"{environment.redis_prefix}:signin:{kind}"
            return SharedBuckets(environment.redis_url[0], prefix, per_minute / 60, per_minute)
        return Buckets(per_minute / 60, per_minute)

    per_minute = environment.sign_ins_per_minute
    return made("name", per_minute), made("address", _ADDRESS_FACTOR * per_minute)
