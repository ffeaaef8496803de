"""`<notifier-toasts>` on somebody's page, in a real browser and under a strict policy."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.elementpages import BELL, SOCKET, TOASTS, Adopter
from tests.real.processes import wait_until

pytestmark = pytest.mark.xdist_group("elements")

TOAST = ".notifier-toast"


def _with(attributes: str) -> str:
    return f"{BELL}<notifier-toasts {SOCKET} {attributes}></notifier-toasts>"


def test_toast_appears_within_a_second_and_goes(adopter: Adopter) -> None:
    """The time is taken in the page, from the answer to the POST."""
    page = adopter.live(_with('duration="400"'))
    adopter.post("Deploy finished", level="success", body="api 2.4.1")
    toast = page.locator(TOAST)
    expect(toast).to_be_visible(timeout=1_000)
    expect(toast).to_contain_text("Deploy finished")
    expect(toast).to_have_attribute("data-level", "success")
    expect(toast).to_have_count(0)


def test_both_elements_share_one_socket(adopter: Adopter) -> None:
    sockets: list[str] = []
    page = adopter.live()
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.reload()
    page.locator("notifier-bell [data-status=live]").wait_for()
    adopter.post("once")
    expect(page.locator(TOAST)).to_have_count(1)
    assert len(sockets) == 1


def test_three_are_visible_and_the_rest_is_counted(adopter: Adopter) -> None:
    page = adopter.live(_with('duration="600"'))
    adopter.post("stays", level="error")
    expect(page.locator(TOAST)).to_have_count(1)
    page.locator("notifier-toasts .region").dispatch_event("pointerdown")
    for number in range(4):
        adopter.post(str(number))
    expect(page.locator(TOAST)).to_have_count(3)
    expect(page.locator("notifier-toasts .more")).to_have_text("2 more")
    page.locator("notifier-toasts .region").dispatch_event("pointerleave")
    expect(page.locator(f"{TOAST} .title")).to_have_text(["stays"])


def test_pointer_on_it_stops_the_clock(adopter: Adopter) -> None:
    page = adopter.live(_with('duration="3000"'))
    adopter.post("wait for me")
    page.locator(TOAST).hover()
    page.evaluate("() => new Promise((done) => setTimeout(done, 3_500))")
    expect(page.locator(TOAST)).to_be_visible()
    page.mouse.move(5, 5)
    expect(page.locator(TOAST)).to_have_count(0)


def test_element_that_is_set_to_what_it_is_keeps_its_toasts(adopter: Adopter) -> None:
    """As frameworks set it with each render; other texts are shown."""
    page = adopter.live()
    render = """(texts) => {
      const element = document.querySelector("notifier-toasts");
      element.texts = texts;
      element.setAttribute("lang", "en");
      return new Promise((done) => setTimeout(done));
    }"""
    page.evaluate(render, {"dismiss": "Away"})
    adopter.post("here", level="error")
    expect(page.get_by_role("button", name="Away")).to_be_visible()
    page.evaluate(render, {"dismiss": "Away"})
    assert page.locator(TOAST).count() == 1
    page.evaluate(
        "() => { const texts = document.querySelector('notifier-toasts').texts; texts.notifications = 'News'; window.own = texts; }"
    )
    page.evaluate(f"() => ({render})(own)")
    expect(page.get_by_role("region", name="News (F8)")).to_be_attached()


def test_errors_and_those_with_actions_stay(adopter: Adopter) -> None:
    page = adopter.live(_with('duration="300"'))
    adopter.post("It failed", level="error")
    adopter.post("Approve?", data={"actions": [{"label": "Approve", "name": "approve"}]})
    adopter.post("goes", level="info")
    expect(page.locator(TOAST)).to_have_count(3)
    expect(page.locator(TOAST).filter(has_text="goes")).to_have_count(0)
    expect(page.locator(TOAST)).to_have_count(2)
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(TOAST)).to_have_count(1)
    expect(page.get_by_role("button", name="Notifications, 2 unread")).to_be_visible()


def test_swipe_dismisses_and_a_small_move_does_not(adopter: Adopter) -> None:
    page = adopter.live()
    adopter.post("push me away", level="error")
    toast = page.locator(TOAST)
    expect(toast).to_be_visible()
    for distance, left in ((20, 1), (150, 0)):
        box = toast.bounding_box()
        assert box
        x, y = box["x"] + 100, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + distance, y, steps=5)
        page.mouse.up()
        expect(toast).to_have_count(left)


def test_keyboard_reaches_them_and_finds_its_way_back(adopter: Adopter) -> None:
    """Nothing takes the focus; F8 goes there and back, and what is dismissed hands it on and finally home."""
    page = adopter.live()
    page.locator("#before").focus()
    adopter.post("one", level="error")
    adopter.post("two", level="error", url="/orders/2")
    expect(page.locator(TOAST)).to_have_count(2)
    expect(page.locator("#before")).to_be_focused()
    page.keyboard.press("F8")
    expect(page.get_by_role("link", name="two")).to_be_focused()
    page.keyboard.press("F8")
    expect(page.locator("#before")).to_be_focused()
    page.keyboard.press("F8")
    page.keyboard.press("Tab")
    expect(page.locator(TOAST).last.get_by_role("button", name="Dismiss")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(TOAST)).to_have_count(1)
    expect(page.get_by_role("button", name="Dismiss")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(TOAST)).to_have_count(0)
    expect(page.locator("#before")).to_be_focused()


def test_another_key_may_be_chosen(adopter: Adopter) -> None:
    page = adopter.live(_with('hotkey="Alt+T"'))
    adopter.post("here", level="error")
    expect(page.get_by_role("region", name="Notifications (Alt+T)")).to_be_visible()
    page.keyboard.press("F8")
    page.keyboard.press("t")
    expect(page.get_by_role("button", name="Dismiss")).not_to_be_focused()
    page.keyboard.press("Alt+t")
    expect(page.get_by_role("button", name="Dismiss")).to_be_focused()


def test_screen_readers_hear_text_alone_in_regions_that_were_there_before(adopter: Adopter) -> None:
    page = adopter.live()
    page.evaluate(
        """() => {
          window.heard = [];
          for (const region of document.querySelector("notifier-toasts").shadowRoot.querySelectorAll("[role=alert], [role=status]")) {
            new MutationObserver((changes) => {
              for (const {addedNodes} of changes) for (const node of addedNodes)
                heard.push([region.getAttribute("role"), node.textContent, node.querySelectorAll("button, a").length]);
            }).observe(region, {childList: true});
          }
        }"""
    )
    adopter.post("Saved", level="success", body="All of it")
    adopter.post("Broken", level="error")
    expect(page.locator(TOAST)).to_have_count(2)
    assert page.evaluate("() => heard") == [["status", "Success: Saved. All of it", 0], ["alert", "Error: Broken. ", 0]]


def test_read_in_the_bell_takes_the_toast_away(adopter: Adopter) -> None:
    page = adopter.live()
    adopter.post("It failed", level="error")
    expect(page.locator(TOAST)).to_be_visible()
    page.locator("#bell").click()
    page.locator("notifier-bell .item").get_by_role("button", name="It failed").click()
    expect(page.locator(TOAST)).to_have_count(0)


def test_what_came_while_away_is_one_summary_and_the_bell_has_them_all(new_adopter: Callable[..., Adopter]) -> None:
    adopter = new_adopter()
    page = adopter.live()
    page.goto("about:blank")
    for number in range(7):
        adopter.post(f"missed {number}")
    page = adopter.live()
    expect(page.locator(f"{TOAST}[data-id='']")).to_contain_text("7 while you were away")
    expect(page.locator(TOAST)).to_have_count(1)
    page.locator("#bell").click()
    expect(page.locator("notifier-bell .item")).to_have_count(7)


SCRIPT = "<img src=x onerror=window.hacked=1><script>window.hacked=1</script>&lt;b&gt;"
OVERRIDE = "\u202eevil\u2066 \u200f"


def test_hostile_texts_do_nothing_but_show(adopter: Adopter) -> None:
    """Script, entities, addresses that run, a right-to-left override, 4,000 characters; in title, body, category, url, icon, actions."""
    page = adopter.live()
    label = f"{SCRIPT}{OVERRIDE}"
    actions: list[Any] = [
        {"label": label, "name": SCRIPT},
        {"label": "Run", "url": "javascript:window.hacked=1"},
        {"label": "Data", "url": "data:text/html,<script>opener.hacked=1</script>"},
        {"label": {"toString": 1}, "name": "x"},
        None,
        "text",
    ]
    adopter.post(
        f"{SCRIPT}{OVERRIDE}"[:200],
        body=(SCRIPT + OVERRIDE) * 40,
        category=SCRIPT[:64],
        url="http://evil.example/",
        icon="https://evil.example/x.png",
        level="error",
        data={"actions": actions, "__proto__": {"polluted": True}},
    )
    toast = page.locator(TOAST)
    expect(toast).to_contain_text(SCRIPT)
    page.locator("#bell").click()
    row = page.locator("notifier-bell .item")
    expect(row).to_contain_text(SCRIPT[:64])
    for place in (toast, row):
        expect(place.locator("img, script, b, a")).to_have_count(0)
        expect(place.locator(".action")).to_have_count(1)
        box = place.bounding_box()
        assert box and box["height"] < 400
    assert page.evaluate("() => [window.hacked, ({}).polluted].every((each) => each === undefined)")
    room = page.evaluate("() => document.documentElement.clientWidth - document.documentElement.scrollWidth")
    assert room >= 0
    # The policy of the page stops the image of another place; the sign of the level stands in for it.
    assert all("evil.example/x.png" in line for line in adopter.complaints), adopter.complaints
    adopter.complaints.clear()


def test_texts_that_the_service_would_not_take_are_only_text(adopter: Adopter) -> None:
    """Lone surrogates and 10,000 characters, as a page of its own might show them."""
    page = adopter.live()
    page.evaluate(
        """() => document.querySelector("notifier-toasts").stack.show({
          id: "own", title: "\\ud800 lone \\udc00", body: "x".repeat(10_000), level: "info", category: "", url: "javascript:alert(1)",
          icon: "javascript:alert(1)", data: {actions: [{label: "\\udc00", url: "java\\tscript:alert(1)"}]}, created: "never"})"""
    )
    toast = page.locator(TOAST)
    expect(toast).to_contain_text("lone")
    expect(toast.locator("a, .action, img")).to_have_count(0)
    box = toast.bounding_box()
    assert box and box["height"] < 200


@pytest.mark.parametrize("position", ["top-start", "top-center", "bottom-start", "bottom-end"])
def test_position(adopter: Adopter, position: str) -> None:
    page = adopter.live(_with(f'position="{position}"'))
    adopter.post("where")
    box = page.locator(TOAST).bounding_box()
    assert box
    across, along = box["x"] + box["width"] / 2, box["y"]
    assert (along < 200) == position.startswith("top")
    assert {"start": across < 500, "center": 500 < across < 780, "end": across > 780}[position.split("-")[1]]


def test_without_toasts_the_page_is_no_worse(adopter: Adopter) -> None:
    """An element without an address waits for its client; one that is taken away closes what nobody else uses."""
    page = adopter.live(BELL + TOASTS.replace(SOCKET, ""))
    adopter.post("no toast")
    expect(page.locator("notifier-bell .badge")).to_have_text("1")
    expect(page.locator(TOAST)).to_have_count(0)

    def online() -> list[Any]:
        found: list[Any] = adopter.service.http.get(f"/api/v1/presence/{adopter.user}").json()["connections"]
        return found

    wait_until(lambda: len(online()) == 1, what="the page to be online")
    page.evaluate("() => document.querySelector('notifier-bell').remove()")
    wait_until(lambda: not online(), what="the socket to be closed")
