"""Six tabs of one browser live off one socket, whatever becomes of the tab that holds it."""

import contextlib
import statistics
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Route

from tests.real import chromium
from tests.real.processes import wait_until
from tests.real.server import Server
from tests.real.tabs import Tab, one_leads, sockets_of

NUMBER = 6

pytestmark = pytest.mark.xdist_group("browser-tabs")


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium.running() as browser:
        yield browser


@pytest.fixture
def context(chrome: Browser) -> Iterator[BrowserContext]:
    opened = chrome.new_context()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def service() -> Iterator[Server]:
    running = Server("daphne")
    yield running
    running.stop()
    running.forget()


def open_tabs(context: BrowserContext, server: Server, user: str, number: int = NUMBER) -> list[Tab]:
    token = server.token(user)
    return [Tab(context, server, f"/tab/{index}/", token=token).await_live() for index in range(number)]


def test_six_tabs_have_one_socket(context: BrowserContext, service: Server, alice: str) -> None:
    """Each shows everything, once; exactly one leads, and exactly one is in front."""
    tabs = open_tabs(context, service, alice)
    one_leads(tabs)
    assert sockets_of(service, alice) == 1
    assert [tab.in_front for tab in tabs] == [False] * (NUMBER - 1) + [True]
    for title in ("one", "two"):
        service.post({"users": [alice]}, title)
    for tab in tabs:
        tab.await_shown(["one", "two"])
    tabs[2].ask("window.dispatchEvent(new Event('focus'))")
    wait_until(lambda: [tab.in_front for tab in tabs].index(True) == 2, what="the focused tab to be in front")
    assert sum(tab.in_front for tab in tabs) == 1


@pytest.mark.parametrize("how", ["closed", "crashed"])
def test_leader_that_goes_is_followed_without_loss(
    context: BrowserContext, service: Server, alice: str, how: str
) -> None:
    """Again and again, while notifications come: each is shown in each tab that is left, once and in order."""
    tabs = open_tabs(context, service, alice)
    sent: list[str] = []
    while len(tabs) > 3:
        leader = one_leads(tabs)
        for _ in range(3):
            sent.append(f"number {len(sent)}")
            service.post({"users": [alice]}, sent[-1])
        if how == "closed":
            leader.close()
        else:
            _crash(leader)
        tabs.remove(leader)
        sent.append(f"number {len(sent)}")
        service.post({"users": [alice]}, sent[-1])
        for tab in tabs:
            tab.await_shown(sent)
    one_leads(tabs)
    wait_until(lambda: sockets_of(service, alice) == 1, what="one socket")
    assert all(tab.ask("client.unread") == len(sent) for tab in tabs)


def _crash(tab: Tab) -> None:
    with contextlib.suppress(Error):
        tab.page.goto("chrome://crash")


def test_read_in_one_tab_is_read_everywhere(
    chrome: Browser, context: BrowserContext, service: Server, alice: str
) -> None:
    """In a tab that follows, in the one that leads, and on another device, within a second."""
    tabs = open_tabs(context, service, alice, 3)
    one_leads(tabs)
    elsewhere = chrome.new_context()
    device = Tab(elsewhere, service, token=service.token(alice)).await_live()
    name = service.post({"users": [alice]}, "one")["id"]
    for tab in [*tabs, device]:
        tab.await_shown(["one"])
    follower = next(tab for tab in tabs if not tab.leads)
    steps = [
        ("read", "read", 0),
        ("markUnread", "unmarked", 1),
        ("archive", "archived", 0),
        ("unarchive", "unarchived", 0),
    ]
    seconds: list[float] = []
    for verb, told, unread in steps:
        began = follower.ask(f"client.{verb}(['{name}']), Date.now()")
        for tab in [*tabs, device]:
            state = f"states.find(state => state.{told}.includes('{name}'))"
            wait_until(lambda tab=tab, state=state: tab.ask(state), what=f"{verb} to be told", seconds=10)  # type: ignore[misc]
            assert tab.ask("client.unread") == unread
            seconds.append((tab.ask(state)["at"] - began) / 1000)
    # Not each of them: the machine of a test may have other things to do for a moment.
    assert statistics.median(seconds) < 1, seconds
    elsewhere.close()


def test_server_that_is_killed_comes_back_to_one_socket(
    context: BrowserContext, new_server: Callable[..., Server], alice: str
) -> None:
    """Each of six tabs shows that it is offline, then what came meanwhile, once; the service is asked by one of them alone."""
    server = new_server("uvicorn")
    tabs = open_tabs(context, server, alice)
    leader = one_leads(tabs)
    server.post({"users": [alice]}, "before")
    for tab in tabs:
        tab.await_shown(["before"])
    server.kill()
    for tab in tabs:
        wait_until(lambda tab=tab: tab.ask("client.status") == "offline", what="the tab to be offline", seconds=10)  # type: ignore[misc]
    server.start()
    server.post({"users": [alice]}, "after")
    for tab in tabs:
        tab.await_shown(["before", "after"])
    assert one_leads(tabs) is leader
    assert sockets_of(server, alice) == 1


def test_frozen_leader_loses_the_socket_and_nothing_is_lost(
    context: BrowserContext, service: Server, alice: str
) -> None:
    """As a page that was put to sleep; woken, it follows, and shows what it slept through, once."""
    tabs = open_tabs(context, service, alice, 3)
    leader = one_leads(tabs)
    service.post({"users": [alice]}, "before")
    for tab in tabs:
        tab.await_shown(["before"])
    sleep = freeze(leader)
    service.post({"users": [alice]}, "asleep")
    others = [tab for tab in tabs if tab is not leader]
    # A page that becomes visible makes sure that its leader lives; without it the watchdog finds out within 35 s.
    others[0].ask("window.dispatchEvent(new Event('online'))")
    for tab in others:
        tab.await_shown(["before", "asleep"])
    one_leads(others)
    service.post({"users": [alice]}, "meanwhile")
    for tab in others:
        tab.await_shown(["before", "asleep", "meanwhile"])
    sleep.fulfill(body="")
    leader.await_shown(["before", "asleep", "meanwhile"])
    assert one_leads(tabs) is not leader
    wait_until(lambda: sockets_of(service, alice) == 1, what="one socket", seconds=20)
    service.post({"users": [alice]}, "awake")
    for tab in tabs:
        tab.await_shown(["before", "asleep", "meanwhile", "awake"])


def freeze(tab: Tab) -> Route:
    """Stop everything on the page, as a browser does that puts it to sleep: it waits for an answer, and nothing runs meanwhile."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    tab.page.route("**/asleep", hold)
    tab.ask(
        "setTimeout(() => { const sleep = new XMLHttpRequest(); sleep.open('GET', '/asleep', false); sleep.send(); })"
    )
    awake = next(page for page in tab.page.context.pages if page is not tab.page)
    wait_until(lambda: bool(held or awake.evaluate("false")), what="the page to sleep")
    return held[0]


def test_backlog_reaches_each_tab_once(context: BrowserContext, service: Server, alice: str) -> None:
    """500 notifications that came while nobody was there."""
    first = open_tabs(context, service, alice, 1)[0]
    first.close()
    for number in range(500):
        service.post({"users": [alice]}, str(number))
    tab = Tab(context, service, token=service.token(alice))
    tab.await_shown([str(number) for number in range(500)], seconds=30)
    assert tab.ask("client.unread") == 500


def test_tabs_of_two_people_share_nothing(context: BrowserContext, service: Server, alice: str, bob: str) -> None:
    """In one browser, at one address: each person's tabs have a socket of their own."""
    hers = [Tab(context, service, token=service.token(alice)).await_live() for _ in range(2)]
    his = [Tab(context, service, token=service.token(bob)).await_live() for _ in range(2)]
    one_leads(hers)
    one_leads(his)
    service.post({"users": [alice]}, "hers")
    service.post({"users": [bob]}, "his")
    for tab in hers:
        tab.await_shown(["hers"])
    for tab in his:
        tab.await_shown(["his"])
    assert [sockets_of(service, person) for person in (alice, bob)] == [1, 1]


def test_session_is_shared_by_who_it_is_and_left_when_it_changes(context: BrowserContext, service: Server) -> None:
    """Tabs with the session cookie. Signed in as somebody else, a new tab never follows the old person's."""
    sign_in(context, service, service.user, service.password)
    tabs = [Tab(context, service).await_live() for _ in range(2)]
    one_leads(tabs)
    assert sockets_of(service, service.user) == 1
    make = "from django.contrib.auth.models import User; User.objects.create_user('carol', password='carol-7261')"
    service.manage("shell", "-c", make)
    context.clear_cookies()
    sign_in(context, service, "carol", "carol-7261")
    carols = Tab(context, service).await_live()
    assert carols.ask("client.user") == "carol"
    assert carols.leads
    service.post({"users": [service.user]}, "for the first")
    for tab in tabs:
        tab.await_shown(["for the first"])
    assert carols.shown == []


def sign_in(context: BrowserContext, server: Server, user: str, password: str) -> None:
    page = context.new_page()
    page.goto(f"{server.url}/accounts/login/")
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)
    page.close()


def test_tab_that_will_not_share_has_its_own(context: BrowserContext, service: Server, alice: str) -> None:
    token = service.token(alice)
    tabs = [Tab(context, service, token=token, tabs=None).await_live() for _ in range(2)]
    assert all(tab.leads for tab in tabs)
    assert sockets_of(service, alice) == 2
