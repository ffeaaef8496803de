"""`<notifier-bell>` on somebody's page, in a real browser and under a strict policy."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.elementpages import BELL, SHOTS, Adopter

pytestmark = pytest.mark.xdist_group("elements")

BADGE = "notifier-bell .badge"
ROWS = "notifier-bell .item"


def _open_panel(page: Page) -> None:
    page.locator("#bell").click()
    expect(page.get_by_role("dialog", name="Notifications")).to_be_visible()


def _titles(page: Page) -> list[str]:
    return page.locator(f"{ROWS} .title").all_inner_texts()


def _read_elsewhere(adopter: Adopter, notification: str) -> None:
    headers = {"Authorization": f"Bearer {adopter.service.token(adopter.user)}"}
    answer = adopter.service.http.post("/api/v1/inbox/read", json={"ids": [notification]}, headers=headers)
    assert answer.status_code == 200, answer.text


def test_badge_counts_what_comes(adopter: Adopter) -> None:
    """And the button says it to those who do not see it."""
    page = adopter.live(BELL)
    expect(page.locator(BADGE)).to_be_hidden()
    adopter.post("one")
    adopter.post("two")
    expect(page.locator(BADGE)).to_have_text("2")
    expect(page.get_by_role("button", name="Notifications, 2 unread")).to_be_visible()


def test_what_comes_appears_in_the_open_panel_and_is_read_by_a_click(adopter: Adopter) -> None:
    adopter.post("first")
    page = adopter.live(BELL)
    _open_panel(page)
    expect(page.locator(ROWS)).to_have_count(1)
    adopter.post("second", body="with a body", category="deploys")
    expect(page.locator(ROWS)).to_have_count(2)
    assert _titles(page) == ["second", "first"]
    expect(page.locator(BADGE)).to_have_text("2")
    page.get_by_role("button", name="second").click()
    expect(page.locator(f"{ROWS}[data-unread]")).to_have_count(1)
    expect(page.locator(BADGE)).to_have_text("1")
    page.locator(ROWS).first.hover()
    page.locator(ROWS).first.get_by_role("button", name="Mark as unread").click()
    expect(page.locator(f"{ROWS}[data-unread]")).to_have_count(2)


def test_mark_all_read(adopter: Adopter) -> None:
    for number in range(3):
        adopter.post(str(number))
    page = adopter.live(BELL)
    _open_panel(page)
    expect(page.locator(f"{ROWS}[data-unread]")).to_have_count(3)
    page.get_by_role("button", name="Mark all read").click()
    expect(page.locator(f"{ROWS}[data-unread]")).to_have_count(0)
    expect(page.locator(BADGE)).to_be_hidden()
    expect(page.get_by_role("button", name="Mark all read")).to_be_disabled()
    page.get_by_role("radio", name="Unread").click()
    expect(page.get_by_text("Nothing unread")).to_be_visible()


def test_chosen_view_and_what_is_unread_show_in_forced_colours(new_adopter: Callable[..., Adopter]) -> None:
    adopter = new_adopter(forced_colors="active")
    adopter.post("unread")
    page = adopter.live(BELL)
    _open_panel(page)
    expect(page.locator(ROWS)).to_have_count(1)
    ground, *marked = (
        page.locator(f"notifier-bell {each}").evaluate("(element) => getComputedStyle(element).backgroundColor")
        for each in (".panel", ".tab:has(:checked)", ".item[data-unread] .icon")
    )
    assert ground not in marked


def test_click_counts_when_something_is_read_between_press_and_release(adopter: Adopter) -> None:
    read = adopter.post("read elsewhere")
    adopter.post("file me")
    page = adopter.live(BELL)
    _open_panel(page)
    expect(page.locator(f"{ROWS}[data-unread]")).to_have_count(2)
    page.locator(ROWS).first.get_by_role("button", name="Archive").hover()
    page.mouse.down()
    _read_elsewhere(adopter, read)
    expect(page.locator(f"{ROWS}[data-unread]")).to_have_count(1)
    page.mouse.up()
    expect(page.locator(f"{ROWS} .title")).to_have_text(["read elsewhere"])


def test_archive_and_back(adopter: Adopter) -> None:
    adopter.post("keep")
    adopter.post("file me")
    page = adopter.live(BELL)
    _open_panel(page)
    row = page.locator(ROWS).filter(has_text="file me")
    row.hover()
    row.get_by_role("button", name="Archive").click()
    expect(page.locator(ROWS)).to_have_count(1)
    page.get_by_role("radio", name="Archived").click()
    expect(page.locator(f"{ROWS} .title")).to_have_text(["file me"])
    page.locator(ROWS).hover()
    page.get_by_role("button", name="Move to inbox").click()
    expect(page.get_by_text("Nothing archived")).to_be_visible()
    page.get_by_role("radio", name="All").click()
    expect(page.locator(ROWS)).to_have_count(2)


def test_scrolling_down_loads_all_of_it_once(adopter: Adopter) -> None:
    for number in range(55):
        adopter.post(f"number {number}")
    page = adopter.live(BELL)
    _open_panel(page)
    for wanted in (40, 55):
        page.locator("#scroll").evaluate("(list) => list.scrollTo(0, list.scrollHeight)")
        expect(page.locator(ROWS).nth(wanted - 1)).to_be_attached()
    assert _titles(page) == [f"number {number}" for number in reversed(range(55))]
    expect(page.get_by_role("button", name="Load more")).to_be_hidden()


def test_failure_is_told_and_can_be_tried_again(adopter: Adopter) -> None:
    adopter.post("there after all")
    page = adopter.live(BELL)
    page.route("**/api/v1/inbox*", lambda route: route.fulfill(status=503))
    _open_panel(page)
    expect(page.get_by_text("Loading failed")).to_be_visible()
    page.unroute("**/api/v1/inbox*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(ROWS)).to_have_count(1)
    expect(page.get_by_text("Loading failed")).to_be_hidden()
    adopter.complaints.clear()  # the browser's own line about the 503


def test_lost_connection_is_told_and_comes_back(adopter: Adopter) -> None:
    page = adopter.live(BELL)
    _open_panel(page)
    expect(page.get_by_text("All caught up")).to_be_visible()
    connection = page.locator("notifier-bell .connection")
    expect(connection).to_be_hidden()
    adopter.service.http.post("/api/v1/ops/block", json={"user": adopter.user, "reason": "a test"})
    expect(connection).to_contain_text("Disconnected")
    expect(page.get_by_role("button", name="Notifications, Disconnected")).to_be_visible()
    adopter.service.http.post("/api/v1/ops/unblock", json={"user": adopter.user})
    page.get_by_role("button", name="Reconnect").click()
    expect(connection).to_be_hidden()


def test_open_panel_has_what_became_read_while_there_was_no_connection(adopter: Adopter) -> None:
    read = adopter.post("read elsewhere")
    page = adopter.live(BELL)
    _open_panel(page)
    expect(page.locator(f"{ROWS}[data-unread]")).to_have_count(1)
    adopter.service.http.post("/api/v1/ops/block", json={"user": adopter.user, "reason": "a test"})
    expect(page.locator("notifier-bell .connection")).to_contain_text("Disconnected")
    adopter.service.http.post("/api/v1/ops/unblock", json={"user": adopter.user})
    _read_elsewhere(adopter, read)
    page.get_by_role("button", name="Reconnect").click()
    expect(page.locator(f"{ROWS}:not([data-unread])")).to_have_count(1)


def test_worked_by_keyboard_alone(adopter: Adopter) -> None:
    """Open, walk the tabs, archive, close: the focus is never lost, and ends where it began."""
    for title in ("one", "two", "three"):
        adopter.post(title)
    page = adopter.live(BELL)
    page.locator("#before").focus()
    page.keyboard.press("Tab")
    expect(page.locator("#bell")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Notifications")).to_be_focused()
    expect(page.locator(ROWS)).to_have_count(3)
    for name in ("Mark all read", "Close"):
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name=name)).to_be_focused()
    page.keyboard.press("Tab")
    for name in ("Unread", "Archived", "All"):
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("radio", name=name, exact=True)).to_be_focused()
        expect(page.get_by_role("radio", name=name, exact=True)).to_be_checked()
    expect(page.locator(ROWS)).to_have_count(3)
    page.keyboard.press("Tab")
    expect(page.locator("#scroll")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="three", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(f"{ROWS}[data-unread]")).to_have_count(2)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # archive
    expect(page.locator(ROWS)).to_have_count(2)
    expect(page.locator(ROWS).first.get_by_role("button", name="Archive")).to_be_focused()
    for _ in range(2):
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(page.locator("#bell")).to_be_focused()
        page.keyboard.press("Space")
        expect(page.get_by_role("dialog", name="Notifications")).to_be_focused()


def test_pressing_elsewhere_closes_it_and_keeps_the_focus_there(adopter: Adopter) -> None:
    page = adopter.live(BELL)
    _open_panel(page)
    page.locator("#before").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#before")).to_be_focused()


def test_page_opens_links_in_its_own_way_and_hears_of_actions(adopter: Adopter) -> None:
    page = adopter.live(BELL)
    adopter.post("Order shipped", url="/orders/1042", data={"actions": [{"label": "Retry", "name": "retry"}]})
    page.evaluate(
        """() => {
          window.heard = [];
          addEventListener("notifier-open", (event) => { event.preventDefault(); heard.push(event.detail.notification.url); });
          addEventListener("notifier-action", (event) => heard.push(event.detail.action.name));
        }"""
    )
    _open_panel(page)
    page.get_by_role("link", name="Order shipped").click()
    page.get_by_role("button", name="Retry").click()
    assert page.evaluate("() => heard") == ["/orders/1042", "retry"]
    assert page.url.endswith("/my-page")
    expect(page.locator(f"{ROWS}[data-unread]")).to_have_count(0)


def test_system_notifications_are_asked_for_by_a_click_alone(new_adopter: Callable[..., Adopter]) -> None:
    adopter = new_adopter()
    page = adopter.open("")
    page.evaluate(
        """() => {
          window.asked = 0;
          Object.defineProperty(Notification, "permission", {value: "default"});
          Notification.requestPermission = async () => { asked += 1; return "granted"; };
          document.querySelector("main").append(Object.assign(document.createElement("notifier-bell"), {}));
          const bell = document.querySelector("notifier-bell");
          bell.setAttribute("url", "/ws/notifications/");
          bell.setAttribute("token-url", "/my-token");
          bell.setAttribute("system", "");
        }"""
    )
    page.locator("notifier-bell [data-status=live]").wait_for()
    _open_panel(page)
    assert page.evaluate("() => asked") == 0
    page.get_by_role("button", name="Allow").click()
    assert page.evaluate("() => asked") == 1


def test_other_words_and_the_other_direction(adopter: Adopter) -> None:
    """Texts with plural forms of the page's language, from right to left."""
    page = adopter.live(BELL, attributes='lang="ar" dir="rtl"')
    page.evaluate(
        """() => { document.querySelector("notifier-bell").texts = {
          notifications: "الإشعارات", unreadCount: {one: "واحد", two: "اثنان", few: "{count} قليل", other: "{count} كثير"}}; }"""
    )
    page.locator("notifier-bell [data-status=live]").wait_for()
    adopter.post("one")
    adopter.post("two")
    expect(page.get_by_role("button", name="الإشعارات, اثنان")).to_be_visible()
    page.locator("#bell").click()
    panel = page.get_by_role("dialog", name="الإشعارات")
    box, bell = panel.bounding_box(), page.locator("#bell").bounding_box()
    assert box and bell
    assert box["x"] >= 0 and box["x"] + box["width"] <= 1280
    assert abs((box["x"] + box["width"]) - (bell["x"] + bell["width"])) < 2, "it opens towards the page's middle"
    expect(page.locator(f"{ROWS} time").first).to_have_text("الآن")
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / "bell-rtl.png")
