"""The board and its socket: what operators who look on are told, by whom it may be seen, and what it costs when nobody does."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psutil
import pytest
from websockets.exceptions import ConnectionClosed

from ops.socket import DashboardConsumer
from tests.conftest import scaled_out
from tests.ops.operators import Dashboard, sign_in
from tests.real.postgres import Postgres
from tests.real.redis import Redis
from tests.real.server import Server
from tests.real.socket import Socket

Browser = Callable[..., Socket]
Start = Callable[..., Server]


@pytest.fixture(
    scope="module",
    params=[pytest.param(kind, marks=pytest.mark.xdist_group(f"board-{kind}")) for kind in ("daphne", "uvicorn")],
)
def service(request: pytest.FixtureRequest) -> Iterator[Server]:
    running = Server(request.param)
    yield running
    running.stop()
    assert "Traceback" not in running.log(), running.log()
    running.forget()


@pytest.fixture
def board(service: Server) -> Iterator[Dashboard]:
    with Dashboard(service) as dashboard:
        yield dashboard


# ------------------------------------------------------------------ what is shown


def test_counts_follow_within_two_seconds(board: Dashboard, service: Server, browser: Browser, alice: str) -> None:
    """People and connections, as they come and go."""
    board.until(lambda state: state["connections"] == 0)
    first, second = browser(service, alice).hello(), browser(service, alice).hello()
    assert board.until(lambda state: (state["people"], state["connections"]) == (1, 2)) < 2
    second.close()
    assert board.until(lambda state: (state["people"], state["connections"]) == (1, 1)) < 2
    first.close()
    assert board.until(lambda state: (state["people"], state["connections"]) == (0, 0)) < 2


def test_events_pass_by(board: Dashboard, service: Server, browser: Browser, alice: str) -> None:
    """Connected, published, acknowledged, disconnected, refused: each once, with whom it is about."""
    board.until(lambda state: state["servers"])
    socket = browser(service, alice).hello()
    published = service.post({"users": [alice]}, "Deploy finished")
    socket.notifications(1)
    socket.close()
    browser(service, subprotocols=[]).close_code()
    assert board.until_event("connected", recipient=alice)["address"] == "127.0.0.1"
    event = board.until_event("published", notification=published["id"])
    assert (event["title"], event["to"], event["addressed"]) == ("Deploy finished", alice, 1)
    assert board.until_event("acknowledged", recipient=alice)["seq"] == 1
    assert board.until_event("disconnected", recipient=alice)["code"] == 1000
    assert board.until_event("refused")["code"] == 4502
    assert sorted(event["kind"] for event in board.events if event.get("recipient") == alice) == [
        "acknowledged",
        "connected",
        "disconnected",
        "online",
    ]


def test_rates_health_and_points(board: Dashboard, service: Server, browser: Browser, alice: str) -> None:
    """What was published and delivered a second; the server, and its point in the history within ten seconds."""
    board.until(lambda state: state["servers"])
    socket = browser(service, alice).hello()
    for number in range(10):
        service.post({"users": [alice]}, str(number))
    socket.notifications(10)
    board.until(lambda state: state["published"] >= 1 and state["delivered"] >= 1)
    board.until(lambda state: state.get("runs") and state["database"]["state"] == "well")
    assert (board.state["redis"], board.state["problems"], board.state["storm"]) == ("none", [], None)
    run = board.state["runs"][-1]
    assert (run["kind"], run["ended"], run["died"]) == (service.kind, None, False)
    board.until(lambda state: state["servers"][run["server"]]["connections"] == 1)
    board.until(lambda _: sum(point["published"] for point in board.points.values()) >= 10, seconds=15)
    answer = board.page.get("/ops/series/?span=5").json()
    assert sum(point["published"] for point in answer["points"]) >= 10
    assert answer["runs"][-1]["server"] == run["server"]


def test_a_burst_of_connections_is_a_storm(board: Dashboard, service: Server, browser: Browser, alice: str) -> None:
    board.until(lambda state: state["servers"])
    tokens = [service.token(f"{alice}-{number}") for number in range(150)]
    for token in tokens:
        browser(service, token=token).hello()
    board.until(lambda state: state["storm"])
    assert any("Reconnect storm" in problem for problem in board.state["problems"])
    board.until(lambda state: state["storm"] is None, seconds=20)


def test_a_second_dashboard_gets_everything_at_once(board: Dashboard, service: Server) -> None:
    board.until(lambda state: state["servers"])
    with Dashboard(service) as second:
        assert second.receive(seconds=2)["type"] == "board"
        assert {"people", "connections", "servers", "runs", "database", "redis", "problems"} <= second.state.keys()


def test_nothing_runs_while_nobody_looks_on(new_server: Start) -> None:
    """Half a minute after the last dashboard the server burns no more than before the first."""
    server = new_server("uvicorn")
    idle = _cpu_seconds(server, 4)
    with Dashboard(server) as dashboard:
        dashboard.until(lambda state: state["servers"])
    time.sleep(12)
    assert _cpu_seconds(server, 4) < idle + 0.1


def _cpu_seconds(server: Server, seconds: float) -> float:
    process = psutil.Process(server.process.pid)
    before = process.cpu_times()
    time.sleep(seconds)
    after = process.cpu_times()
    return (after.user + after.system) - (before.user + before.system)


# ------------------------------------------------------------------ for whom


def test_foreign_origin_is_refused(service: Server) -> None:
    for origin in (
        "http://evil.example",
        "null",
        service.url.replace("http", "https"),
        "http://127.0.0.1.evil.example",
    ):
        with Dashboard(service, origin=origin) as dashboard:
            assert dashboard.close_code() == 4502


def test_a_socket_without_an_origin_is_refused(service: Server) -> None:
    """Cookies prove nothing without the page that they came from."""
    with closing(sign_in(service)) as page:
        cookie = f"sessionid={page.cookies['sessionid']}"
    socket = Socket(service.socket_url, path="/ws/ops/", headers={"Cookie": cookie}, subprotocols=[])
    with pytest.raises(ConnectionClosed) as closed:
        socket.raw.recv(timeout=5)
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 4502
    socket.close()


@pytest.mark.parametrize("user", ["bob", None], ids=["no staff", "nobody"])
def test_who_may_not_look_on_is_refused(service: Server, user: str | None) -> None:
    page = sign_in(service, user or "bob")
    if user is None:
        page.cookies.clear()
    with Dashboard(service, page) as dashboard:
        assert dashboard.close_code() == 4500


@pytest.mark.parametrize("query", ["", "?span=5", "?span=120"])
def test_series_is_for_viewers(service: Server, query: str) -> None:
    address = f"/ops/series/{query}"
    with closing(sign_in(service)) as staff, closing(sign_in(service, "bob")) as bob:
        assert staff.get(address).status_code == 200
        assert bob.get(address).status_code == 403
    assert service.http.get(address).status_code == 302


@pytest.mark.parametrize("span", ["", "0", "6", "5.0", "-5", "x", "5;120", "9" * 400])
def test_wrong_span_is_named(service: Server, span: str) -> None:
    with closing(sign_in(service)) as staff:
        answer = staff.get("/ops/series/", params={"span": span})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert "span" in answer.json()["detail"]


def test_session_that_ended_closes_in_time(service: Server) -> None:
    page = sign_in(service)
    with Dashboard(service, page) as dashboard:
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


# ------------------------------------------------------------------ several servers, and what may be away


@pytest.mark.xdist_group("board-scaled")
def test_two_servers_add_up_and_a_killed_one_is_dead(
    new_server: Start, postgres: Postgres, redis: Redis, browser: Browser, alice: str, bob: str
) -> None:
    """Counts and events of both; after kill -9 it is silent within seconds, and dead within a minute; a stopped one is not."""
    shared = scaled_out(postgres, redis)
    here, there = new_server("uvicorn", **shared), new_server("daphne", **shared)
    # Each server sets the demo's password at its start, and they have one database.
    with Dashboard(here, sign_in(there)) as dashboard:
        dashboard.until(lambda state: len(state["servers"]) == 2 and len(state.get("runs", [])) == 2)
        near, far = browser(here, alice).hello(), browser(there, bob).hello()
        assert dashboard.until(lambda state: (state["people"], state["connections"]) == (2, 2)) < 2
        there.post({"users": [alice, bob]})
        near.notifications(1)
        far.notifications(1)
        dashboard.until_event("published", addressed=2)
        for person in (alice, bob):
            dashboard.until_event("connected", recipient=person)
            dashboard.until_event("acknowledged", recipient=person)
        (killed,) = (run["server"] for run in dashboard.state["runs"] if run["kind"] == "daphne")
        there.kill()
        dashboard.until(lambda state: state["servers"][killed]["silent"], seconds=12)
        assert any(killed in problem for problem in dashboard.state["problems"])
        dashboard.until(lambda state: any(run["died"] for run in state["runs"]), seconds=60)
        assert [run["server"] for run in dashboard.state["runs"] if run["died"]] == [killed]
    third = new_server("uvicorn", **shared)
    with Dashboard(here, sign_in(third)) as dashboard:
        dashboard.until(lambda state: len(state.get("runs", [])) == 3)
        third.terminate()
        dashboard.until(lambda state: any(run["ended"] and not run["died"] for run in state["runs"]))
        assert not any(run["died"] for run in dashboard.state["runs"] if run["server"] != killed)


@pytest.mark.xdist_group("board-scaled")
def test_redis_away_is_said_and_comes_back(new_server: Start, postgres: Postgres, browser: Browser, alice: str) -> None:
    own = Redis()
    try:
        server = new_server("uvicorn", **scaled_out(postgres, own))
        with Dashboard(server) as dashboard:
            dashboard.until(lambda state: state["servers"] and state["redis"] == "well")
            own.kill()
            dashboard.until(lambda state: state["redis"] == "away" and state["people"] is None)
            assert any("Redis" in problem for problem in dashboard.state["problems"])
            own.start()
            dashboard.until(lambda state: state["redis"] == "well" and state["people"] == 0, seconds=20)
            browser(server, alice).hello()
            dashboard.until(lambda state: state["people"] == 1 and not state["problems"], seconds=20)
    finally:
        own.stop()


@pytest.mark.xdist_group("board-postgres")
@pytest.mark.parametrize("how", ["gone", "hanging"])
@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
def test_database_away_is_said_and_comes_back(new_server: Start, redis: Redis, kind: str, how: str) -> None:
    """The dashboard stays open meanwhile, and goes on with what it knows without the database."""
    own = Postgres()
    try:
        server = new_server(kind, **scaled_out(own, redis))
        with Dashboard(server) as dashboard:
            dashboard.until(lambda state: state.get("database", {}).get("state") == "well")
            with _away(own, how):
                dashboard.until(lambda state: state["database"]["state"] == "away", seconds=15)
                assert any("database" in problem for problem in dashboard.state["problems"])
                assert dashboard.state["redis"] == "well" and dashboard.state["people"] == 0
            dashboard.until(lambda state: state["database"]["state"] == "well", seconds=20)
            dashboard.until(lambda state: not state["problems"], seconds=20)
            assert dashboard.boards == 1
    finally:
        own.stop()


@contextmanager
def _away(postgres: Postgres, how: str) -> Iterator[None]:
    """Stopped; or stopping to answer, with every connection left open."""
    if how == "gone":
        postgres.halt()
        yield
        postgres.start()
        return
    main = psutil.Process(postgres.process.pid)
    processes = [main, *main.children(recursive=True)]
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()


# ------------------------------------------------------------------ a browser that takes nothing


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
