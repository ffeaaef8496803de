"""What a socket refuses, and how: each with its documented code, no traceback in the log, and the service goes on."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from websockets.exceptions import ConnectionClosed

from tests.conftest import EACH_ONCE
from tests.real.server import Server
from tests.real.socket import Socket

Browser = Callable[..., Socket]

STACKS = EACH_ONCE


def _error_then_close(socket: Socket) -> tuple[str, str, int]:
    error = socket.until("error")
    assert error["message"]
    return error["code"], error["field"], socket.close_code()


def _claims(**changes: Any) -> dict[str, Any]:
    return {"sub": "mallory", "aud": "notifier", "exp": int(time.time()) + 600, "topics": ["*"], **changes}


def _unsigned() -> str:
    parts = [{"alg": "none", "typ": "JWT"}, _claims()]
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


FORGED = {
    "signed with another secret": jwt.encode(_claims(), "x" * 40, "HS256"),
    "alg none": _unsigned(),
    "not a token": "abc",
    "empty": "",
    "wrong audience": jwt.encode(_claims(aud="another"), "x" * 40, "HS256"),
}


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED.keys())
def test_forged_token_is_unauthorised(server: Server, browser: Browser, token: str) -> None:
    """4500: do not come back with this."""
    assert browser(server, token=token).close_code() == 4500


def test_token_of_the_right_secret_for_another_audience_is_unauthorised(
    server: Server, browser: Browser, alice: str
) -> None:
    """A token is for this service alone, even if it is signed well."""
    good = server.token(alice)
    header, payload, signature = good.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    changed = base64.urlsafe_b64encode(json.dumps({**claims, "sub": "bob"}).encode()).rstrip(b"=").decode()
    assert browser(server, token=f"{header}.{changed}.{signature}").close_code() == 4500


def test_two_tokens_are_unauthorised(server: Server, browser: Browser, alice: str) -> None:
    offered = ["notifier.v1", f"notifier.token.{server.token(alice)}"]
    assert browser(server, alice, subprotocols=offered).close_code() == 4500


def test_nobody_is_unauthorised(server: Server, browser: Browser) -> None:
    """Neither token nor session, from the service's own page."""
    assert browser(server, origin=server.url).close_code() == 4500


def test_no_origin_without_a_token_is_refused(server: Server, browser: Browser) -> None:
    assert browser(server).close_code() == 4502


@pytest.mark.parametrize("with_token", [True, False])
@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://127.0.0.1",
        "https://127.0.0.1:{port}",
        "http://127.0.0.1.evil.example:{port}",
    ],
)
def test_foreign_origin_is_refused(server: Server, browser: Browser, alice: str, origin: str, with_token: bool) -> None:
    """Whole origins are compared: another scheme or port of the same host is foreign."""
    user = alice if with_token else None
    assert browser(server, user, origin=origin.format(port=server.port)).close_code() == 4502


def test_expired_token_is_asked_for_anew_unless_it_was_refreshed(server: Server, browser: Browser, alice: str) -> None:
    """4001 at the end of the token's life, and when an ended one comes; a newer token of the same person prevents it."""
    token = server.http.post("/api/v1/tokens", json={"user": alice, "expires_in": 10}).json()["token"]
    left, refreshed = browser(server, token=token).hello(), browser(server, token=token).hello()
    refreshed.send({"type": "refresh", "token": server.token(alice)})
    assert refreshed.until("refreshed")["expires"] > refreshed.welcome["expires"]
    assert left.close_code(seconds=25) == 4001
    assert browser(server, token=token).close_code() == 4001
    refreshed.send({"type": "ping"})
    assert refreshed.until("pong")


def test_refreshed_token_that_grants_less_takes_its_topics_away(server: Server, browser: Browser, alice: str) -> None:
    """The socket for everything stops carrying the topic; the socket that is bound to it is closed."""
    topic = f"room.{alice}"
    everything = browser(server, alice, topics=["room.*"]).hello()
    everything.send({"type": "follow", "topic": topic})
    everything.until("followed")
    bound = browser(server, alice, topics=["room.*"], path=f"/ws/topics/{topic}/").hello()
    for socket in (everything, bound):
        socket.send({"type": "refresh", "token": server.token(alice, topics=["other"])})
    assert everything.until("unfollowed")["topic"] == topic
    assert bound.close_code() == 4506
    server.post({"topics": [topic]}, "not for alice now")
    server.post({"users": [alice]}, "for alice")
    assert everything.titles(1) == ["for alice"]
    everything.send({"type": "refresh", "token": server.token(alice, topics=["room.*"])})
    assert everything.until("followed")["topic"] == topic
    assert everything.titles(1) == ["not for alice now"]


def test_refresh_for_another_person_is_refused_and_the_socket_stays(
    server: Server, browser: Browser, alice: str, bob: str
) -> None:
    socket = browser(server, alice).hello()
    for token in (server.token(bob), "nonsense"):
        socket.send({"type": "refresh", "token": token})
        error = socket.until("error")
        assert (error["code"], error["field"]) == ("bad_token", "token")
    socket.send({"type": "ping"})
    assert socket.until("pong")


def test_silence_instead_of_hello_is_closed(server: Server, browser: Browser, alice: str) -> None:
    """4004 after five seconds."""
    socket = browser(server, alice)
    began = time.monotonic()
    assert socket.close_code() == 4004
    assert 4 < time.monotonic() - began < 20


BROKEN = {
    "not JSON": ("{", "bad_json", "", 4504),
    "not an object": ("[1]", "bad_json", "", 4504),
    "a field twice": ('{"type":"ping","type":"ping"}', "bad_json", "", 4504),
    "unknown type": ('{"type":"shout"}', "unknown_type", "type", 4504),
    "no type": ("{}", "unknown_type", "type", 4504),
    "unknown field": ('{"type":"ping","x":1}', "bad_frame", "x", 4504),
    "wrong type of a field": ('{"type":"ack","streams":[]}', "bad_frame", "streams", 4504),
    "ack of what was not sent": ('{"type":"ack","streams":{"everyone":999999}}', "bad_frame", "streams", 4504),
    "second hello": ('{"type":"hello"}', "hello_repeated", "", 4504),
    "binary": (b'{"type":"ping"}', "binary_frame", "", 4504),
    "too large": ('{"type":"ping"}' + " " * 17_000, "frame_too_large", "", 4505),
}


@pytest.mark.parametrize(("frame", "code", "field", "close"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_frame_is_told_and_closed(
    server: Server, browser: Browser, alice: str, frame: str | bytes, code: str, field: str, close: int
) -> None:
    """The error frame names what is wrong; the close code says not to come back."""
    socket = browser(server, alice).hello()
    socket.send(frame)
    assert _error_then_close(socket) == (code, field, close)


def test_any_frame_before_hello_is_refused(server: Server, browser: Browser, alice: str) -> None:
    socket = browser(server, alice)
    socket.send({"type": "ping"})
    assert _error_then_close(socket) == ("hello_expected", "", 4504)


def test_message_beyond_what_a_server_takes_is_closed_by_the_server(
    server: Server, browser: Browser, alice: str
) -> None:
    """Above 64 KiB the server itself ends it, with 1009 of RFC 6455."""
    socket = browser(server, alice).hello()
    socket.send("x" * 200_000)
    assert socket.close_code() == 1009


def test_too_many_frames_are_closed(server: Server, browser: Browser, alice: str) -> None:
    """More than 20 in a second: 4003, come back later."""
    socket = browser(server, alice).hello()
    for _ in range(40):
        socket.send({"type": "ping"})
    assert _error_then_close(socket) == ("rate", "", 4003)


def test_twenty_frames_in_a_second_are_fine(server: Server, browser: Browser, alice: str) -> None:
    socket = browser(server, alice).hello()
    for _ in range(18):
        socket.send({"type": "ping"})
    for _ in range(18):
        socket.until("pong")


def test_topic_without_the_right_is_refused_and_the_socket_stays(server: Server, browser: Browser, alice: str) -> None:
    """Denied unless granted: the token grants `order:*` and nothing else."""
    socket = browser(server, alice, topics=["order:*"]).hello()
    socket.send({"type": "follow", "topic": "secret"})
    error = socket.until("error")
    assert (error["code"], error["field"]) == ("topic_forbidden", "topic")
    socket.send({"type": "follow", "topic": "order:1"})
    assert socket.until("followed")["topic"] == "order:1"


def test_topic_socket_without_the_right_is_closed(server: Server, browser: Browser, alice: str) -> None:
    assert browser(server, alice, path="/ws/topics/secret/").close_code() == 4506


def test_right_that_a_token_lacks_is_no_right_on_return(server: Server, browser: Browser, alice: str) -> None:
    """A topic followed with one token is not carried for a later token that does not grant it."""
    browser_with = browser(server, alice, topics=["order:7"]).hello()
    browser_with.send({"type": "follow", "topic": "order:7"})
    browser_with.until("followed")
    without = browser(server, alice).hello()
    assert "topic:order:7" not in without.welcome["streams"]
    server.post({"topics": ["order:7"]}, "not for this token")
    assert without.quiet()


@pytest.mark.parametrize(
    "path", ["/ws/", "/ws/nothing/", "/ws/topics//", "/ws/topics/a b/", "/ws/topics/" + "x" * 129 + "/", "/"]
)
def test_other_addresses_are_not_found(server: Server, browser: Browser, alice: str, path: str) -> None:
    assert browser(server, alice, path=path.replace(" ", "%20")).close_code() == 4507


def test_another_protocol_version_is_refused(server: Server, browser: Browser, alice: str) -> None:
    assert browser(server, alice, subprotocols=["notifier.v2"]).close_code() == 4504


def test_topic_socket_takes_no_verbs_about_the_person(server: Server, browser: Browser, alice: str) -> None:
    socket = browser(server, alice, topics=["room.a"], path="/ws/topics/room.a/").hello()
    verbs = [{"type": kind, "ids": ["ntf_" + "0" * 32]} for kind in ("unread", "archive", "unarchive")]
    for verb in [{"type": "read", "all": True}, *verbs]:
        socket.send(verb)
        assert socket.until("error")["code"] == "not_here"
    socket.send({"type": "ping"})
    assert socket.until("pong")


def test_session_of_the_services_own_page_connects(server: Server, browser: Browser) -> None:
    """The Django session cookie, with the page's whole origin: no token needed; `scope["user"]` is the signed-in user."""
    import httpx

    with httpx.Client(base_url=server.url, trust_env=False) as page:
        page.get("/accounts/login/")
        form = {"username": "bob", "password": server.password, "csrfmiddlewaretoken": page.cookies["csrftoken"]}
        assert page.post("/accounts/login/", data=form).status_code == 302
        cookie = f"sessionid={page.cookies['sessionid']}"
    socket = browser(server, origin=server.url, headers={"Cookie": cookie}).hello()
    assert socket.welcome["user"] == "bob"
    server.post({"users": ["bob"]}, "to the session")
    while socket.until("notification")["notification"]["title"] != "to the session":
        pass
    assert browser(server, origin="https://evil.example", headers={"Cookie": cookie}).close_code() == 4502
    assert browser(server, origin=server.url, headers={"Cookie": "sessionid=forged"}).close_code() == 4500


def test_hub_forgets_closed_sockets(server: Server, browser: Browser, alice: str) -> None:
    """After all that, the service still delivers."""
    socket = browser(server, alice).hello()
    server.post({"users": [alice]}, "still here")
    assert socket.titles(1) == ["still here"]


@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
def test_connections_are_bounded(
    new_server: Callable[..., Server], browser: Browser, alice: str, bob: str, kind: str
) -> None:
    """Of one person: 4503, do not come back. In all: 4006, come back later. Who leaves makes room."""
    server = new_server(kind, NOTIFIER_CONNECTIONS_PER_USER="2", NOTIFIER_CONNECTIONS_PER_PROCESS="3")
    first, _ = (browser(server, alice).hello() for _ in range(2))
    assert browser(server, alice).close_code() == 4503
    browser(server, bob).hello()
    assert browser(server, bob).close_code() == 4006
    first.close()
    for _ in range(100):
        back = browser(server, alice)
        try:
            back.hello()
        except ConnectionClosed:
            continue
        return
    pytest.fail("no room was made")


def test_connections_from_one_address_are_bounded(
    new_server: Callable[..., Server], browser: Browser, alice: str, bob: str
) -> None:
    """The address is the client's own where a known proxy tells it."""
    server = new_server("uvicorn", NOTIFIER_CONNECTIONS_PER_ADDRESS="1", NOTIFIER_PROXIES="127.0.0.1")
    browser(server, alice, headers={"X-Forwarded-For": "192.0.2.1"}).hello()
    assert browser(server, bob, headers={"X-Forwarded-For": "192.0.2.1"}).close_code() == 4006
    browser(server, bob, headers={"X-Forwarded-For": "192.0.2.2"}).hello()
    seen = server.http.get("/api/v1/presence").json()["connections"]
    assert {facts["address"] for facts in seen} == {"192.0.2.1", "192.0.2.2"}


@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
def test_handshakes_from_one_address_have_a_rate(
    new_server: Callable[..., Server], browser: Browser, alice: str, kind: str
) -> None:
    """A burst of as many as the address may hold passes; then so many a second, also of those that are refused anyway."""
    server = new_server(kind, NOTIFIER_CONNECTIONS_PER_ADDRESS="3", NOTIFIER_HANDSHAKES_PER_SECOND="0.5")
    for _ in range(3):
        assert browser(server, token="forged").close_code() == 4500
    assert browser(server, token="forged").close_code() == 4006
    assert browser(server, alice).close_code() == 4006
    give_up = time.monotonic() + 10
    while time.monotonic() < give_up:
        again = browser(server, alice)
        try:
            again.hello()
        except ConnectionClosed:  # refused at once, perhaps before hello is out, and not counted
            continue
        return
    pytest.fail("the rate keeps the address out for good")
