"""The demo page in a real browser, as a newcomer uses it."""

import re
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from hashlib import sha384
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.elementpages import SHOTS, axe
from tests.real import chromium
from tests.real.processes import wait_until
from tests.real.server import Server

# Patience is for a loaded machine; what is fast enough is measured elsewhere.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium.running() as browser:
        yield browser


@pytest.fixture
def service(new_server: Callable[..., Server]) -> Server:
    """A server of the test's own."""
    return new_server("daphne")


@pytest.fixture
def context(chrome: Browser) -> Iterator[BrowserContext]:
    opened = chrome.new_context()
    yield opened
    opened.close()


def _sign_in(context: BrowserContext, service: Server) -> Page:
    """Open the demo page, sign in with what `make serve` printed, and wait until the page is live."""
    page = context.new_page()
    complaints: list[str] = []
    # A refused connection while the server is away is the browser's own line, and not the page's fault.
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{service.url}/demo/")
    page.get_by_label("Username").fill(service.user)
    page.get_by_label("Password").fill(service.password)
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_have_attribute("data-state", "live")
    assert not complaints, complaints
    return page


def _received(page: Page) -> list[dict[str, Any]]:
    """What the page's list shows, oldest first."""
    shown: list[dict[str, Any]] = page.locator("#received li").evaluate_all(
        "items => items.map(item => ({...item.dataset, text: item.innerText})).reverse()"
    )
    return shown


def test_printed_curl_makes_a_toast(context: BrowserContext, service: Server) -> None:
    """The command on the page, run as it stands, shows its toast."""
    page = _sign_in(context, service)
    command = page.locator("#curl").inner_text()
    subprocess.run(["bash", "-c", command], check=True, capture_output=True, timeout=20)
    toast = page.locator(".notifier-toast")
    expect(toast).to_contain_text("Deploy finished")
    expect(toast).to_have_attribute("data-level", "success")


def test_button_makes_a_toast(context: BrowserContext, service: Server) -> None:
    page = _sign_in(context, service)
    page.get_by_label("Title").fill("From the page <b>&amp;</b>")
    page.locator("#send").click()
    expect(page.locator(".notifier-toast")).to_contain_text("From the page <b>&amp;</b>")


def test_toast_on_a_visible_page_is_seen(context: BrowserContext, service: Server) -> None:
    """The receipt says so, with when."""
    page = _sign_in(context, service)
    sent = service.post({"users": ["alice"]}, "Disk is full", level="error")
    expect(page.locator(".notifier-toast")).to_be_visible()

    def receipt() -> dict[str, Any]:
        found = service.http.get(f"/api/v1/notifications/{sent['id']}/receipts").json()["receipts"]
        shown: dict[str, Any] = found[0]
        return shown

    wait_until(lambda: receipt()["seen"] is not None, what="the receipt to say seen")
    steps = receipt()
    assert (steps["user"], steps["state"], steps["read"]) == ("alice", "seen", None)
    assert sent["created"] <= steps["sent"] <= steps["delivered"] <= steps["seen"]


def test_toast_is_dismissed_by_keyboard(context: BrowserContext, service: Server) -> None:
    page = _sign_in(context, service)
    service.post({"users": ["alice"]}, "Disk is full", level="error")
    expect(page.locator(".notifier-toast")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".notifier-toast")).to_have_count(0)


def test_kill_9_between_two_posts_loses_and_doubles_nothing(context: BrowserContext, service: Server) -> None:
    """The server dies and comes back under an open page: both notifications, once each, in order, without a reload."""
    page = _sign_in(context, service)
    page.evaluate("() => { window.neverReloaded = true; }")
    service.post({"users": ["alice"]}, "before")
    service.kill()
    expect(page.locator("#state")).not_to_have_attribute("data-state", "live")
    service.start()
    service.post({"users": ["alice"]}, "after")
    expect(page.locator("#received li")).to_have_count(2, timeout=40_000)
    first, second = (item["text"] for item in _received(page))
    assert "before" in first
    assert "after" in second
    assert [item["seq"] for item in _received(page)] == ["1", "2"]
    assert page.evaluate("() => window.neverReloaded")
    expect(page.locator("#state")).to_have_attribute("data-state", "live")


def test_a_reload_shows_nothing_twice(context: BrowserContext, service: Server) -> None:
    """The cursor is kept in the browser: what was handled before a reload does not come again."""
    page = _sign_in(context, service)
    service.post({"users": ["alice"]}, "once")
    expect(page.locator("#received li")).to_have_count(1)
    page.reload()
    expect(page.locator("#state")).to_have_attribute("data-state", "live")
    service.post({"users": ["alice"]}, "and another")
    expect(page.locator("#received li")).to_have_count(1)
    expect(page.locator("#received li")).to_contain_text("and another")


def test_500_while_away_are_one_summary(context: BrowserContext, service: Server) -> None:
    """A page that was away gets all 500, in order, and shows one toast for them."""
    page = _sign_in(context, service)
    context.set_offline(offline=True)
    page.evaluate("() => window.dispatchEvent(new Event('offline'))")
    service.kill()  # the open socket dies with it
    service.start()
    for number in range(500):
        service.post({"users": ["alice"]}, f"missed {number}")
    context.set_offline(offline=False)
    summary = page.locator(".notifier-toast[data-id='']")
    expect(summary).to_have_count(1, timeout=40_000)
    expect(summary).to_contain_text("500")
    expect(page.locator(".notifier-toast")).to_have_count(1)
    expect(page.locator("#unread")).to_have_text("500")
    # The list keeps the newest 100, in order.
    assert [int(item["seq"]) for item in _received(page)] == list(range(401, 501))


def test_hostile_text_is_only_text(context: BrowserContext, service: Server) -> None:
    page = _sign_in(context, service)
    hostile = "<img src=x onerror=alert(1)><script>alert(1)</script>"
    service.post({"users": ["alice"]}, hostile, body=hostile, category=hostile[:64], data={hostile: hostile})
    expect(page.locator(".notifier-toast")).to_contain_text(hostile)
    assert page.locator(".notifier-toast img, .notifier-toast script, #received img").count() == 0


def test_read_in_one_tab_shows_in_the_other(context: BrowserContext, service: Server) -> None:
    page = _sign_in(context, service)
    other = context.new_page()
    other.goto(f"{service.url}/demo/")
    expect(other.locator("#state")).to_have_attribute("data-state", "live")
    service.post({"users": ["alice"]}, "read me")
    for tab in (page, other):
        expect(tab.locator("#unread")).to_have_text("1")
    page.get_by_role("button", name="Mark all read").click()
    for tab in (page, other):
        expect(tab.locator("#unread")).to_be_hidden()


def test_staff_see_who_is_connected(context: BrowserContext, service: Server) -> None:
    """`/ops/people/` lists the open page; `manage.py who` says the same."""
    _sign_in(context, service)
    ops = context.new_page()
    ops.goto(f"{service.url}/ops/people/")
    expect(ops.get_by_role("table")).to_contain_text("alice")
    expect(ops.get_by_role("table")).to_contain_text("127.0.0.1")
    who = service.manage("who")
    assert who.returncode == 0, who.stderr
    assert "1 people online, 1 connections" in who.stdout
    assert "alice" in who.stdout


def test_operators_see_which_page_is_looked_at(context: BrowserContext, service: Server) -> None:
    """The path without its query, the browser by name, and whether the page is seen."""
    page = _sign_in(context, service)
    page.goto(f"{service.url}/demo/?token=secret")
    expect(page.locator("#state")).to_have_attribute("data-state", "live")

    def connections() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = service.http.get(f"/api/v1/presence/{service.user}").json()["connections"]
        return found

    wait_until(lambda: len(connections()) == 1, what="the first page to be gone")
    (facts,) = connections()
    assert (facts["page"], facts["visible"]) == ("/demo/", True)
    assert facts["client"].startswith("notifier.js/") and "Chrom" in facts["browser"]
    page.evaluate(
        "() => { Object.defineProperty(document, 'hidden', {value: true});"
        " document.dispatchEvent(new Event('visibilitychange')); }"
    )
    wait_until(lambda: connections()[0]["visible"] is False, what="the page to be hidden")


@pytest.mark.xdist_group("browser-daphne")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_and_log_no_complaint(chrome: Browser, new_server: Callable[..., Server], scheme: Any) -> None:
    """No page scrolls sideways or breaks its content security policy, on a phone or a desk, light or dark."""
    service = new_server("daphne")
    context = chrome.new_context(color_scheme=scheme)
    page = _sign_in(context, service)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for path in ("/demo/", "/ops/", "/ops/people/", "/ops/events/", "/accounts/login/", "/api/v1/docs"):
            page.goto(f"{service.url}{path}", wait_until="load")
            room = page.evaluate("() => document.documentElement.clientWidth - document.documentElement.scrollWidth")
            assert room >= 0 or path == "/api/v1/docs", (path, width, room)
    assert not complaints, complaints
    context.close()


@pytest.mark.xdist_group("browser-daphne")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_two_people_side_by_side(chrome: Browser, new_server: Callable[..., Server], scheme: Any) -> None:
    """One is away and comes: what was sent meanwhile is one summary; axe finds nothing, and the latency is shown."""
    service = new_server("daphne")
    context = chrome.new_context(color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    page = _sign_in(context, service)
    page.get_by_label("To", exact=True).select_option("both")
    page.get_by_role("button", name="Every level").click()
    alice, bob = page.locator("#toasts .notifier-toast"), page.locator("#neighbour-toasts .notifier-toast")
    expect(alice).to_have_count(3)
    expect(page.get_by_test_id("latency")).to_have_text(re.compile(r"\d+ ms after Send"))
    expect(bob).to_have_count(0)
    page.get_by_role("switch", name="Online").last.check()
    expect(bob).to_have_count(1)
    expect(bob).to_contain_text("4 while you were away")
    page.get_by_label("With actions").check()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(bob).to_have_count(2)
    expect(bob.last.get_by_role("button", name="Try again")).to_be_visible()
    page.get_by_role("switch", name="Online").first.uncheck()
    expect(page.locator("#state")).to_have_attribute("data-state", "offline")
    SHOTS.mkdir(exist_ok=True)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert not axe(page), (scheme, width)
        page.screenshot(path=SHOTS / f"demo-{scheme}-{width}.png", full_page=True)
    page.locator("#neighbour-bell").get_by_role("button").first.click()
    expect(page.locator("#neighbour-bell .item")).to_have_count(5)
    assert not axe(page)
    context.close()


def test_code_to_copy_is_what_the_service_serves(context: BrowserContext, service: Server) -> None:
    """The hash on the page is that of the file behind the versioned path, and of what the command prints."""
    page = _sign_in(context, service)
    shown = page.locator("#html").inner_text()
    path, integrity = re.search(r'src="([^"]+)"\s+integrity="sha384-([^"]+)"', shown).groups()  # type: ignore[union-attr]
    served = service.http.get(path)
    assert served.status_code == 200
    assert b64encode(sha384(served.content).digest()).decode() == integrity
    printed = service.manage("clientscript", "https://notify.example.com/").stdout
    assert f'src="https://notify.example.com{path}"' in printed
    assert integrity in printed
