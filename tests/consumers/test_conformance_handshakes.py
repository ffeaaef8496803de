"""RFC 6455, byte by byte, on both servers: a request that is a handshake is taken, and any other is refused.

Where the RFC leaves a choice (a close frame or just the end of TCP, an echoed close code or another), each is accepted.
After every case the server serves another client, and its log has no traceback.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from tests.consumers.conformance import HELLO, SAID, Service, answer_to
from tests.real import rawsocket as ws
from tests.real.rawsocket import RawSocket, Response


def _expect_failure(request: pytest.FixtureRequest, service: Service, known: dict[str, str]) -> None:
    if service.kind in known:
        request.applymarker(pytest.mark.xfail(reason=known[service.kind], strict=True, raises=AssertionError))


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


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_request_that_is_no_handshake_is_refused(
    request: pytest.FixtureRequest, service: Service, case: Refused
) -> None:
    """Section 4.2.1: an HTTP status that says so, or the end of TCP; never 101, and never silence."""
    _expect_failure(request, service, case.known)
    with RawSocket(service.port) as connection:
        connection.send(case.sent(service))
        answer = answer_to(connection)
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
        assert isinstance(answer_to(connection), Response)
    assert service.tracebacks() == before


def test_subprotocol_in_percent_encoding_is_another_one(service: Service) -> None:
    """Section 4.2.2 (5): what the server selects is one of those that came, as they came."""
    offered = f"notifier%2Ev1, notifier.token.{service.token}".encode()
    with RawSocket(service.port) as connection:
        connection.send(service.request({"Sec-WebSocket-Protocol": offered}))
        answer = answer_to(connection)
        assert isinstance(answer, Response), answer
        assert "sec-websocket-protocol" not in answer.headers
        if answer.status == 101:
            assert connection.ending().outcome == 4504


def test_headers_cannot_be_injected_into_the_answer(service: Service) -> None:
    """Nothing that a client offers comes back as a header of the server's."""
    offered = f"x%0d%0aSet-Cookie: a=b, notifier.v1, notifier.token.{service.token}".encode()
    with RawSocket(service.port) as connection:
        connection.send(service.request({"Sec-WebSocket-Protocol": offered}))
        answer = answer_to(connection)
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
        answer = answer_to(connection, seconds=0.2)
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
