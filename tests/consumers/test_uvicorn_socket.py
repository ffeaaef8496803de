"""What an application, and who takes a socket over from it, can rely on; with a real uvicorn, and pings every two seconds."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame as ParsedFrame
from websockets.frames import Opcode
from websockets.utils import apply_mask

from routing.frame_parsers import FrameParsers, short_text
from routing.sockets import Sockets
from routing.uvicorn_server import BoundedHttp
from routing.uvicorn_socket import Socket
from tests.real import rawsocket as ws
from tests.real.rawsocket import Ended, Frame, RawSocket

_PING_SECONDS = 2


class Taker:
    """Echoes what it is given; `slow …` and `later …` after a moment, as if it asked the database: by a coroutine, and by a future."""

    def __init__(self, write_frame: Callable[[bytes], bool], said: list[Any]) -> None:
        self._write, self.said = write_frame, said

    def take(self, text: str | None) -> Awaitable[None] | None:
        if text is not None and text.startswith("slow"):
            return self._slowly(text)
        if text is not None and text.startswith("later"):
            return self._later(text)
        self._say(text)
        return None

    def gone(self, code: int) -> None:
        self.said.append(code)

    async def _slowly(self, text: str) -> None:
        await asyncio.sleep(0.2)
        self._say(text)

    def _later(self, text: str) -> asyncio.Future[None]:
        loop = asyncio.get_running_loop()
        said: asyncio.Future[None] = loop.create_future()
        if text.endswith("fails"):
            loop.call_later(0.1, said.set_exception, RuntimeError("on purpose"))
        else:
            loop.call_later(0.2, self._say, text)
            loop.call_later(0.2, said.set_result, None)
        return said

    def _say(self, text: str | None) -> None:
        self.said.append(text)
        payload = str(text).encode()
        self._write(bytes([0x81, len(payload)]) + payload)


class Served:
    def __init__(self) -> None:
        self.sockets = Sockets(64 * 1024, _PING_SECONDS)
        self.said: list[Any] = []
        self.ended: list[str] = []
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        http: Any = partial(BoundedHttp, sockets=self.sockets)
        config = uvicorn.Config(
            self.application, http=http, ws=Socket, interface="asgi3", lifespan="off", log_config=None
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, args=([listener],))
        self.thread.start()

    async def application(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        match scope["path"]:
            case "/refuses/":
                await send({"type": "websocket.close"})
            case "/fails/":
                raise RuntimeError("on purpose")
            case "/hands-over/":
                await send({"type": "websocket.accept"})
                extensions = scope["extensions"]
                extensions["notifier.handover"](Taker(extensions["notifier.frame"].write_frame, self.said))
            case _:
                await send({"type": "websocket.accept"})
                while (event := await receive())["type"] == "websocket.receive":
                    with contextlib.suppress(OSError):  # the client may be gone already
                        await send({"type": "websocket.send", "text": event.get("text"), "bytes": event.get("bytes")})
                self.said.append(event["code"])
        self.ended.append(scope["path"])

    def opened(self, path: bytes) -> RawSocket:
        connection = RawSocket(self.port)
        connection.send(ws.request(self.port, path=path))
        assert connection.response().status == 101
        return connection

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)


@pytest.fixture
def served() -> Iterator[Served]:
    running = Served()
    yield running
    running.stop()
    assert not running.thread.is_alive()


def _wait_until(true: Callable[[], bool], seconds: float = 5) -> None:
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up
        time.sleep(0.01)


BOTH = pytest.mark.parametrize("path", [b"/keeps/", b"/hands-over/"])


@BOTH
def test_messages_come_in_order_and_the_end_once(served: Served, path: bytes) -> None:
    with served.opened(path) as connection:
        connection.send(ws.text(b"slow 1"), ws.text(b"2"), ws.text(b"later 3"), ws.text(b"4"))
        assert [connection.frame().payload for _ in range(4)] == [b"slow 1", b"2", b"later 3", b"4"]
        connection.send(ws.text(b"slow 5"), ws.closing(4001))
        assert connection.ending().outcome == 4001
    _wait_until(lambda: 4001 in served.said)
    time.sleep(0.3)
    assert [said for said in served.said if isinstance(said, int)] == [4001]


def test_work_that_fails_ends_the_connection(served: Served) -> None:
    """What came meanwhile is not taken any more; but the end is told, also of a client that is gone already."""
    with served.opened(b"/hands-over/") as connection:
        connection.send(ws.text(b"later fails"), ws.text(b"2"))
        with pytest.raises(Ended):
            connection.frame()
    with served.opened(b"/hands-over/") as connection:
        connection.send(ws.text(b"later fails"), ws.closing(4001))
    _wait_until(lambda: len(served.said) == 2)
    assert sorted(served.said) == [1005, 4001]


@BOTH
def test_ping_that_is_answered_keeps_the_connection(served: Served, path: bytes) -> None:
    with served.opened(path) as connection:
        for _ in range(2):
            ping = connection.frame(seconds=_PING_SECONDS + 2)
            assert ping.opcode == ws.PING
            connection.send(ws.frame(ws.PONG, ping.payload))
        connection.send(ws.text(b"still here"))
        assert connection.frame() == Frame(ws.TEXT, b"still here")


@BOTH
def test_ping_that_is_not_answered_ends_it(served: Served, path: bytes) -> None:
    """What is answered is another ping, and no answer."""
    with served.opened(path) as connection:
        assert connection.frame(seconds=_PING_SECONDS + 2).opcode == ws.PING
        connection.send(ws.frame(ws.PONG, b"????"))
        ending = connection.ending(seconds=_PING_SECONDS + 3)
    assert (ending.outcome, ending.tcp != "open") == (1011, True)
    _wait_until(lambda: served.said == [1005])


@BOTH
def test_who_takes_nothing_and_has_no_more_to_say_is_let_go(served: Served, path: bytes) -> None:
    """A client that closed its half: it answers no ping, and what waits for it would wait for ever."""
    with served.opened(path) as connection:
        connection.fill(ws.text(b"x" * 100) * 1000, most=200)
        _wait_until(
            lambda: bool(served.said) and not served.server.server_state.connections, seconds=3 * _PING_SECONDS + 4
        )


def test_application_that_does_not_accept(served: Served) -> None:
    for path, status in ((b"/refuses/", 403), (b"/fails/", 500)):
        with RawSocket(served.port) as connection:
            connection.send(ws.request(served.port, path=path))
            assert connection.response().status == status
            with pytest.raises(Ended):
                connection.frame()


def test_application_of_a_socket_that_was_handed_over_is_gone(served: Served) -> None:
    with served.opened(b"/hands-over/") as connection:
        _wait_until(lambda: served.ended == ["/hands-over/"])
        connection.send(ws.text(b"hello"))
        assert connection.frame() == Frame(ws.TEXT, b"hello")
        _wait_until(lambda: not served.server.server_state.tasks)


@BOTH
def test_stop_says_so(served: Served, path: bytes) -> None:
    with served.opened(path) as connection:
        served.server.should_exit = True
        assert connection.ending(seconds=5).outcome == 1012
    _wait_until(lambda: served.said == [1012])


# -------------------------------------------------------------- the parsers that are lent


def test_parser_is_taken_back_between_two_messages_alone() -> None:
    parsers, message = FrameParsers(1000), ws.text(b"hello")
    parser = parsers.lend()
    for cut in range(1, len(message)):
        parser.receive_data(message[:cut])
        assert not parsers.take_back(parser), cut
        parser.receive_data(message[cut:])
        assert parsers.take_back(parser), cut
        assert parsers.lend() is parser
    parser.receive_data(ws.text(b"he", fin=False))
    assert not parsers.take_back(parser)
    parser.receive_data(ws.frame(ws.CONTINUATION, b"llo"))
    assert parsers.take_back(parser)


@pytest.mark.parametrize("last", [ws.closing(1000), ws.text(b"x", masked=False)], ids=["closed", "failed"])
def test_parser_of_a_connection_that_ended_is_not_lent_again(last: bytes) -> None:
    parsers = FrameParsers(1000)
    parser = parsers.lend()
    parser.receive_data(last)
    assert not parsers.take_back(parser)
    assert parsers.lend() is not parser


def _parsed(data: bytes) -> list[str] | None:
    """The texts that a parser finds; None when it wants more, objects, or finds something else."""
    parser = FrameParsers(64 * 1024).lend()
    parser.receive_data(data)
    found = [event for event in parser.events_received() if isinstance(event, ParsedFrame)]
    if parser.parser_exc is not None or parser.current_size is not None or parser.reader.buffer:
        return None
    if any(event.opcode is not Opcode.TEXT or not event.fin for event in found):
        return None
    try:
        return [bytes(event.data).decode() for event in found]
    except UnicodeDecodeError:
        return None


@given(
    first=st.sampled_from([0x81, 0x01, 0x82, 0x80, 0xC1, 0x89]) | st.integers(0, 255),
    second=st.integers(0, 255),
    mask=st.binary(min_size=4, max_size=4),
    payload=st.text(max_size=140).map(str.encode) | st.binary(max_size=140),
    fits=st.booleans(),
)
def test_short_text_is_what_a_parser_finds(first: int, second: int, mask: bytes, payload: bytes, *, fits: bool) -> None:
    """What is not taken as a short text goes to a parser anyway; so it may never take what a parser would not."""
    second = 0x80 + min(len(payload), 127) if fits else second
    data = bytes([first, second]) + mask + apply_mask(payload, mask)
    text = short_text(data)
    if text is not None:
        assert _parsed(data) == [text]
    if first == 0x81 and fits and len(payload) <= 125:
        assert _parsed(data) == ([text] if text is not None else None)
