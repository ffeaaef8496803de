"""How the toasts reach who does not look at them: by a sound, and by the system."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.elementpages import BELL, SOCKET, Adopter
from tests.real.processes import wait_until

pytestmark = pytest.mark.xdist_group("elements")

TOAST = ".notifier-toast"


def _with(attributes: str) -> str:
    return f"{BELL}<notifier-toasts {SOCKET} {attributes}></notifier-toasts>"


def _count_sounds(page: Page) -> None:
    page.add_init_script(
        """window.sounds = 0;
        const {start} = OscillatorNode.prototype;
        OscillatorNode.prototype.start = function (...when) { sounds += 1; return start.apply(this, when); };"""
    )


def test_sounds_that_wait_for_a_click_are_one(adopter: Adopter) -> None:
    """More would be heard at once, and loud."""
    page = adopter.live(_with("sound"))
    _count_sounds(page)
    # As in a browser that wants a click first, whatever this one wants.
    page.add_init_script(
        "AudioContext = class extends AudioContext { get state() { return 'suspended'; } resume() { return new Promise(() => {}); } };"
    )
    page.reload()
    page.locator("notifier-bell [data-status=live]").wait_for()
    page.evaluate("() => { const {now} = Date; window.ahead = 0; Date.now = () => now() + ahead; }")
    for number in range(3):
        adopter.post(str(number))
        expect(page.locator(TOAST)).to_have_count(number + 1)
        page.evaluate("() => { ahead += 10_000; }")
    assert page.evaluate("() => sounds") == 1


@pytest.mark.parametrize(("attributes", "tones"), [("", 0), ("sound", 1)])
def test_sound_is_off_unless_asked_for_and_once_for_a_burst(adopter: Adopter, attributes: str, tones: int) -> None:
    page = adopter.live(_with(attributes))
    _count_sounds(page)
    page.reload()
    page.locator("notifier-bell [data-status=live]").wait_for()
    page.locator("#before").click()
    for number in range(3):
        adopter.post(str(number))
    expect(page.locator(TOAST)).to_have_count(3)
    assert page.evaluate("() => sounds") == tones


def test_system_tells_what_comes_to_a_hidden_page(new_adopter: Callable[..., Adopter]) -> None:
    """Once it is allowed, and as text. A click on it leads to the toast, and so to its link."""
    adopter = new_adopter()
    page = adopter.live(_with("system"))
    page.evaluate(
        """() => {
          window.told = [];
          window.Notification = class {
            constructor(title, options) { told.push([title, options.body]); window.last = this; }
            close() {}
          };
          window.Notification.permission = "granted";
          for (const [name, value] of [["visibilityState", "hidden"], ["hidden", true]])
            Object.defineProperty(document, name, {value, configurable: true});
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    adopter.post("<b>Far away</b>", body="still told", url="/orders/1")
    wait_until(lambda: page.evaluate("() => told.length") == 1, what="the system to be told")
    assert page.evaluate("() => told") == [["<b>Far away</b>", "still told"]]
    expect(page.locator(TOAST)).to_have_count(0)
    page.evaluate(
        """() => {
          for (const [name, value] of [["visibilityState", "visible"], ["hidden", false]])
            Object.defineProperty(document, name, {value, configurable: true});
          document.dispatchEvent(new Event("visibilitychange"));
          last.onclick();
        }"""
    )
    adopter.handled(adopter.post("after it"))
    expect(page.locator(f"{TOAST} .title")).to_have_text(["<b>Far away</b>", "after it"])
    expect(page.get_by_role("link", name="<b>Far away</b>")).to_be_visible()
    expect(page.locator("notifier-bell .badge")).to_have_text("2")
