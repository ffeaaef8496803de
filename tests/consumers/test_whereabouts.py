"""What a connection tells of itself, and what operators are told of it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from tests.conftest import EACH_ONCE
from tests.real.processes import wait_until
from tests.real.server import Server
from tests.real.socket import Socket

Browser = Callable[..., Socket]

STACKS = EACH_ONCE

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


def seen(server: Server, user: str) -> dict[str, Any]:
    for _ in range(10):
        answer = server.http.get(f"/api/v1/presence/{quote(user, safe='')}")
        if answer.status_code != 503:
            break
        # A machine that is busy lets Redis wait longer than the server waits for it.
        time.sleep(int(answer.headers["Retry-After"]))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def becomes(server: Server, user: str, **told: Any) -> dict[str, Any]:
    """The person's one connection, once it is known to be so."""

    def is_so() -> bool:
        connections = seen(server, user)["connections"]
        return len(connections) == 1 and all(connections[0][name] == value for name, value in told.items())

    wait_until(is_so, what=f"{told}", seconds=12)
    facts: dict[str, Any] = seen(server, user)["connections"][0]
    return facts


def test_operators_see_what_a_connection_told(server: Server, browser: Browser, alice: str) -> None:
    """From its hello on, and what changes within a few seconds."""
    socket = browser(server, alice, headers={"User-Agent": AGENT})
    socket.hello(client="notifier.js/0.1.0", page="/orders/1042?token=secret#part", visible=True)
    facts = becomes(server, alice, page="/orders/1042")
    assert facts["connection"] == socket.welcome["connection"]
    assert facts["recipient"] == alice
    assert facts["address"] == "127.0.0.1"
    assert (facts["agent"], facts["browser"]) == (AGENT, "Firefox 145 on Linux")
    assert facts["client"] == "notifier.js/0.1.0"
    assert (facts["visible"], facts["transport"], facts["streams"], facts["queue"]) == (True, "websocket", 2, 0)
    assert facts["server"].startswith("srv_")
    assert (facts["acked_at"], facts["rtt"]) == (None, None)
    assert datetime.now(UTC) - datetime.fromisoformat(facts["since"]) < timedelta(seconds=30)

    socket.send({"type": "page", "visible": False})
    assert becomes(server, alice, visible=False)["page"] == "/orders/1042"
    socket.send({"type": "page", "page": "/", "visible": True})
    socket.send({"type": "ping", "rtt": 41})
    becomes(server, alice, page="/", visible=True, rtt=41)

    server.post({"users": [alice]})
    socket.until("notification")
    becomes(server, alice, queue=1)
    before = datetime.now(UTC)
    socket.ack()
    acked_at = becomes(server, alice, queue=0, rtt=41)["acked_at"]
    assert abs(datetime.fromisoformat(acked_at) - before) < timedelta(seconds=5)
    socket.close()
    wait_until(lambda: not seen(server, alice)["online"], what="alice to be offline", seconds=5)


def test_client_that_tells_nothing_is_seen_all_the_same(server: Server, browser: Browser, alice: str) -> None:
    """A plain one, and an older one: nobody knows where they are."""
    browser(server, alice, path="/ws/notifications/?live").await_welcome()
    facts = becomes(server, alice, page="")
    assert (facts["visible"], facts["rtt"], facts["client"]) == (None, None, "")


@pytest.mark.parametrize("user", ["a/b", "a,b", "Zoë 🎉", "presence", "..x", "%2F", "a?b=c", " "])
def test_person_of_any_name_is_found(server: Server, browser: Browser, alice: str, user: str) -> None:
    user = f"{alice} {user}"
    browser(server, user).hello()
    wait_until(lambda: bool(seen(server, user)["online"]), what="the person to be online")
    found = seen(server, user)
    assert (found["user"], found["online"], found["total"]) == (user, True, 1)
    page = server.http.get("/api/v1/presence", params={"prefix": user}).json()
    assert [facts["recipient"] for facts in page["connections"]] == [user]


def test_people_are_asked_for_by_name_or_page_by_page(server: Server, browser: Browser, alice: str, bob: str) -> None:
    """Each of those asked for, online or not; and all who are, in the order of their ids."""
    for user in (f"{alice}-2", f"{alice}-1", bob, f"{alice}-1"):
        browser(server, user).hello()
    asked = f"{alice}-2,{alice}-3,{bob},{alice}-1,{bob}"
    expected = [
        {"user": f"{alice}-2", "online": True, "connections": 1},
        {"user": f"{alice}-3", "online": False, "connections": 0},
        {"user": bob, "online": True, "connections": 1},
        {"user": f"{alice}-1", "online": True, "connections": 2},
    ]

    def told() -> Any:
        return server.http.get("/api/v1/presence", params={"users": asked}).json()["users"]

    wait_until(lambda: bool(told() == expected), what="all to be online")
    page = server.http.get("/api/v1/presence", params={"prefix": alice, "limit": 1}).json()
    assert [facts["recipient"] for facts in page["connections"]] == [f"{alice}-1"] * 2
    assert page["people"] >= 3 and page["total"] >= 4
    last = server.http.get("/api/v1/presence", params={"prefix": alice, "limit": 1, "cursor": page["next"]}).json()
    assert [facts["recipient"] for facts in last["connections"]] == [f"{alice}-2"]
    assert last["next"] is None
