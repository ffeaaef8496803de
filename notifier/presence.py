"""Who is connected now.

In the embedded size the process knows (`notifier.local_presence`). With Redis each process mirrors its own connections there
under a lease (`notifier.leases`), so that every process can ask about all of them (`notifier.shared_presence`). The answers are the same.

Operators are told who came online and who went, once for all servers, in the group `wakeups.OPS`. Who is back within
`NOTIFIER_GRACE_SECONDS` never went; counts and lists know no grace.
"""

import asyncio
from collections.abc import Collection, Sequence
from functools import cache

from django.conf import settings

from notifier.announcing import Announcements
from notifier.facts import SERVER, Facts, Look, Page, PersonPresence, Pulse, Totals
from notifier.leases import Leases
from notifier.local_presence import LocalPresence
from notifier.process import is_server
from notifier.shared_presence import SharedPresence

__all__ = ["SERVER", "Facts", "Look", "Page", "PersonPresence", "Pulse", "Totals"]

# ------------------------------------------------------------------ telling, on the event loop


def arrived(facts: Facts, look: Look) -> None:
    """A connection is open. `look` tells how it is now, for as long as it is. Never blocks."""
    _here().arrived(facts, look)


def left(connection: str) -> None:
    """A connection is closed; one that never arrived changes nothing."""
    _here().left(connection)


async def keep() -> None:
    """Tell others what changes here, for as long as the process serves. Runs beside the hub."""
    # Each cancellation reaches both, also a second one: Redis' library may take the first for a time limit of its own.
    await asyncio.gather(_here().keep(), _announcements().keep())


async def leave() -> None:
    """This process serves no longer, and holds no connection."""
    await _here().leave()


# ------------------------------------------------------------------ asking, from any thread


def count_online(recipients: Collection[str] | None) -> int | None:
    """How many of these people, or of all, are connected somewhere.

    None when it cannot be known: Redis does not answer, or there is none and another process is the server.
    """
    return count_online_each([recipients])[0]


def count_online_each(groups: Sequence[Collection[str] | None]) -> Sequence[int | None]:
    """`count_online` of each of these groups of people, in one question."""
    if settings.ENVIRONMENT.redis_url or is_server():
        return _everywhere().count_online_each(groups)
    return [None] * len(groups)


def totals() -> Totals:
    """How many people and connections there are. Unavailable when Redis does not answer, as with all that follows."""
    return _everywhere().totals()


def connection_counts(recipients: Collection[str]) -> dict[str, int]:
    """The number of connections of each of these people, in their order; 0 for who is offline."""
    return _everywhere().connection_counts(recipients)


def of_person(recipient: str) -> PersonPresence:
    """A person's connections; none of who is offline."""
    return _everywhere().of_person(recipient)


def find(connection: str) -> Facts | None:
    """One connection, wherever it is; None if it is gone."""
    return _everywhere().find(connection)


def on_server(server: str) -> int:
    """How many connections a server has; 0 for one that is not there."""
    return _everywhere().on_server(server)


def page(*, prefix: str = "", cursor: str | None = None, limit: int = 50) -> Page:
    """People who are online and whose ids begin so, in the order of their ids, from the cursor on: at most `limit`, and fewer when they
    have many connections. Invalid for what is no cursor."""
    return _everywhere().page(prefix, cursor, limit)


@cache
def _announcements() -> Announcements:
    return Announcements()


def _here() -> LocalPresence | Leases:
    return _leases() if settings.ENVIRONMENT.redis_url else _local()


@cache
def _leases() -> Leases:
    environment = settings.ENVIRONMENT
    return Leases(
        environment.redis_url[0],
        SERVER,
        _announcements().add,
        prefix=environment.redis_prefix,
        lease_seconds=environment.lease_seconds,
        grace_seconds=environment.grace_seconds,
    )


@cache
def _everywhere() -> LocalPresence | SharedPresence:
    environment = settings.ENVIRONMENT
    if not environment.redis_url:
        return _local()
    return SharedPresence(environment.redis_url[0], prefix=environment.redis_prefix, here=_leases().people)


@cache
def _local() -> LocalPresence:
    return LocalPresence(_announcements().add, grace_seconds=settings.ENVIRONMENT.grace_seconds)
