"""One notification for one request, whatever happens between the backend and its answer."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.conftest import scaled_out
from tests.real.postgres import Postgres
from tests.real.redis import Redis
from tests.real.server import Server
from tests.real.socket import Socket

Browser = Callable[..., Socket]
Start = Callable[..., Server]

pytestmark = pytest.mark.xdist_group("idempotency")


def test_hundred_concurrent_repetitions_are_one_notification(
    new_server: Start, postgres: Postgres, redis: Redis, browser: Browser, alice: str
) -> None:
    """Over two servers: each is answered with the one notification, or told to come back; the browser sees it once."""
    shared = scaled_out(postgres, redis)
    servers = [new_server("uvicorn", **shared), new_server("daphne", **shared)]
    socket = browser(servers[0], alice).hello()
    body = {"to": {"users": [alice]}, "title": "once"}
    # The demo's keys differ from server to server; a backend has one.
    headers = {"Authorization": f"Bearer {servers[0].key}", "Idempotency-Key": "the same"}

    def repeat(number: int) -> str:
        for _ in range(50):
            answer = servers[number % 2].http.post("/api/v1/notifications", json=body, headers=headers)
            if answer.status_code == 201:
                return str(answer.json()["id"])
            assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_in_flight")
            assert answer.headers["Retry-After"]
            time.sleep(0.05)
        pytest.fail("in flight for ever")

    with ThreadPoolExecutor(20) as pool:
        ids = set(pool.map(repeat, range(100)))
    assert len(ids) == 1
    assert socket.until("notification")["notification"]["id"] in ids
    assert socket.quiet()


@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
def test_request_repeated_over_a_kill_is_one_notification(
    new_server: Start, browser: Browser, alice: str, kind: str
) -> None:
    """The server dies while it is asked; the backend does not know what became of it, repeats, and notifies once."""
    server = new_server(kind)
    socket = browser(server, alice).hello()
    with ThreadPoolExecutor(8) as pool:
        attempts = [pool.submit(_attempt, server, alice, number) for number in range(40)]
        while not any(attempt.done() for attempt in attempts):
            time.sleep(0.01)
        server.kill()
        outcomes = [attempt.result() for attempt in attempts]
    assert None in outcomes
    server.start()
    ids = [_attempt(server, alice, number) for number in range(40)]
    assert all(known in {None, found} for known, found in zip(outcomes, ids, strict=True))
    back = browser(server, alice).hello(after=socket)
    assert {frame["notification"]["id"] for frame in back.notifications(40)} == set(ids)
    assert back.quiet()


def _attempt(server: Server, user: str, number: int) -> str | None:
    """The notification's id, or None when there was no answer."""
    try:
        answer = httpx.post(
            f"{server.url}/api/v1/notifications",
            json={"to": {"users": [user]}, "title": str(number)},
            headers={"Authorization": f"Bearer {server.key}", "Idempotency-Key": f"{user}-{number}"},
            timeout=10,
            trust_env=False,
        )
    except httpx.TransportError:
        return None
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
