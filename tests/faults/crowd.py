"""Hundreds or thousands of clients of protocol v1 on one event loop, each doing what `docs/protocol.md` asks of a client.

A client keeps its cursors from one connection to the next, drops what it has, acknowledges cumulatively a few times a
second, and comes back after full jitter. What it hands over goes into the history.
"""

import asyncio
import json
import math
import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from tests.faults.history import History, Observation, Outcome, now
from tests.real.processes import wait_until

# Full jitter, over a time that doubles with each connection that comes to nothing.
_SOONEST_SECONDS, _FIRST_SECONDS, _LATEST_SECONDS = 0.1, 2.0, 20.0
_ACK_SECONDS = 0.25
# With so many unacknowledged the server is about to pause: sooner, and still below the limit of 20 frames a second.
_ACK_NUMBER, _ACK_SECONDS_AT_LEAST = 128, 0.1
_PONG_SECONDS = 10.0
_OPEN_SECONDS = 15.0
# At the very first connection; afterwards they come when they come.
_AT_A_TIME = 100
# For so long nothing may come before all is taken to have come: doubles and inventions get this chance to show.
_QUIET_SECONDS = 0.5
# Codes that a client which keeps to the protocol never sees: it was too slow, sent too much, or is not wanted.
_FAULTY_CODES = range(4001, 4005)
_FINAL_CODES = range(4500, 5000)


@dataclass(frozen=True)
class Browser:
    """What tells one client from another: a name of its own, and its person's stream and token."""

    name: str
    stream: str
    token: str


class Client:
    """One browser tab. `addresses` are those of all servers; each connection goes to any of them."""

    def __init__(self, browser: Browser, addresses: Sequence[str], history: History) -> None:
        self.browser, self._addresses, self._history = browser, addresses, history
        self.cursors: dict[str, int] = {}
        self.epoch: str | None = None
        self.here = asyncio.Event()
        self.welcomed = asyncio.Event()
        self._connection: ClientConnection | None = None
        self._in_vain = 0

    async def live(self) -> None:
        """Connect, again and again, while wanted here."""
        while True:
            await self.here.wait()
            try:
                await self._connect()
            except ConnectionClosed as closed:
                code = closed.rcvd.code if closed.rcvd is not None else 1006
                if code in _FAULTY_CODES or code in _FINAL_CODES:
                    self._complain(f"was closed with {code}")
                if code in _FINAL_CODES:
                    return
            except (OSError, TimeoutError, WebSocketException):
                pass
            finally:
                self._in_vain = 0 if self.welcomed.is_set() else self._in_vain + 1
                if self.welcomed.is_set():
                    self.welcomed.clear()
                    self._history.parted.append((now(), self.browser.name))
            if self.here.is_set():
                longest = min(_FIRST_SECONDS * 2**self._in_vain, _LATEST_SECONDS)
                await asyncio.sleep(random.uniform(_SOONEST_SECONDS, longest))

    async def leave(self) -> None:
        """Go away, and stay away until `here` is set."""
        self.here.clear()
        if self._connection is not None:
            await self._connection.close()

    async def _connect(self) -> None:
        protocols = [Subprotocol("notifier.v1"), Subprotocol(f"notifier.token.{self.browser.token}")]
        async with connect(
            random.choice(self._addresses) + "/ws/notifications/",
            subprotocols=protocols,
            compression=None,
            proxy=None,
            max_size=None,
            ping_interval=None,  # a browser cannot send the WebSocket's own pings
            open_timeout=_OPEN_SECONDS,
            close_timeout=1,
        ) as connection:
            self._connection = connection
            hello: dict[str, Any] = {"type": "hello", "client": "faults/1"}
            if self.epoch is not None:
                hello |= {"resume": self.cursors, "epoch": self.epoch}
            await connection.send(json.dumps(hello))
            try:
                await self._listen(connection)
            finally:
                self._connection = None

    async def _listen(self, connection: ClientConnection) -> None:
        """Take frames until the connection ends or falls silent."""
        ack_at, acked_at, unacked = math.inf, 0.0, 0
        silence, silent_at, pinged = _PONG_SECONDS, now() + _OPEN_SECONDS, False
        while True:
            try:
                async with asyncio.timeout_at(min(ack_at, silent_at)):
                    text = await connection.recv()
            except TimeoutError:
                if now() >= silent_at:
                    if pinged or not self.welcomed.is_set():
                        return
                    await connection.send('{"type":"ping"}')
                    silent_at, pinged = now() + _PONG_SECONDS, True
            else:
                frame: dict[str, Any] = json.loads(text)
                if frame["type"] == "welcome":
                    silence = float(frame["ping"])
                silent_at, pinged = now() + silence, False
                if self._take(frame):
                    unacked += 1
                    ack_at = min(ack_at, now() + _ACK_SECONDS)
                    if unacked >= _ACK_NUMBER:
                        ack_at = min(ack_at, acked_at + _ACK_SECONDS_AT_LEAST)
            if now() >= ack_at:
                await connection.send(json.dumps({"type": "ack", "streams": self.cursors}))
                ack_at, acked_at, unacked = math.inf, now(), 0

    def _take(self, frame: dict[str, Any]) -> bool:
        """Do as the frame says. Returns whether it was an entry that was handed over."""
        match frame:
            case {"type": "notification", "stream": stream, "seq": seq, "notification": {"title": title}}:
                if seq <= self.cursors.get(stream, 0):
                    self._history.dropped += 1
                    return False
                self._history.observations.append(Observation(self.browser.name, stream, seq, title, now()))
                self.cursors[stream] = seq
                return True
            case {"type": "welcome", "streams": streams, "epoch": epoch, "recovered": recovered}:
                self.cursors = {**streams, **self.cursors}
                if not recovered or (self.epoch is not None and epoch != self.epoch):
                    self._complain("was not recovered")
                self.epoch = epoch
                self.welcomed.set()
                self._history.welcomed.append((now(), self.browser.name))
            case {"type": "reset" | "error"}:
                self._complain(f"got {frame}")
        return False

    def _complain(self, what: str) -> None:
        self._history.complaints.append(f"{self.browser.name} {what}")


def _all_welcomed(clients: Iterable[Client]) -> bool:
    return all(client.welcomed.is_set() for client in clients)


class Crowd:
    """All clients, on a thread of their own. They are connected when this returns."""

    def __init__(self, history: History, addresses: Sequence[str], browsers: Iterable[Browser]) -> None:
        self._history = history
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="crowd", daemon=True)
        self._thread.start()
        self.clients = {browser.name: Client(browser, addresses, history) for browser in browsers}
        for name, client in self.clients.items():
            history.carried[name] = frozenset({client.browser.stream, "everyone"})
        self._tasks: list[asyncio.Task[None]] = []
        names = list(self.clients)
        for start in range(0, len(names), _AT_A_TIME):
            lot = [self.clients[name] for name in names[start : start + _AT_A_TIME]]
            self._call(partial(self._begin, lot))
            wait_until(partial(_all_welcomed, lot), what="clients to be welcomed")

    def connected(self) -> int:
        return sum(client.welcomed.is_set() for client in self.clients.values())

    def send_away(self, name: str) -> None:
        """This client closes its connection and stays away."""
        asyncio.run_coroutine_threadsafe(self.clients[name].leave(), self._loop).result(10)
        wait_until(lambda: not self.clients[name].welcomed.is_set(), what="a client to leave")

    def call_back(self, name: str) -> None:
        self._call(self.clients[name].here.set)

    def settle(self, *, seconds: float) -> None:
        """Return when everything that was answered with a 2xx has been handed over, and a moment has passed, or after so long."""
        owed = {
            (client, attempt.title)
            for attempt in self._history.attempts
            if attempt.outcome is Outcome.OK
            for client, streams in self._history.carried.items()
            if attempt.stream in streams
        }
        looked_at, give_up, quiet_since = 0, now() + seconds, now()
        while now() < give_up and (owed or now() - quiet_since < _QUIET_SECONDS):
            fresh = self._history.observations[looked_at:]
            looked_at += len(fresh)
            if fresh:
                quiet_since = now()
                owed.difference_update((one.client, one.title) for one in fresh)
            time.sleep(0.05)

    def close(self) -> None:
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
