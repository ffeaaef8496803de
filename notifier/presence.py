"""Who is connected now.

Each process keeps its own connections in memory. With Redis it also mirrors them there under a lease
(`notifier.leases`), so that every process can ask about all of them.
"""

import logging
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any

from django.conf import settings

from notifier import ids, wire
from notifier.leases import Leases
from notifier.process import is_server

logger = logging.getLogger(__name__)

SERVER = ids.new_server_id()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one connection. `agent` is the browser's own word, `client` that of the client library."""

    connection: str
    recipient: str
    address: str
    agent: str
    client: str
    streams: int
    since: datetime
    server: str = SERVER

    def as_dict(self) -> dict[str, Any]:
        facts = {name: getattr(self, name) for name in self.__slots__}
        return {**facts, "since": wire.timestamp(self.since)}


@dataclass(frozen=True, slots=True)
class Listing:
    """Connections, oldest first, at most as many as were asked for, with the numbers of all that there are."""

    people: int
    total: int
    connections: list[Facts]


_here: dict[str, Facts] = {}
_people_here: Counter[str] = Counter()


def arrived(facts: Facts) -> None:
    """A connection is open. On the event loop; never blocks."""
    _here[facts.connection] = facts
    _people_here[facts.recipient] += 1
    if leases := _leases():
        leases.put(facts.connection, facts.recipient, wire.dumps(facts.as_dict()))


def left(connection: str) -> None:
    """A connection is closed; one that never arrived changes nothing."""
    facts = _here.pop(connection, None)
    if facts is None:
        return
    _people_here[facts.recipient] -= 1
    if not _people_here[facts.recipient]:
        del _people_here[facts.recipient]
    if leases := _leases():
        leases.drop(connection)


def count_online(recipients: Collection[str] | None) -> int | None:
    """How many of these people, or of all, are connected somewhere.

    None when it cannot be known: Redis does not answer, or there is none and another process is the server.
    """
    if leases := _leases():
        return leases.count_online(recipients)
    if not is_server():
        return None
    people = _people_here
    return len(people) if recipients is None else sum(1 for recipient in recipients if recipient in people)


def totals() -> tuple[int, int]:
    """How many people, and how many connections. Unavailable when Redis does not answer."""
    if leases := _leases():
        return leases.totals()
    return len(_people_here), len(_here)


def listing(*, query: str = "", limit: int = 200) -> Listing:
    """The connections of people whose id contains the query. Unavailable when Redis does not answer."""
    if leases := _leases():
        people, everyone = leases.everybody()
        found = [Facts(**{**facts, "since": datetime.fromisoformat(facts["since"])}) for facts in everyone]
    else:
        people, found = len(_people_here), list(_here.values())
    matching = sorted(
        (facts for facts in found if query.lower() in facts.recipient.lower()), key=lambda facts: facts.since
    )
    return Listing(people, len(found), list(islice(matching, limit)))


async def keep() -> None:
    """Hold this process's lease for as long as the process serves. Runs beside the hub."""
    if leases := _leases():
        await leases.keep()


async def leave() -> None:
    """This process serves no longer, and holds no connection."""
    if leases := _leases():
        await leases.leave()


@cache
def _leases() -> Leases | None:
    urls = settings.ENVIRONMENT.redis_url
    return Leases(urls[0], SERVER, prefix=settings.ENVIRONMENT.redis_prefix) if urls else None
