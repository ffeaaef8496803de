"""Presence of all servers, read from Redis. From any thread; what is told there is in `notifier.leases`."""

from collections.abc import Callable, Collection, Container, Sequence
from typing import Any, TypeVar, cast

import redis

from notifier import lease_scripts, redis_line
from notifier.errors import Unavailable
from notifier.facts import MAX_LISTED, Facts, Page, PersonPresence, Totals, cursor_after, read_cursor
from notifier.lease_scripts import LOT, Names

# A POST to many waits for this, and each lot is a round trip. It takes Redis half a millisecond.
_COUNTED = 1000

T = TypeVar("T")


class SharedPresence:
    """Each verb but `count_online` raises Unavailable when Redis does not answer, or did not a moment ago.

    `here` are the people who are connected to this process; a POST to these need not ask, which takes 0.25 ms of its 1.5.
    """

    def __init__(self, url: str, *, prefix: str, here: Container[str] = ()) -> None:
        self._names, self._here = Names(prefix), here
        self._redis = redis_line.client(url)
        self._totals, self._person, self._page = (
            self._redis.register_script(text)
            for text in (lease_scripts.TOTALS, lease_scripts.PERSON, lease_scripts.PAGE)
        )

    def count_online(self, recipients: Collection[str] | None) -> int | None:
        return self.count_online_each([recipients])[0]

    def count_online_each(self, groups: Sequence[Collection[str] | None]) -> Sequence[int | None]:
        """None for each that Redis is needed for when it does not answer, or did not a moment ago."""
        here = {name for group in groups for name in group or () if name in self._here}
        elsewhere = [None if group is None else set(group) - here for group in groups]
        found: Sequence[int | None] = [0] * len(groups)
        if any(others is None or others for others in elsewhere):
            try:
                found = self._asked(lambda: self._count(elsewhere))
            except Unavailable:
                found = [None if others is None or others else 0 for others in elsewhere]
        return [
            number if group is None or number is None else number + len(here.intersection(group))
            for group, number in zip(groups, found, strict=True)
        ]

    def totals(self) -> Totals:
        keys, names = [self._names.servers, self._names.people], [self._names.of_servers]
        people, connections = cast(list[int], self._asked(lambda: self._totals(keys=keys, args=names)))
        return Totals(people, connections)

    def connection_counts(self, recipients: Collection[str]) -> dict[str, int]:
        return dict(zip(recipients, self._asked(lambda: self._lengths(list(recipients))), strict=True))

    def of_person(self, recipient: str) -> PersonPresence:
        return _read(self._asked(lambda: self._person(keys=[], args=[*self._listing(), recipient])))

    def find(self, connection: str) -> Facts | None:
        return self._asked(lambda: self._find(connection))

    def on_server(self, server: str) -> int:
        return self._asked(lambda: self._redis.hlen(self._names.of_servers + server))

    def page(self, prefix: str, cursor: str | None, limit: int) -> Page:
        start, begins = b"[" + prefix.encode(), prefix.encode()
        if cursor is not None and (after := read_cursor(cursor).encode()) >= begins:
            start = b"(" + after
        # No text in UTF-8 holds this byte, so it comes after all that begin with the prefix.
        end = b"(" + begins + b"\xff"
        arguments = [*self._listing(), start, end, limit]
        more, *found = cast(list[Any], self._asked(lambda: self._page(keys=[self._names.people], args=arguments)))
        people = [_read(person) for person in found]
        return Page(people, cursor_after(people[-1].recipient) if more else None)

    def _find(self, connection: str) -> Facts | None:
        servers = cast(list[str], self._redis.zrange(self._names.servers, 0, -1))
        with self._redis.pipeline(transaction=False) as pipe:
            for server in servers:
                pipe.hget(self._names.of_servers + server, connection)
            found = zip(servers, pipe.execute(), strict=True)
        return next((Facts.of_stored(text, connection, server) for server, text in found if text), None)

    def _listing(self) -> list[Any]:
        return [self._names.persons, self._names.of_servers, MAX_LISTED]

    def _count(self, groups: Sequence[Collection[str] | None]) -> list[int]:
        everyone = self._redis.zcard(self._names.people) if None in groups else 0
        names = list({name for group in groups for name in group or ()})
        online = set[str]()
        for start in range(0, len(names), _COUNTED):
            lot = names[start : start + _COUNTED]
            scores = cast(list[Any], self._redis.zmscore(self._names.people, lot))
            online.update(name for name, score in zip(lot, scores, strict=True) if score is not None)
        return [everyone if group is None else len(online.intersection(group)) for group in groups]

    def _lengths(self, recipients: list[str]) -> list[int]:
        found: list[int] = []
        for start in range(0, len(recipients), LOT):
            with self._redis.pipeline(transaction=False) as pipe:
                for recipient in recipients[start : start + LOT]:
                    pipe.hlen(self._names.persons + recipient)
                found += pipe.execute()
        return found

    def _asked(self, question: Callable[[], T]) -> T:
        if not redis_line.allows():
            raise Unavailable("Redis does not answer, so nobody knows who is connected.")
        try:
            answer = question()
        except redis.RedisError as error:
            redis_line.failed("tell who is online", error)
            raise Unavailable(f"Redis does not answer, so nobody knows who is connected: {error}") from None
        redis_line.answered()
        return answer


def _read(answer: Any) -> PersonPresence:
    recipient, count, *flat = answer
    found = [
        Facts.of_stored(facts, connection, server)
        for connection, server, facts in zip(flat[::3], flat[1::3], flat[2::3], strict=True)
    ]
    return PersonPresence(recipient, count, sorted(found, key=lambda facts: (facts.since, facts.connection)))
