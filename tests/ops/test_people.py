"""The pages of people, of one person and of one notification in a real browser: what an operator finds, and that it stays right."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ops.tabs import sign_in_tab
from tests.real import chromium
from tests.real.processes import wait_until
from tests.real.server import Server
from tests.real.socket import Socket

pytestmark = pytest.mark.xdist_group("ops-pages")

Connect = Callable[..., Socket]


def in_five_seconds(page: Page) -> None:
    """When a page asks anew what is so."""
    page.clock.run_for(5_000)


def assert_follows(page: Page, true: Callable[[], bool], what: str) -> None:
    """Each time that the page asks anew, until it has heard."""

    def asked() -> bool:
        in_five_seconds(page)
        page.wait_for_timeout(50)
        return true()

    wait_until(asked, what=what, seconds=10)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium.running() as browser:
        yield browser


@pytest.fixture(scope="module")
def tab(chrome: Browser, staffed: Server) -> Iterator[Page]:
    context = chrome.new_context()
    page = sign_in_tab(context, staffed)
    page.clock.install()
    yield page
    context.close()


def test_each_person_has_their_tabs(tab: Page, staffed: Server, browser: Connect, alice: str) -> None:
    staffed.post({"users": [alice]})
    first = browser(staffed, alice).hello(client="notifier.js/0.1.0", page="/orders/1042", visible=True)
    first.notifications(1)
    browser(staffed, alice).hello(page="/cart", visible=False).until("notification")
    tab.goto(f"{staffed.url}/ops/people/?q={alice}")
    person = tab.get_by_test_id("person")
    expect(person).to_have_count(1)
    expect(person.get_by_role("rowheader")).to_contain_text("2 tabs")
    looked_at, hidden = person.get_by_test_id("connection").all()
    for text in ("/orders/1042", "looked at", "notifier.js/0.1.0", "127.0.0.1", "srv_", "just now", "UTC"):
        expect(looked_at).to_contain_text(text)
    expect(looked_at.get_by_role("cell").first).to_have_text("1")
    for text in ("/cart", "in the background", "1 on the way"):
        expect(hidden).to_contain_text(text)


def test_people_are_sorted_and_filtered_by_the_address(
    tab: Page, staffed: Server, browser: Connect, alice: str
) -> None:
    names = [f"{alice}-{letter}" for letter in "abc"]
    for name in (names[0], names[1], names[1], names[2]):
        browser(staffed, name).hello()
    for _ in range(2):
        staffed.post({"users": [names[2]]})
    tab.goto(f"{staffed.url}/ops/people/")
    tab.get_by_label("Id begins with").fill(alice)
    for sort, order in (
        ("Id", "abc"),
        ("Most connections", "bac"),
        ("Most unread", "cab"),
        ("Newest connection", "cba"),
    ):
        tab.get_by_label("Sort by").select_option(sort)
        tab.get_by_role("button", name="Search").click()
        expect(tab.get_by_test_id("person").get_by_role("link")).to_have_text([f"{alice}-{letter}" for letter in order])
    tab.reload()
    expect(tab.get_by_label("Sort by")).to_have_value("newest")
    expect(tab.get_by_label("Id begins with")).to_have_value(alice)
    tab.goto(f"{staffed.url}/ops/people/?q={alice}&server=srv_ffffffff")
    expect(tab.get_by_role("heading", name="Nobody like that is connected")).to_be_visible()


def test_the_list_follows_and_holds_still_under_the_pointer(
    tab: Page, staffed: Server, browser: Connect, alice: str
) -> None:
    """Without a reload; nothing moves while one points at a row."""
    browser(staffed, f"{alice}-a").hello()
    tab.goto(f"{staffed.url}/ops/people/?q={alice}")
    tab.evaluate("() => { window.neverReloaded = true; }")
    people = tab.get_by_test_id("person")
    people.first.get_by_test_id("connection").hover()
    expect(tab.get_by_test_id("fresh-state")).to_have_text("Held while you are on it")
    late = browser(staffed, f"{alice}-b").hello()
    in_five_seconds(tab)
    expect(people).to_have_count(1)
    tab.mouse.move(0, 0)
    assert_follows(tab, lambda: people.count() == 2, "the second person to be listed")
    expect(tab.get_by_test_id("fresh-state")).to_have_text("Live")
    late.close()
    assert_follows(tab, lambda: people.count() == 1, "the second person to be gone")
    assert tab.evaluate("() => window.neverReloaded")


def test_person_has_steps_streams_and_topics(tab: Page, staffed: Server, browser: Connect, alice: str) -> None:
    socket = browser(staffed, alice, topics=[f"room.{alice}"]).hello()
    socket.send({"type": "follow", "topic": f"room.{alice}"})
    socket.until("followed")
    staffed.post({"users": [alice]}, "Deploy finished")
    (frame,) = socket.notifications(1)
    socket.send({"type": "read", "ids": [frame["notification"]["id"]]})
    tab.goto(f"{staffed.url}/ops/people/{alice}/")
    expect(tab.get_by_test_id("presence")).to_contain_text("Online, with 1 connection")
    item = tab.get_by_test_id("notification").filter(has_text="Deploy finished")
    expect(item).to_have_attribute("data-state", "read")

    def times() -> int:
        tab.reload()
        return item.locator("time").count()

    # Published, sent, delivered and read: nobody said that it was seen.
    wait_until(lambda: times() == 4, what="the receipts to be written", seconds=10)
    expect(tab.get_by_role("row").filter(has_text=f"topic:room.{alice}")).to_contain_text("followed topic")
    socket.close()
    offline = tab.get_by_test_id("presence").filter(has_text="Offline since")
    assert_follows(tab, lambda: offline.count() == 1, "the page to say that the person is offline")


def test_notification_that_did_not_arrive_is_explained(
    tab: Page, staffed: Server, browser: Connect, alice: str, bob: str
) -> None:
    """From the funnel to the person to the answer."""
    socket = browser(staffed, alice).hello()
    sent = staffed.post({"users": [alice, bob]}, "Invoice is due")
    socket.notifications(1)
    tab.goto(f"{staffed.url}/ops/notifications/")
    tab.get_by_placeholder("ntf_…").fill(sent["id"])
    tab.keyboard.press("Enter")
    expect(tab.get_by_test_id("addressed")).to_have_text("2")
    expect(tab.get_by_test_id("recipient").filter(has_text=bob)).to_have_attribute("data-state", "addressed")

    def delivered() -> bool:
        tab.reload()
        return tab.get_by_test_id("delivered").inner_text() == "1"

    wait_until(delivered, what="the receipt to be written", seconds=10)
    tab.get_by_test_id("recipient").filter(has_text=bob).get_by_role("link", name="Why not?").click()
    tab.wait_for_url(re.compile(r"why=ntf_"))
    expect(tab.get_by_test_id("answer")).to_have_attribute("data-code", "never_connected")


def test_looking_on_does_not_keep_the_session_alive(tab: Page, staffed: Server) -> None:
    """The page asks by itself, and says so; a page that is signed out says that."""
    tab.goto(f"{staffed.url}/ops/people/")
    with tab.expect_request(lambda request: "notifier-looking-on" in request.headers):
        in_five_seconds(tab)
    other = tab.context.new_page()
    other.goto(f"{staffed.url}/ops/blocks/")
    other.get_by_role("button", name="Sign out").click()
    said = tab.get_by_test_id("fresh-state").filter(has_text="Signed out")
    assert_follows(tab, lambda: said.count() == 1, "the page to say that it is signed out")
