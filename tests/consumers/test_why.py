"""Why a notification did not arrive: each case planted with real sockets on a real server, and answered in words with its code."""

import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.conftest import EACH_ONCE
from tests.real.processes import wait_until
from tests.real.server import Server
from tests.real.socket import Socket

Browser = Callable[..., Socket]

STACKS = EACH_ONCE
Frame = dict[str, Any]

OLD = """
from notifier.content import Draft
from notifier.ids import show_notification_id
from notifier.publishing import publish
from tests.notifier.ageing import days_ago
with days_ago(40):
    print(show_notification_id(publish(Draft.parse({"to": {"users": ["%s"]}, "title": "old"})).id))
"""


def why(server: Server, notification: Frame | str, user: str) -> Frame:
    identity = notification if isinstance(notification, str) else notification["id"]
    answer = server.http.get(f"/api/v1/notifications/{identity}/why", params={"user": user})
    assert answer.status_code == 200, answer.text
    found: Frame = answer.json()
    assert found["detail"].endswith((".", "?"))
    return found


def becomes(server: Server, notification: Frame, user: str, code: str) -> Frame:
    """Wait until this is the answer, and if it has arrived, until the receipt tells when."""

    def is_so() -> bool:
        answer = why(server, notification, user)
        return answer["code"] == code and (code != "delivered" or answer["delivered"] is not None)

    wait_until(is_so, what=code, seconds=20)
    return why(server, notification, user)


def follow(socket: Socket, topic: str) -> None:
    socket.send({"type": "follow", "topic": topic})
    socket.until("followed")


@pytest.mark.parametrize("wrong", ["ntf_" + digits * 8 for digits in ("0000", "ffff", "4a7b")])
def test_wrong_id(server: Server, wrong: str) -> None:
    answer = why(server, wrong, "alice")
    assert (answer["code"], answer["state"], answer["published"]) == ("unknown_notification", None, None)


def test_never_addressed_says_to_whom_it_went(server: Server, browser: Browser, alice: str, bob: str) -> None:
    browser(server, alice).hello()
    answer = why(server, server.post({"users": [bob]}), alice)
    assert answer["code"] == "not_addressed"
    assert f"It went to {bob}." in answer["detail"]
    crowd = why(server, server.post({"users": [f"{bob}-{number}" for number in range(9)]}), alice)
    assert "and 4 others." in crowd["detail"]


def test_never_connected(server: Server, alice: str) -> None:
    sent = server.post({"users": [alice]})
    answer = why(server, sent, alice)
    assert (answer["code"], answer["state"], answer["published"]) == ("never_connected", "addressed", sent["created"])
    assert why(server, server.post({"everyone": True}), alice)["code"] == "never_connected"


def test_offline_since(server: Server, browser: Browser, alice: str) -> None:
    socket = browser(server, alice).hello()
    began = time.time()
    socket.close()
    sent = server.post({"users": [alice]})
    answer = becomes(server, sent, alice, "offline_since")
    assert answer["since"][:10] in answer["detail"]
    wait_until(lambda: _unix(why(server, sent, alice)["since"]) > began - 0.1, what="the leaving to be written")


def test_sent_and_not_acknowledged(server: Server, browser: Browser, alice: str) -> None:
    """While connected and afterwards; with the last acknowledgement of anything."""
    socket = browser(server, alice).hello()
    first = server.post({"users": [alice]})
    socket.notifications(1)
    delivered = becomes(server, first, alice, "delivered")["delivered"]
    sent = server.post({"users": [alice]})
    socket.until("notification")
    answer = becomes(server, sent, alice, "sent_not_acknowledged")
    assert answer["last_ack"] == delivered
    assert answer["since"] == answer["sent"] is not None
    assert "They are connected." in answer["detail"]
    socket.close()
    wait_until(lambda: "not connected since" in why(server, sent, alice)["detail"], what="alice to be offline")


def test_behind(server: Server, browser: Browser, alice: str) -> None:
    """On its way at first; then it is clear that what is before it holds it up."""
    socket = browser(server, alice).hello()
    for _ in range(257):
        sent = server.post({"users": [alice]})
    assert why(server, sent, alice)["code"] == "on_its_way"
    answer = becomes(server, sent, alice, "behind")
    assert "256 notifications" in answer["detail"]
    assert answer["sent"] is answer["last_ack"] is None
    socket.notifications(257)
    becomes(server, sent, alice, "delivered")


def test_beyond_retention(server: Server, browser: Browser, alice: str) -> None:
    """Pruned before it was fetched."""
    planted = server.manage("shell", "-v0", "-c", OLD % alice)
    assert planted.returncode == 0, planted.stderr
    notification = planted.stdout.strip()
    assert why(server, notification, alice)["code"] == "never_connected"
    assert server.manage("prune").returncode == 0
    browser(server, alice).hello()
    answer = why(server, notification, alice)
    assert answer["code"] == "beyond_retention"
    assert 39 < (time.time() - _unix(answer["published"])) / 86_400 < 41


def test_topic_that_is_not_followed(server: Server, browser: Browser, alice: str) -> None:
    browser(server, alice).hello()
    answer = why(server, server.post({"topics": [f"room.{alice}"]}), alice)
    assert answer["code"] == "topic_not_followed"
    assert f"room.{alice}" in answer["detail"]


def test_followed_or_first_here_only_afterwards(server: Server, browser: Browser, alice: str) -> None:
    topic = f"room.{alice}"
    to_topic, to_all = server.post({"topics": [topic]}), server.post({"everyone": True})
    follow(browser(server, alice, topics=["room.*"]).hello(), topic)
    for sent, words in ((to_topic, f"the topic {topic}"), (to_all, "first here")):
        answer = why(server, sent, alice)
        assert answer["code"] == "followed_later"
        assert words in answer["detail"]


def test_topic_that_the_credential_does_not_grant(server: Server, browser: Browser, alice: str) -> None:
    """Whatever else was granted; a notification that comes by another way too is not held up."""
    topic = f"room.{alice}"
    first = browser(server, alice, topics=[topic]).hello()
    follow(first, topic)
    first.close()
    second = browser(server, alice, topics=["other.*"]).hello()
    sent = server.post({"topics": [topic]})
    assert topic in becomes(server, sent, alice, "not_granted")["detail"]
    both = server.post({"topics": [topic], "users": [alice]})
    second.notifications(1)
    becomes(server, both, alice, "delivered")


def test_it_did_arrive(server: Server, browser: Browser, alice: str) -> None:
    socket = browser(server, alice).hello()
    sent = server.post({"users": [alice]})
    socket.notifications(1)
    answer = becomes(server, sent, alice, "delivered")
    assert sent["created"] <= answer["sent"] <= answer["delivered"]
    socket.send({"type": "read", "ids": [sent["id"]]})
    wait_until(lambda: why(server, sent, alice)["state"] == "read", what="it to be read")
    assert "read at" in why(server, sent, alice)["detail"]


def test_connected_to_one_topic_only(server: Server, browser: Browser, alice: str) -> None:
    """Such a socket carries nothing else."""
    browser(server, alice, topics=["room.*"], path=f"/ws/topics/room.{alice}/").hello()
    sent = server.post({"users": [alice]})
    assert why(server, sent, alice)["code"] in {"on_its_way", "offline_since", "never_connected"}
    assert "bound to a topic" in becomes(server, sent, alice, "not_sent")["detail"]


def test_command_says_the_same(server: Server, browser: Browser, alice: str) -> None:
    browser(server, alice).hello()
    sent = server.post({"users": [alice]})
    becomes(server, sent, alice, "sent_not_acknowledged")
    said = server.manage("why", alice, sent["id"])
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("sent_not_acknowledged: It was sent to a browser of ")
    found = json.loads(server.manage("why", alice, sent["id"], "--json").stdout)
    assert found == why(server, sent, alice)


def test_who_may_ask(server: Server, alice: str) -> None:
    sent = server.post({"users": [alice]})
    address = f"/api/v1/notifications/{sent['id']}/why"
    assert server.http.get(address).json()["errors"][0]["pointer"] == "#/user"
    token = {"Authorization": f"Bearer {server.token(alice)}"}
    assert server.http.get(address, params={"user": alice}, headers=token).status_code == 401


def _unix(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
