"""RFC 6455, byte by byte, on both servers: what a client may do works, and what it may not ends its connection alone.

Where the RFC leaves a choice (a close frame or just the end of TCP, an echoed close code or another), each is accepted.
After every case the server serves another client, and its log has no traceback.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.real import rawsocket as ws
from tests.real.rawsocket import Ended, Ending, Frame, RawSocket, Response
from tests.real.server import Server

MIB = 1024 * 1024

HELLO = b'{"type":"hello"}'
SAID = b'{"type":"ping"}'
"""A frame of the protocol, answered by HEARD; not to be confused with the WebSocket's own ping."""
HEARD = b'{"type":"pong"}'


class Service:
    """The server of a kind that the cases share, and what they ask about it."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.server = Server(kind)
        self.port = self.server.port
        self.token, self._other = self.server.token("alice"), self.server.token("bob")

    def request(self, changed: Mapping[str, bytes | None] | None = None) -> bytes:
        """A good handshake, but for what is changed: the value of a header, or None to leave it out."""
        return ws.request(self.port, token=self.token, changed=changed)

    def opened(self, token: str | None = None, *, hello: bool = True) -> RawSocket:
        """A connection after its handshake, and after `welcome` unless `hello` is false."""
        connection = RawSocket(self.port)
        connection.send(ws.request(self.port, token=token or self.token))
        answer = connection.response()
        assert (answer.status, answer.headers["sec-websocket-accept"]) == (101, ws.ACCEPT)
        if hello:
            connection.send(ws.text(HELLO))
            assert connection.frame().json["type"] == "welcome"
        return connection

    def serves(self) -> None:
        """Another client is welcomed and answered, and nothing was logged that we should have to look into."""
        with self.opened(self._other) as another:
            another.send(ws.text(SAID))
            assert another.frame().payload == HEARD
            another.send(ws.closing(1000))
        self.assert_no_traceback()

    def assert_no_traceback(self) -> None:
        assert "Traceback" not in self.server.log(), self.server.log()

    def tracebacks(self) -> int:
        return self.server.log().count("Traceback")

    def resident(self) -> int:
        """Bytes of memory that the process holds."""
        status = Path(f"/proc/{self.server.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) * 1024


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(kind, id=kind, marks=pytest.mark.xdist_group(f"conformance-{kind}"))
        for kind in ("daphne", "uvicorn")
    ],
)
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    running = Service(request.param)
    yield running
    running.server.stop()
    running.assert_no_traceback()
    running.server.forget()


def _expect_failure(request: pytest.FixtureRequest, service: Service, known: dict[str, str]) -> None:
    if service.kind in known:
        request.applymarker(pytest.mark.xfail(reason=known[service.kind], strict=True, raises=AssertionError))


# -------------------------------------------------------------- frames that break the rules


@dataclass(frozen=True)
class Broken:
    """Frames that no client may send. The connection is failed: with a close frame of one of these codes, or without one."""

    section: str
    sent: bytes
    codes: frozenset[int] = frozenset({1002})


def _broken(section: str, *sent: bytes, codes: set[int] | None = None) -> Broken:
    return Broken(section, b"".join(sent), frozenset(codes or {1002}))


def _not_utf8(*sent: bytes) -> Broken:
    return _broken("8.1", *sent, codes={1007})


def _of_a_ping(ending: bytes) -> bytes:
    return b'{"type":"' + ending


BROKEN = {
    "unmasked": _broken("5.1", ws.text(SAID, masked=False)),
    **{f"reserved bits {bits:03b}": _broken("5.2", ws.text(SAID, rsv=bits)) for bits in (1, 2, 4, 7)},
    **{
        f"reserved opcode {opcode}": _broken("5.2", ws.frame(opcode, b"x"))
        for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)
    },
    "ping of 126 bytes": _broken("5.5", ws.frame(ws.PING, b"x" * 126)),
    "pong of 126 bytes": _broken("5.5", ws.frame(ws.PONG, b"x" * 126)),
    "close of 126 bytes": _broken("5.5", ws.frame(ws.CLOSE, b"\x03\xe8" + b"x" * 124)),
    "fragmented ping": _broken("5.5", ws.frame(ws.PING, b"x", fin=False)),
    "fragmented close": _broken("5.5", ws.frame(ws.CLOSE, fin=False)),
    "continuation of nothing": _broken("5.4", ws.frame(ws.CONTINUATION, SAID)),
    "continuation after a whole message": _broken("5.4", ws.frame(ws.PONG), ws.frame(ws.CONTINUATION, SAID)),
    "text inside a message": _broken("5.4", ws.text(SAID[:5], fin=False), ws.text(SAID)),
    "binary inside a message": _broken("5.4", ws.text(SAID[:5], fin=False), ws.frame(ws.BINARY, SAID)),
    "length with the top bit": _broken("5.2", ws.text(b"", form=64, announce=2**63), codes={1002, 1009}),
    "not UTF-8": _not_utf8(ws.text(_of_a_ping(b'\xff"}'))),
    "not UTF-8 across fragments": _not_utf8(ws.text(_of_a_ping(b"\xc3"), fin=False), ws.frame(ws.CONTINUATION, b'("}')),
    "UTF-8 overlong": _not_utf8(ws.text(_of_a_ping(b'\xc0\xaf"}'))),
    "UTF-8 of a surrogate": _not_utf8(ws.text(_of_a_ping(b'\xed\xa0\x80"}'))),
    "UTF-8 beyond U+10FFFF": _not_utf8(ws.text(_of_a_ping(b'\xf4\x90\x80\x80"}'))),
    "UTF-8 truncated": _not_utf8(ws.text(_of_a_ping(b"\xe2\x82"))),
    "UTF-8 truncated in the last fragment": _not_utf8(
        ws.text(_of_a_ping(b""), fin=False), ws.frame(ws.CONTINUATION, b"\xf0\x9f\x98")
    ),
    "close of 1 byte": _broken("5.5.1", ws.frame(ws.CLOSE, b"\x03")),
    **{
        f"close code {code}": _broken("7.4", ws.closing(code))
        for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535)
    },
    "close reason not UTF-8": _broken("5.5.1", ws.closing(1000, b"\xff\xfe"), codes={1002, 1007}),
}


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN.keys())
def test_what_no_client_may_send_fails_the_connection(service: Service, case: Broken) -> None:
    """Section 7.1.7: with or without a close frame, and then TCP ends. Nothing of it reaches the protocol above."""
    with service.opened() as connection:
        connection.send(case.sent)
        ending = connection.ending()
    assert ending.outcome in {*case.codes, "dropped"}, f"{case.section}: {ending}"
    assert ending.tcp != "open" and ending.before == (), f"{case.section}: {ending}"
    service.serves()


def test_text_that_is_not_utf8_leaves_no_traceback(service: Service) -> None:
    """Anybody with a token could fill the log with it."""
    before = service.tracebacks()
    with service.opened() as connection:
        connection.send(ws.text(b"\xff"))
        assert connection.ending().tcp != "open"
    assert service.tracebacks() == before


# -------------------------------------------------------------- frames that are fine

FULL = bytes(range(125))


def _fragments(message: bytes, number: int) -> list[bytes]:
    """A text message in so many frames, the last ones empty if need be."""
    size = max(1, -(-len(message) // number))
    parts = [message[at * size : (at + 1) * size] for at in range(number)]
    return [
        ws.frame(ws.TEXT if at == 0 else ws.CONTINUATION, part, fin=at == number - 1) for at, part in enumerate(parts)
    ]


_TWO = _fragments(SAID, 2)
_PONG = Frame(ws.PONG, b"between")
_HEARD = Frame(ws.TEXT, HEARD)

ANSWERED: dict[str, tuple[str, list[bytes], list[Frame]]] = {
    "whole message": ("5.6", [ws.text(SAID)], [_HEARD]),
    "2 fragments": ("5.4", _TWO, [_HEARD]),
    "20 fragments": ("5.4", _fragments(SAID, 20), [_HEARD]),
    "ping between fragments": ("5.4", [_TWO[0], ws.frame(ws.PING, b"between"), _TWO[1]], [_PONG, _HEARD]),
    "pong between fragments": ("5.4", [_TWO[0], ws.frame(ws.PONG, b"between"), _TWO[1]], [_HEARD]),
    "ping without payload": ("5.5.2", [ws.frame(ws.PING)], [Frame(ws.PONG, b"")]),
    "ping of 125 bytes": ("5.5.2", [ws.frame(ws.PING, FULL)], [Frame(ws.PONG, FULL)]),
    "unsolicited pong": ("5.5.3", [ws.frame(ws.PONG, b"unasked"), ws.text(SAID)], [_HEARD]),
    "several frames at once": ("5.2", [ws.frame(ws.PING, b"between") + ws.text(SAID) * 2], [_PONG, _HEARD, _HEARD]),
}


@pytest.mark.parametrize(("section", "sent", "expected"), ANSWERED.values(), ids=ANSWERED.keys())
def test_what_a_client_may_send_is_answered(
    service: Service, section: str, sent: list[bytes], expected: list[Frame]
) -> None:
    """And the connection then goes on."""
    with service.opened() as connection:
        connection.send(*sent)
        assert [connection.frame() for _ in expected] == expected, section
        connection.send(ws.frame(ws.PING, b"still here"))
        assert connection.frame() == Frame(ws.PONG, b"still here"), section
    service.serves()


def test_every_byte_on_its_own(service: Service) -> None:
    """Section 5.4: fragments say nothing about characters; TCP says nothing about frames."""
    message = '{"type":"hello","client":"é€😀"}'.encode()
    with service.opened(hello=False) as connection:
        for byte in b"".join(_fragments(message, len(message))):
            connection.send(bytes([byte]))
        assert connection.frame().json["type"] == "welcome"
        connection.send(ws.frame(ws.PING))
        assert connection.frame() == Frame(ws.PONG, b"")
    service.serves()


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        pytest.param(ws.text(SAID, form=16), _HEARD, id="text in 16 bits"),
        pytest.param(ws.text(SAID, form=64), _HEARD, id="text in 64 bits"),
        pytest.param(ws.frame(ws.PING, b"x", form=16), Frame(ws.PONG, b"x"), id="ping in 16 bits"),
    ],
)
def test_length_that_is_longer_than_need_be(service: Service, sent: bytes, answer: Frame) -> None:
    """Section 5.2: the sender must use the shortest form; what a receiver does about another is left to it."""
    with service.opened() as connection:
        connection.send(sent)
        try:
            first = connection.frame()
        except Ended:
            first = None
        if first == answer:
            connection.send(ws.closing(1000))
            assert connection.ending().outcome == 1000
        else:
            assert first is None or first.payload[:2] == (1002).to_bytes(2), first
    service.serves()


# -------------------------------------------------------------- closing


@dataclass(frozen=True)
class Closed:
    """A client's good-bye, and the codes with which it may be answered: its own, typically, or the server's."""

    sent: bytes
    answers: frozenset[int] = field(default_factory=lambda: frozenset({1000}))


CLOSED = {
    **{
        f"code {code}": Closed(ws.closing(code, b"bye"), frozenset({code, 1000}))
        for code in (1000, 1001, 1003, 1011, 3000, 4999)
    },
    "no code": Closed(ws.closing(), frozenset({1005, 1000})),
    "reason of 123 bytes": Closed(ws.closing(1000, "é".encode() * 61 + b"x")),
    "data after it": Closed(ws.closing(1000) + ws.text(SAID) + ws.frame(ws.PING, b"x")),
    "garbage after it": Closed(ws.closing(1000) + b"\xff" * 64),
    "another after it": Closed(ws.closing(1000) * 2),
}


@pytest.mark.parametrize("case", CLOSED.values(), ids=CLOSED.keys())
def test_close_is_answered_and_is_the_last_word(service: Service, case: Closed) -> None:
    """Sections 5.5.1 and 7.1.1: a close frame comes back, nothing follows it, and the server ends TCP."""
    with service.opened() as connection:
        connection.send(case.sent)
        ending = connection.ending()
    assert ending.outcome in case.answers and ending.before == () and ending.tcp != "open", ending
    service.serves()


def test_close_inside_a_message(service: Service) -> None:
    """Section 5.4 lets control frames in between; a message that will never end is no error of the close frame."""
    with service.opened() as connection:
        connection.send(_TWO[0], ws.closing(1000))
        ending = connection.ending()
    assert ending.outcome in {1000, 1002, "dropped"} and ending.before == () and ending.tcp != "open", ending
    service.serves()


# -------------------------------------------------------------- sizes


def _of_size(size: int) -> bytes:
    return b'{"type":"%s"}' % (b"x" * (size - len('{"type":""}')))


@pytest.mark.parametrize(
    ("message", "error", "code"),
    [
        pytest.param(_of_size(16_384), "unknown_type", 4504, id="16384 bytes"),
        pytest.param(_of_size(16_385), "frame_too_large", 4505, id="16385 bytes"),
        pytest.param(b"", "bad_json", 4504, id="no bytes"),
    ],
)
@pytest.mark.parametrize("fragments", [1, 3], ids=["whole", "in fragments"])
def test_size_is_that_of_the_message(service: Service, message: bytes, error: str, code: int, fragments: int) -> None:
    with service.opened() as connection:
        connection.send(*_fragments(message, fragments))
        ending = connection.ending()
    assert [frame.json["code"] for frame in ending.before] == [error]
    assert ending.outcome == code and ending.tcp != "open"
    service.serves()


@pytest.mark.parametrize(
    "begun",
    [
        pytest.param(ws.text(b"", form=64, announce=2**30), id="whole"),
        pytest.param(ws.text(SAID[:5], fin=False) + ws.frame(ws.CONTINUATION, announce=2**30), id="continuation"),
    ],
)
def test_announced_gibibyte_is_refused_before_it_comes(service: Service, begun: bytes) -> None:
    """Section 7.4.1, 1009; and no memory is set aside for it."""
    before = service.resident()
    with service.opened() as connection:
        connection.send(begun)
        ending = connection.ending()
    assert ending.outcome in {1009, "dropped"} and ending.tcp != "open", ending
    assert service.resident() - before < 16 * MIB
    service.serves()


def test_many_small_fragments_make_one_message_too_large(service: Service) -> None:
    """What is above 64 KiB is ended by the server itself, however it is cut."""
    with service.opened() as connection:
        connection.send(*_fragments(b"x" * 200_000, 200))
        ending = connection.ending()
    assert ending.outcome in {1009, "dropped"} and ending.tcp != "open" and ending.before == (), ending
    service.serves()


# -------------------------------------------------------------- handshakes


@dataclass(frozen=True)
class Refused:
    """A request that is no handshake, and the kinds of server that take it, or do not answer it, as yet."""

    section: str
    sent: Callable[[Service], bytes]
    statuses: frozenset[int] = frozenset({400})
    known: dict[str, str] = field(default_factory=dict)


def _refused(
    section: str,
    changed: Mapping[str, bytes | None] | None = None,
    *,
    statuses: set[int] | None = None,
    known: dict[str, str] | None = None,
    method: bytes = b"GET",
    version: bytes = b"HTTP/1.1",
    extra: bytes = b"",
    body: bytes = b"",
) -> Refused:
    def sent(service: Service) -> bytes:
        head = ws.request(
            service.port, token=service.token, method=method, version=version, extra=extra, changed=changed
        )
        return head + body

    return Refused(section, sent, frozenset({400, *(statuses or ())}), known or {})


_VERSION_IS_LOST = "the request is written anew for the WebSocket side, as HTTP/1.1 whatever it was"

# Without an upgrade it is a request for a page that is not there.
_NO_PAGE = {404, 426}

REFUSED = {
    "no key": _refused("4.2.1 (5)", {"Sec-WebSocket-Key": None}),
    "short key": _refused("4.2.1 (5)", {"Sec-WebSocket-Key": b"AAAA"}),
    "key of 18 bytes": _refused("4.2.1 (5)", {"Sec-WebSocket-Key": b"A" * 24}),
    "key not base64": _refused("4.2.1 (5)", {"Sec-WebSocket-Key": b"!" * 24}),
    "key twice": _refused("11.3.1", extra=b"Sec-WebSocket-Key: " + ws.KEY),
    "no version": _refused("4.2.1 (6)", {"Sec-WebSocket-Version": None}, statuses={426}),
    "version 8": _refused(
        "4.2.1 (6)",
        {"Sec-WebSocket-Version": b"8"},
        statuses={426},
    ),
    "version 99": _refused("4.2.1 (6)", {"Sec-WebSocket-Version": b"99"}, statuses={426}),
    "no Upgrade": _refused("4.2.1 (3)", {"Upgrade": None}, statuses=_NO_PAGE),
    "Upgrade to something else": _refused("4.2.1 (3)", {"Upgrade": b"h2c"}, statuses=_NO_PAGE),
    "no Connection": _refused("4.2.1 (4)", {"Connection": None}, statuses=_NO_PAGE),
    "Connection without upgrade": _refused("4.2.1 (4)", {"Connection": b"keep-alive"}, statuses=_NO_PAGE),
    "no Host": _refused("4.2.1 (2)", {"Host": None}),
    "Host twice": _refused("4.2.1 (2)", extra=b"Host: elsewhere"),
    "POST": _refused("4.2.1 (1)", statuses={405}, method=b"POST"),
    "POST with a body": _refused(
        "4.2.1 (1)", statuses={405}, method=b"POST", extra=b"Content-Length: 5", body=b"hello"
    ),
    "HTTP/1.0": _refused(
        "4.2.1 (1)",
        statuses={426, 505},
        version=b"HTTP/1.0",
        known={"daphne": _VERSION_IS_LOST},
    ),
    "header of 100 KiB": _refused("4.2.1", statuses={413, 431}, extra=b"X-Large: " + b"x" * 100 * 1024),
    "600 headers": _refused("4.2.1", statuses={431}, extra=b"\r\n".join(b"X-%d: x" % at for at in range(600))),
    "header with NUL": _refused("RFC 9110, 5.5", extra=b"X-A: a\0b"),
    "header with a bare CR": _refused("RFC 9110, 5.5", extra=b"X-A: a\rX-B: b"),
    "header with a bare LF": _refused("RFC 9112, 2.2", extra=b"X-A: a\nX-B: b"),
    "space before the colon": _refused("RFC 9112, 5.1", extra=b"X-A : b"),
    "line that is no header": _refused("RFC 9112, 5", extra=b"garbage"),
    "subprotocol not ASCII": _refused("4.1 (10)", {"Sec-WebSocket-Protocol": b"notifier.v1, \xff"}, statuses={500}),
    "path not ASCII": Refused("RFC 9112, 3.2", lambda service: ws.request(service.port, path=b"/ws/\xff/")),
}


def _answer(connection: RawSocket, *, seconds: float = 0.8) -> Response | str:
    """The answer to a handshake, or "dropped", or "silence"."""
    try:
        return connection.response(seconds=seconds)
    except Ended:
        return "dropped"
    except TimeoutError:
        return "silence"


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_request_that_is_no_handshake_is_refused(
    request: pytest.FixtureRequest, service: Service, case: Refused
) -> None:
    """Section 4.2.1: an HTTP status that says so, or the end of TCP; never 101, and never silence."""
    _expect_failure(request, service, case.known)
    with RawSocket(service.port) as connection:
        connection.send(case.sent(service))
        answer = _answer(connection)
    service.serves()
    if isinstance(answer, Response):
        assert answer.status in case.statuses, f"{case.section}: {answer}"
    else:
        assert answer == "dropped", case.section


def test_version_that_is_not_spoken_is_told_which_is(service: Service) -> None:
    """Section 4.2.2 (4): the refusal names the versions."""
    with RawSocket(service.port) as connection:
        connection.send(service.request({"Sec-WebSocket-Version": b"99"}))
        assert connection.response().headers.get("sec-websocket-version") == "13"


def test_subprotocol_that_is_not_ascii_leaves_no_traceback(service: Service) -> None:
    """Anybody at all could fill the log with it."""
    before = service.tracebacks()
    with RawSocket(service.port) as connection:
        connection.send(service.request({"Sec-WebSocket-Protocol": b"notifier.v1, \xff"}))
        assert isinstance(_answer(connection), Response)
    assert service.tracebacks() == before


def test_subprotocol_in_percent_encoding_is_another_one(service: Service) -> None:
    """Section 4.2.2 (5): what the server selects is one of those that came, as they came."""
    offered = f"notifier%2Ev1, notifier.token.{service.token}".encode()
    with RawSocket(service.port) as connection:
        connection.send(service.request({"Sec-WebSocket-Protocol": offered}))
        answer = _answer(connection)
        assert isinstance(answer, Response), answer
        assert "sec-websocket-protocol" not in answer.headers
        if answer.status == 101:
            assert connection.ending().outcome == 4504


def test_headers_cannot_be_injected_into_the_answer(service: Service) -> None:
    """Nothing that a client offers comes back as a header of the server's."""
    offered = f"x%0d%0aSet-Cookie: a=b, notifier.v1, notifier.token.{service.token}".encode()
    with RawSocket(service.port) as connection:
        connection.send(service.request({"Sec-WebSocket-Protocol": offered}))
        answer = _answer(connection)
    assert isinstance(answer, Response) and "set-cookie" not in answer.headers, answer
    assert answer.headers.get("sec-websocket-protocol", "notifier.v1") == "notifier.v1"
    service.serves()


TAKEN: dict[str, tuple[str, dict[str, bytes | None]]] = {
    "names in another case": ("4.2.1 (3)", {"Upgrade": b"WebSocket", "Connection": b"upgrade"}),
    "Connection with more": ("4.2.1 (4)", {"Connection": b"keep-alive, Upgrade"}),
    "unknown extension": ("9.1", {"Sec-WebSocket-Extensions": b"x-unknown; a=1, x-other"}),
    "permessage-deflate": (
        "RFC 7692, 5.1",
        {"Sec-WebSocket-Extensions": b"permessage-deflate; client_max_window_bits"},
    ),
    "header in Latin-1": ("RFC 9110, 5.5", {"X-Name": "é".encode("latin-1")}),
}


@pytest.mark.parametrize(("section", "changes"), TAKEN.values(), ids=TAKEN.keys())
def test_handshake_that_is_unusual_and_right(service: Service, section: str, changes: dict[str, bytes | None]) -> None:
    """Extensions are all declined, so frames stay as they are."""
    with RawSocket(service.port) as connection:
        connection.send(service.request(changes))
        answer = connection.response()
        assert answer.status == 101 and answer.headers["sec-websocket-accept"] == ws.ACCEPT, section
        assert answer.headers["sec-websocket-protocol"] == "notifier.v1"
        assert "sec-websocket-extensions" not in answer.headers
        connection.send(ws.text(HELLO))
        welcome = connection.frame()
        assert welcome.json["type"] == "welcome" and welcome.rsv == 0
    service.serves()


@pytest.mark.parametrize(
    "garbage",
    [
        pytest.param(b"hello\r\n\r\n", id="a line"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)), id="TLS"),
        pytest.param(ws.text(HELLO), id="frames without a handshake"),
    ],
)
def test_garbage_instead_of_http(service: Service, garbage: bytes) -> None:
    """Refused, or waited for: it may be half a line. Others are served meanwhile."""
    with RawSocket(service.port) as connection:
        connection.send(garbage)
        answer = _answer(connection, seconds=0.2)
        service.serves()
    assert isinstance(answer, str) or answer.status == 400


def test_handshake_byte_by_byte(service: Service) -> None:
    """TCP may cut it anywhere."""
    with RawSocket(service.port) as connection:
        for byte in service.request():
            connection.send(bytes([byte]))
            time.sleep(0.0002)
        assert connection.response().status == 101
        connection.send(ws.text(HELLO))
        assert connection.frame().json["type"] == "welcome"
    service.serves()


def test_frames_before_the_answer(service: Service) -> None:
    """Section 4.1: a client must wait for the answer. If it does not, its frames are answered, or were never there."""
    with RawSocket(service.port) as connection:
        connection.send(service.request(), ws.text(HELLO), ws.text(SAID))
        assert connection.response().status == 101
        try:
            early = [connection.frame(seconds=0.3), connection.frame()]
        except TimeoutError:
            connection.send(ws.text(HELLO), ws.text(SAID))
            early = [connection.frame(), connection.frame()]
        assert [frame.json["type"] for frame in early] == ["welcome", "pong"]
    service.serves()


# -------------------------------------------------------------- clients that vanish, or never speak


@pytest.mark.parametrize("point", ["before the answer", "after the handshake", "in mid-frame", "in mid-message"])
def test_reset(service: Service, point: str) -> None:
    """The connection is forgotten, and no trace of it is an error."""
    for _ in range(5):
        if point == "before the answer":
            connection = RawSocket(service.port)
            connection.send(service.request())
        else:
            connection = service.opened(hello=point != "after the handshake")
            connection.send({"in mid-frame": ws.text(SAID)[:9], "in mid-message": _TWO[0]}.get(point, b""))
        connection.reset()
    service.serves()


def test_many_that_never_speak(service: Service) -> None:
    """They hold a socket each, and nobody up."""
    with ExitStack() as silent:
        for _ in range(200):
            silent.enter_context(RawSocket(service.port))
        began = time.monotonic()
        service.serves()
        assert time.monotonic() - began < 2
    service.serves()


def test_half_a_handshake_holds_nobody_up(service: Service) -> None:
    """It may be waited for, for a while; others come and go meanwhile, and it is still served when it goes on."""
    request = service.request()
    with ExitStack() as stack:
        halves = [stack.enter_context(RawSocket(service.port)) for _ in range(20)]
        for at, connection in enumerate(halves):
            connection.send(request[: 1 + at * 20])
        for _ in range(3):
            time.sleep(0.1)
            service.serves()
        halves[-1].send(request[1 + 19 * 20 :])
        assert halves[-1].response().status == 101
    service.serves()


def test_header_without_end_takes_no_memory_without_end(service: Service) -> None:
    """Nobody has said yet who this is."""
    before = service.resident()
    with RawSocket(service.port) as connection:
        connection.send(b"GET / HTTP/1.1\r\nX-Large: ")
        for _ in range(16):
            connection.send(b"x" * MIB)
        answer = _answer(connection, seconds=0.2)
        grown = service.resident() - before
    service.serves()
    assert grown < 4 * MIB, f"{grown / MIB:.1f} MiB"
    assert answer != "silence"


def test_closing_that_the_client_does_not_answer(service: Service) -> None:
    """Section 7.1.7: after its own close frame the server ends TCP, whatever else comes and without waiting for ever."""
    with service.opened() as connection:
        connection.send(ws.text(b"{"))
        ending = _deaf_ending(connection, seconds=13)
    assert (ending.code, ending.tcp != "open") == (4504, True), ending
    service.serves()


def _deaf_ending(connection: RawSocket, *, seconds: float) -> Ending:
    """As `ending`, but the close frame is not answered."""
    give_up, code = time.monotonic() + seconds, None
    while True:
        try:
            frame = connection.frame(seconds=max(0.01, give_up - time.monotonic()))
        except Ended as ended:
            return Ending(code, "", ended.how, ())
        except TimeoutError:
            return Ending(code, "", "open", ())
        if frame.opcode == ws.CLOSE:
            code = int.from_bytes(frame.payload[:2])
