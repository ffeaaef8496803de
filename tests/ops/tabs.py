"""A browser's tab with a live page of the operators."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.real.server import Server


def signed_in(context: BrowserContext, service: Server) -> tuple[Page, list[str]]:
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{service.url}/accounts/login/?next=/ops/")
    page.get_by_label("Username").fill(service.user)
    page.get_by_label("Password").fill(service.password)
    page.keyboard.press("Enter")
    live(page)
    return page, complaints


def live(page: Page) -> None:
    expect(page.get_by_test_id("feed-state")).to_have_text("Live", timeout=20_000)


def open_live(page: Page, service: Server, path: str) -> None:
    page.goto(f"{service.url}{path}")
    live(page)
