"""Several server processes, and processes that die: nothing is lost, doubled or misordered."""

import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import redis as redis_client

from tests.conftest import scaled_out
from tests.real.postgres import Postgres
from tests.real.processes import SECRET, wait_until
from tests.real.redis import Redis
from tests.real.server import Server
from tests.real.socket import Socket

Browser = Callable[..., Socket]
Start = Callable[..., Server]

PUBLISHERS, USERS, NOTIFICATIONS = 8, 50, 1000


@pytest.fixture(
    params=[pytest.param(kind, marks=pytest.mark.xdist_group(f"two-{kind}")) for kind in ("daphne", "uvicorn")]
)
def two_servers(request: pytest.FixtureRequest, new_server: Start, postgres: Postgres, redis: Redis) -> list[Server]:
    """Two processes over one PostgreSQL and one Redis."""
    shared = scaled_out(postgres, redis)
    return [new_server(request.param, **shared) for _ in range(2)]


def test_post_to_one_reaches_a_socket_on_the_other(two_servers: list[Server], browser: Browser, alice: str) -> None:
    here, there = two_servers
    socket = browser(there, alice).hello()
    wait_until(lambda: here.post({"users": [alice]}, "over there")["online"] == 1, what="presence to be shared")
    assert socket.titles(1, seconds=8) == ["over there"]


def test_1000_to_50_users_from_8_publishers_arrive_complete_in_order_once(
    two_servers: list[Server], browser: Browser
) -> None:
    """Publishers on both servers, readers on both; each reader sees its stream from 1 to its end, each seq once."""
    users = [f"user-{number}" for number in range(USERS)]
    sockets = {user: browser(two_servers[index % 2], user).hello() for index, user in enumerate(users)}

    def publish(number: int) -> None:
        two_servers[number % 2].post({"users": [users[number % USERS]]}, str(number))

    def read(user: str) -> list[tuple[int, int]]:
        frames = sockets[user].notifications(NOTIFICATIONS // USERS, seconds=60)
        return [(frame["seq"], int(frame["notification"]["title"])) for frame in frames]

    with ThreadPoolExecutor(USERS) as readers, ThreadPoolExecutor(PUBLISHERS) as publishers:
        reading = [readers.submit(read, user) for user in users]
        list(publishers.map(publish, range(NOTIFICATIONS)))
        received = [future.result() for future in reading]
    for user_number, seen in enumerate(received):
        assert [seq for seq, _ in seen] == list(range(1, NOTIFICATIONS // USERS + 1))
        assert sorted(number for _, number in seen) == list(range(user_number, NOTIFICATIONS, USERS))
    assert all(socket.quiet(seconds=0.05) for socket in sockets.values())


def test_batches_reach_sockets_on_both_once_and_in_order(two_servers: list[Server], browser: Browser) -> None:
    """Among people who are not connected, with small ones and single ones between them."""
    away = [f"away-{number}" for number in range(600)]
    sockets = {f"here-{number}": browser(two_servers[number % 2], f"here-{number}").hello() for number in range(6)}
    for index, others in enumerate([away, [], away[:30], away, []]):
        two_servers[index % 2].post({"users": [*others, *sockets]}, str(index))
    for socket in sockets.values():
        frames = socket.notifications(5)
        assert [(frame["seq"], frame["notification"]["title"]) for frame in frames] == [
            (n + 1, str(n)) for n in range(5)
        ]
        assert socket.quiet(seconds=0.05)
    late = browser(two_servers[1], away[0]).hello()
    assert [frame["notification"]["title"] for frame in late.notifications(3)] == ["0", "2", "3"]


@pytest.mark.xdist_group("two-uvicorn")
def test_killed_server_leaves_no_ghost(
    new_server: Start, postgres: Postgres, redis: Redis, browser: Browser, alice: str
) -> None:
    """Presence is a lease: who was connected to a killed process is offline when it has run out, and what was sent meanwhile is kept."""
    shared = scaled_out(postgres, redis)
    here, there = new_server("daphne", **shared), new_server("uvicorn", **shared)
    socket = browser(there, alice).hello()
    wait_until(lambda: here.http.get("/api/v1/presence").json()["people"] == 1, what="alice to be online")
    there.kill()
    here.post({"users": [alice]}, "while it was down")
    wait_until(lambda: here.http.get("/api/v1/presence").json()["people"] == 0, what="the lease to run out", seconds=60)
    assert browser(here, alice).hello(after=socket).titles(1) == ["while it was down"]


@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
def test_kill_9_between_two_posts(new_server: Start, browser: Browser, alice: str, kind: str) -> None:
    """What was answered with 201 before a SIGKILL is there after it; a client that resumes gets both, once, in order."""
    server = new_server(kind)
    socket = browser(server, alice).hello()
    server.post({"users": [alice]}, "before")
    server.kill()
    server.start()
    server.post({"users": [alice]}, "after")
    back = browser(server, alice).hello(after=socket)
    assert back.titles(2) == ["before", "after"]
    assert back.quiet()


@pytest.mark.parametrize("stopping", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
def test_stop_says_goodbye(
    new_server: Start, browser: Browser, alice: str, kind: str, stopping: signal.Signals
) -> None:
    """A deploy's SIGTERM or a Ctrl-C: open sockets are told to come back, and the process ends well and in time."""
    server = new_server(kind)
    socket = browser(server, alice).hello()
    server.process.send_signal(stopping)
    assert socket.close_code() == 4000
    assert server.process.wait(10) == 0
    assert "Traceback" not in server.log(), server.log()


@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
def test_sockets_of_a_server_that_stops_leave_one_after_the_other(
    new_server: Start, browser: Browser, alice: str, kind: str
) -> None:
    """They would all come back to the next server at the same moment. New ones are not accepted, and deliveries go on meanwhile."""
    server = new_server(kind)
    sockets = [browser(server, f"{alice}-{number % 5}").hello() for number in range(100)]
    closed: list[float] = []

    def wait(socket: Socket) -> int:
        code = socket.close_code(seconds=15)
        closed.append(time.monotonic())
        return code

    with ThreadPoolExecutor(100) as pool:
        waiting = [pool.submit(wait, socket) for socket in sockets]
        server.process.terminate()
        wait_until(lambda: bool(closed), what="the first to be asked to leave")
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{server.url}/healthz", trust_env=False)
        assert {waited.result() for waited in waiting} == {4000}
    assert server.process.wait(10) == 0
    assert max(closed) - min(closed) > 0.7


@pytest.mark.xdist_group("redis-away")
def test_redis_away_costs_no_notification(
    new_server: Start, postgres: Postgres, browser: Browser, alice: str, bob: str
) -> None:
    """Without Redis a POST is still 201, and the sweep delivers; new sockets are accepted; afterwards all is live again."""
    redis = Redis()
    server = new_server("uvicorn", **scaled_out(postgres, redis))
    try:
        socket = browser(server, alice).hello()
        redis.kill()
        assert server.post({"users": [alice]}, "without redis")["online"] == 1, "connected to this very server"
        assert server.post({"users": [alice, bob]}, "without redis")["online"] is None, "bob may be elsewhere"
        assert socket.titles(2, seconds=20) == ["without redis"] * 2
        newcomer = browser(server, bob).hello()
        server.post({"users": [bob]}, "to a newcomer")
        assert newcomer.titles(2, seconds=20) == ["without redis", "to a newcomer"]
        redis.start()
        wait_until(lambda: server.post({"users": [alice]}, "again")["online"] == 1, what="presence to be right again")
    finally:
        redis.stop()


@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
def test_who_is_connected_to_the_same_server_needs_no_redis(
    new_server: Start, postgres: Postgres, browser: Browser, alice: str, kind: str
) -> None:
    """Nor the sweep, which comes every 2 s by then: live, once and in order, also when Redis is back."""
    redis = Redis()
    server = new_server(kind, **scaled_out(postgres, redis))
    try:
        tabs = [browser(server, alice).hello() for _ in range(3)]
        redis.kill()
        server.post({"users": [alice]}, "the first")
        for tab in tabs:
            assert tab.titles(1, seconds=5) == ["the first"]
        for number in range(10):
            server.post({"users": [alice]}, f"away {number}")
            for tab in tabs:
                assert tab.titles(1, seconds=0.8) == [f"away {number}"]
        redis.start()
        wait_until(lambda: server.http.get("/api/v1/presence").is_success, what="Redis to be well")
        server.post({"users": [alice]}, "back")
        for tab in tabs:
            assert tab.titles(1, seconds=5) == ["back"]
        assert all(tab.quiet(seconds=0.5) for tab in tabs)
    finally:
        redis.stop()


@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
def test_server_stops_in_time_while_redis_hangs(
    new_server: Start, postgres: Postgres, browser: Browser, alice: str, kind: str
) -> None:
    """Nor does it leave anybody without a goodbye."""
    redis = Redis()
    server = new_server(kind, **scaled_out(postgres, redis))
    try:
        socket = browser(server, alice).hello()
        redis.process.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        server.process.terminate()
        assert socket.close_code() == 4000
        assert server.process.wait(15) == 0
        assert time.monotonic() - began < 8
        assert "Traceback" not in server.log(), server.log()
    finally:
        redis.process.send_signal(signal.SIGCONT)
        redis.stop()


def test_server_that_stops_takes_its_connections_off_the_list_at_once(
    new_server: Start, postgres: Postgres, redis: Redis, browser: Browser, alice: str
) -> None:
    """Its lease would hold for half a minute."""
    shared = scaled_out(postgres, redis)
    staying, leaving = (new_server(kind, **shared) for kind in ("uvicorn", "daphne"))
    socket = browser(leaving, alice).hello()
    wait_until(lambda: staying.post({"users": [alice]})["online"] == 1, what="presence to be shared")
    assert leaving.terminate() == 0
    assert socket.close_code() == 4000
    assert staying.post({"users": [alice]})["online"] == 0
    assert staying.http.get("/api/v1/presence").json()["connections"] == []


@pytest.mark.xdist_group("redis-away")
def test_idle_subscription_still_hears(
    new_server: Start, postgres: Postgres, redis: Redis, browser: Browser, alice: str
) -> None:
    """Redis' clients end idle reads after some seconds; delivery stays live all the same, and is not left to the sweep."""
    server = new_server("daphne", NOTIFIER_SWEEP_SECONDS="60", **scaled_out(postgres, redis))
    socket = browser(server, alice).hello()
    assert socket.quiet(seconds=12)
    server.post({"users": [alice]}, "awake")
    assert socket.titles(1, seconds=10) == ["awake"]
    assert "Traceback" not in server.log()
    assert "ERROR" not in server.log()


@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
def test_second_process_on_one_data_folder_is_refused(new_server: Start, kind: str) -> None:
    """Without Redis two processes could not wake each other: the second one says so and ends."""
    first = new_server(kind)
    second = first.manage("serve", "--port", "0", "--server", kind)
    assert second.returncode != 0
    assert "Another server process uses" in second.stderr
    assert "Traceback" not in second.stderr


def test_database_away_is_503_and_never_a_false_2xx(new_server: Start, browser: Browser, alice: str) -> None:
    """PostgreSQL stops: POST answers 503 with Retry-After, sockets stay, and afterwards delivery goes on."""
    postgres = Postgres()
    server = new_server("uvicorn", DATABASE_URL=postgres.new_database(), NOTIFIER_SECRET_KEY=SECRET)
    socket = browser(server, alice).hello()
    postgres.stop()
    answer = server.http.post("/api/v1/notifications", json={"to": {"users": [alice]}, "title": "lost?"}, timeout=30)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["code"] == "unavailable"
    socket.send({"type": "ping"})
    assert socket.until("pong")
    with pytest.raises(httpx.HTTPStatusError):
        server.http.get("/api/v1/inbox", params={"user": alice}, timeout=30).raise_for_status()


def test_notify_command_reaches_the_browser_of_a_running_server(
    new_server: Start, browser: Browser, alice: str
) -> None:
    """A command is a process of its own; with SQLite the sweep brings what it published within a second or two."""
    server = new_server("daphne")
    socket = browser(server, alice).hello()
    sent = server.manage("notify", alice, "Deploy finished", "--level", "success")
    assert sent.returncode == 0, sent.stderr
    frame = socket.until("notification")
    assert (frame["notification"]["title"], frame["notification"]["level"]) == ("Deploy finished", "success")


@pytest.mark.xdist_group("redis-away")
@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
def test_a_process_keeps_its_redis_connections_and_its_groups_few(
    new_server: Start, postgres: Postgres, browser: Browser, alice: str, kind: str
) -> None:
    """No connection for each POST; a group is joined with the first and left with the last of its connections."""
    redis = Redis()
    server = new_server(kind, **scaled_out(postgres, redis))
    try:
        with redis_client.Redis.from_url(redis.url) as probe:

            def groups() -> int:
                return len(probe.pubsub_channels("*__group__*"))

            tabs = [browser(server, alice).hello() for _ in range(3)]
            assert groups() == 3  # alice's own, everyone, and that of all hubs
            server.post({"users": [alice]})
            opened = probe.info("stats")["total_connections_received"]
            for _ in range(30):
                server.post({"users": [alice]})
            assert probe.info("stats")["total_connections_received"] == opened
            for tab in tabs:
                assert groups() == 3
                tab.close()
            wait_until(lambda: groups() == 1, what="the groups of streams to be left", seconds=15)
    finally:
        server.stop()
        redis.stop()
