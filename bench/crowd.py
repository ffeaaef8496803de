"""Many WebSocket clients in one process, and a tally of what reached them."""

import asyncio
import time
from collections.abc import Iterable
from typing import Protocol, cast

from bench.frames import CLOSE, PING, PONG, TEXT, find_mark, frame, upgrade

_AT_ONCE = 32
_OPEN_SECONDS = 30
# As the browser client of Notifier does: what was handled is acknowledged so much later, all of it at once.
ACK_SECONDS = 0.1


class Tally:
    """Which notification (`mark`) reached which client (`who`), what was to reach whom, and when."""

    def __init__(self) -> None:
        self._missing: set[tuple[int, int]] = set()
        self._given_up: set[tuple[int, int]] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self.frames = 0
        self.strangers = 0
        """Frames beyond what was expected: twice, or to somebody else."""
        self.late = 0
        """Frames that came when nobody waited for them any more."""
        self.arrived_at: dict[int, float] = {}
        """When a notification first reached somebody, by `time.perf_counter`. Kept for those that are `timed`."""
        self.timed = False

    @property
    def lost(self) -> int:
        """What was given up and has not come to this moment."""
        return len(self._given_up)

    def expect(self, whos: Iterable[int], mark: int) -> None:
        self._missing.update((who, mark) for who in whos)
        if self._missing:
            self._idle.clear()

    def arrived(self, who: int, mark: int) -> None:
        self.frames += 1
        pair = (who, mark)
        if pair in self._missing:
            self._missing.remove(pair)
        elif pair in self._given_up:
            self._given_up.remove(pair)
            self.late += 1
        else:
            self.strangers += 1
            return
        if self.timed:
            self.arrived_at.setdefault(mark, time.perf_counter())
        if not self._missing:
            self._idle.set()

    async def all_arrived(self, *, seconds: float) -> None:
        """Wait until nothing is missing, or for so long: then it is waited for no longer, and lost unless it comes late."""
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            self._given_up |= self._missing
            self._missing.clear()
            self._idle.set()

    async def late_comers(self, *, seconds: float) -> None:
        """Wait for what was given up, for so long."""
        give_up = time.monotonic() + seconds
        while self._given_up and time.monotonic() < give_up:  # noqa: ASYNC110 -- seldom, and at the end
            await asyncio.sleep(0.1)


class Dialect(Protocol):
    """How clients of one kind of server speak."""

    acknowledges: bool

    def handshake(self, user: str) -> tuple[str, dict[str, str]]:
        """The path of the WebSocket for this user, and further headers."""

    def opened(self, client: "Client") -> bool:
        """The WebSocket is open: say what has to be said first. Whether the client is ready by that."""

    def word(self, client: "Client", payload: bytes) -> bool:
        """A text frame that is no notification. Whether the client is ready by it."""

    def acknowledgement(self, client: "Client", payload: bytes) -> None:
        """Note what is to be acknowledged of this notification, in `client.acks`."""

    def encode_acks(self, acks: dict[bytes, bytes]) -> bytes:
        """The text of an acknowledgement."""


class Client(asyncio.Protocol):
    """One WebSocket."""

    def __init__(self, crowd: "Crowd", who: int, user: str) -> None:
        self.crowd, self.who, self.user = crowd, who, user
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.welcome = b""
        self.acks: dict[bytes, bytes] = {}
        self.closed = False
        self._handled = 0
        self._upgraded = False
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        path, headers = self.crowd.dialect.handshake(self.user)
        self.transport.write(upgrade(self.crowd.port, path, headers))

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(f"{self.user}: closed before it was ready ({exc})"))

    def send(self, payload: bytes, opcode: int = TEXT) -> None:
        self.transport.write(frame(opcode, payload))

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        at = 0
        if not self._upgraded:
            at = self._upgrade(data)
            if at < 0:
                self._rest = data
                return
        end = len(data)
        while end - at >= 2:
            length, start = data[at + 1], at + 2
            if length >= 126:
                size = 2 if length == 126 else 8
                length, start = int.from_bytes(data[start : start + size]), start + size
            stop = start + length
            if stop > end:
                break
            if data[at] & 0x0F == TEXT:
                mark = find_mark(data, start, stop)
                if mark >= 0:
                    self.crowd.tally.arrived(self.who, mark)
                    if self.crowd.dialect.acknowledges:
                        self._note(data[start:stop])
                else:
                    self._word(data[start:stop])
            else:
                self._control(data[at] & 0x0F, data[start:stop])
            at = stop
        self._rest = data[at:]

    def _upgrade(self, data: bytes) -> int:
        """Where the frames begin; -1 while the answer is not complete."""
        end = data.find(b"\r\n\r\n")
        if end < 0:
            return -1
        if not data.startswith(b"HTTP/1.1 101"):
            if not self.ready.done():
                self.ready.set_exception(ConnectionError(f"{self.user}: {data[:80]!r}"))
            self.transport.abort()
            return len(data)
        self._upgraded = True
        if self.crowd.dialect.opened(self) and not self.ready.done():
            self.ready.set_result(None)
        return end + 4

    def _word(self, payload: bytes) -> None:
        if self.crowd.dialect.word(self, payload) and not self.ready.done():
            self.ready.set_result(None)

    def _control(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self.send(payload, PONG)
        elif opcode == CLOSE:
            self.closed = True
            self.transport.close()

    def acknowledge(self) -> None:
        """Tell the server what was handled so far."""
        acks, self.acks, self._handled = self.acks, {}, 0
        if acks and not self.closed:
            self.send(self.crowd.dialect.encode_acks(acks))

    def _note(self, payload: bytes) -> None:
        self.crowd.dialect.acknowledgement(self, payload)
        self._handled += 1
        if self.crowd.acks_after is None:
            if self._handled == 1:
                self.crowd.will_acknowledge(self)
        elif self._handled >= self.crowd.acks_after:
            self.acknowledge()


class Crowd:
    """Clients of one server, or of several ports of it. `who` is a client's place in `clients`."""

    def __init__(self, port: int, dialect: Dialect, tally: Tally) -> None:
        self.port, self.dialect, self.tally = port, dialect, tally
        self.clients: list[Client] = []
        self.failed = 0
        self.acks_after: int | None = None
        """How many notifications a client acknowledges at once. None: what came within `ACK_SECONDS`."""
        self._unacknowledged: list[Client] = []

    async def open(self, users: list[str], *, first: int = 0) -> None:
        """Connect them all, a few at a time; those that fail are counted. `first` is the place of the first of them."""
        coming = iter(enumerate(users, first))
        await asyncio.gather(*(self._open_some(coming) for _ in range(_AT_ONCE)))

    async def _open_some(self, coming: Iterable[tuple[int, str]]) -> None:
        loop = asyncio.get_running_loop()
        for who, user in coming:
            client = Client(self, who, user)
            try:
                async with asyncio.timeout(_OPEN_SECONDS):
                    await loop.create_connection(lambda client=client: client, "127.0.0.1", self.port)  # type: ignore[misc]
                    await client.ready
                self.clients.append(client)
            except (OSError, TimeoutError):
                self.failed += 1

    def will_acknowledge(self, client: Client) -> None:
        if not self._unacknowledged:
            asyncio.get_running_loop().call_later(ACK_SECONDS, self._acknowledge)
        self._unacknowledged.append(client)

    def _acknowledge(self) -> None:
        clients, self._unacknowledged = self._unacknowledged, []
        for client in clients:
            client.acknowledge()

    @property
    def dropped(self) -> int:
        """How many that were open are not any more."""
        return sum(client.closed for client in self.clients)

    async def close(self) -> None:
        """Say goodbye as a browser does, and wait until the server has seen it."""
        for client in self.clients:
            if not client.closed:
                client.send(b"\x03\xe8", CLOSE)
        give_up = time.monotonic() + 10
        while any(not client.closed for client in self.clients) and time.monotonic() < give_up:  # noqa: ASYNC110 -- one look for all
            await asyncio.sleep(0.05)
        for client in self.clients:
            client.transport.abort()
        self.clients.clear()
