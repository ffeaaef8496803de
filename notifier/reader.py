"""Reads from the database what connections missed: the wants of many connections in one query."""

import asyncio

from notifier.database import in_database
from notifier.inbox import Missed, since

# SQLite takes expressions of at most 1,000 alternatives.
_AT_A_TIME = 200

Want = tuple[str, int]


class Reader:
    """While one query runs, further wants gather for the next. Two connections that want the same share the answer."""

    def __init__(self) -> None:
        self._wants: dict[Want, asyncio.Future[Missed]] = {}
        self._task: asyncio.Task[None] | None = None

    async def read(self, cursors: dict[str, int]) -> dict[str, Missed]:
        """What follows each cursor (stream → seq). Unavailable when the database does not answer."""
        futures = {stream: self._want((stream, after)) for stream, after in cursors.items()}
        # shield: a connection that goes away must not cancel what another waits for.
        pages = await asyncio.gather(*(asyncio.shield(future) for future in futures.values()))
        return dict(zip(futures, pages, strict=True))

    def _want(self, want: Want) -> asyncio.Future[Missed]:
        if want not in self._wants:
            self._wants[want] = asyncio.get_running_loop().create_future()
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._run())
        return self._wants[want]

    async def _run(self) -> None:
        while self._wants:
            batch = {want: self._wants.pop(want) for want in list(self._wants)[:_AT_A_TIME]}
            try:
                pages = await in_database(since, list(batch))
            except Exception as error:
                for future in batch.values():
                    future.set_exception(error)
                    future.exception()  # seen here, should nobody wait for it any more
            else:
                for want, future in batch.items():
                    future.set_result(pages[want])
