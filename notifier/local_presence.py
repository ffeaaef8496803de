"""Presence of the embedded size: one process, which knows all of its connections."""

import asyncio
import time
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Collection, Sequence
from itertools import islice

from notifier.announcing import Kind
from notifier.facts import MAX_LISTED, SERVER, Facts, Look, Page, PersonPresence, Totals, cursor_after, read_cursor

_TICK_SECONDS = 1.0


class LocalPresence:
    """Changed on the event loop, asked from any thread. `announce` is told who came and who went: a kind, a recipient, a Unix time.

    A person who is back within `grace_seconds` never went.
    """

    def __init__(self, announce: Callable[[Kind, str, float], None], *, grace_seconds: float = 10) -> None:
        self._announce, self._grace = announce, grace_seconds
        self._people: dict[str, dict[str, tuple[Facts, Look]]] = {}
        self._recipients: dict[str, str] = {}
        self._order: list[str] = []
        # In the order of going: the monotonic time and the Unix time of it.
        self._leaving: dict[str, tuple[float, float]] = {}

    # -------------------------------------------------------------- telling, on the event loop

    def arrived(self, facts: Facts, look: Look) -> None:
        recipient = facts.recipient
        self._recipients[facts.connection] = recipient
        if recipient in self._people:
            self._people[recipient][facts.connection] = (facts, look)
            return
        self._people[recipient] = {facts.connection: (facts, look)}
        insort(self._order, recipient)
        if self._leaving.pop(recipient, None) is None:
            self._announce("online", recipient, time.time())

    def left(self, connection: str) -> None:
        recipient = self._recipients.pop(connection, None)
        if recipient is None:
            return
        del self._people[recipient][connection]
        if not self._people[recipient]:
            del self._people[recipient]
            del self._order[bisect_left(self._order, recipient)]
            self._leaving[recipient] = (time.monotonic(), time.time())

    async def keep(self) -> None:
        """Notice who does not come back, until cancelled."""
        while True:
            self.notice_gone()
            await asyncio.sleep(min(_TICK_SECONDS, self._grace or _TICK_SECONDS))

    def notice_gone(self) -> None:
        """Announce those whose grace is over."""
        due = time.monotonic() - self._grace
        while self._leaving:
            recipient, (went, at) = next(iter(self._leaving.items()))
            if went > due:
                return
            del self._leaving[recipient]
            self._announce("offline", recipient, at)

    async def leave(self) -> None:
        """Nobody else has to be told."""

    # -------------------------------------------------------------- asking, from any thread

    def count_online(self, recipients: Collection[str] | None) -> int:
        if recipients is None:
            return len(self._people)
        people = self._people
        return sum(recipient in people for recipient in recipients)

    def count_online_each(self, groups: Sequence[Collection[str] | None]) -> list[int]:
        return [self.count_online(recipients) for recipients in groups]

    def totals(self) -> Totals:
        return Totals(len(self._people), len(self._recipients))

    def connection_counts(self, recipients: Collection[str]) -> dict[str, int]:
        return {recipient: len(self._people.get(recipient, ())) for recipient in recipients}

    def of_person(self, recipient: str) -> PersonPresence:
        # One step of the interpreter, so that the loop does not change it meanwhile.
        held = list(self._people.get(recipient, {}).values())
        found = [facts.at(look()) for facts, look in islice(held, MAX_LISTED)]
        return PersonPresence(recipient, len(held), sorted(found, key=lambda facts: (facts.since, facts.connection)))

    def find(self, connection: str) -> Facts | None:
        recipient = self._recipients.get(connection, "")
        facts, look = self._people.get(recipient, {}).get(connection, (None, None))
        return facts.at(look()) if facts is not None and look is not None else None

    def on_server(self, server: str) -> int:
        return len(self._recipients) if server == SERVER else 0

    def page(self, prefix: str, cursor: str | None, limit: int) -> Page:
        order = self._order[:]
        start = bisect_left(order, prefix)
        if cursor is not None:
            start = max(start, bisect_right(order, read_cursor(cursor)))
        people: list[PersonPresence] = []
        listed = 0
        for recipient in islice(order, start, None):
            if not recipient.startswith(prefix):
                break
            if len(people) == limit or listed >= MAX_LISTED:
                return Page(people, cursor_after(people[-1].recipient))
            people.append(self.of_person(recipient))
            listed += len(people[-1].connections)
        return Page(people, None)
