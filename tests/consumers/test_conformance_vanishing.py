"""RFC 6455, byte by byte, on both servers: clients that vanish, or never speak, hold nobody up.

Where the RFC leaves a choice (a close frame or just the end of TCP, an echoed close code or another), each is accepted.
After every case the server serves another client, and its log has no traceback.
"""

import time
from contextlib import ExitStack

import pytest

from tests.consumers.conformance import MIB, SAID, Service, answer_to, fragments
from tests.real import rawsocket as ws
from tests.real.rawsocket import Ended, Ending, RawSocket

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
            connection.send(
                {"in mid-frame": ws.text(SAID)[:9], "in mid-message": fragments(SAID, 2)[0]}.get(point, b"")
            )
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
        answer = answer_to(connection, seconds=0.2)
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


def test_closing_that_the_client_answers_late(service: Service) -> None:
    """A phone with a slow line: TCP is not reset before the answer, since that can take the close code with it."""
    with service.opened() as connection:
        connection.send(ws.text(b"{"))
        while connection.frame().opcode != ws.CLOSE:
            pass
        with pytest.raises(TimeoutError):
            connection.frame(seconds=2.5)
        connection.send(ws.closing(4504))
        assert connection.ending().tcp != "open"
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
