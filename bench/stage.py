"""A running stack with its clients and a backend that posts to it, and the books about what arrives."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.crowd import Crowd, Tally
from bench.http import Backend, Refused
from bench.stacks.base import Stack
from bench.usage import Meter

# How long to wait for a frame before the work goes on without it.
LOST_SECONDS = 5.0
# And how long to wait at the end for what did not come in time: Notifier's own search for what its layer lost is every 15 s.
LATE_SECONDS = 20.0


class Stage:
    """Clients of one server process, a backend that posts to it, and the books."""

    def __init__(self, stack: Stack, *, process: int = 0, tally: Tally | None = None) -> None:
        self.stack = stack
        self.tally = tally or Tally()
        self.crowd = Crowd(stack.ports[process], stack, self.tally)
        self.backend = Backend(stack.ports[process])
        self.refused: Counter[str] = Counter()
        """Requests that were answered with an error, or not at all, by what became of them."""

    @property
    def failures(self) -> int:
        """Connections that failed or were dropped, and requests."""
        return self.crowd.failed + self.crowd.dropped + self.refused.total()

    def meter(self) -> Meter:
        return Meter(self.stack.pids, self.stack.store_pids)

    async def to_everyone(self, mark: int) -> None:
        self.tally.expect((client.who for client in self.crowd.clients), mark)
        await self.request(self.stack.to_everyone(mark).encode())

    async def to_users(self, users: list[str], mark: int) -> None:
        """These are users whose place in the crowd is the number in their name: see `people`."""
        self.tally.expect((number_of(user) for user in users), mark)
        await self.request(self.stack.to_users(users, mark).encode())

    async def request(self, request: bytes) -> None:
        """Post it; what is refused is counted."""
        try:
            await self.backend.post(request)
        except (Refused, OSError) as error:
            self.refused[str(error)] += 1

    async def arrivals(self) -> None:
        """Wait for what is on its way; what does not come is lost."""
        await self.tally.all_arrived(seconds=LOST_SECONDS)


def people(number: int, first: int = 0) -> list[str]:
    return [f"u{each}" for each in range(first, first + number)]


def number_of(user: str) -> int:
    return int(user[1:])


@asynccontextmanager
async def staged(stack: Stack, users: list[str]) -> AsyncIterator[Stage]:
    """Clients for these users, whose numbers follow each other."""
    stage = Stage(stack)
    await stage.crowd.open(users, first=number_of(users[0]))
    try:
        yield stage
    finally:
        stage.backend.close()
        await stage.crowd.close()
