"""The board and its socket: what operators who look on are told, by whom it may be seen, and what it costs when nobody does."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import pytest

from tests.conftest import scaled_out
from tests.ops.operators import Dashboard, sign_in
from tests.real.postgres import Postgres
from tests.real.redis import Redis
from tests.real.server import Server
from tests.real.socket import Socket

Browser = Callable[..., Socket]
Start = Callable[..., Server]

SERVERS = ["daphne"]


# ------------------------------------------------------------------ what is shown


def test_counts_follow_within_two_seconds(board: Dashboard, watched: Server, browser: Browser, alice: str) -> None:
    """People and connections, as they come and go."""
    board.until(lambda state: state["connections"] == 0)
    first, second = browser(watched, alice).hello(), browser(watched, alice).hello()
    assert board.until(lambda state: (state["people"], state["connections"]) == (1, 2)) < 2
    second.close()
    assert board.until(lambda state: (state["people"], state["connections"]) == (1, 1)) < 2
    first.close()
    assert board.until(lambda state: (state["people"], state["connections"]) == (0, 0)) < 2


def test_events_pass_by(board: Dashboard, watched: Server, browser: Browser, alice: str) -> None:
    """Connected, published, acknowledged, disconnected, refused: each once, with whom it is about."""
    board.until(lambda state: state["servers"])
    socket = browser(watched, alice).hello()
    published = watched.post({"users": [alice]}, "Deploy finished")
    socket.notifications(1)
    socket.close()
    browser(watched, subprotocols=[]).close_code()
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


def test_rates_health_and_points(board: Dashboard, watched: Server, browser: Browser, alice: str) -> None:
    """What was published and delivered a second; the server, and its point in the history within ten seconds."""
    board.until(lambda state: state["servers"])
    socket = browser(watched, alice).hello()
    for number in range(10):
        watched.post({"users": [alice]}, str(number))
    socket.notifications(10)
    board.until(lambda state: state["published"] >= 1 and state["delivered"] >= 1)
    board.until(lambda state: state.get("runs") and state["database"]["state"] == "well")
    assert (board.state["redis"], board.state["problems"], board.state["storm"]) == ("none", [], None)
    run = board.state["runs"][-1]
    assert (run["kind"], run["ended"], run["died"]) == (watched.kind, None, False)
    board.until(lambda state: state["servers"][run["server"]]["connections"] == 1)
    board.until(lambda _: sum(point["published"] for point in board.points.values()) >= 10, seconds=15)
    answer = board.page.get("/ops/series/?span=5").json()
    assert sum(point["published"] for point in answer["points"]) >= 10
    assert answer["runs"][-1]["server"] == run["server"]


def test_a_burst_of_connections_is_a_storm(board: Dashboard, watched: Server, browser: Browser, alice: str) -> None:
    board.until(lambda state: state["servers"])
    tokens = [watched.token(f"{alice}-{number}") for number in range(150)]
    for token in tokens:
        browser(watched, token=token).hello()
    board.until(lambda state: state["storm"])
    assert any("Reconnect storm" in problem for problem in board.state["problems"])
    board.until(lambda state: state["storm"] is None, seconds=20)


def test_a_second_dashboard_gets_everything_at_once(board: Dashboard, watched: Server) -> None:
    board.until(lambda state: state["servers"])
    with Dashboard(watched) as second:
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
@pytest.mark.parametrize(("kind", "how"), [("daphne", "gone"), ("uvicorn", "hanging")])
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
