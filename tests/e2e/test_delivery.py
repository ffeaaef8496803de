"""The delivery suite: the same promises on each server and each size."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed

from tests.real.processes import wait_until
from tests.real.server import Server
from tests.real.socket import Socket

Browser = Callable[..., Socket]


def test_post_reaches_the_open_browser(server: Server, browser: Browser, alice: str) -> None:
    """One POST, one frame, with what the backend said."""
    socket = browser(server, alice).hello()
    answer = server.post({"users": [alice]}, "Deploy finished", body="api 2.4.1", level="success", data={"build": 42})
    assert (answer["addressed"], answer["online"]) == (1, 1)
    frame = socket.until("notification")
    assert (frame["stream"], frame["seq"], frame["replayed"]) == (f"user:{alice}", 1, False)
    told = frame["notification"]
    assert told["id"] == answer["id"]
    assert (told["title"], told["body"], told["level"], told["data"]) == (
        "Deploy finished",
        "api 2.4.1",
        "success",
        {"build": 42},
    )


def test_nobody_else_gets_it(server: Server, browser: Browser, alice: str, bob: str) -> None:
    """A notification to bob is none of alice's business."""
    socket = browser(server, alice).hello()
    server.post({"users": [bob]})
    assert socket.quiet()


def test_every_tab_gets_it(server: Server, browser: Browser, alice: str) -> None:
    """Two tabs of one person both get each notification."""
    tabs = [browser(server, alice).hello() for _ in range(2)]
    server.post({"users": [alice]}, "both")
    assert [tab.titles(1) for tab in tabs] == [["both"], ["both"]]


def test_missed_arrives_on_return(server: Server, browser: Browser, alice: str) -> None:
    """What was sent while the browser was away arrives when it comes back, in order, marked as replayed, and once."""
    first = browser(server, alice).hello()
    server.post({"users": [alice]}, "seen")
    assert first.titles(1) == ["seen"]
    first.close()
    for number in range(3):
        server.post({"users": [alice]}, f"missed {number}")
    back = browser(server, alice).hello(after=first)
    assert back.welcome["recovered"]
    missed = back.notifications(3)
    assert [frame["notification"]["title"] for frame in missed] == ["missed 0", "missed 1", "missed 2"]
    assert all(frame["replayed"] for frame in missed)
    server.post({"users": [alice]}, "live again")
    live = back.until("notification")
    assert (live["notification"]["title"], live["replayed"]) == ("live again", False)


def test_first_visit_gets_what_was_sent_before_it(server: Server, browser: Browser, alice: str) -> None:
    """Somebody who never connected is owed what was addressed to them."""
    server.post({"users": [alice]}, "before you came")
    assert browser(server, alice).hello().titles(1) == ["before you came"]


def test_new_browser_starts_where_the_person_left_off(server: Server, browser: Browser, alice: str) -> None:
    """What one browser acknowledged is not shown again on another one that has no cursor."""
    first = browser(server, alice).hello()
    server.post({"users": [alice]}, "acknowledged")
    assert first.titles(1) == ["acknowledged"]
    server.post({"users": [alice]}, "not yet")
    for _ in range(20):  # acknowledgements are written once a second
        second = browser(server, alice).hello()
        if second.welcome["streams"][f"user:{alice}"] == 1:
            break
        second.close()
        first.quiet(seconds=0.2)
    assert second.titles(1) == ["not yet"]


def test_500_missed_arrive_all_in_order(server: Server, browser: Browser, alice: str) -> None:
    """A backlog beyond the flow-control window arrives whole, as acknowledgements make room."""
    first = browser(server, alice).hello()
    first.close()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: server.post({"users": [alice]}, f"{number}"), range(500)))
    back = browser(server, alice).hello(after=first)
    frames = back.notifications(500, seconds=30)
    assert [frame["seq"] for frame in frames] == list(range(1, 501))
    assert {frame["notification"]["title"] for frame in frames} == {str(number) for number in range(500)}
    assert back.quiet()


def test_unacknowledged_client_is_sent_256_and_no_more(server: Server, browser: Browser, alice: str) -> None:
    """Past the window the database is the queue; an acknowledgement lets it go on."""
    first = browser(server, alice).hello()
    first.close()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: server.post({"users": [alice]}, f"{number}"), range(300)))
    back = browser(server, alice).hello(after=first)
    for _ in range(256):
        back.until("notification")
    assert back.quiet()
    server.post({"users": [alice]}, "not now")
    assert back.quiet()
    back.ack()
    assert back.titles(45)[-1] == "not now"


def test_topic_reaches_its_followers(server: Server, browser: Browser, alice: str, bob: str) -> None:
    """Following begins now: what was sent to the topic before stays unseen, what comes after arrives."""
    topic = f"order:{uuid4().hex}"
    server.post({"topics": [topic]}, "too early")
    follower = browser(server, alice, topics=["order:*"]).hello()
    stranger = browser(server, bob, topics=["order:*"]).hello()
    follower.send({"type": "follow", "topic": topic})
    followed = follower.until("followed")
    assert (followed["stream"], followed["seq"]) == (f"topic:{topic}", 1)
    answer = server.post({"topics": [topic]}, "shipped")
    assert (answer["addressed"], answer["online"]) == (1, 1)
    assert follower.titles(1) == ["shipped"]
    assert stranger.quiet()
    follower.send({"type": "unfollow", "topic": topic})
    follower.until("unfollowed")
    server.post({"topics": [topic]}, "no more")
    assert follower.quiet()


def test_following_holds_on_every_device_and_over_reconnects(server: Server, browser: Browser, alice: str) -> None:
    """A topic followed in one tab arrives in the others, and after coming back."""
    topic = f"room.{uuid4().hex}"
    first, second = (browser(server, alice, topics=["room.*"]).hello() for _ in range(2))
    first.send({"type": "follow", "topic": topic})
    first.until("followed")
    second.until("followed")
    server.post({"topics": [topic]}, "hello room")
    assert first.titles(1) == second.titles(1) == ["hello room"]
    first.close()
    server.post({"topics": [topic]}, "while away")
    assert browser(server, alice, topics=["room.*"]).hello(after=first).titles(1) == ["while away"]


def test_everyone_gets_an_announcement(server: Server, browser: Browser, alice: str, bob: str) -> None:
    """One entry, whatever the audience."""
    sockets = [browser(server, name).hello() for name in (alice, bob)]
    title = uuid4().hex
    server.post({"everyone": True}, title)
    assert [socket.titles(1) for socket in sockets] == [[title], [title]]


def test_topic_socket_carries_its_topic_alone(server: Server, browser: Browser, alice: str) -> None:
    """`/ws/topics/<topic>/` is bound to its topic by its address, and resumes by cursor."""
    topic = f"room.{uuid4().hex}"
    room = browser(server, alice, topics=["room.*"], path=f"/ws/topics/{topic}/").hello()
    assert list(room.welcome["streams"]) == [f"topic:{topic}"]
    server.post({"users": [alice]}, "not here")
    server.post({"topics": [topic]}, "here")
    assert room.titles(1) == ["here"]
    room.close()
    server.post({"topics": [topic]}, "while away")
    back = browser(server, alice, topics=["room.*"], path=f"/ws/topics/{topic}/").hello(after=room)
    assert back.titles(1) == ["while away"]


def test_plain_client_gets_what_comes_from_now_on(server: Server, browser: Browser, alice: str) -> None:
    """`?live`: no hello, no acknowledgements, no subprotocol needed beyond the token."""
    server.post({"users": [alice]}, "before")
    plain = browser(server, alice, path="/ws/notifications/?live", subprotocols=[]).await_welcome()
    for number in range(300):
        server.post({"users": [alice]}, f"{number}")
    assert [plain.until("notification")["notification"]["title"] for _ in range(300)] == [str(n) for n in range(300)]


def test_read_here_shows_there(server: Server, browser: Browser, alice: str) -> None:
    """What is read on one device is read on the others at once, with the same count."""
    phone, laptop = (browser(server, alice).hello() for _ in range(2))
    first, second = (server.post({"users": [alice]}, title)["id"] for title in ("one", "two"))
    phone.notifications(2)
    laptop.notifications(2)
    phone.send({"type": "read", "ids": [first]})
    for device in (phone, laptop):
        state = device.until("state")
        assert (state["unread"], state["read"], state["all"]) == (1, [first], False)
    laptop.send({"type": "read", "all": True})
    for device in (phone, laptop):
        state = device.until("state")
        assert (state["unread"], state["all"]) == (0, True)
    inbox = server.http.get("/api/v1/inbox", headers={"Authorization": f"Bearer {server.token(alice)}"}).json()
    assert [(item["id"], item["read"]) for item in inbox["notifications"]] == [(second, True), (first, True)]
    assert inbox["unread"] == 0


def test_epoch_of_another_history_is_reset_and_sent_again(server: Server, browser: Browser, alice: str) -> None:
    """Cursors of another epoch mean nothing: an explicit reset, and what is kept is sent again."""
    first = browser(server, alice).hello()
    server.post({"users": [alice]}, "kept")
    first.titles(1)
    first.close()
    first.epoch = "another"
    back = browser(server, alice).hello(after=first)
    assert not back.welcome["recovered"]
    reset = back.until("reset")
    assert (reset["oldest"], reset["seq"]) == (1, 0) or reset["stream"] == "everyone"
    assert back.titles(1) == ["kept"]


def test_cursor_from_the_future_is_reset(server: Server, browser: Browser, alice: str) -> None:
    """A cursor beyond the stream's end is not honoured, and nothing that comes is lost for it."""
    first = browser(server, alice).hello()
    server.post({"users": [alice]}, "kept")
    first.titles(1)
    first.cursors[f"user:{alice}"] = 1_000_000
    back = browser(server, alice).hello(after=first)
    assert not back.welcome["recovered"]
    reset = back.until("reset")
    assert (reset["stream"], reset["seq"]) == (f"user:{alice}", 0)
    assert back.titles(1) == ["kept"]


@pytest.mark.parametrize("user", ["with space", "a/b?c#d", "Ünïcode 🎉", "user:x", "x" * 128, "%2e%2e", "__proto__"])
def test_any_id_of_a_backend_is_a_recipient(server: Server, browser: Browser, user: str) -> None:
    """Nothing is assumed about a recipient's id."""
    user = user if len(user) > 120 else f"{user}{uuid4().hex[:6]}"
    socket = browser(server, user).hello()
    assert socket.welcome["user"] == user
    server.post({"users": [user, user]}, "yours")
    assert socket.titles(1) == ["yours"] or len(user) > 120
    assert socket.quiet(seconds=0.3)


def test_large_audience_is_one_post(server: Server, browser: Browser, alice: str) -> None:
    """10,000 recipients in one POST; the one who is online gets it."""
    socket = browser(server, alice).hello()
    # Servers tell each other who is here a moment after the welcome.
    wait_until(lambda: server.http.get(f"/api/v1/presence/{alice}").json()["online"], what="alice to be online")
    prefix = uuid4().hex
    others = [f"{prefix}-{number}" for number in range(9_999)]
    answer = server.post({"users": [*others, alice]}, "to many")
    assert (answer["addressed"], answer["online"]) == (10_000, 1)
    assert socket.titles(1) == ["to many"]


def test_sigkilled_client_and_closed_socket_leave_no_trace(server: Server, browser: Browser, alice: str) -> None:
    """Who is gone is not online."""
    socket = browser(server, alice).hello()
    wait_until(lambda: server.post({"users": [alice]})["online"] == 1, what="alice to be online", seconds=5)
    socket.raw.socket.close()
    wait_until(lambda: server.post({"users": [alice]})["online"] == 0, what="alice to be offline", seconds=5)


def test_idle_socket_stays_open(server: Server, browser: Browser, alice: str) -> None:
    """Silence is no reason to be closed, nor to go deaf."""
    socket = browser(server, alice).hello()
    with pytest.raises((TimeoutError, ConnectionClosed)):
        socket.receive(seconds=8)
    server.post({"users": [alice]}, "still there?")
    assert socket.titles(1) == ["still there?"]
