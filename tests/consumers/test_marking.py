"""Read, unread again, archived: each shows on every socket of the person at once, whichever device or page did it."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.real.server import Server
from tests.real.socket import Socket

Browser = Callable[..., Socket]

LISTS = ("read", "unmarked", "archived", "unarchived")


def state(socket: Socket) -> dict[str, Any]:
    """The next state that tells more than the count, without what is empty in it.

    The sweep may have found the change first, and told the count alone.
    """
    while True:
        frame = socket.until("state", seconds=10)
        if told := {key: frame[key] for key in ("all", *LISTS) if frame[key]}:
            return {"unread": frame["unread"], **told}


def test_every_verb_is_told_to_every_device(server: Server, browser: Browser, alice: str) -> None:
    """With the count after it; what changes nothing is answered with the count alone, to who asked."""
    phone, laptop = browser(server, alice).hello(), browser(server, alice).hello()
    first, second = (server.post({"users": [alice]}, title)["id"] for title in ("one", "two"))
    for socket in (phone, laptop):
        socket.notifications(2)
    steps: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"type": "read", "ids": [first]}, {"unread": 1, "read": [first]}),
        ({"type": "unread", "ids": [first]}, {"unread": 2, "unmarked": [first]}),
        ({"type": "archive", "ids": [first]}, {"unread": 1, "read": [first], "archived": [first]}),
        ({"type": "unarchive", "ids": [first]}, {"unread": 1, "unarchived": [first]}),
        ({"type": "read", "all": True}, {"unread": 0, "all": True}),
        ({"type": "unread", "ids": [first, second]}, {"unread": 2, "unmarked": sorted([first, second])}),
    ]
    for number, (frame, told) in enumerate(steps):
        (phone, laptop)[number % 2].send(frame)
        assert state(phone) == state(laptop) == told
    phone.send({"type": "unarchive", "ids": [first]})
    frame = phone.until("state")
    assert (frame["unread"], [frame[key] for key in LISTS]) == (2, [[], [], [], []])


@pytest.mark.parametrize("verb", ["unread", "archive", "unarchive"])
def test_verb_over_rest_is_told_to_sockets(server: Server, browser: Browser, alice: str, verb: str) -> None:
    """As over a socket. A page without one is answered with the count."""
    socket = browser(server, alice).hello()
    name = server.post({"users": [alice]}, "one")["id"]
    socket.notifications(1)
    with httpx.Client(base_url=server.url, trust_env=False) as page:
        page.headers["Authorization"] = f"Bearer {server.token(alice)}"

        def mark(what: str) -> int:
            answer = page.post(f"/api/v1/inbox/{what}", json={"ids": [name]})
            assert answer.status_code == 200, answer.text
            return int(answer.json()["unread"])

        first = {"unread": "read", "archive": "", "unarchive": "archive"}[verb]
        if first:
            assert mark(first) == 0
            state(socket)
        expected: dict[str, dict[str, Any]] = {
            "unread": {"unread": 1, "unmarked": [name]},
            "archive": {"unread": 0, "read": [name], "archived": [name]},
            "unarchive": {"unread": 0, "unarchived": [name]},
        }
        assert mark(verb) == expected[verb]["unread"]
        assert state(socket) == expected[verb]


def test_why_and_receipts_know_nothing_of_it(server: Server, browser: Browser, alice: str) -> None:
    """To be unread again or archived changes nothing of when it was first read."""
    socket = browser(server, alice).hello()
    name = server.post({"users": [alice]}, "one")["id"]
    socket.notifications(1)
    socket.send({"type": "read", "ids": [name]})
    socket.until("state")
    read = server.http.get(f"/api/v1/notifications/{name}/receipts").json()["receipts"][0]["read"]
    assert read
    for verb in ("unread", "archive", "unarchive"):
        socket.send({"type": verb, "ids": [name]})
        socket.until("state")
        receipt = server.http.get(f"/api/v1/notifications/{name}/receipts").json()["receipts"][0]
        assert (receipt["state"], receipt["read"]) == ("read", read)
