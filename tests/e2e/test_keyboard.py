"""Everything by keyboard alone: both elements, and the whole demo. Wherever the focus is, it shows; it is never lost."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.elementpages import BELL, Adopter
from tests.real.server import Server

pytestmark = pytest.mark.xdist_group("elements-keyboard")

ROWS = "notifier-bell .item"
# What has the focus, through all shadow trees, and whether a person sees that it has.
_FOCUSED = """() => {
  let at = document.activeElement;
  while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  const {outlineStyle, outlineWidth, boxShadow} = getComputedStyle(at);
  const {width, height} = at.getBoundingClientRect();
  const labels = [...(at.labels ?? [])].map((each) => each.textContent.trim()).join(" ");
  return {
    name: at === document.body ? "" : at.ariaLabel || labels || at.textContent.trim().slice(0, 40) || at.id,
    shows: (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow !== "none",
    size: Math.min(width, height),
  };
}"""


def _focused(page: Page) -> str:
    """The name of what has the focus; "" for nothing."""
    found: dict[str, Any] = page.evaluate(_FOCUSED)
    assert found["shows"] or not found["name"], f"nobody sees that {found['name']} has the focus"
    return str(found["name"])


def _tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Press a key until that has the focus which is called so."""
    for _ in range(100):
        page.keyboard.press(key)
        if _focused(page) == name:
            return
    raise AssertionError(f"{name!r} is not reached")


def test_inbox(adopter: Adopter) -> None:
    """Open, read, unread, archive, and back; mark all; each view; close: the focus is where it was."""
    for title in ("one", "two", "three"):
        adopter.post(title, url="/orders/1" if title == "two" else "")
    page = adopter.live(BELL)
    page.locator("#before").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(ROWS)).to_have_count(3)
    unread = page.locator(f"{ROWS}[data-unread]")
    _tab_to(page, "three")
    page.keyboard.press("Enter")
    expect(unread).to_have_count(2)
    _tab_to(page, "Mark as unread")
    page.keyboard.press("Space")
    expect(unread).to_have_count(3)
    assert _focused(page) == "Mark as read"
    _tab_to(page, "two")
    _tab_to(page, "Archive")
    page.keyboard.press("Enter")
    expect(page.locator(ROWS)).to_have_count(2)
    assert _focused(page) == "Archive"
    _tab_to(page, "Mark all read", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(unread).to_have_count(0)
    expect(page.locator("#scroll")).to_be_focused()
    _tab_to(page, "All", "Shift+Tab")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("radio", name="Archived")).to_be_focused()
    expect(page.locator(ROWS)).to_have_count(1)
    _tab_to(page, "Move to inbox")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing archived")).to_be_visible()
    expect(page.locator("#scroll")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#bell")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#after")).to_be_focused()


def test_walking_down_the_list_loads_it_to_the_end(adopter: Adopter) -> None:
    posted = [adopter.post(f"number {number}") for number in range(25)]
    page = adopter.live(BELL)
    adopter.handled(posted[-1])  # else some of it would still come, and be put above what is listed
    page.locator("#bell").focus()
    page.keyboard.press("Enter")
    expect(page.locator(ROWS)).to_have_count(20)
    for number in reversed(range(25)):
        _tab_to(page, f"number {number}")
        if number == 6:
            expect(page.locator(ROWS)).to_have_count(25)
    expect(page.get_by_role("button", name="Load more")).to_be_hidden()


def test_load_more_hands_the_focus_to_what_it_loaded(adopter: Adopter) -> None:
    posted = [adopter.post(f"number {number}") for number in range(45)]
    page = adopter.live(BELL)
    adopter.handled(posted[-1])  # else some of it would still come, and be put above what is listed
    more = page.get_by_role("button", name="Load more")
    page.locator("#bell").focus()
    page.keyboard.press("Enter")
    expect(page.locator(ROWS)).to_have_count(20)
    for first in (24, 4):
        more.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name=f"number {first}", exact=True)).to_be_focused()
    expect(more).to_be_hidden()


def test_try_again_and_reconnect_keep_the_focus_in_the_panel(adopter: Adopter) -> None:
    adopter.post("there after all")
    page = adopter.live(BELL)
    page.route("**/api/v1/inbox*", lambda route: route.fulfill(status=503))
    page.locator("#bell").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    _tab_to(page, "Try again")
    page.unroute("**/api/v1/inbox*")
    page.keyboard.press("Enter")
    expect(page.locator("notifier-bell .load-more")).to_be_hidden()
    expect(page.locator("notifier-bell .panel :focus")).to_have_count(1)
    adopter.service.http.post("/api/v1/ops/block", json={"user": adopter.user, "reason": "a test"})
    expect(page.get_by_role("button", name="Reconnect")).to_be_visible()
    adopter.service.http.post("/api/v1/ops/unblock", json={"user": adopter.user})
    _tab_to(page, "Reconnect", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Reconnect")).to_be_hidden()
    expect(page.locator("#scroll")).to_be_focused()
    adopter.complaints.clear()  # the browser's own line about the 503


def test_toasts(new_adopter: Callable[..., Adopter]) -> None:
    """To them by a key, through them by Tab, an action, a dismissal, and back to where one was."""
    adopter = new_adopter()
    page = adopter.live()
    page.evaluate(
        "() => { window.chosen = []; addEventListener('notifier-action', ({detail}) => chosen.push(detail.action.name)); }"
    )
    page.locator("#before").focus()
    adopter.post("first", level="error")
    adopter.post("Approve?", data={"actions": [{"label": "Yes", "name": "yes"}, {"label": "No", "name": "no"}]})
    expect(page.locator(".notifier-toast")).to_have_count(2)
    page.keyboard.press("F8")
    assert _focused(page) == "Yes"
    page.keyboard.press("Tab")
    assert _focused(page) == "No"
    page.keyboard.press("Enter")
    expect(page.locator(".notifier-toast")).to_have_count(1)
    assert page.evaluate("() => chosen") == ["no"]
    assert _focused(page) == "Dismiss"
    page.keyboard.press("Space")
    expect(page.locator(".notifier-toast")).to_have_count(0)
    expect(page.locator("#before")).to_be_focused()


@pytest.fixture
def demo(chrome: Browser, shared_service: Server) -> Iterator[Page]:
    """The demo page, signed in to by keyboard."""
    context = chrome.new_context()
    page = context.new_page()
    page.goto(f"{shared_service.url}/demo/")
    if _focused(page) != "Username":
        _tab_to(page, "Username")
    page.keyboard.type(shared_service.user)
    page.keyboard.press("Tab")
    page.keyboard.type(shared_service.password)
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_have_attribute("data-state", "live")
    yield page
    context.close()


_UNREACHED = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, [tabindex='0'], notifier-bell")]
  .filter((each) => each.checkVisibility() && !each.disabled && each.type !== "hidden" && !reached.has(each))
  .map((each) => each.outerHTML.slice(0, 80))"""


def test_whole_demo(demo: Page) -> None:
    """Every control is reached by Tab, forth and back, and each does by keyboard what it does by pointer."""
    page = demo
    toasts, neighbours = page.locator("#toasts .notifier-toast"), page.locator("#neighbour-toasts .notifier-toast")
    page.evaluate(
        "() => { window.reached = new Set(); addEventListener('focusin', (event) => event.composedPath().forEach((each) => reached.add(each))); }"
    )
    for key in ("Tab", "Shift+Tab"):
        page.evaluate("() => { reached.clear(); document.activeElement.blur(); }")
        for _ in range(60):
            page.keyboard.press(key)
            _focused(page)
        assert page.evaluate(_UNREACHED) == [], key

    # An error with actions, to both: there is one for each.
    _tab_to(page, "Online")
    _tab_to(page, "Online")
    page.keyboard.press("Space")
    expect(page.locator("#neighbour-state")).to_have_attribute("data-state", "live")
    _tab_to(page, "To", "Shift+Tab")
    page.keyboard.press("End")
    _tab_to(page, "Level")
    page.keyboard.press("End")
    _tab_to(page, "Title")
    page.keyboard.press("Control+A")
    page.keyboard.type("By keyboard")
    _tab_to(page, "With actions")
    page.keyboard.press("Space")
    _tab_to(page, "Send")
    page.keyboard.press("Enter")
    for each in (toasts, neighbours):
        expect(each).to_have_attribute("data-level", "error")
        expect(each).to_contain_text("By keyboard")
    assert _focused(page) == "Send"
    page.keyboard.press("F8")
    assert _focused(page) == "Try again"
    page.keyboard.press("Enter")
    expect(toasts).to_have_count(0)
    assert _focused(page) == "Send"
    page.keyboard.press("Shift+F8")
    assert _focused(page) == "Try again"
    page.keyboard.press("Escape")
    expect(neighbours).to_have_count(0)
    assert _focused(page) == "Send"

    # More than there is room for, dismissed one by one.
    _tab_to(page, "Every level")
    page.keyboard.press("Space")
    for received in ("#received li", "#neighbour-received li"):
        expect(page.locator(received)).to_have_count(5)
    expect(toasts).to_have_count(3)
    page.keyboard.press("F8")
    for _ in range(4):
        page.keyboard.press("Escape")
    expect(toasts).to_have_count(0)
    assert _focused(page) == "Every level"
    page.keyboard.press("Shift+F8")
    for _ in range(4):
        page.keyboard.press("Escape")
    expect(neighbours).to_have_count(0)

    # The inbox, and all of it read.
    expect(page.get_by_test_id("unread")).to_have_text("4")
    _tab_to(page, "Notifications, 4 unread")
    page.keyboard.press("Enter")
    expect(page.locator("#bell .item")).to_have_count(5)
    _tab_to(page, "The nightly backup failed")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("unread")).to_have_text("3")
    page.keyboard.press("Escape")
    assert _focused(page) == "Notifications, 3 unread"
    _tab_to(page, "Mark all read")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("unread")).to_be_hidden()
    expect(page.get_by_role("group", name="Received").first).to_be_focused()
    _tab_to(page, "Online")
    page.keyboard.press("Space")
    expect(page.locator("#state")).to_have_attribute("data-state", "offline")
    page.keyboard.press("Space")
    expect(page.locator("#state")).to_have_attribute("data-state", "live")
    for button in ("copy-html", "copy"):
        _tab_to(page, "Copy")
        page.keyboard.press("Enter")
        expect(page.locator(f"#{button}")).to_have_text(re.compile("Copied|Selected"))
