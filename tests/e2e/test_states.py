"""Every state of both elements and of the demo, at a desk and on a phone, light and dark, from either side: axe finds nothing, and nothing overflows.

The screenshots lie in `test-results/`.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, WebSocketRoute, expect

from tests.e2e.elementpages import BELL, SHOTS, SOCKET, Adopter, axe
from tests.real.server import Server

pytestmark = pytest.mark.xdist_group("elements-states")

ROWS = "notifier-bell .item"
TOAST = ".notifier-toast"
BODY = f'<notifier-bell {SOCKET} system></notifier-bell><notifier-toasts {SOCKET} duration="600000"></notifier-toasts>'
ACTIONS = {"actions": [{"label": "Retry", "name": "retry"}, {"label": "Open the order", "url": "/orders/1"}]}
TEXT = "A body that takes more than one line on a phone, and perhaps at a desk as well, since it goes on and on. "


class Look:
    """How a page is looked at."""

    def __init__(self, scheme: Any, direction: str) -> None:
        self.scheme = scheme
        self.direction = direction

    def check(self, page: Page, state: str) -> None:
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert not axe(page), (state, width)
            room = page.evaluate("() => document.documentElement.clientWidth - document.documentElement.scrollWidth")
            assert room >= 0, (state, width)
            SHOTS.mkdir(exist_ok=True)
            page.screenshot(path=SHOTS / f"{state}-{self.scheme}-{self.direction}-{width}.png")

    def options(self) -> dict[str, Any]:
        return {"color_scheme": self.scheme, "bypass_csp": True, "reduced_motion": "reduce"}

    def attributes(self) -> str:
        return 'lang="en"' if self.direction == "ltr" else 'lang="ar" dir="rtl"'


@pytest.fixture(params=["light-ltr", "dark-ltr", "light-rtl"])
def look(request: pytest.FixtureRequest) -> Look:
    return Look(*request.param.split("-"))


def _everything_sent(adopter: Adopter) -> None:
    for level in ("info", "success", "warning", "error"):
        adopter.post(f"A {level}", level=level, body=TEXT * 2, category="orders", url="/orders/1")
    adopter.post("unbroken" * 20, body="unbroken" * 60, category="c" * 64, data=ACTIONS)
    adopter.post("طلبك في الطريق", body="سيصل الطلب ١٠٤٢ غدا بين التاسعة والحادية عشرة", data=ACTIONS)


def test_bell(new_adopter: Callable[..., Adopter], look: Look) -> None:
    """Connecting, closed, loading, failed, empty, full, each view, offline, refused."""
    adopter = new_adopter(**look.options())
    held: list[Route] = []
    sockets: list[WebSocketRoute] = []
    network = "silent"

    def answer_socket(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        if network == "there":
            socket.connect_to_server()
        elif network == "gone":
            socket.close(code=1012)

    def hold(route: Route) -> None:
        held.append(route)

    page = adopter.open("", attributes=look.attributes())
    page.route_web_socket("**/ws/**", answer_socket)
    page.route("**/api/v1/inbox*", hold)
    page.evaluate("(html) => document.querySelector('main').insertAdjacentHTML('beforeend', html)", BODY)
    page.locator("notifier-bell [data-status=connecting]").wait_for()
    look.check(page, "bell-connecting")
    page.locator("#bell").click()
    expect(page.get_by_text("Loading…")).to_be_visible()
    look.check(page, "bell-loading")
    held[-1].abort()
    expect(page.get_by_text("Loading failed")).to_be_visible()
    look.check(page, "bell-failed")
    page.unroute_all()
    network = "there"
    sockets[-1].close(code=1012)
    page.locator("notifier-bell [data-status=live]").wait_for()
    expect(page.get_by_text("All caught up")).to_be_visible()
    look.check(page, "bell-empty")
    _everything_sent(adopter)
    expect(page.locator(ROWS)).to_have_count(6)
    page.evaluate("() => document.querySelector('notifier-toasts').remove()")
    look.check(page, "bell-full")
    page.locator(ROWS).first.get_by_role("button").first.click()
    expect(page.locator(f"{ROWS}[data-unread]")).to_have_count(5)
    look.check(page, "bell-one-read")
    for name, empty in (("Archived", "Nothing archived"), ("Unread", "")):
        page.get_by_role("radio", name=name).click()
        if empty:
            expect(page.get_by_text(empty)).to_be_visible()
        else:
            expect(page.locator(ROWS)).to_have_count(5)
        look.check(page, f"bell-{name.lower()}")
    network = "gone"
    sockets[-1].close(code=4003)
    expect(page.locator("notifier-bell .connection")).to_contain_text("Reconnecting…")
    look.check(page, "bell-offline")
    # It tries again soon after this press; before it, it might come back by itself, and take the button away.
    page.get_by_role("button", name="Reconnect", exact=True).click()
    network = "there"
    page.locator("notifier-bell [data-status=live]").wait_for()
    adopter.service.http.post("/api/v1/ops/block", json={"user": adopter.user, "reason": "a test"})
    expect(page.locator("notifier-bell .connection")).to_contain_text("Disconnected")
    page.locator("#bell").click()
    look.check(page, "bell-refused")
    adopter.complaints.clear()  # the browser's own line about the failed request


def test_bell_with_much_in_it(new_adopter: Callable[..., Adopter], look: Look) -> None:
    adopter = new_adopter(**look.options())
    for number in range(101):
        adopter.post(f"number {number}")
    page = adopter.live(BELL, attributes=look.attributes())
    expect(page.locator("notifier-bell .badge")).to_have_text("99+")
    expect(page.get_by_role("button", name="Notifications, 99+ unread")).to_be_visible()
    look.check(page, "bell-closed-99")
    page.locator("#bell").click()
    expect(page.locator(ROWS)).to_have_count(20)
    page.get_by_role("button", name="Load more").focus()
    look.check(page, "bell-more")


def test_toasts(new_adopter: Callable[..., Adopter], look: Look) -> None:
    """The summary, each level, links, actions, what does not break, more than three, the one with the focus."""
    adopter = new_adopter(**look.options())
    for number in range(7):
        adopter.post(f"missed {number}", level="error" if number == 3 else "info")
    page = adopter.live(BODY, attributes=look.attributes())
    expect(page.locator(f"{TOAST}[data-id='']")).to_be_visible()
    look.check(page, "toasts-summary")
    page.get_by_role("button", name="Dismiss").click()
    _everything_sent(adopter)
    expect(page.locator("notifier-toasts .more")).to_be_visible()
    page.keyboard.press("F8")
    look.check(page, "toasts-first")
    for _ in range(3):
        page.keyboard.press("Escape")
    expect(page.locator(TOAST)).to_have_count(3)
    look.check(page, "toasts-last")
    sizes = page.locator("notifier-toasts :is(button, .action)").evaluate_all(
        "all => all.map((each) => each.getBoundingClientRect()).map(({width, height}) => Math.min(width, height))"
    )
    assert min(sizes) >= 24, "too small for a finger"


@pytest.fixture
def demo(chrome: Browser, shared_service: Server) -> Iterator[Callable[[Look], Page]]:
    """Opens the demo, signed in."""
    opened = []

    def start(look: Look) -> Page:
        context = chrome.new_context(**look.options())
        opened.append(context)
        page = context.new_page()
        page.goto(f"{shared_service.url}/demo/")
        look.check(page, "demo-login")
        page.get_by_label("Username").fill(shared_service.user)
        page.get_by_label("Password").fill(shared_service.password)
        page.keyboard.press("Enter")
        expect(page.locator("#state")).to_have_attribute("data-state", "live")
        return page

    yield start
    for context in opened:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_demo(demo: Callable[[Look], Page], shared_service: Server, scheme: str) -> None:
    """Nothing yet, everything, a banner, the open bell, a mistake, both offline, refused."""
    look = Look(scheme, "ltr")
    page = demo(look)
    look.check(page, "demo-start")
    page.get_by_role("switch", name="Online").last.check()
    expect(page.locator("#neighbour-state")).to_have_attribute("data-state", "live")
    page.get_by_label("To", exact=True).select_option("both")
    page.get_by_label("With actions").check()
    page.get_by_role("button", name="Every level").click()
    expect(page.locator(TOAST)).to_have_count(6)
    page.get_by_role("button", name="Burst of 10").click()
    expect(page.locator("#neighbour-toasts .more")).to_have_text("11 more")
    shared_service.http.post("/api/v1/ops/banner", json={"text": "Maintenance at 18:00", "level": "warning"})
    expect(page.get_by_test_id("banner")).to_be_visible()
    look.check(page, "demo-full")
    shared_service.http.post("/api/v1/ops/banner", json={"text": None})
    page.locator("#bell").get_by_role("button").first.click()
    expect(page.locator("#bell .item").first).to_be_visible()
    look.check(page, "demo-bell")
    page.keyboard.press("Escape")
    page.route("**/demo/send/", lambda route: route.abort())
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("The server could not be reached.")).to_be_visible()
    look.check(page, "demo-mistake")
    page.get_by_role("switch", name="Online").last.uncheck()
    shared_service.http.post("/api/v1/ops/block", json={"user": shared_service.user, "reason": "a test"})
    expect(page.locator("#state")).to_have_attribute("data-state", "refused")
    look.check(page, "demo-refused")
    shared_service.http.post("/api/v1/ops/unblock", json={"user": shared_service.user})


def test_demo_on_a_phone_shows_the_toast_where_it_is_sent_from(demo: Callable[[Look], Page]) -> None:
    page = demo(Look("light", "ltr"))
    page.set_viewport_size({"width": 390, "height": 800})
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#toasts .notifier-toast").last).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_in_viewport()
