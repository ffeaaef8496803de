"""The server of a kind that the conformance cases share, and what they ask about it."""

from collections.abc import Mapping
from pathlib import Path

from tests.real import rawsocket as ws
from tests.real.rawsocket import Ended, RawSocket, Response
from tests.real.server import Server

MIB = 1024 * 1024

HELLO = b'{"type":"hello"}'
SAID = b'{"type":"ping"}'
"""A frame of the protocol, answered by HEARD; not to be confused with the WebSocket's own ping."""
HEARD = b'{"type":"pong"}'


class Service:
    """One running server, and a connection token to it."""

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


def fragments(message: bytes, number: int) -> list[bytes]:
    """A text message in so many frames, the last ones empty if need be."""
    size = max(1, -(-len(message) // number))
    parts = [message[at * size : (at + 1) * size] for at in range(number)]
    return [
        ws.frame(ws.TEXT if at == 0 else ws.CONTINUATION, part, fin=at == number - 1) for at, part in enumerate(parts)
    ]


def answer_to(connection: RawSocket, *, seconds: float = 0.8) -> Response | str:
    """The answer to a handshake, or "dropped", or "silence"."""
    try:
        return connection.response(seconds=seconds)
    except Ended:
        return "dropped"
    except TimeoutError:
        return "silence"
