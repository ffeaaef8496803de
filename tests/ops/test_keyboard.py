"""The main journeys by keyboard alone: where the focus is can always be seen, and Enter and Escape do what one expects."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.real import chromium
from tests.real.server import Server
from tests.real.socket import Socket

pytestmark = pytest.mark.xdist_group("ops-pages")

Connect = Callable[..., Socket]

# The focused element's name, and whether something shows that it has the focus.
_FOCUSED = """() => {
  const here = document.activeElement;
  const style = getComputedStyle(here);
  const labelled = here.labels?.[0]?.textContent ?? "";
  return {
    name: (here.getAttribute("aria-label") || labelled || here.textContent || here.name || "").replace(/\\s+/g, " ").trim(),
    seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
    inView: here.getBoundingClientRect().bottom > 0 && here.getBoundingClientRect().top < innerHeight,
    tag: here.tagName,
  };
}"""


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium.running() as browser:
        yield browser


@pytest.fixture
def tab(chrome: Browser, staffed: Server) -> Iterator[Page]:
    """Not signed in."""
    context = chrome.new_context()
    page = context.new_page()
    page.goto(f"{staffed.url}/accounts/login/?next=/ops/people/")
    yield page
    context.close()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on what is called so. On the way it is never out of sight."""
    passed: list[str] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if focused["tag"] == "BODY":
            continue
        assert focused["seen"], f"nobody sees that {focused['name']!r} has the focus"
        assert focused["inView"], f"{focused['name']!r} has the focus, and is out of sight"
        passed.append(focused["name"])
        if re.search(name, focused["name"]):
            return
    raise AssertionError(f"no way to {name!r}; passed by {passed}")


def type_in(page: Page, text: str) -> None:
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def sign_in(page: Page, service: Server) -> None:
    """The first field has the focus."""
    expect(page.get_by_label("Username")).to_be_focused()
    page.keyboard.type(service.user)
    tab_to(page, "Password")
    page.keyboard.type(service.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="People", exact=True)).to_be_visible()


def test_person_is_found_and_disconnected(tab: Page, staffed: Server, browser: Connect, alice: str) -> None:
    socket = browser(staffed, alice).hello()
    sign_in(tab, staffed)
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("link", name="Skip to content")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(tab.locator("#content")).to_be_focused()
    tab_to(tab, "Id begins with")
    type_in(tab, alice)
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**/?q={alice}*")
    tab_to(tab, alice)
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name=alice)).to_be_visible()
    tab_to(tab, "^Disconnect$")
    tab.keyboard.press("Enter")
    expect(tab.get_by_test_id("reach")).to_have_text("1 person, 1 connection")
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("heading", name=alice)).to_be_visible()
    tab_to(tab, "^Disconnect$")
    tab.keyboard.press("Enter")
    expect(tab.get_by_test_id("reach")).to_be_visible()
    tab_to(tab, "^Disconnect$")
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("Asked to leave: 1 person, 1 connection.")).to_be_visible()
    assert socket.close_code() == 4007


def test_key_is_created(tab: Page, staffed: Server) -> None:
    sign_in(tab, staffed)
    tab_to(tab, "^Keys$")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="API keys")).to_be_visible()
    tab_to(tab, "^Create a key$")
    tab.keyboard.press("Enter")
    expect(tab.get_by_label("Which backend is it for?")).to_be_focused()
    tab.keyboard.type("by keyboard")
    tab_to(tab, "^token:issue")
    tab.keyboard.press("Space")
    tab_to(tab, "^Create the key$")
    tab.keyboard.press("Enter")
    key = tab.get_by_test_id("new-key")
    expect(key).to_be_focused()
    expect(key).to_have_value(re.compile(r"^nk_"))
    tab_to(tab, "^I have copied it$")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="API keys")).to_be_visible()
    row = tab.get_by_test_id("key").filter(has_text="by keyboard")
    expect(row).to_contain_text("token:issue")
    tab_to(tab, "^Revoke by keyboard$")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="Revoke by keyboard?")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("heading", name="API keys")).to_be_visible()
    expect(row).to_have_attribute("data-state", "active")
