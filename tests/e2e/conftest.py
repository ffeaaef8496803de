"""What the tests of the elements share: one browser, one service, and a page of somebody's product for each test."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.elementpages import Adopter, script_of
from tests.real import chromium
from tests.real.server import Server

# Patience is for a loaded machine; what is fast enough is measured elsewhere.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium.running() as browser:
        yield browser


@pytest.fixture(scope="module")
def shared_service() -> Iterator[Server]:
    """One server for all tests of a module, each with recipients of its own."""
    running = Server("daphne")
    yield running
    running.stop()
    assert "Traceback" not in running.log(), running.log()
    running.forget()


@pytest.fixture(scope="module")
def script(shared_service: Server) -> str:
    return script_of(shared_service)


@pytest.fixture
def new_adopter(chrome: Browser, shared_service: Server, script: str, alice: str) -> Iterator[Callable[..., Adopter]]:
    """Opens browsers of a person, with options of `new_context`; nothing may be complained about in any of them."""
    opened: list[tuple[Any, Adopter]] = []

    def start(**options: Any) -> Adopter:
        # The pages come from the test, and so from no address that the browser knows.
        context = chrome.new_context(permissions=["local-network-access"], **options)
        adopter = Adopter(context, shared_service, alice, script)
        opened.append((context, adopter))
        return adopter

    yield start
    for context, adopter in opened:
        context.close()
        assert not adopter.complaints, adopter.complaints


@pytest.fixture
def adopter(new_adopter: Callable[..., Adopter]) -> Adopter:
    return new_adopter()
