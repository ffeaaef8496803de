"""What many connections want of the database at once, asked in one go."""

import asyncio
from collections.abc import Callable, Hashable, Mapping
from typing import Generic, TypeVar

from notifier.database import in_database

# Who comes within this time after a batch of several is not alone.
_CROWD_SECONDS = 0.1

Want = TypeVar("Want", bound=Hashable)
Answer = TypeVar("Answer")


class Batcher(Generic[Want, Answer]):
    """While one batch is at the database, further wants gather for the next: alone nobody waits, and a crowd shares.

    Where several were answered together a moment ago they may gather for a `pause`, in seconds, as well.
    `verb` answers a list of wants, each with what it asked for or with the error that it gets, on a database thread;
    or a subclass says what is done. Equal wants share an answer.
    """

    def __init__(
        self,
        verb: Callable[[list[Want]], Mapping[Want, Answer | Exception]] | None = None,
        *,
        at_a_time: int,
        pause: float = 0,
    ) -> None:
        self._verb, self._at_a_time, self._pause = verb, at_a_time, pause
        self._shared = float("-inf")
        self._wants: dict[Want, asyncio.Future[Answer]] = {}
        self._task: asyncio.Task[None] | None = None

    async def ask(self, want: Want) -> Answer:
        """The answer, or its error raised. Unavailable when the database does not answer."""
        # shield: a connection that goes away must not cancel what another waits for.
        return await asyncio.shield(self.submit(want))

    def submit(self, want: Want) -> asyncio.Future[Answer]:
        """The same for who waits with a callback. It is not to be cancelled."""
        future = self._wants.get(want)
        if future is None:
            future = self._wants[want] = asyncio.get_running_loop().create_future()
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._run())
        return future

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._wants:
            if self._pause and loop.time() < self._shared + _CROWD_SECONDS:
                await asyncio.sleep(self._pause)
            batch = {want: self._wants.pop(want) for want in list(self._wants)[: self._at_a_time]}
            answers: Mapping[Want, Answer | Exception]
            try:
                answers = await self._do(list(batch))
            except Exception as error:
                answers = dict.fromkeys(batch, error)
            if len(batch) > 1:
                self._shared = loop.time()
            for want, future in batch.items():
                answer = answers[want]
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                    future.exception()  # seen here, should nobody wait for it any more
                else:
                    future.set_result(answer)

    async def _do(self, wants: list[Want]) -> Mapping[Want, Answer | Exception]:
        if self._verb is None:
            raise NotImplementedError
        return await in_database(self._verb, wants)
