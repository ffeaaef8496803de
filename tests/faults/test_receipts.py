"""Receipts when something goes: a process that is killed loses a second of them at most, a stop and an outage nothing."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.real.postgres import Postgres
from tests.real.processes import SECRET, wait_until
from tests.real.server import Server
from tests.real.socket import Socket

Browser = Callable[..., Socket]
Start = Callable[..., Server]
Frame = dict[str, Any]

KINDS = pytest.mark.parametrize("kind", ["daphne", "uvicorn"])


def receipt(server: Server, notification: Frame, user: str) -> Frame:
    found = server.http.get(f"/api/v1/notifications/{notification['id']}/receipts").json()["receipts"]
    return next(one for one in found if one["user"] == user)


@KINDS
def test_kill_9_loses_a_second_of_receipts_at_most(new_server: Start, browser: Browser, alice: str, kind: str) -> None:
    """And what the client handled is told by its cursor when it comes back; delivery goes on in any case."""
    server = new_server(kind)
    socket = browser(server, alice).hello()
    early = server.post({"users": [alice]})
    socket.notifications(1)
    time.sleep(2.5)
    late = server.post({"users": [alice]})
    socket.notifications(1)
    server.kill()
    server.start()
    assert receipt(server, early, alice)["delivered"] is not None
    server.post({"users": [alice]}, "after")
    back = browser(server, alice).hello(after=socket)
    assert back.titles(1) == ["after"]
    wait_until(lambda: receipt(server, late, alice)["delivered"] is not None, what="the cursor to be told")


@KINDS
def test_stop_writes_what_is_known(new_server: Start, browser: Browser, alice: str, bob: str, kind: str) -> None:
    """What was acknowledged a moment ago, and what was not acknowledged at all."""
    server = new_server(kind)
    acknowledging, silent = browser(server, alice).hello(), browser(server, bob).hello()
    sent = server.post({"users": [alice, bob]})
    silent.until("notification")
    acknowledging.notifications(1)
    acknowledging.send({"type": "seen", "ids": [sent["id"]]})
    acknowledging.send({"type": "ping"})
    acknowledging.until("pong")
    assert server.terminate() == 0
    assert {acknowledging.close_code(), silent.close_code()} == {4000}
    server.start()
    assert [receipt(server, sent, user)["state"] for user in (alice, bob)] == ["seen", "sent"]
    answer = server.http.get(f"/api/v1/notifications/{sent['id']}/why", params={"user": bob}).json()
    assert answer["code"] == "sent_not_acknowledged"
    assert "Traceback" not in server.log(), server.log()


@pytest.mark.xdist_group("database-away")
@KINDS
def test_receipts_are_written_when_the_database_is_back(
    new_server: Start, browser: Browser, alice: str, kind: str
) -> None:
    """Acknowledgements are taken meanwhile, and nothing waits for the database."""
    postgres = Postgres()
    server = new_server(kind, DATABASE_URL=postgres.new_database(), NOTIFIER_SECRET_KEY=SECRET)
    try:
        socket = browser(server, alice).hello()
        sent = [server.post({"users": [alice]}, str(number)) for number in range(3)]
        for _ in sent:
            socket.until("notification")
        postgres.halt()
        began = time.monotonic()
        socket.ack()
        socket.send({"type": "seen", "ids": [sent[0]["id"]]})
        socket.send({"type": "ping"})
        socket.until("pong")
        assert time.monotonic() - began < 2
        time.sleep(3)
        away_until = time.time()
        postgres.start()

        def states() -> list[str]:
            try:
                return [receipt(server, one, alice)["state"] for one in sent]
            except KeyError:  # it answers 503 until it has a connection again
                return []

        wait_until(lambda: states() == ["seen", "delivered", "delivered"], what="the receipts to be written")

        wait_until(lambda: receipt(server, sent[1], alice)["delivered"] is not None, what="the time to be written")
        acknowledged = datetime.fromisoformat(receipt(server, sent[1], alice)["delivered"]).timestamp()
        assert acknowledged < away_until - 2, "the time is that of the acknowledgement, not of its writing"
        assert "Traceback" not in server.log(), server.log()
    finally:
        server.stop()
        postgres.stop()
