"""Pages that demand a version of the client which the service no longer has, and pages that demand none."""

import httpx
import pytest
from playwright.sync_api import expect

from notifier.builtclient import FOLDER, script_tag
from tests.e2e.elementpages import BELL, TOASTS, Adopter

pytestmark = pytest.mark.xdist_group("elements")


def test_page_of_a_version_that_is_gone_says_so_and_works_otherwise(adopter: Adopter) -> None:
    """The browser's console names the file, and whoever opens that reads what to do; nothing runs that the page did not demand."""
    gone = f"{FOLDER}0.0.1/notifier.js"
    tag = f'<script src="{gone}" integrity="sha384-AAAA" crossorigin="anonymous" defer></script>'
    page = adopter.open(html=f"<!doctype html><html lang=en><title>Mine</title>{tag}<h1>My product</h1>{BELL}</html>")
    expect(page.get_by_role("heading", name="My product")).to_be_visible()
    assert page.evaluate("() => customElements.get('notifier-bell') === undefined")
    assert any("404" in line for line in adopter.complaints), adopter.complaints
    adopter.complaints.clear()
    assert "manage.py clientscript" in httpx.get(adopter.service.url + gone, trust_env=False).text


def test_page_that_demands_none_follows_the_service(adopter: Adopter) -> None:
    tag = script_tag(pinned=False)
    assert adopter.service.manage("clientscript", "--unpinned").stdout.strip() == tag
    page = adopter.open(html=f"<!doctype html><html lang=en><title>Mine</title>{tag}{BELL}{TOASTS}</html>")
    page.locator("notifier-bell [data-status=live]").wait_for()
    adopter.post("here")
    expect(page.locator(".notifier-toast")).to_contain_text("here")
