"""What operators order is carried out on every server within 5 s: sockets closed, refused, drained, told."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from tests.conftest import scaled_out
from tests.real.postgres import Postgres
from tests.real.redis import Redis
from tests.real.server import Server
from tests.real.socket import Socket

Browser = Callable[..., Socket]
Start = Callable[..., Server]

pytestmark = pytest.mark.xdist_group("orders")


@dataclass(frozen=True)
class Pair:
    """Two servers of one installation."""

    here: Server
    there: Server

    def __iter__(self) -> Iterator[Server]:
        return iter((self.here, self.there))

    def order(self, action: str, **fields: object) -> dict[str, object]:
        """Asked of the first one, as a backend whose key may do everything. It must be accepted."""
        answer = self.here.http.post(f"/api/v1/ops/{action}", json=fields)
        assert answer.status_code == 200, answer.text
        done: dict[str, object] = answer.json()
        return done


@pytest.fixture(scope="module")
def pair(postgres: Postgres, redis: Redis) -> Iterator[Pair]:
    shared = scaled_out(postgres, redis)
    here = Server("uvicorn", **shared)
    there = Server("daphne", **shared)
    here.http.headers["Authorization"] = there.http.headers[
        "Authorization"
    ]  # the second start made the key that both have
    yield Pair(here, there)
    for server in (here, there):
        server.stop()
        assert "Traceback" not in server.log(), server.log()
        server.forget()


def closed_in_time(socket: Socket) -> int:
    began = time.monotonic()
    code = socket.close_code(seconds=8)
    assert time.monotonic() - began < 5
    return code


def still_open(socket: Socket) -> bool:
    socket.send({"type": "ping"})
    return bool(socket.until("pong"))


def wait_for_presence(server: Server, user: str, number: int) -> None:
    give_up = time.monotonic() + 10
    while len(server.http.get("/api/v1/presence", params={"prefix": user}).json()["connections"]) != number:
        assert time.monotonic() < give_up
        time.sleep(0.05)


def test_blocked_person_is_closed_on_every_server_and_kept_out(
    pair: Pair, browser: Browser, alice: str, bob: str
) -> None:
    """Live sockets, new ones and the inbox; what is sent meanwhile is stored, and arrives when the block has ended."""
    tokens = [server.token(alice) for server in pair]
    sockets = [browser(server, token=token).hello() for server, token in zip(pair, tokens, strict=True)]
    spared = browser(pair.there, bob).hello()
    wait_for_presence(pair.here, alice, 2)
    preview = pair.here.http.post("/api/v1/ops/block?preview=true", json={"user": alice}).json()
    assert (preview["done"], preview["people"], preview["connections"]) == (False, 1, 2)
    done = pair.order("block", user=alice, reason="tests")
    assert (done["done"], done["people"], done["connections"]) == (True, 1, 2)
    assert [closed_in_time(socket) for socket in sockets] == [4508, 4508]
    for server, token in zip(pair, tokens, strict=True):
        again = browser(server, token=token)
        again.send({"type": "hello"})
        assert again.close_code() == 4508
        inbox = server.http.get("/api/v1/inbox", headers={"Authorization": f"Bearer {token}"})
        assert (inbox.status_code, inbox.json()["code"]) == (403, "blocked")
    pair.there.post({"users": [alice]}, title="while blocked")
    assert still_open(spared)
    assert pair.order("unblock", user=alice)["people"] == 1
    back = browser(pair.there, token=tokens[0]).hello(after=sockets[0])
    assert back.titles(1) == ["while blocked"]


def test_block_that_was_only_stored_is_noticed_too(pair: Pair, browser: Browser, alice: str) -> None:
    """No order and no wake-up: each server asks about all of its people."""
    socket = browser(pair.there, alice).hello()
    code = "from django.utils import timezone; from notifier.blocking import put;"
    done = pair.here.manage("shell", "-c", f"{code} put({alice!r}, until=None, reason='', by='x')")
    assert done.returncode == 0, done.stderr
    assert closed_in_time(socket) == 4508


def test_block_ends_by_itself(pair: Pair, browser: Browser, alice: str) -> None:
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3))
    pair.order("block", user=alice, until=until)
    refused = browser(pair.there, alice)
    refused.send({"type": "hello"})
    assert refused.close_code() == 4508
    time.sleep(3.1)
    assert browser(pair.there, alice).hello().welcome["user"] == alice


def test_disconnected_person_may_come_back(pair: Pair, browser: Browser, alice: str) -> None:
    """4007 on both servers, also for sockets of one topic; whoever connects afterwards is left alone."""
    sockets = [browser(server, alice).hello() for server in pair]
    topical = browser(pair.there, alice, topics=["room.*"], path="/ws/topics/room.lobby/").hello()
    pair.order("disconnect", user=alice)
    assert [closed_in_time(socket) for socket in (*sockets, topical)] == [4007, 4007, 4007]
    back = [browser(server, alice).hello() for server in pair]
    time.sleep(3.5)
    assert all(still_open(socket) for socket in back)


def test_one_connection_is_closed_and_the_other_stays(pair: Pair, browser: Browser, alice: str) -> None:
    first, second = browser(pair.there, alice).hello(), browser(pair.there, alice).hello()
    pair.order("disconnect", connection=first.welcome["connection"])
    assert closed_in_time(first) == 4007
    assert still_open(second)


def test_banner_is_shown_live_and_to_those_who_come_later(pair: Pair, browser: Browser, alice: str) -> None:
    """On both servers, and taken down on both; with an end it goes by itself."""
    sockets = [browser(server, alice).hello() for server in pair]
    assert all("banner" not in socket.welcome for socket in sockets)
    pair.order("banner", text="Maintenance at 18:00", level="warning")
    for socket in sockets:
        frame = socket.until("banner", seconds=5)
        assert (frame["text"], frame["level"], frame["until"]) == ("Maintenance at 18:00", "warning", None)
    late = browser(pair.there, alice).hello()
    assert late.welcome["banner"] == {"text": "Maintenance at 18:00", "level": "warning", "until": None}
    plain = browser(pair.here, alice, path="/ws/notifications/?live").await_welcome()
    assert plain.welcome["banner"]["text"] == "Maintenance at 18:00"
    pair.order("banner", text=None)
    for socket in (*sockets, late):
        assert socket.until("banner", seconds=5) == {"type": "banner"}
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 4))
    pair.order("banner", text="Soon over", until=until)
    assert sockets[0].until("banner", seconds=5)["until"] == until
    assert sockets[0].until("banner", seconds=8) == {"type": "banner"}
    assert "banner" not in browser(pair.here, alice).hello().welcome


def test_drained_server_lets_its_sockets_go_and_stays_up(pair: Pair, browser: Browser, alice: str) -> None:
    """The other one is not concerned; and it takes sockets again when it is told to."""
    leaving, staying = browser(pair.there, alice).hello(), browser(pair.here, alice).hello()
    wait_for_presence(pair.here, alice, 2)
    listed = pair.here.http.get("/api/v1/presence", params={"prefix": alice}).json()["connections"]
    (drained,) = [facts["server"] for facts in listed if facts["connection"] == leaving.welcome["connection"]]
    done = pair.order("drain", server=drained)
    assert done["connections"] == 1
    assert closed_in_time(leaving) == 4000
    assert browser(pair.there, alice).close_code() == 4000
    assert pair.there.http.get("/healthz").status_code == 200
    assert still_open(staying)
    pair.order("resume", server=drained)
    give_up = time.monotonic() + 5
    while True:
        try:
            assert browser(pair.there, alice).hello().welcome["user"] == alice
            break
        except ConnectionClosed:
            assert time.monotonic() < give_up
            time.sleep(0.2)


def test_test_notification_arrives(pair: Pair, browser: Browser, alice: str) -> None:
    socket = browser(pair.there, alice).hello()
    done = pair.order("test", user=alice)
    assert (done["people"], str(done["notification"])[:4]) == (1, "ntf_")
    (frame,) = socket.notifications(1)
    assert frame["notification"]["category"] == "test"
    assert frame["notification"]["id"] == done["notification"]


def test_orders_reach_servers_while_redis_hangs(
    new_server: Start, postgres: Postgres, browser: Browser, alice: str
) -> None:
    """The database carries them; the layer only hastens them."""
    redis = Redis()
    try:
        server = new_server("uvicorn", **scaled_out(postgres, redis))
        socket = browser(server, alice).hello()
        redis.kill()
        answer = server.http.post("/api/v1/ops/disconnect", json={"user": alice})
        assert (answer.status_code, answer.json()["connections"]) == (200, None)
        assert closed_in_time(socket) == 4007
    finally:
        redis.stop()


def test_commands_reach_the_embedded_server(new_server: Start, browser: Browser, alice: str) -> None:
    """It shares no channel layer with them. Each says what it did and to how many."""
    server = new_server("daphne")
    socket = browser(server, alice).hello()
    said = server.manage("disconnect", alice)
    assert said.stdout.strip() == f"Closed 1 connection of {alice}.", said
    assert socket.close_code() == 4007
    socket = browser(server, alice).hello()
    said = server.manage("disconnect", "--connection", socket.welcome["connection"])
    assert said.stdout.startswith("Closed 1 connection of con_"), said
    socket = browser(server, alice).hello()
    said = server.manage("banner", "Maintenance", "--for", "2h")
    assert "shown on every connected page" in said.stdout
    assert socket.until("banner", seconds=5)["text"] == "Maintenance"
    said = server.manage("block", alice, "--for", "1h")
    assert said.stdout.strip().endswith("Closed 1 connection."), said
    assert socket.close_code() == 4508
    assert server.manage("unblock", alice).stdout.strip() == f"{alice} is no longer blocked."
    assert browser(server, alice).hello().welcome["banner"]["text"] == "Maintenance"


def test_commands_handle_keys_on_postgresql(pair: Pair) -> None:
    """Create, rotate, list, revoke; the requests go as the list says."""

    def status(key: str) -> int:
        headers = {"Authorization": f"Bearer {key}"}
        body = {"to": {"users": ["alice"]}, "title": "x"}
        return httpx.post(
            f"{pair.there.url}/api/v1/notifications", json=body, headers=headers, trust_env=False
        ).status_code

    old = pair.here.manage("createkey", "shop", "--days", "90").stdout.strip()
    prefix = old.split("_")[1]
    rotated = pair.here.manage("rotatekey", prefix, "--hours", "2")
    new = rotated.stdout.strip()
    assert "ends in 2 hours" in rotated.stderr
    assert (status(old), status(new)) == (201, 201)
    again = pair.here.manage("rotatekey", prefix)
    assert again.returncode != 0 and "rotated already" in again.stderr and "Traceback" not in again.stderr
    listed = {row["prefix"]: row for row in json.loads(pair.here.manage("keys", "--json").stdout)}
    assert (listed[prefix]["state"], listed[new.split("_")[1]]["state"]) == ("retiring", "active")
    assert listed[prefix]["last_used"]
    assert "is revoked" in pair.here.manage("revokekey", prefix).stdout
    assert (status(old), status(new)) == (401, 201)
    told = pair.here.manage("keys").stdout
    assert old not in told and new not in told and f"nk_{prefix}_…  revoked" in told
    assert pair.here.manage("revokekey", "nothing").returncode != 0
    log = pair.here.http.get("/api/v1/ops/audit").json()["entries"][:3]
    assert [(entry["action"], entry["actor_kind"]) for entry in log] == [
        ("revoke_key", "command"),
        ("rotate_key", "command"),
        ("create_key", "command"),
    ]
