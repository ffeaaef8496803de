"""What is written past the transport: whole, in order, and to nobody else."""

import asyncio
import os
import random
import socket
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from routing.direct_writer import DirectWriter

LOOPS = pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
Loop = Callable[[], asyncio.AbstractEventLoop]


class Owner(asyncio.Protocol):
    """As a server's protocol: gives the socket back when the connection is lost."""

    def __init__(self) -> None:
        self.made, self.lost, self.emptied = asyncio.Event(), asyncio.Event(), asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's are none by inheritance
        self.writer = DirectWriter(self.transport)
        self.transport.set_write_buffer_limits(0)
        self.made.set()

    def pause_writing(self) -> None:
        self.emptied.clear()

    def resume_writing(self) -> None:
        self.emptied.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.writer.take_back()
        self.lost.set()


def with_both_ends(loop: Loop, work: Callable[[Owner, socket.socket], Awaitable[None]]) -> None:
    async def main() -> None:
        near, far = socket.socketpair()
        near.setblocking(False)
        with far:
            transport, owner = await asyncio.get_running_loop().create_connection(Owner, sock=near)
            try:
                await work(owner, far)
            finally:
                transport.abort()
                await owner.lost.wait()

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(main())


@LOOPS
@pytest.mark.parametrize("seed", range(5))
def test_everything_arrives_in_order_whoever_wrote_it(loop: Loop, seed: int) -> None:
    """Small and large pieces, at once and one by one, to somebody who at times reads nothing for a while."""
    dice = random.Random(seed)

    async def work(owner: Owner, far: socket.socket) -> None:
        wrote, read, direct = bytearray(), bytearray(), 0
        for number in range(400):
            piece = bytes([number % 256]) * dice.choice([1, 100_000, *([300] * 10)])
            wrote += piece
            if (send := owner.writer.sender() if dice.random() < 0.7 else None) is not None:
                went = max(0, send(piece, len(piece), 0))
                direct += went > 0
                piece = piece[went:]
            if piece:
                owner.writer.write(piece)
            if dice.random() < 0.3:
                await asyncio.sleep(0)
            if dice.random() < 0.2:
                read += await asyncio.to_thread(far.recv, 1_000_000)
        assert direct  # and some of it at once
        while len(read) < len(wrote):
            read += await asyncio.to_thread(far.recv, 1_000_000)
        assert read == wrote

    with_both_ends(loop, work)


@LOOPS
def test_while_something_waits_nothing_gets_ahead_of_it(loop: Loop) -> None:
    async def work(owner: Owner, far: socket.socket) -> None:
        before = owner.writer.sender()
        assert before is not None
        owner.writer.write(b"x" * 10_000_000)
        assert owner.writer.sender() is None
        assert before(b"ahead", 5, 0) == -1
        left = 10_000_000
        while left:
            left -= len(await asyncio.to_thread(far.recv, left))
        async with asyncio.timeout(5):
            await owner.emptied.wait()
        again = owner.writer.sender()
        assert again is not None
        assert again(b"after", 5, 0) == 5
        assert far.recv(100) == b"after"
        assert before(b"still not", 9, 0) == -1

    with_both_ends(loop, work)


@LOOPS
def test_who_gets_the_number_of_a_closed_socket_gets_nothing(loop: Loop) -> None:
    async def work(owner: Owner, far: socket.socket) -> None:
        send = owner.writer.sender()
        assert send is not None
        number = owner.transport.get_extra_info("socket").fileno()
        another, end = socket.socketpair()
        with another, end:
            far.close()
            await owner.lost.wait()
            with pytest.raises(OSError, match="Bad file descriptor"):
                os.fstat(number)
            os.dup2(another.fileno(), number)
            try:
                assert send(b"for somebody else", 17, 0) == -1
                assert owner.writer.sender() is None
            finally:
                os.close(number)
            end.setblocking(False)
            with pytest.raises(BlockingIOError):
                end.recv(100)

    with_both_ends(loop, work)


@LOOPS
def test_a_transport_that_is_closing_lends_no_socket(loop: Loop) -> None:
    async def work(owner: Owner, far: socket.socket) -> None:
        owner.transport.close()
        assert owner.writer.sender() is None

    with_both_ends(loop, work)


@LOOPS
def test_what_is_encrypted_goes_through_its_transport(loop: Loop, certificate: Path) -> None:
    async def main() -> None:
        owners: list[Owner] = []
        theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        theirs.load_cert_chain(certificate)
        ours = ssl.create_default_context(cafile=str(certificate))

        def owner() -> Owner:
            owners.append(Owner())
            return owners[-1]

        async with await asyncio.get_running_loop().create_server(owner, "127.0.0.1", 0, ssl=theirs) as server:
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=ours, server_hostname="localhost")
            await owners[0].made.wait()
            assert owners[0].writer.sender() is None
            owners[0].writer.write(b"secret")
            assert await reader.readexactly(6) == b"secret"
            writer.close()
            await writer.wait_closed()

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(main())


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A file with a key, and a certificate of its own for localhost."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "localhost.pem"
    file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return file
