"""The live pages in a real browser: what an operator sees, as it happens."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.real import chromium
from tests.real.processes import ROOT
from tests.real.server import Server
from tests.real.socket import Socket

Connect = Callable[..., Socket]

pytestmark = pytest.mark.xdist_group("browser-dashboard")

AXE = ROOT / "clients" / "js" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = ("/ops/", "/ops/events/")


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium.running() as browser:
        yield browser


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def service(request: pytest.FixtureRequest) -> Iterator[Server]:
    running = Server(request.param)
    yield running
    running.stop()
    assert "Traceback" not in running.log(), running.log()
    running.forget()


@pytest.fixture
def operator(chrome: Browser, service: Server) -> Iterator[Page]:
    """A signed-in operator's tab. No page may break its policy or log an error."""
    context = chrome.new_context()
    page, complaints = signed_in(context, service)
    yield page
    context.close()
    assert not complaints, complaints


def signed_in(context: BrowserContext, service: Server) -> tuple[Page, list[str]]:
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{service.url}/accounts/login/?next=/ops/")
    page.get_by_label("Username").fill(service.user)
    page.get_by_label("Password").fill(service.password)
    page.keyboard.press("Enter")
    live(page)
    return page, complaints


def live(page: Page) -> None:
    expect(page.get_by_test_id("feed-state")).to_have_text("Live", timeout=20_000)


def open_live(page: Page, service: Server, path: str) -> None:
    page.goto(f"{service.url}{path}")
    live(page)


def rows(page: Page) -> list[str]:
    """The shown events, newest first."""
    found: list[str] = page.locator("#event-list li:visible .event-words").all_inner_texts()
    return found


# ------------------------------------------------------------------ the overview


def test_tiles_follow_within_two_seconds(operator: Page, service: Server, browser: Connect, alice: str) -> None:
    expect(operator.get_by_test_id("tile-connections")).to_have_text("0", timeout=10_000)
    socket = browser(service, alice).hello()
    expect(operator.get_by_test_id("tile-connections")).to_have_text("1", timeout=2_000)
    expect(operator.get_by_test_id("tile-people")).to_have_text("1", timeout=500)
    socket.close()
    expect(operator.get_by_test_id("tile-connections")).to_have_text("0", timeout=2_000)
    expect(operator.locator('[data-tile="people"]')).to_contain_text("nobody is connected")


def test_tiles_show_rates_and_health_in_words(operator: Page, service: Server, browser: Connect, alice: str) -> None:
    socket = browser(service, alice).hello()
    for number in range(20):
        service.post({"users": [alice]}, str(number))
        operator.wait_for_timeout(200)
    socket.notifications(20)
    expect(operator.get_by_test_id("tile-published")).not_to_have_text("0", timeout=5_000)
    expect(operator.get_by_test_id("tile-delivered")).not_to_have_text("0", timeout=5_000)
    expect(operator.get_by_test_id("tile-health")).to_have_text("Well")
    expect(operator.get_by_test_id("database")).to_contain_text("Well, answers in")
    expect(operator.get_by_test_id("redis")).to_contain_text("Not used")
    server = operator.locator("#servers tr").filter(has_text="Well")
    expect(server).to_contain_text(service.kind)


def test_page_is_useful_before_its_script(chrome: Browser, service: Server) -> None:
    """The server renders the first values, and which servers run."""
    context = chrome.new_context()
    signed_in(context, service)
    context.route("**/dashboard.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{service.url}/ops/")
    expect(page.get_by_test_id("tile-connections")).to_have_text(re.compile(r"\d"))
    expect(page.get_by_test_id("tile-health")).to_have_text("Well")
    expect(page.locator("#servers tr")).to_contain_text([service.kind])
    context.close()


def test_charts_have_points_and_marks(operator: Page, service: Server, browser: Connect, alice: str) -> None:
    """Within a few seconds; the server's start is marked, and told in the table too; arrow keys read the points."""
    socket = browser(service, alice).hello()
    service.post({"users": [alice]})
    socket.notifications(1)
    plot = operator.locator("#chart-connections [data-plot]")
    expect(plot.locator("canvas")).to_be_visible(timeout=10_000)
    expect(plot).to_have_attribute("data-points", re.compile(r"^([2-9]|\d\d+)$"), timeout=25_000)
    expect(plot).to_have_attribute("aria-label", re.compile(r"Connections: .* now, at most"))
    operator.get_by_test_id("marks-summary").click()
    expect(operator.locator("#marks")).to_contain_text("started")
    plot.focus()
    operator.keyboard.press("Home")
    expect(operator.locator("#chart-connections .reading-time")).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))


def test_span_is_kept_in_the_address(operator: Page, service: Server) -> None:
    operator.get_by_role("link", name="24 h").click()
    assert operator.url.endswith("?span=120")
    expect(operator.get_by_role("link", name="24 h")).to_have_attribute("aria-current", "true")
    operator.reload()
    live(operator)
    expect(operator.get_by_role("link", name="24 h")).to_have_attribute("aria-current", "true")


def test_disconnects_are_told_by_code_and_in_words(
    operator: Page, service: Server, browser: Connect, alice: str
) -> None:
    browser(service, alice).hello().close()
    browser(service, subprotocols=[]).close_code()
    table = operator.locator("#disconnects")
    expect(table.locator('[data-code="1000"]')).to_contain_text("The page closed it.", timeout=25_000)
    expect(table.locator('[data-code="4502"]')).to_contain_text("NOTIFIER_ORIGINS", timeout=10_000)
    expect(operator.get_by_test_id("slow")).to_have_text("No slow consumers.")


def test_hidden_page_stops_and_catches_up(operator: Page, service: Server, browser: Connect, alice: str) -> None:
    """No socket while nobody sees it; shown again, it is right again."""
    expect(operator.get_by_test_id("tile-connections")).to_have_text("0", timeout=10_000)
    _hide(operator, hidden=True)
    expect(operator.get_by_test_id("feed-state")).to_have_text("Paused")
    browser(service, alice).hello()
    operator.wait_for_timeout(2500)
    expect(operator.get_by_test_id("tile-connections")).to_have_text("0")
    _hide(operator, hidden=False)
    live(operator)
    expect(operator.get_by_test_id("tile-connections")).to_have_text("1", timeout=3_000)


def _hide(page: Page, *, hidden: bool) -> None:
    """As the browser says it: a tab of a headless Chromium is always seen."""
    page.evaluate(
        """hidden => {
          Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
def test_server_that_comes_back_is_found_again(chrome: Browser, new_server: Callable[..., Server], kind: str) -> None:
    """Without a reload, and the page says meanwhile that what it shows is old; the dead server is told of."""
    server = new_server(kind)
    context = chrome.new_context()
    page, _ = signed_in(context, server)
    page.evaluate("() => { window.neverReloaded = true; }")
    expect(page.locator("#servers tr")).to_have_count(1, timeout=10_000)
    server.kill()
    expect(page.get_by_test_id("feed-state")).to_have_text("Reconnecting", timeout=5_000)
    server.start()
    live(page)
    expect(page.locator("#servers tr")).to_have_count(2, timeout=10_000)
    expect(page.locator("#servers")).to_contain_text("Died", timeout=60_000)
    expect(page.locator("#problems")).to_contain_text("died at")
    expect(page.locator("#marks .mark-death")).to_have_count(1)
    assert page.evaluate("() => window.neverReloaded")
    context.close()


def test_session_that_ends_is_said(operator: Page, service: Server) -> None:
    other = operator.context.new_page()
    other.goto(f"{service.url}/ops/events/")
    other.get_by_role("button", name="Sign out").click()
    expect(operator.get_by_test_id("feed-state")).to_have_text("Signed out", timeout=10_000)


# ------------------------------------------------------------------ events


def test_a_post_appears_in_the_tail(operator: Page, service: Server, alice: str) -> None:
    open_live(operator, service, "/ops/events/")
    expect(operator.get_by_test_id("event-empty")).to_contain_text("Nothing has happened yet")
    published = service.post({"users": [alice]}, "Deploy <b>finished</b>")
    event = operator.locator("#event-list li").filter(has_text="Deploy <b>finished</b>")
    expect(event).to_contain_text(f"to {alice}", timeout=5_000)
    expect(event.get_by_role("link", name="Deploy")).to_have_attribute("href", f"/ops/notifications/{published['id']}/")
    expect(event.get_by_role("link", name=alice)).to_have_attribute("href", f"/ops/people/{alice}/")
    expect(event.locator("time")).to_have_attribute("title", re.compile(r"\d\d:\d\d:\d\d"))


def test_pause_and_pointer_hold_the_tail_still(operator: Page, service: Server, alice: str) -> None:
    open_live(operator, service, "/ops/events/")
    service.post({"users": [alice]}, "first")
    expect(operator.locator("#event-list")).to_contain_text("first", timeout=5_000)
    operator.get_by_role("button", name="Pause").click()
    service.post({"users": [alice]}, "second")
    expect(operator.get_by_test_id("event-status")).to_contain_text("Paused · 1 new", timeout=5_000)
    expect(operator.locator("#event-list")).not_to_contain_text("second")
    operator.get_by_role("button", name="Resume").click()
    expect(operator.locator("#event-list")).to_contain_text("second")
    operator.locator("#event-list li").first.hover()
    service.post({"users": [alice]}, "third")
    expect(operator.get_by_test_id("event-status")).to_contain_text("1 new", timeout=5_000)
    expect(operator.locator("#event-list")).not_to_contain_text("third")
    operator.mouse.move(0, 0)
    expect(operator.locator("#event-list")).to_contain_text("third")


def test_filters_are_kept_in_the_address(operator: Page, service: Server, browser: Connect, alice: str) -> None:
    open_live(operator, service, "/ops/events/")
    browser(service, alice).hello()
    service.post({"users": [alice]}, "Deploy finished")
    service.post({"users": [alice]}, "Disk is full")
    expect(operator.locator("#event-list li")).to_have_count(3, timeout=5_000)
    operator.get_by_label("Connected", exact=True).uncheck()
    assert len(rows(operator)) == 2
    operator.get_by_label("Text").fill("disk")
    assert len(rows(operator)) == 1
    assert "q=disk" in operator.url and "kind=published" in operator.url and "kind=connected" not in operator.url
    operator.reload()
    live(operator)
    expect(operator.get_by_label("Connected", exact=True)).not_to_be_checked()
    service.post({"users": [alice]}, "Deploy finished")
    expect(operator.get_by_test_id("event-empty")).to_contain_text("None of the newest 1 event", timeout=5_000)
    service.post({"users": [alice]}, "Disk is full")
    expect(operator.locator("#event-list li:visible")).to_have_count(1, timeout=5_000)


def test_the_tail_is_bounded_and_says_what_it_leaves_out(operator: Page, service: Server, alice: str) -> None:
    open_live(operator, service, "/ops/events/")
    draft = {"to": {"users": [alice]}, "title": "many"}
    for _ in range(120):
        assert service.http.post("/api/v1/notifications", json=draft).status_code == 201
    expect(operator.locator("#event-list .event-more").first).to_contain_text("not shown", timeout=10_000)
    assert operator.locator("#event-list li").count() <= 500


# ------------------------------------------------------------------ everybody can use them


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(
    chrome: Browser, service: Server, browser: Connect, alice: str, path: str, scheme: Any
) -> None:
    """At a desk and on a phone, with something to see."""
    context = chrome.new_context(color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    page, _ = signed_in(context, service)
    open_live(page, service, path)
    socket = browser(service, alice).hello()
    service.post({"users": [alice]}, "Deploy finished")
    socket.notifications(1)
    socket.close()
    if path == "/ops/":
        expect(page.locator("#disconnects tr").first).to_be_visible(timeout=25_000)
        page.get_by_test_id("marks-summary").click()
    else:
        expect(page.locator("#event-list li").first).to_be_visible(timeout=10_000)
    page.add_script_tag(path=AXE)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        found = page.evaluate("() => axe.run()")
        assert not [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]], (
            f"{path} {scheme} {width}"
        )
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_pages_fit_every_width(operator: Page, service: Server, path: str) -> None:
    """Nothing scrolls sideways; charts follow the window."""
    open_live(operator, service, path)
    for width in (320, 390, 768, 1280, 1920):
        operator.set_viewport_size({"width": width, "height": 900})
        operator.wait_for_timeout(200)
        room = "document.documentElement.clientWidth - document.documentElement.scrollWidth"
        assert operator.evaluate(room) >= 0, width


def test_charts_follow_the_theme(operator: Page) -> None:
    """Light and dark, live."""
    plot = operator.locator("#chart-connections [data-plot]")
    expect(plot.locator("canvas")).to_be_visible(timeout=10_000)
    operator.emulate_media(color_scheme="light")
    colours = "() => document.querySelector('#chart-connections canvas').toDataURL()"
    operator.wait_for_timeout(300)
    before = operator.evaluate(colours)
    operator.emulate_media(color_scheme="dark")
    operator.wait_for_function(
        "before => document.querySelector('#chart-connections canvas').toDataURL() !== before", arg=before
    )
