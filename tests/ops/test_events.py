"""The live tail of events in a real browser."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.ops.tabs import live, open_live
from tests.real.server import Server
from tests.real.socket import Socket

Connect = Callable[..., Socket]


def rows(page: Page) -> list[str]:
    """The shown events, newest first."""
    found: list[str] = page.locator("#event-list li:visible .event-words").all_inner_texts()
    return found


def test_a_post_appears_in_the_tail(operator: Page, watched: Server, alice: str) -> None:
    open_live(operator, watched, "/ops/events/")
    expect(operator.get_by_test_id("event-empty")).to_contain_text("Nothing has happened yet")
    published = watched.post({"users": [alice]}, "Deploy <b>finished</b>")
    event = operator.locator("#event-list li").filter(has_text="Deploy <b>finished</b>")
    expect(event).to_contain_text(f"to {alice}", timeout=5_000)
    expect(event.get_by_role("link", name="Deploy")).to_have_attribute("href", f"/ops/notifications/{published['id']}/")
    expect(event.get_by_role("link", name=alice)).to_have_attribute("href", f"/ops/people/{alice}/")
    expect(event.locator("time")).to_have_attribute("title", re.compile(r"\d\d:\d\d:\d\d"))


def test_pause_and_pointer_hold_the_tail_still(operator: Page, watched: Server, alice: str) -> None:
    open_live(operator, watched, "/ops/events/")
    watched.post({"users": [alice]}, "first")
    expect(operator.locator("#event-list")).to_contain_text("first", timeout=5_000)
    operator.get_by_role("button", name="Pause").click()
    watched.post({"users": [alice]}, "second")
    expect(operator.get_by_test_id("event-status")).to_contain_text("Paused · 1 new", timeout=5_000)
    expect(operator.locator("#event-list")).not_to_contain_text("second")
    operator.get_by_role("button", name="Resume").click()
    expect(operator.locator("#event-list")).to_contain_text("second")
    operator.locator("#event-list li").first.hover()
    watched.post({"users": [alice]}, "third")
    expect(operator.get_by_test_id("event-status")).to_contain_text("1 new", timeout=5_000)
    expect(operator.locator("#event-list")).not_to_contain_text("third")
    operator.mouse.move(0, 0)
    expect(operator.locator("#event-list")).to_contain_text("third")


def test_filters_are_kept_in_the_address(operator: Page, watched: Server, browser: Connect, alice: str) -> None:
    open_live(operator, watched, "/ops/events/")
    browser(watched, alice).hello()
    watched.post({"users": [alice]}, "Deploy finished")
    watched.post({"users": [alice]}, "Disk is full")
    # Alice came, with one connection, and was sent two.
    expect(operator.locator("#event-list li")).to_have_count(4, timeout=5_000)
    operator.get_by_label("Online", exact=True).uncheck()
    operator.get_by_label("Connected", exact=True).uncheck()
    assert len(rows(operator)) == 2
    operator.get_by_label("Text").fill("disk")
    assert len(rows(operator)) == 1
    assert "q=disk" in operator.url and "kind=published" in operator.url and "kind=connected" not in operator.url
    operator.reload()
    live(operator)
    expect(operator.get_by_label("Connected", exact=True)).not_to_be_checked()
    watched.post({"users": [alice]}, "Deploy finished")
    expect(operator.get_by_test_id("event-empty")).to_contain_text("None of the newest 1 event", timeout=5_000)
    watched.post({"users": [alice]}, "Disk is full")
    expect(operator.locator("#event-list li:visible")).to_have_count(1, timeout=5_000)


def test_the_tail_is_bounded_and_says_what_it_leaves_out(operator: Page, watched: Server, alice: str) -> None:
    open_live(operator, watched, "/ops/events/")
    draft = {"to": {"users": [alice]}, "title": "many"}
    for _ in range(120):
        assert watched.http.post("/api/v1/notifications", json=draft).status_code == 201
    expect(operator.locator("#event-list .event-more").first).to_contain_text("not shown", timeout=10_000)
    assert operator.locator("#event-list li").count() <= 500
