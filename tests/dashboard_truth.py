"""Whether an open dashboard tells the truth: `python -m tests.dashboard_truth`, some three minutes on an idle machine.

Two servers share a database and a Redis. Chromium has the overview open while thousands of connections come and go; then one
server is killed with -9, and Redis. Each change must be on the page in time, and nothing untrue may be left.
"""

import argparse
import asyncio
import random
import resource
import sys
import threading
import time
from collections import Counter
from collections.abc import Coroutine, Iterable

from playwright.sync_api import Page
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.conftest import scaled_out
from tests.ops.tabs import signed_in
from tests.real import chromium
from tests.real.postgres import Postgres
from tests.real.redis import Redis
from tests.real.server import Server

_AT_ONCE = 50
_FOLLOWS_SECONDS = 2.0
_GHOST_SECONDS = 40.0
_REDIS_SECONDS = 15.0


class Crowd:
    """Connections of many people to both servers, and what is true of them."""

    def __init__(self, servers: list[Server], people: int) -> None:
        self._servers = list(servers)
        self._people = [f"person-{number:04}" for number in range(people)]
        self._tokens = {person: servers[0].token(person) for person in self._people}
        self._open: list[tuple[Server, str, ClientConnection]] = []
        # Playwright has a loop of its own on the main thread.
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="crowd", daemon=True).start()

    def truth(self) -> tuple[int, int]:
        """People, and connections."""
        return len({person for _, person, _ in self._open}), len(self._open)

    def come(self, number: int) -> None:
        """So many more connections, each person's first ones first."""
        per_person = Counter(person for _, person, _ in self._open)
        wanted = sorted(self._people * 2, key=lambda person: (per_person[person], random.random()))[:number]
        random.shuffle(wanted)
        self._call(self._connect(wanted))

    def go(self, number: int) -> None:
        """So many close their connections."""
        random.shuffle(self._open)
        leaving, self._open = self._open[:number], self._open[number:]
        self._call(self._close(socket for _, _, socket in leaving))

    def forget(self, server: Server) -> None:
        """This server is dead, and its connections with it."""
        self._servers.remove(server)
        self._open = [one for one in self._open if one[0] is not server]

    def _call(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(120)

    async def _connect(self, people: Iterable[str]) -> None:
        gate = asyncio.Semaphore(_AT_ONCE)
        await asyncio.gather(*(self._enter(gate, person) for person in people))

    async def _enter(self, gate: asyncio.Semaphore, person: str) -> None:
        server = random.choice(self._servers)
        async with gate:
            socket = await connect(
                f"{server.socket_url}/ws/notifications/",
                subprotocols=[Subprotocol("notifier.v1"), Subprotocol(f"notifier.token.{self._tokens[person]}")],
                compression=None,
                proxy=None,
                ping_interval=None,
            )
            await socket.send('{"type":"hello"}')
            await socket.recv()
        self._open.append((server, person, socket))

    async def _close(self, sockets: Iterable[ClientConnection]) -> None:
        await asyncio.gather(*(socket.close() for socket in sockets))


def shown(page: Page) -> tuple[int, int]:
    """People and connections, as the page has them."""
    people, connections = (
        int("".join(filter(str.isdigit, page.get_by_test_id(f"tile-{name}").inner_text())) or -1)
        for name in ("people", "connections")
    )
    return people, connections


def lag(page: Page, crowd: Crowd, *, within: float, stays: float = 0) -> float:
    """Seconds until the page shows the truth, and goes on doing so for `stays`; AssertionError when later than `within`."""
    began, since = time.monotonic(), None
    while True:
        agrees = shown(page) == crowd.truth()
        now = time.monotonic()
        since = (since or now) if agrees else None
        if since is not None and now - since >= stays:
            return since - began
        assert since is not None or now - began < within, f"{shown(page)} is shown, {crowd.truth()} is true"
        page.wait_for_timeout(20)  # Playwright handles what the page says meanwhile.


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=2000)
    parser.add_argument("--people", type=int, default=1200)
    parser.add_argument("--changes", type=int, default=30)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    postgres, redis = Postgres(), Redis()
    environment = {
        **scaled_out(postgres, redis),
        "NOTIFIER_HANDSHAKES_PER_SECOND": "5000",
        "NOTIFIER_CONNECTIONS_PER_ADDRESS": "20000",
    }
    servers = [
        Server(kind, **environment) for kind in ("daphne", "uvicorn")
    ]  # The demo's password is the one that was made last.
    try:
        with chromium.running() as chrome:
            page, complaints = signed_in(chrome.new_context(), servers[1])
            crowd = Crowd(servers, options.people)
            _watch(page, crowd, options)
            _kill(page, crowd, servers[0])
            _restart(page, crowd, redis)
            crowd.go(crowd.truth()[1])
            lag(page, crowd, within=_FOLLOWS_SECONDS)
            assert not complaints, complaints
    finally:
        for server in servers:
            server.stop()
            server.forget()
        redis.stop()
        postgres.stop()
    return 0


def _watch(page: Page, crowd: Crowd, options: argparse.Namespace) -> None:
    crowd.come(options.people)
    crowd.come(options.connections - options.people)
    took = lag(page, crowd, within=_FOLLOWS_SECONDS)
    print(f"{crowd.truth()} people and connections, shown {took:.2f} s after the last one came", flush=True)
    lags = []
    for change in range(options.changes):
        (crowd.go if change % 2 else crowd.come)(random.choice((1, 1, 5, 50)))
        lags.append(lag(page, crowd, within=_FOLLOWS_SECONDS))
    lags.sort()
    print(
        f"{len(lags)} changes, shown after {lags[len(lags) // 2]:.2f} s (median), {lags[-1]:.2f} s at most", flush=True
    )


def _kill(page: Page, crowd: Crowd, server: Server) -> None:
    before = crowd.truth()
    server.kill()
    crowd.forget(server)
    took = lag(page, crowd, within=_GHOST_SECONDS, stays=5)
    print(f"{server.kind} killed: {before} became {crowd.truth()}; no ghost after {took:.1f} s", flush=True)


def _restart(page: Page, crowd: Crowd, redis: Redis) -> None:
    redis.kill()
    page.wait_for_timeout(3000)
    crowd.come(20)
    redis.start()
    took = lag(page, crowd, within=_REDIS_SECONDS, stays=5)
    print(f"Redis restarted empty: right again for good after {took:.1f} s, {crowd.truth()}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
