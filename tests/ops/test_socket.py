"""The dashboards' socket, and the history that they ask for: for whom they are, and what a browser that takes nothing costs."""

import asyncio
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from ops.socket import DashboardConsumer
from tests.ops.operators import Dashboard, sign_in
from tests.real.server import Server
from tests.real.socket import Socket

Start = Callable[..., Server]

SERVERS = ["daphne", "uvicorn"]


def test_foreign_origin_is_refused(watched: Server) -> None:
    for origin in (
        "http://evil.example",
        "null",
        watched.url.replace("http", "https"),
        "http://127.0.0.1.evil.example",
    ):
        with Dashboard(watched, origin=origin) as dashboard:
            assert dashboard.close_code() == 4502


def test_a_socket_without_an_origin_is_refused(watched: Server) -> None:
    """Cookies prove nothing without the page that they came from."""
    with closing(sign_in(watched)) as page:
        cookie = f"sessionid={page.cookies['sessionid']}"
    socket = Socket(watched.socket_url, path="/ws/ops/", headers={"Cookie": cookie}, subprotocols=[])
    with pytest.raises(ConnectionClosed) as closed:
        socket.raw.recv(timeout=5)
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 4502
    socket.close()


@pytest.mark.parametrize("user", ["bob", None], ids=["no staff", "nobody"])
def test_who_may_not_look_on_is_refused(watched: Server, user: str | None) -> None:
    page = sign_in(watched, user or "bob")
    if user is None:
        page.cookies.clear()
    with Dashboard(watched, page) as dashboard:
        assert dashboard.close_code() == 4500


@pytest.mark.parametrize("query", ["", "?span=5", "?span=120"])
def test_series_is_for_viewers(watched: Server, query: str) -> None:
    address = f"/ops/series/{query}"
    with closing(sign_in(watched)) as staff, closing(sign_in(watched, "bob")) as bob:
        assert staff.get(address).status_code == 200
        assert bob.get(address).status_code == 403
    assert watched.http.get(address).status_code == 302


@pytest.mark.parametrize("span", ["", "0", "6", "5.0", "-5", "x", "5;120", "9" * 400])
def test_wrong_span_is_named(watched: Server, span: str) -> None:
    with closing(sign_in(watched)) as staff:
        answer = staff.get("/ops/series/", params={"span": span})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert "span" in answer.json()["detail"]


def test_session_that_ended_closes_in_time(watched: Server) -> None:
    page = sign_in(watched)
    with Dashboard(watched, page) as dashboard:
        dashboard.until(lambda state: True)
        began = time.monotonic()
        page.post("/accounts/logout/", headers={"X-CSRFToken": page.cookies["csrftoken"]})
        assert dashboard.close_code() == 4501
        assert time.monotonic() - began < 5


def test_permission_that_is_taken_away_closes_in_time(new_server: Start) -> None:
    server = new_server("uvicorn")
    with Dashboard(server) as dashboard:
        dashboard.until(lambda state: True)
        done = server.manage(
            "shell",
            "-c",
            "from django.contrib.auth.models import User; [user.groups.clear() for user in User.objects.all()]",
        )
        assert done.returncode == 0, done.stderr
        began = time.monotonic()
        assert dashboard.close_code() == 4501
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("message", ['{"type":"ping"}', "", b"\x00", "x" * 5000])
def test_a_message_of_the_client_closes(board: Dashboard, message: Any) -> None:
    """It sends and does not listen."""
    board.until(lambda state: True)
    board.socket.raw.send(message)
    assert board.close_code() == 4504


def test_a_browser_that_takes_nothing_is_closed_with_little_waiting_for_it() -> None:
    """As a server with backpressure shows it to the application: the send does not return."""

    async def play() -> None:
        stuck, closed = asyncio.Event(), asyncio.Event()

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "websocket.send":
                stuck.set()
                await asyncio.sleep(3600)
            elif message["type"] == "websocket.close":
                assert message["code"] == 4002
                closed.set()

        consumer = DashboardConsumer()
        consumer.base_send = send
        for number in range(64):
            consumer.show(str(number))
        await asyncio.wait_for(stuck.wait(), 5)
        assert not closed.is_set()
        for _ in range(1000):
            consumer.show("one too many")
        await asyncio.wait_for(closed.wait(), 5)
        assert consumer.waiting == 0
        consumer.abandon()
        await asyncio.sleep(0)

    asyncio.run(play())
