"""The overview in a real browser: what an operator sees, as it happens."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.ops.tabs import live, signed_in
from tests.real.server import Server
from tests.real.socket import Socket

Connect = Callable[..., Socket]


# ------------------------------------------------------------------ the overview


def test_tiles_follow_within_two_seconds(operator: Page, watched: Server, browser: Connect, alice: str) -> None:
    expect(operator.get_by_test_id("tile-connections")).to_have_text("0", timeout=10_000)
    socket = browser(watched, alice).hello()
    expect(operator.get_by_test_id("tile-connections")).to_have_text("1", timeout=2_000)
    expect(operator.get_by_test_id("tile-people")).to_have_text("1", timeout=500)
    socket.close()
    expect(operator.get_by_test_id("tile-connections")).to_have_text("0", timeout=2_000)
    expect(operator.locator('[data-tile="people"]')).to_contain_text("nobody is connected")


def test_tiles_show_rates_and_health_in_words(operator: Page, watched: Server, browser: Connect, alice: str) -> None:
    socket = browser(watched, alice).hello()
    for number in range(20):
        watched.post({"users": [alice]}, str(number))
        operator.wait_for_timeout(200)
    socket.notifications(20)
    expect(operator.get_by_test_id("tile-published")).not_to_have_text("0", timeout=5_000)
    expect(operator.get_by_test_id("tile-delivered")).not_to_have_text("0", timeout=5_000)
    expect(operator.get_by_test_id("tile-health")).to_have_text("Well")
    expect(operator.get_by_test_id("database")).to_contain_text("Well, answers in")
    expect(operator.get_by_test_id("redis")).to_contain_text("Not used")
    server = operator.locator("#servers tr").filter(has_text="Well")
    expect(server).to_contain_text(watched.kind)


def test_page_is_useful_before_its_script(chrome: Browser, watched: Server) -> None:
    """The server renders the first values, and which servers run."""
    context = chrome.new_context()
    signed_in(context, watched)
    context.route("**/dashboard.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{watched.url}/ops/")
    expect(page.get_by_test_id("tile-connections")).to_have_text(re.compile(r"\d"))
    expect(page.get_by_test_id("tile-health")).to_have_text("Well")
    expect(page.locator("#servers tr")).to_contain_text([watched.kind])
    context.close()


def test_charts_have_points_and_marks(operator: Page, watched: Server, browser: Connect, alice: str) -> None:
    """Within a few seconds; the server's start is marked, and told in the table too; arrow keys read the points."""
    socket = browser(watched, alice).hello()
    watched.post({"users": [alice]})
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


def test_span_is_kept_in_the_address(operator: Page, watched: Server) -> None:
    operator.get_by_role("link", name="24 h").click()
    assert operator.url.endswith("?span=120")
    expect(operator.get_by_role("link", name="24 h")).to_have_attribute("aria-current", "true")
    operator.reload()
    live(operator)
    expect(operator.get_by_role("link", name="24 h")).to_have_attribute("aria-current", "true")


def test_disconnects_are_told_by_code_and_in_words(
    operator: Page, watched: Server, browser: Connect, alice: str
) -> None:
    browser(watched, alice).hello().close()
    browser(watched, subprotocols=[]).close_code()
    table = operator.locator("#disconnects")
    expect(table.locator('[data-code="1000"]')).to_contain_text("The page closed it.", timeout=25_000)
    expect(table.locator('[data-code="4502"]')).to_contain_text("NOTIFIER_ORIGINS", timeout=10_000)
    expect(operator.get_by_test_id("slow")).to_have_text("No slow consumers.")


def test_hidden_page_stops_and_catches_up(operator: Page, watched: Server, browser: Connect, alice: str) -> None:
    """No socket while nobody sees it; shown again, it is right again."""
    expect(operator.get_by_test_id("tile-connections")).to_have_text("0", timeout=10_000)
    _hide(operator, hidden=True)
    expect(operator.get_by_test_id("feed-state")).to_have_text("Paused")
    browser(watched, alice).hello()
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


def test_server_that_comes_back_is_found_again(chrome: Browser, new_server: Callable[..., Server]) -> None:
    """Without a reload, and the page says meanwhile that what it shows is old; the dead server is told of."""
    server = new_server("uvicorn")
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


def test_session_that_ends_is_said(operator: Page, watched: Server) -> None:
    other = operator.context.new_page()
    other.goto(f"{watched.url}/ops/events/")
    other.get_by_role("button", name="Sign out").click()
    expect(operator.get_by_test_id("feed-state")).to_have_text("Signed out", timeout=10_000)


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
