"""The operators' pages in a real browser: keys and the audit log without a script; the banner on a person's page."""

import re
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.real import chromium
from tests.real.server import Server

expect.set_options(timeout=20_000)

pytestmark = pytest.mark.xdist_group("browser-uvicorn")


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium.running() as browser:
        yield browser


@pytest.fixture
def service(new_server: Callable[..., Server]) -> Server:
    return new_server("uvicorn")


def _signed_in(context: BrowserContext, service: Server, path: str) -> Page:
    page = context.new_page()
    page.goto(service.url + path)
    page.get_by_label("Username").fill(service.user)
    page.get_by_label("Password").fill(service.password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{path}")
    return page


def _send_with(service: Server, key: str) -> int:
    body = {"to": {"users": ["alice"]}, "title": "With a new key"}
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.post(f"{service.url}/api/v1/notifications", json=body, headers=headers, trust_env=False).status_code


def test_key_is_made_rotated_and_revoked_without_a_script(chrome: Browser, service: Server) -> None:
    """By keyboard and forms alone; each key works as long as the page says, and each step is in the log."""
    context = chrome.new_context(java_script_enabled=False)
    page = _signed_in(context, service, "/ops/keys/")
    page.get_by_role("link", name="Create a key").click()
    name = page.get_by_label("Which backend is it for?")
    expect(name).to_be_focused()
    name.fill("shop")
    page.keyboard.press("Enter")
    first = page.get_by_test_id("new-key").input_value()
    assert re.fullmatch(r"nk_\w+_[\w-]{43}", first)
    assert _send_with(service, first) == 201
    page.get_by_role("link", name="I have copied it").click()
    assert first not in page.content()
    page.get_by_role("link", name="Rotate shop").click()
    page.get_by_label("How long does the old key stay valid?").select_option("1")
    page.get_by_role("button", name="Rotate the key").click()
    second = page.get_by_test_id("new-key").input_value()
    assert second != first
    assert (_send_with(service, first), _send_with(service, second)) == (201, 201)
    page.goto(f"{service.url}/ops/keys/")
    page.locator("tr[data-state=retiring]").get_by_role("link", name="Revoke shop").click()
    page.get_by_role("button", name="Revoke the key").click()
    expect(page.get_by_text("was revoked")).to_be_visible()
    assert (_send_with(service, first), _send_with(service, second)) == (401, 201)
    page.get_by_role("link", name="Audit").click()
    actions = page.locator("[data-testid=entry] td:nth-child(2)").all_inner_texts()
    assert [action.strip() for action in actions] == ["revoke_key", "rotate_key", "create_key"]
    page.locator("[data-testid=entry]").first.get_by_role("link", name="revoke_key").click()
    assert page.url.endswith("?action=revoke_key")
    expect(page.locator("[data-testid=entry]")).to_have_count(1)
    context.close()


def test_banner_is_shown_on_a_page_that_is_open_and_on_one_that_is_loaded_later(
    chrome: Browser, service: Server
) -> None:
    """As text, whatever stands in it; and it goes when it is taken down."""
    context = chrome.new_context()
    page = _signed_in(context, service, "/demo/")
    banner = page.get_by_test_id("banner")
    expect(page.locator("#state")).to_have_attribute("data-state", "live")
    expect(banner).to_be_hidden()
    text = "<b>Maintenance</b> at 18:00 & later"
    answer = service.http.post("/api/v1/ops/banner", json={"text": text, "level": "warning"})
    assert answer.status_code == 200, answer.text
    expect(banner).to_have_text(text)
    expect(banner).to_have_attribute("data-level", "warning")
    late = context.new_page()
    late.goto(f"{service.url}/demo/")
    expect(late.get_by_test_id("banner")).to_have_text(text)
    service.http.post("/api/v1/ops/banner", json={"text": None})
    expect(banner).to_be_hidden()
    expect(late.get_by_test_id("banner")).to_be_hidden()
    context.close()


def test_disconnected_page_comes_back_and_a_blocked_one_says_why(chrome: Browser, service: Server) -> None:
    context = chrome.new_context()
    page = _signed_in(context, service, "/demo/")
    state = page.locator("#state")
    expect(state).to_have_attribute("data-state", "live")
    page.evaluate(
        "() => { window.seen = []; new MutationObserver(() => window.seen.push(document.getElementById('state').dataset.state))"
        ".observe(document.getElementById('state'), {attributes: true}); }"
    )
    service.http.post("/api/v1/ops/disconnect", json={"user": "alice"})
    page.wait_for_function("() => window.seen.includes('offline') && window.seen.at(-1) === 'live'")
    service.http.post("/api/v1/ops/block", json={"user": "alice"})
    expect(state).to_have_attribute("data-state", "refused")
    expect(page.locator("#state-reason")).to_contain_text("blocked")
    context.close()
