"""Several tabs of one person: what comes is shown once, where the person looks."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.elementpages import BELL, SOCKET, Adopter
from tests.real.processes import wait_until

pytestmark = pytest.mark.xdist_group("elements")

TOAST = ".notifier-toast"
BODY = f'{BELL}<notifier-toasts {SOCKET} duration="600000"></notifier-toasts>'


def _toasts(tabs: list[Page]) -> list[list[str]]:
    return [tab.locator(f"{TOAST} .title").all_inner_texts() for tab in tabs]


def _look_at(tab: Page) -> None:
    """As a person does who turns to this tab."""
    tab.evaluate(
        """() => {
          for (const [name, value] of [["visibilityState", "visible"], ["hidden", false]])
            Object.defineProperty(document, name, {value, configurable: true});
          document.dispatchEvent(new Event("visibilitychange"));
          dispatchEvent(new Event("focus"));
        }"""
    )


def _look_away(tab: Page) -> None:
    tab.evaluate(
        """() => {
          for (const [name, value] of [["visibilityState", "hidden"], ["hidden", true]])
            Object.defineProperty(document, name, {value, configurable: true});
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )


def _count(tabs: list[Page], unread: int) -> None:
    for tab in tabs:
        expect(tab.locator("notifier-bell .badge")).to_have_text(str(unread))


_OWN_CLIENT = """() => {
  const getToken = async () => (await fetch("/my-token")).text();
  window.client = new Notifier.NotifierClient({url: "/ws/notifications/", getToken});
  for (const element of document.querySelectorAll("notifier-bell, notifier-toasts")) element.client = client;
  client.connect();
}"""


def _windows(adopter: Adopter, number: int) -> list[Page]:
    """Side by side, all of them visible, each with a client that a test can ask."""
    opened = []
    for _ in range(number):
        page = adopter.open('<notifier-bell></notifier-bell><notifier-toasts duration="600000"></notifier-toasts>')
        page.evaluate(_OWN_CLIENT)
        page.locator("notifier-bell [data-status=live]").wait_for()
        opened.append(page)
    return opened


def _in_front(windows: list[Page]) -> list[int]:
    return [place for place, window in enumerate(windows) if window.evaluate("() => client.inFront")]


def test_one_toast_in_the_tab_that_is_looked_at(adopter: Adopter) -> None:
    tabs = _windows(adopter, 3)
    for tab in tabs:
        # Playwright lets every page believe that it has the focus; here only the one that is turned to has it.
        tab.context.new_cdp_session(tab).send("Emulation.setFocusEmulationEnabled", {"enabled": False})
    expected: list[list[str]] = [[], [], []]
    for unread, place in enumerate((0, 2, 1), start=1):
        tabs[place].bring_to_front()
        wait_until(lambda place=place: _in_front(tabs) == [place], what="it to be in front")  # type: ignore[misc]
        title = f"for {place}"
        adopter.post(title)
        _count(tabs, unread)
        expected[place].append(title)
        assert _toasts(tabs) == expected


def test_what_came_while_no_tab_was_visible_is_one_summary_in_one_of_them(adopter: Adopter) -> None:
    tabs = [adopter.live(BODY) for _ in range(2)]
    for tab in tabs:
        _look_away(tab)
    for number in range(7):
        adopter.post(str(number))
    _count(tabs, 7)
    assert _toasts(tabs) == [[], []]
    _look_at(tabs[1])
    expect(tabs[1].locator(TOAST)).to_have_text(["Information: 7 while you were away"])
    _look_away(tabs[1])
    _look_at(tabs[0])
    adopter.post("live again")
    expect(tabs[0].locator(TOAST)).to_have_count(1)
    assert _toasts(tabs)[0] == ["live again"]


def test_toast_is_shown_once_also_by_an_element_that_was_drawn_anew(adopter: Adopter) -> None:
    tabs = [adopter.live(BODY) for _ in range(2)]
    _look_away(tabs[1])
    tabs[0].evaluate("() => document.body.append(document.querySelector('notifier-toasts'))")
    adopter.post("once")
    _count(tabs, 1)
    expect(tabs[0].locator(TOAST)).to_have_count(1)
    _look_at(tabs[1])
    _look_away(tabs[0])
    adopter.post("then")
    expect(tabs[1].locator(TOAST)).to_have_count(1)
    assert _toasts(tabs) == [["once"], ["then"]]


@pytest.mark.parametrize("how", ["hidden", "closed"])
def test_window_that_was_looked_at_last_follows_the_one_that_goes(adopter: Adopter, how: str) -> None:
    """However long others have waited: the toast is there, and nowhere else."""
    windows = _windows(adopter, 4)
    for place in (3, 2, 0, 1):
        _look_at(windows[place])
        wait_until(lambda place=place: _in_front(windows) == [place], what="it to be in front")  # type: ignore[misc]
    gone = windows[1]
    if how == "hidden":
        _look_away(gone)
    else:
        gone.close()
        windows.remove(gone)
    wait_until(lambda: _in_front(windows) == [0], what="the one before it to be in front")
    adopter.post("once")
    _count(windows, 1)
    assert _toasts(windows) == [["once"], *([] for _ in windows[1:])]
