"""What every page must keep to."""

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin


class _Page(HTMLParser):
    """Notes what a strict Content-Security-Policy would block, and what the page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.blocked: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or "style" in given or any(name.startswith("on") for name in given):
            self.blocked.append(self.get_starttag_text() or tag)
        if tag == "script" and given.get("type") != "application/json":
            if given.get("src"):
                self.loads.append(str(given["src"]))
            else:
                self.blocked.append(self.get_starttag_text() or tag)
        if tag in {"link", "img"}:
            self.loads.append(str(given.get("href") or given.get("src")))


def assert_fits_its_policy(answer: Any) -> list[str]:
    """The page says who may frame it and what it may run, and asks for no more itself. What it loads."""
    assert answer.headers["Content-Type"].startswith("text/html")
    rules = dict(rule.strip().split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split(";"))
    assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["form-action"] == "'self'"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    page = _Page()
    page.feed(answer.content.decode())
    assert not page.blocked
    loads = [urljoin(answer.request["PATH_INFO"], source) for source in page.loads]
    assert all(source.startswith("/") and not source.startswith("//") for source in loads), loads
    return loads
