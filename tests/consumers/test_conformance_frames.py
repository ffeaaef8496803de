"""RFC 6455, byte by byte, on both servers: what a client may send works, and what it may not ends its connection alone.

Where the RFC leaves a choice (a close frame or just the end of TCP, an echoed close code or another), each is accepted.
After every case the server serves another client, and its log has no traceback.
"""

from dataclasses import dataclass, field

import pytest

from tests.consumers.conformance import HEARD, MIB, SAID, Service, fragments
from tests.real import rawsocket as ws
from tests.real.rawsocket import Ended, Frame

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


_TWO = fragments(SAID, 2)
_PONG = Frame(ws.PONG, b"between")
_HEARD = Frame(ws.TEXT, HEARD)

ANSWERED: dict[str, tuple[str, list[bytes], list[Frame]]] = {
    "whole message": ("5.6", [ws.text(SAID)], [_HEARD]),
    "2 fragments": ("5.4", _TWO, [_HEARD]),
    "20 fragments": ("5.4", fragments(SAID, 20), [_HEARD]),
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
        for byte in b"".join(fragments(message, len(message))):
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
@pytest.mark.parametrize("number", [1, 3], ids=["whole", "in fragments"])
def test_size_is_that_of_the_message(service: Service, message: bytes, error: str, code: int, number: int) -> None:
    with service.opened() as connection:
        connection.send(*fragments(message, number))
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
        connection.send(*fragments(b"x" * 200_000, 200))
        ending = connection.ending()
    assert ending.outcome in {1009, "dropped"} and ending.tcp != "open" and ending.before == (), ending
    service.serves()
