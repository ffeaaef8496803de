"""Receipts from end to end: what sockets do, and what the API then tells, on each stack."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import EACH_ONCE
from tests.real.processes import wait_until
from tests.real.server import Server
from tests.real.socket import Socket

Browser = Callable[..., Socket]

STACKS = EACH_ONCE
Frame = dict[str, Any]


def receipts(server: Server, notification: Frame) -> dict[str, Frame]:
    answer = server.http.get(f"/api/v1/notifications/{notification['id']}/receipts?limit=1000")
    assert answer.status_code == 200, answer.text
    assert answer.json()["next"] is None
    return {receipt["user"]: receipt for receipt in answer.json()["receipts"]}


def counts(server: Server, notification: Frame) -> list[int]:
    found = server.http.get(f"/api/v1/notifications/{notification['id']}").json()
    return [found[name] for name in ("addressed", "delivered", "seen", "read")]


def becomes(server: Server, notification: Frame, user: str, state: str, *, time_of: str = "") -> Frame:
    """Wait until this is how far it came with the person, with the time of that step; the receipt."""
    step = time_of or state

    def is_so() -> bool:
        receipt = receipts(server, notification).get(user, {"state": None})
        return receipt["state"] == state and (step == "addressed" or receipt[step] is not None)

    wait_until(is_so, what=f"the receipt to say {state}", seconds=15)
    return receipts(server, notification)[user]


def test_each_step_has_its_time(server: Server, browser: Browser, alice: str, bob: str) -> None:
    """Sent and delivered by the socket, seen and read by the client; bob was never here."""
    socket = browser(server, alice).hello()
    sent = server.post({"users": [alice, bob]})
    assert counts(server, sent) == [2, 0, 0, 0]
    socket.notifications(1)
    receipt = becomes(server, sent, alice, "delivered")
    assert sent["created"] <= receipt["sent"] <= receipt["delivered"]
    assert receipt["seen"] is receipt["read"] is None
    assert counts(server, sent) == [2, 1, 0, 0]
    socket.send({"type": "seen", "ids": [sent["id"]]})
    seen = becomes(server, sent, alice, "seen")
    assert receipt["delivered"] <= seen["seen"]
    socket.send({"type": "seen", "ids": [sent["id"]]})
    socket.send({"type": "read", "ids": [sent["id"]]})
    socket.until("state")
    read = becomes(server, sent, alice, "read")
    assert {**read, "state": "seen", "read": None} == seen
    assert counts(server, sent) == [2, 1, 1, 1]
    assert receipts(server, sent)[bob] == {
        "user": bob, "state": "addressed", "sent": None, "delivered": None, "seen": None, "read": None
    }  # fmt: skip


def test_first_device_that_acknowledges_counts(server: Server, browser: Browser, alice: str) -> None:
    """What the second one does later, or what is sent again to a client that comes back, changes no time."""
    first, second = (browser(server, alice).hello() for _ in range(2))
    before = dict(first.cursors)
    sent = server.post({"users": [alice]})
    first.notifications(1)
    receipt = becomes(server, sent, alice, "delivered")
    second.notifications(1)
    first.close()
    first.cursors = before
    assert browser(server, alice).hello(after=first).notifications(1)[0]["replayed"]
    time.sleep(2.5)
    later = receipts(server, sent)[alice]
    assert later["delivered"] == receipt["delivered"]
    assert later["sent"] <= receipt["sent"]  # of two tabs either may have been first


def test_topic_and_everyone_have_a_receipt_for_each_person(
    server: Server, browser: Browser, alice: str, bob: str
) -> None:
    topic = f"room.{alice}"
    sockets = {user: browser(server, user, topics=["room.*"]).hello() for user in (alice, bob)}
    sockets[alice].send({"type": "follow", "topic": topic})
    sockets[alice].until("followed")
    to_topic, to_all = server.post({"topics": [topic]}), server.post({"everyone": True})
    sockets[alice].notifications(2)
    assert sockets[bob].notifications(1)[0]["stream"] == "everyone"
    becomes(server, to_topic, alice, "delivered")
    assert list(receipts(server, to_topic)) == [alice]
    for user in (alice, bob):
        becomes(server, to_all, user, "delivered")


def test_what_is_sent_and_not_acknowledged_is_known_as_sent(
    server: Server, browser: Browser, alice: str, bob: str
) -> None:
    """After some seconds, or when the connection ends; a later acknowledgement still counts."""
    staying, leaving = (browser(server, user).hello() for user in (alice, bob))
    sent = server.post({"users": [alice, bob]})
    for socket in (staying, leaving):
        socket.until("notification")
    leaving.close()
    for user in (alice, bob):
        assert becomes(server, sent, user, "sent")["delivered"] is None
    assert counts(server, sent) == [2, 0, 0, 0]
    staying.ack()
    becomes(server, sent, alice, "delivered")


def test_plain_client_acknowledges_nothing(server: Server, browser: Browser, alice: str) -> None:
    socket = browser(server, alice, path="/ws/notifications/?live").await_welcome()
    sent = server.post({"users": [alice]})
    socket.until("notification")
    becomes(server, sent, alice, "sent")
    time.sleep(1.5)
    assert receipts(server, sent)[alice]["delivered"] is None


def test_client_that_comes_back_tells_by_its_cursor_what_it_handled(
    server: Server, browser: Browser, alice: str
) -> None:
    """Its acknowledgement was lost with the connection."""
    socket = browser(server, alice).hello()
    sent = [server.post({"users": [alice]}, str(number)) for number in range(3)]
    for _ in range(2):
        socket.until("notification")
    socket.close()
    again = browser(server, alice).hello(after=socket)
    assert again.titles(1) == ["2"]
    assert {becomes(server, one, alice, "delivered")["state"] for one in sent} == {"delivered"}


def test_seen_without_a_socket(server: Server, browser: Browser, alice: str) -> None:
    """Over REST, for what is in one's own inbox."""
    mine, other = server.post({"users": [alice]}), server.post({"users": ["somebody"]})
    authorization = {"Authorization": f"Bearer {server.token(alice)}"}

    def see(ids: object) -> Any:
        return server.http.post("/api/v1/inbox/seen", json={"ids": ids}, headers=authorization)

    assert see([mine["id"], other["id"]]).json() == {"seen": 1}
    assert see([mine["id"]]).json() == {"seen": 0}
    assert counts(server, mine) == [1, 1, 1, 0]
    assert counts(server, other) == [1, 0, 0, 0]
    refused = see(["ntf_1"])
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/ids/0")
    assert server.http.post("/api/v1/inbox/seen", json={"ids": [mine["id"]]}).status_code == 403


def test_all_read_at_once_is_read(server: Server, browser: Browser, alice: str) -> None:
    socket = browser(server, alice).hello()
    sent = server.post({"users": [alice]})
    socket.notifications(1)
    socket.send({"type": "read", "all": True})
    becomes(server, sent, alice, "read")
    assert counts(server, sent) == [1, 1, 1, 1]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "cursor=x", "cursor=", "cursor=0", "order=asc", "limit=1&limit=2"]
)
def test_page_of_receipts_that_cannot_be(server: Server, query: str) -> None:
    sent = server.post({"users": ["somebody"]})
    answer = server.http.get(f"/api/v1/notifications/{sent['id']}/receipts?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["errors"][0]["pointer"] == f"#/{query.partition('=')[0]}"


def test_receipts_are_paged_through(server: Server) -> None:
    """In the order of recipients; each once, whatever was asked for."""
    people = sorted(f"reader-{number:03}" for number in range(25))
    sent = server.post({"users": people})
    found, query = list[str](), "limit=10"
    for _ in range(3):
        page = server.http.get(f"/api/v1/notifications/{sent['id']}/receipts?{query}").json()
        found += [receipt["user"] for receipt in page["receipts"]]
        query = f"limit=10&cursor={page['next']}"
    assert found == people
    assert page["next"] is None


@pytest.mark.parametrize(("kept", "patience"), [("all", 0.1), ("people", 2), ("none", 2)])
def test_only_where_there_are_receipts_of_it_clients_hurry_to_acknowledge_what_is_for_many(
    new_server: Callable[..., Server], browser: Browser, alice: str, kept: str, patience: float
) -> None:
    server = new_server("uvicorn", NOTIFIER_RECEIPTS=kept)
    assert browser(server, alice).hello().welcome["patience"] == patience
