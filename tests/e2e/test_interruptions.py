"""What happens to people with laptops: no network, sleep, a clock that jumps, a token that ends. Tabs of one browser, a real network between."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.e2e.elementpages import Adopter
from tests.faults.proxy import Proxy
from tests.real.processes import wait_until
from tests.real.server import Server
from tests.real.tabs import Tab, one_leads, sockets_of

pytestmark = pytest.mark.xdist_group("interruptions")

HOUR = 3_600_000
# A clock that a test may set for all tabs at once, as it jumps for all of them when a laptop wakes.
_CLOCK = "if (location.origin.startsWith('http')) { const {now} = Date; Date.now = () => now() + Number(localStorage.jump ?? 0); }"


@pytest.fixture
def context(chrome: Browser) -> Iterator[BrowserContext]:
    opened = chrome.new_context()
    opened.add_init_script(_CLOCK)
    yield opened
    opened.close()


@pytest.fixture
def network(shared_service: Server) -> Iterator[Proxy]:
    """What lies between the browser and the service."""
    with Proxy(shared_service.port) as proxy:
        yield proxy


@pytest.fixture
def tabs(context: BrowserContext, network: Proxy, shared_service: Server, alice: str) -> list[Tab]:
    """Three that share a socket, beyond the network."""
    beyond = copy(shared_service)
    beyond.url = f"http://127.0.0.1:{network.port}"
    token = shared_service.token(alice)
    opened = [Tab(context, beyond, f"/tab/{number}/", token=token).await_live() for number in range(3)]
    one_leads(opened)
    return opened


@contextmanager
def _asleep(browser: Browser) -> Iterator[None]:
    """The whole browser stands still, as with the lid closed."""
    found = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    processes = [int(each["id"]) for each in found]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    yield
    for process in processes:
        os.kill(process, signal.SIGCONT)


def _all_are(tabs: list[Tab], status: str) -> None:
    wait_until(lambda: all(tab.ask("client.status") == status for tab in tabs), what=f"all to be {status}", seconds=20)


def test_network_goes_and_comes_back(
    context: BrowserContext, network: Proxy, tabs: list[Tab], shared_service: Server, alice: str
) -> None:
    """Every tab tells so, keeps what the person does, and has what it missed as soon as the network is there; all on one socket."""
    first = shared_service.post({"users": [alice]}, "before")["id"]
    for tab in tabs:
        tab.await_shown(["before"])
    network.black_hole()
    context.set_offline(offline=True)
    _all_are(tabs, "offline")
    follower = next(tab for tab in tabs if not tab.leads)
    follower.ask(f"client.read(['{first}'])")
    for title in ("one", "two"):
        shared_service.post({"users": [alice]}, title)
    network.restore()
    context.set_offline(offline=False)
    for tab in tabs:
        tab.await_shown(["before", "one", "two"], seconds=5)  # At once, and not when the next attempt is due.
    one_leads(tabs)
    wait_until(lambda: sockets_of(shared_service, alice) == 1, what="one socket")
    for tab in tabs:
        wait_until(lambda tab=tab: tab.ask("client.unread") == 2, what="what was read offline to be read")  # type: ignore[misc]
        assert tab.ask("errors") == []
        assert not tab.faults


@pytest.mark.parametrize("woken", ["visibilitychange", "online", "focus"])
def test_laptop_sleeps_and_wakes(
    chrome: Browser, network: Proxy, tabs: list[Tab], shared_service: Server, alice: str, woken: str
) -> None:
    """The network forgot the connection and told nobody; the clock is an hour on. Whatever the browser makes of it, nothing is lost or doubled."""
    shared_service.post({"users": [alice]}, "before")
    for tab in tabs:
        tab.await_shown(["before"])
    with _asleep(chrome):
        network.forget()
        shared_service.post({"users": [alice]}, "asleep")
    tabs[0].ask(f"localStorage.jump = {HOUR}")
    for tab in tabs:
        tab.ask(f"({'document' if woken == 'visibilitychange' else 'window'}).dispatchEvent(new Event('{woken}'))")
    for tab in tabs:
        tab.await_shown(["before", "asleep"], seconds=10)
    one_leads(tabs)
    shared_service.post({"users": [alice]}, "awake")
    for tab in tabs:
        tab.await_shown(["before", "asleep", "awake"])
        assert not tab.faults


_WATCH = """() => {
  window.came = [];
  window.interruptions = [];
  addEventListener("notifier-notification", ({detail}) => came.push(detail.notification.title));
  const button = document.querySelector("notifier-bell").shadowRoot.querySelector("#bell");
  new MutationObserver(() => button.dataset.status === "live" || interruptions.push(button.dataset.status))
    .observe(button, {attributeFilter: ["data-status"]});
}"""


class _Session:
    """A page of somebody whose tokens last ten seconds, as long as their backend gives any."""

    def __init__(self, adopter: Adopter) -> None:
        self.asked = 0
        self.is_backend_up = True
        self.adopter = adopter
        self.sent: list[str] = []

        def give_token(route: Route) -> None:
            self.asked += 1
            if self.is_backend_up:
                route.fulfill(body=adopter.service.token(adopter.user, expires_in=10))
            else:
                route.fulfill(status=503)

        adopter.route("/my-token", give_token)
        self.page: Page = adopter.live()
        self.page.evaluate(_WATCH)
        self.connection = self.connections()[0]["connection"]

    def post(self) -> None:
        self.sent.append(f"number {len(self.sent)}")
        self.adopter.post(self.sent[-1])

    def connections(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.adopter.service.http.get(f"/api/v1/presence/{self.adopter.user}").json()[
            "connections"
        ]
        return found

    def came(self) -> bool:
        return bool(self.page.evaluate("() => came.length") == len(self.sent))

    def was_interrupted(self) -> bool:
        return bool(self.page.evaluate("() => interruptions.length"))


def test_token_ends_in_mid_session(new_adopter: Callable[..., Adopter], bob: str) -> None:
    """A new one is got before that, on the same connection, and nobody notices. If none is to be had then, the page is back with the next."""
    smooth, rough = new_adopter(), new_adopter()
    rough.user = bob
    well, cut_off = _Session(smooth), _Session(rough)
    asked, began = well.asked, time.monotonic()
    cut_off.is_backend_up = False
    # Beyond the end of the first token of each.
    while time.monotonic() < began + 10.5 or not cut_off.was_interrupted():
        for session in (well, cut_off):
            session.post()
        assert time.monotonic() < began + 60, "the service let a token outlive its end"
        well.page.wait_for_timeout(500)
    cut_off.is_backend_up = True
    for session in (well, cut_off):
        wait_until(session.came, what="all to come")
        assert session.page.evaluate("() => came") == session.sent
    assert well.asked > asked
    assert not well.was_interrupted()
    assert [each["connection"] for each in well.connections()] == [well.connection]
    assert [each["connection"] for each in cut_off.connections()] != [cut_off.connection]
    rough.complaints.clear()  # the browser's own lines about the 503
