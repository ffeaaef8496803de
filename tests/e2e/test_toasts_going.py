"""How toasts go: by a click, by Escape where it is meant for them, and when what they say is read anywhere."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.elementpages import BELL, SOCKET, TOASTS, Adopter

pytestmark = pytest.mark.xdist_group("elements")

TOAST = ".notifier-toast"


def _with_errors(page: Page, adopter: Adopter, *titles: str) -> None:
    for title in titles:
        adopter.post(title, level="error")
    expect(page.locator(TOAST)).to_have_count(len(titles))


def _titles(page: Page) -> list[str]:
    return page.locator(f"{TOAST} .title").all_inner_texts()


@pytest.mark.parametrize("button", ["Dismiss", "Approve"])
def test_what_is_left_goes_on_after_a_click(adopter: Adopter, button: str) -> None:
    """The focus is not left on it, but goes back to where it was."""
    page = adopter.live(f'{BELL}<notifier-toasts {SOCKET} duration="600"></notifier-toasts>')
    page.locator("#before").focus()
    adopter.post("stays", level="error", data={"actions": [{"label": "Approve", "name": "approve"}]})
    page.locator(TOAST).hover()
    adopter.post("goes")
    expect(page.locator(TOAST)).to_have_count(2)
    page.locator(TOAST).first.get_by_role("button", name=button).click()
    expect(page.locator("#before")).to_be_focused()
    page.mouse.move(5, 5)
    expect(page.locator(TOAST)).to_have_count(0)


def test_escape_dismisses_the_newest_where_nothing_has_the_focus(adopter: Adopter) -> None:
    page = adopter.live()
    _with_errors(page, adopter, "one", "two")
    page.keyboard.press("Escape")
    expect(page.locator(TOAST)).to_have_count(1)
    assert _titles(page) == ["one"]


def test_escape_dismisses_the_one_under_the_pointer_and_the_one_with_the_focus(adopter: Adopter) -> None:
    page = adopter.live()
    _with_errors(page, adopter, "one", "two", "three")
    page.locator("#before").focus()
    page.locator(TOAST).filter(has_text="two").hover()
    page.keyboard.press("Escape")
    expect(page.locator(TOAST)).to_have_count(2)
    assert _titles(page) == ["one", "three"]
    expect(page.locator("#before")).to_be_focused()
    page.mouse.move(5, 5)
    page.locator(TOAST).filter(has_text="one").get_by_role("button", name="Dismiss").focus()
    page.keyboard.press("Escape")
    expect(page.locator(TOAST)).to_have_count(1)
    assert _titles(page) == ["three"]


@pytest.mark.parametrize(
    ("widget", "opened"),
    [
        ("<dialog id=own><p>A question</p></dialog>", "own.showModal()"),
        ("<dialog id=own><input></dialog>", "own.showModal()"),
        ("<div id=own popover><p>A menu</p></div>", "own.showPopover()"),
    ],
    ids=["dialog", "dialog with a field", "popover"],
)
def test_escape_is_the_pages_own_while_something_of_it_is_open(adopter: Adopter, widget: str, opened: str) -> None:
    """It closes, the toast stays, and the next Escape is for the toast."""
    page = adopter.live(BELL + widget + TOASTS)
    _with_errors(page, adopter, "stays")
    page.evaluate(f"() => {opened}")
    page.keyboard.press("Escape")
    expect(page.locator("#own")).to_be_hidden()
    expect(page.locator(TOAST)).to_have_count(1)
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("Escape")
    expect(page.locator(TOAST)).to_have_count(0)


def test_escape_goes_to_the_widget_that_has_the_focus(adopter: Adopter) -> None:
    """A dialog drawn by the page, a field with suggestions: nobody can tell from outside what they do with it."""
    page = adopter.live()
    page.evaluate(
        """() => {
          window.heard = 0;
          after.addEventListener("keydown", ({key, defaultPrevented}) => { if (key === "Escape" && !defaultPrevented) heard += 1; });
        }"""
    )
    _with_errors(page, adopter, "stays")
    page.locator("#after").focus()
    page.keyboard.press("Escape")
    page.keyboard.press("F8")
    expect(page.get_by_role("button", name="Dismiss")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(TOAST)).to_have_count(0)
    expect(page.locator("#after")).to_be_focused()
    assert page.evaluate("() => heard") == 1


def test_escape_closes_the_panel_first(adopter: Adopter) -> None:
    page = adopter.live()
    _with_errors(page, adopter, "stays")
    page.locator("#bell").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator(TOAST)).to_have_count(1)


def test_focus_that_is_given_back_leaves_the_page_where_it_is(adopter: Adopter) -> None:
    """By a toast and by the panel, however far it was scrolled meanwhile."""
    page = adopter.live()
    page.evaluate("() => { document.body.style.height = '5000px'; }")
    _with_errors(page, adopter, "one")
    for start, key, inside in (("#before", "F8", TOAST), ("#bell", "Enter", ".panel")):
        page.locator(start).focus()
        page.keyboard.press(key)
        expect(page.locator(f"{inside}:focus-within")).to_be_visible()
        page.evaluate("() => scrollTo(0, 3000)")
        page.keyboard.press("Escape")
        expect(page.locator(start)).to_be_focused()
        assert page.evaluate("() => scrollY") == 3000


def test_mark_all_read_takes_every_toast_away_on_every_device(new_adopter: Callable[..., Adopter]) -> None:
    """Errors and the summary, which stay otherwise; but not what the page shows of its own, nor what comes after."""
    here, there = new_adopter(), new_adopter()
    pages = [here.live(), there.live()]
    for page in pages:
        page.goto("about:blank")
    for number in range(5):
        here.post(f"missed {number}", level="error")
    for page in pages:
        page.go_back()
        expect(page.locator(f"{TOAST}[data-id='']")).to_be_visible()
    here.post("live", level="error")
    for page in pages:
        expect(page.locator(TOAST)).to_have_count(2)
        page.evaluate(
            """() => document.querySelector("notifier-toasts").stack.show({
              id: "own", title: "The page's own", body: "", level: "error", category: "", url: "", icon: "", data: {},
              created: "2026-01-01T00:00:00Z"})"""
        )
        expect(page.locator(TOAST)).to_have_count(3)
    pages[0].locator("#bell").click()
    pages[0].get_by_role("button", name="Mark all read").click()
    for page in pages:
        expect(page.locator(f"{TOAST} .title")).to_have_text(["The page's own"])
    here.post("after it", level="error")
    for page in pages:
        expect(page.locator(f"{TOAST} .title")).to_have_text(["The page's own", "after it"])
