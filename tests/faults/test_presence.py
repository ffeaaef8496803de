"""Presence over real servers that die, and a Redis that forgets; and who is told of comings and goings."""

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from channels_redis.pubsub import RedisPubSubChannelLayer

from notifier import wakeups
from tests.conftest import scaled_out
from tests.real.postgres import Postgres
from tests.real.processes import ROOT, end, free_port, wait_until
from tests.real.redis import Redis
from tests.real.server import Server
from tests.real.socket import Socket

pytestmark = pytest.mark.xdist_group("presence")

Browser = Callable[..., Socket]
Start = Callable[..., Server]

LEASE, GRACE = 3, 2


@pytest.fixture
def own_redis() -> Iterator[Redis]:
    started = Redis()
    yield started
    started.stop()


def installation(postgres: Postgres, redis: Redis) -> dict[str, str]:
    times = {"NOTIFIER_LEASE_SECONDS": str(LEASE), "NOTIFIER_GRACE_SECONDS": str(GRACE)}
    return {**scaled_out(postgres, redis), **times}


@contextmanager
def watching(redis: Redis, prefix: str) -> Iterator[list[dict[str, Any]]]:
    """What those who watch are told, from now on."""
    told: list[dict[str, Any]] = []
    listening = threading.Event()
    loop = asyncio.new_event_loop()

    async def listen() -> None:
        layer = RedisPubSubChannelLayer(hosts=[redis.url], prefix=prefix)
        channel = await layer.new_channel()
        await layer.group_add(wakeups.OPS, channel)
        listening.set()
        try:
            while True:
                told.extend(wakeups.events_of(await layer.receive(channel)))
        finally:
            await layer.flush()

    task = loop.create_task(listen())
    thread = threading.Thread(target=_run, args=(loop, task))
    thread.start()
    assert listening.wait(10)
    try:
        yield told
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)
        loop.close()


def _run(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    with suppress(asyncio.CancelledError):
        loop.run_until_complete(task)


def test_killed_server_leaves_no_ghost_and_its_people_are_announced_once(
    new_server: Start, postgres: Postgres, own_redis: Redis, browser: Browser, alice: str, bob: str
) -> None:
    """By whichever of the others cleans up. Who comes back in time never went."""
    environment = installation(postgres, own_redis)
    here, other, dying = (new_server(kind, **environment) for kind in ("uvicorn", "daphne", "uvicorn"))
    with watching(own_redis, environment["NOTIFIER_REDIS_PREFIX"]) as told:
        browser(dying, alice).hello()
        first = browser(here, bob).hello()
        wait_until(lambda: here.http.get("/api/v1/presence").json()["total"] == 2, what="both to be online")
        dying.kill()
        wait_until(
            lambda: other.http.get("/api/v1/presence").json()["people"] == 1, what="the lease to end", seconds=LEASE + 3
        )
        first.close()
        time.sleep(GRACE / 2)
        browser(other, bob).hello()
        wait_until(lambda: len(told) >= 3, what="alice to be announced as gone", seconds=GRACE + 4)
        time.sleep(GRACE + 1)
        assert sorted((event["kind"], event["recipient"]) for event in told) == sorted(
            [("online", alice), ("online", bob), ("offline", alice)]
        )
        assert {event["type"] for event in told} == {"ops.event"}
        assert all(
            set(event) >= {"type", "kind", "recipient", "at"} and isinstance(event["at"], float) for event in told
        )


def test_presence_is_right_soon_after_redis_forgot(
    new_server: Start, postgres: Postgres, own_redis: Redis, browser: Browser, alice: str, bob: str
) -> None:
    """Every server tells its connections again, with who came and without who went meanwhile."""
    environment = installation(postgres, own_redis)
    servers = [new_server(kind, **environment) for kind in ("uvicorn", "daphne")]
    tabs = [browser(server, alice).hello() for server in servers]
    browser(servers[0], bob).hello()
    wait_until(lambda: servers[0].http.get("/api/v1/presence").json()["total"] == 3, what="all to be online")
    own_redis.kill()
    assert servers[0].http.get("/api/v1/presence").status_code == 503
    tabs[0].close()
    browser(servers[1], f"{bob}-2").hello()
    own_redis.start()
    began = time.monotonic()

    def right() -> bool:
        answers = [server.http.get("/api/v1/presence") for server in servers]
        return all(
            answer.status_code == 200
            and sorted(facts["recipient"] for facts in answer.json()["connections"]) == sorted([alice, bob, f"{bob}-2"])
            and answer.json()["total"] == answer.json()["people"] == 3
            for answer in answers
        )

    wait_until(right, what="presence to be right again", seconds=15)
    assert time.monotonic() - began < 15


@pytest.mark.parametrize("size", ["embedded", "scaled"])
def test_who_goes_on_telling_who_came_and_went(
    new_server: Start, request: pytest.FixtureRequest, browser: Browser, alice: str, bob: str, size: str
) -> None:
    """Line by line where it is no terminal, until it is interrupted, and then ends well."""
    environment = {}
    if size == "scaled":
        environment = installation(request.getfixturevalue("postgres"), request.getfixturevalue("redis"))
    server = new_server("uvicorn", **environment)
    first = browser(server, alice).hello()
    watch = subprocess.Popen(
        [sys.executable, "manage.py", "who", "--watch", "--json", "--user", alice[:8]],
        cwd=ROOT,
        env=server._environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert watch.stdout is not None
        came = json.loads(watch.stdout.readline())
        assert (came["change"], came["recipient"]) == ("came", alice)
        browser(server, bob).hello()
        first.close()
        went = json.loads(watch.stdout.readline())
        assert (went["change"], went["connection"]) == ("went", came["connection"])
        watch.send_signal(2)
        _, complaints = watch.communicate(timeout=10)
        assert (watch.returncode, complaints) == (0, "")
    finally:
        end(watch)
    said = server.manage("who", "--user", bob).stdout
    assert bob in said and alice not in said


def test_why_does_not_guess_who_is_here_without_redis(
    new_server: Start, postgres: Postgres, redis: Redis, browser: Browser, alice: str
) -> None:
    server = new_server("uvicorn", **installation(postgres, redis))
    socket = browser(server, alice).hello()
    sent = server.post({"users": [alice]})
    socket.until("notification")

    def answer(**environment: str) -> str:
        return server.manage("why", alice, sent["id"], **environment).stdout

    wait_until(lambda: "They are connected." in answer(), what="it to be told as sent", seconds=20)
    cannot_tell = answer(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    assert "Whether they are connected cannot be known" in cannot_tell, cannot_tell
