"""What open dashboards cost a server: `python -m tests.dashboard_cost`, some three minutes on an idle machine.

One server, with PostgreSQL and Redis or of the embedded size, carries many connections that acknowledge what they get, while a backend publishes at a
steady pace. Its CPU time is measured in turns without and with dashboards, so that the machine's own drift hits both.
"""

import argparse
import asyncio
import contextlib
import json
import resource
import statistics
import sys
import time

import httpx
import psutil
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.conftest import scaled_out
from tests.ops.operators import sign_in
from tests.real.postgres import Postgres
from tests.real.redis import Redis
from tests.real.server import Server

_HANDSHAKES_AT_ONCE = 50


async def _browser(server: Server, token: str, ready: asyncio.Semaphore) -> None:
    """Acknowledges what comes, at most twice a second, as the browser client does."""
    async with ready:
        socket = await connect(
            f"{server.socket_url}/ws/notifications/",
            subprotocols=[Subprotocol("notifier.v1"), Subprotocol(f"notifier.token.{token}")],
            compression=None,
            proxy=None,
            ping_interval=None,
        )
        await socket.send('{"type":"hello"}')
        await socket.recv()
    await _acknowledge(socket)


async def _acknowledge(socket: ClientConnection) -> None:
    cursors: dict[str, int] = {}
    while True:
        frame = json.loads(await socket.recv())
        if frame["type"] == "notification":
            if not cursors:
                asyncio.get_running_loop().call_later(0.5, lambda: asyncio.ensure_future(_tell(socket, cursors)))
            cursors[frame["stream"]] = frame["seq"]


async def _tell(socket: ClientConnection, cursors: dict[str, int]) -> None:
    streams = dict(cursors)
    cursors.clear()
    await socket.send(json.dumps({"type": "ack", "streams": streams}))


async def _dashboard(server: Server, cookies: str, taken: list[int]) -> None:
    socket = await connect(
        f"{server.socket_url}/ws/ops/",
        origin=Origin(server.url),
        additional_headers={"Cookie": cookies},
        compression=None,
        proxy=None,
    )
    async for frame in socket:
        taken[0] += 1
        taken[1] += len(frame)


async def _publish(server: Server, people: list[str], *, posts: int, addressed: int, done: list[int]) -> None:
    """`posts` a second, each to `addressed` people."""
    async with httpx.AsyncClient(base_url=server.url, headers=server.http.headers, trust_env=False) as backend:
        due, first = time.monotonic(), 0
        while True:
            # What a busy machine did not manage is not made up for: that would be another pace.
            due = max(due + 1 / posts, time.monotonic() - 1 / posts)
            await asyncio.sleep(max(0, due - time.monotonic()))
            to = [people[(first + step) % len(people)] for step in range(addressed)]
            first += addressed
            answer = await backend.post("/api/v1/notifications", json={"to": {"users": to}, "title": "Deploy finished"})
            assert answer.status_code == 201, answer.text
            done[0] += addressed


def _cpu(server: Server) -> float:
    times = psutil.Process(server.process.pid).cpu_times()
    return float(times.user + times.system)


async def _measure(server: Server, options: argparse.Namespace) -> None:
    people = [f"person-{number}" for number in range(options.connections)]
    tokens = [server.token(person) for person in people]
    page = sign_in(server)
    cookies = "; ".join(f"{name}={value}" for name, value in page.cookies.items())
    page.close()
    ready = asyncio.Semaphore(_HANDSHAKES_AT_ONCE)
    tasks = [asyncio.create_task(_browser(server, token, ready)) for token in tokens]
    while (await asyncio.to_thread(_online, server)) < options.connections:
        failed = [task for task in tasks if task.done()]
        assert not failed, failed[0].exception()
        await asyncio.sleep(0.5)
    done, taken = [0], [0, 0]
    if options.posts:
        publishing = _publish(server, people, posts=options.posts, addressed=options.addressed, done=done)
        tasks.append(asyncio.create_task(publishing))
    without, with_them = list[float](), list[float]()
    for turn in range(options.turns * 2):
        looking = [
            asyncio.create_task(_dashboard(server, cookies, taken)) for _ in range(options.dashboards * (turn % 2))
        ]
        # After the last dashboard the hubs tell for another ten seconds what happens.
        await asyncio.sleep(3 if turn % 2 else 13)
        began, before, sent = time.monotonic(), _cpu(server), done[0]
        await asyncio.sleep(options.seconds)
        used = (_cpu(server) - before) / (time.monotonic() - began)
        rate = (done[0] - sent) / (time.monotonic() - began)
        # On a machine with other work the pace varies: what is compared is as if it had been kept.
        wanted = options.posts * options.addressed
        (with_them if turn % 2 else without).append(used * (wanted / rate if rate else 1))
        print(f"{len(looking):3} dashboards: {used:6.1%} of a core, {rate:.0f} notifications a second", flush=True)
        for task in looking:
            assert not task.done(), task.exception()
            task.cancel()
    more = statistics.median(with_them) - statistics.median(without)
    print(
        f"{options.dashboards} dashboards cost {more:.1%} of a core (medians, at the pace asked for), {taken[1] / max(1, taken[0]):.0f} bytes a frame"
    )
    for task in tasks:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)


def _online(server: Server) -> int:
    answer = server.http.get("/api/v1/presence")
    return int(answer.json()["total"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=2000)
    parser.add_argument("--posts", type=int, default=10, help="POSTs a second")
    parser.add_argument("--addressed", type=int, default=50, help="people whom each POST addresses")
    parser.add_argument("--dashboards", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=15, help="of each turn")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--size", default="scaled", choices=("embedded", "scaled"))
    parser.add_argument("--server", default="uvicorn", choices=("daphne", "uvicorn"))
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    limits = {"NOTIFIER_HANDSHAKES_PER_SECOND": "5000", "NOTIFIER_CONNECTIONS_PER_ADDRESS": "20000"}
    with contextlib.ExitStack() as running:
        if options.size == "scaled":
            postgres, redis = Postgres(), Redis()
            running.callback(postgres.stop)
            running.callback(redis.stop)
            limits |= scaled_out(postgres, redis)
        server = Server(options.server, **limits)
        running.callback(server.forget)
        running.callback(server.stop)
        asyncio.run(_measure(server, options))
    return 0


if __name__ == "__main__":
    sys.exit(main())
