"""Hundreds or thousands of clients on one event loop."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial

import uvloop

from tests.faults.client import Browser, Client
from tests.faults.history import History, Outcome, now
from tests.real.processes import wait_until

# At the very first connection; afterwards they come when they come.
_AT_A_TIME = 100
# For so long nothing may come before all is taken to have come: doubles and inventions get this chance to show.
_QUIET_SECONDS = 0.5
_LOOK_SECONDS = 0.05


def _all_welcomed(clients: Iterable[Client]) -> bool:
    return all(client.welcomed.is_set() for client in clients)


class Crowd:
    """All clients, on a thread of their own. They are connected when this returns."""

    def __init__(self, history: History, port: int, browsers: Iterable[Browser]) -> None:
        self._history = history
        self._loop = uvloop.new_event_loop()
        self.lag = 0.0
        """The longest that the clients themselves, all on one loop, made each other wait: more is no fault of the service."""
        self._thread = threading.Thread(target=self._loop.run_forever, name="crowd", daemon=True)
        self._thread.start()
        self.clients = {browser.name: Client(browser, port, history) for browser in browsers}
        for name, client in self.clients.items():
            history.carried[name] = frozenset({client.browser.stream, "everyone"})
        self._tasks: list[asyncio.Task[None]] = []
        self._watch = asyncio.run_coroutine_threadsafe(self._watch_lag(), self._loop)
        names = list(self.clients)
        for start in range(0, len(names), _AT_A_TIME):
            lot = [self.clients[name] for name in names[start : start + _AT_A_TIME]]
            self._call(partial(self._begin, lot))
            wait_until(partial(_all_welcomed, lot), what="clients to be welcomed")

    def connected(self) -> int:
        return sum(client.welcomed.is_set() for client in self.clients.values())

    def send_away(self, name: str) -> None:
        """This client closes its connection and stays away."""
        self._call(self.clients[name].leave)
        wait_until(lambda: not self.clients[name].welcomed.is_set(), what="a client to leave")

    def call_back(self, name: str) -> None:
        self._call(self.clients[name].here.set)

    def settle(self, *, seconds: float, without: str | None = None) -> None:
        """Return when everything that was answered with a 2xx has been handed over, and a moment has passed, or after so long.

        `without` is a client that is away.
        """
        owed = {
            (client, attempt.title)
            for attempt in self._history.attempts
            if attempt.outcome is Outcome.OK
            for client, streams in self._history.carried.items()
            if attempt.stream in streams and client != without
        } - self._history.excused
        looked_at, give_up, quiet_since = 0, now() + seconds, now()
        while now() < give_up and (owed or now() - quiet_since < _QUIET_SECONDS):
            fresh = self._history.observations[looked_at:]
            looked_at += len(fresh)
            if fresh:
                quiet_since = now()
                owed.difference_update((one.client, one.title) for one in fresh)
            time.sleep(0.05)

    async def _watch_lag(self) -> None:
        while True:
            began = now()
            await asyncio.sleep(_LOOK_SECONDS)
            self.lag = max(self.lag, now() - began - _LOOK_SECONDS)

    def close(self) -> None:
        self._watch.cancel()

        async def end() -> None:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def failures(self) -> list[str]:
        """Clients that broke down themselves: a mistake of theirs, and not of the service."""
        return [
            repr(task.exception()) for task in self._tasks if task.done() and not task.cancelled() and task.exception()
        ]

    def _begin(self, clients: list[Client]) -> None:
        for client in clients:
            client.here.set()
            self._tasks.append(self._loop.create_task(client.live()))

    def _call(self, act: Callable[[], None]) -> None:
        async def on_loop() -> None:
            act()

        asyncio.run_coroutine_threadsafe(on_loop(), self._loop).result(10)
