"""Clients that take nothing cost a bounded amount of memory, on each server, and others do not notice."""

from collections.abc import Callable

import pytest

from tests.faults.deaf import MIB, deaf, resident
from tests.real.server import Server
from tests.real.socket import Socket

Browser = Callable[..., Socket]

CLIENTS, NOTIFICATIONS = 10, 600


@pytest.mark.parametrize("live", [False, True], ids=["with acks", "live"])
@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.xdist_group(f"slow-{kind}")) for kind in ("daphne", "uvicorn")]
)
def test_memory_is_bounded(
    new_server: Callable[..., Server], browser: Browser, alice: str, bob: str, kind: str, live: bool
) -> None:
    """6 MiB for each of ten deaf clients: what waits for one is about 1 MiB, or it is cut off."""
    server = new_server(kind)
    silent = [deaf(server.port, server.token(alice), live=live) for _ in range(CLIENTS)]
    other = browser(server, bob).hello()
    server.post({"users": [alice, bob]}, "warm")
    other.titles(1)
    before = resident(server)
    data = {"filling": "x" * 7_000}
    for number in range(NOTIFICATIONS):
        server.post({"users": [alice, *([bob] if number % 100 == 0 else [])]}, str(number), body="y" * 3_000, data=data)
    grown = resident(server) - before
    for client in silent:
        client.close()
    # Twice the bound, since a buffer is copied while it grows, and some for the rest of the work.
    assert grown < CLIENTS * 3 * MIB + 12 * MIB, f"{grown / MIB:.1f} MiB"
    assert other.titles(6) == [str(number) for number in range(0, NOTIFICATIONS, 100)]
