"""Connections that begin at the same moment, opened together: their groups are joined, then the database is asked."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from notifier.batching import Batcher
from notifier.database import in_database
from notifier.resuming import Opening, Request, open_all

_AT_A_TIME = 500
# Of a crowd that comes back. Nobody notices, and more of them share a join and a question: a connect takes 15 % less with 8 ms.
_PAUSE_SECONDS = 0.016

Opener = tuple[Any, Request]
"""A connection, and how it wants to begin."""


class Openings(Batcher[Opener, Opening]):
    """One join of groups and one question to the database for a crowd, instead of one each: docs/decisions/0020-connects.md.

    `carry` has a connection carry further streams, `settle` returns when the groups of all streams are joined.
    """

    def __init__(self, carry: Callable[[Any, Collection[str]], None], settle: Callable[[], Awaitable[None]]) -> None:
        super().__init__(at_a_time=_AT_A_TIME, pause=_PAUSE_SECONDS)
        self._carry, self._settle = carry, settle

    async def _do(self, wants: list[Opener]) -> Mapping[Opener, Opening | Exception]:
        # Groups first, then the database, so that nothing falls between the two. The topics that are followed are known only
        # after the database was read: `welcome` marks their streams to be read again.
        await self._settle()
        found = await in_database(open_all, [request for _, request in wants])
        answers = {want: found[want[1]] for want in wants}
        followed = [
            (connection, answer.cursors)
            for (connection, request), answer in answers.items()
            if isinstance(answer, Opening) and not answer.cursors.keys() <= set(request.streams)
        ]
        for connection, streams in followed:
            self._carry(connection, streams)
        if followed:
            await self._settle()
        return answers
