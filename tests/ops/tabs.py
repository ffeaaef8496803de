"""A browser's tab with a page of the operators."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.real.server import Server


def sign_in_tab(context: BrowserContext, service: Server, path: str = "/ops/people/", user: str = "") -> Page:
    """A tab of its own with this page. alice unless it is another user, who has the same password."""
    page = context.new_page()
    _sign_in(page, service, path, user or service.user)
    return page


def _sign_in(page: Page, service: Server, path: str, user: str) -> None:
    page.goto(f"{service.url}/accounts/login/?next={path}")
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill(service.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible(timeout=20_000)


def signed_in(context: BrowserContext, service: Server) -> tuple[Page, list[str]]:
    """A tab with the overview, live, and what its page complains of."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    _sign_in(page, service, "/ops/", service.user)
    live(page)
    return page, complaints


def live(page: Page) -> None:
    expect(page.get_by_test_id("feed-state")).to_have_text("Live", timeout=20_000)


def open_live(page: Page, service: Server, path: str) -> None:
    page.goto(f"{service.url}{path}")
    live(page)
