"""Pages that are not the service's own and use its elements, as an adopter's do: one person each, under a strict policy."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route

from tests.real.processes import ROOT, wait_until
from tests.real.server import Server

AXE = ROOT / "clients" / "js" / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = Path(ROOT) / "test-results"
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'"

SOCKET = 'url="/ws/notifications/" token-url="/my-token"'
BELL = f"<notifier-bell {SOCKET}></notifier-bell>"
TOASTS = f"<notifier-toasts {SOCKET}></notifier-toasts>"


def script_of(service: Server) -> str:
    """The script tag that the service prints, with its hash."""
    printed = service.manage("clientscript")
    assert printed.returncode == 0, printed.stderr
    return printed.stdout


class Adopter:
    """A page of somebody's product, at the service's own address."""

    def __init__(self, context: BrowserContext, service: Server, user: str, script: str) -> None:
        self.service = service
        self.user = user
        self._context = context
        self._script = script
        self.complaints: list[str] = []
        self._routes: list[tuple[str, Callable[[Route], None]]] = [("/my-token", self._give_token)]

    def route(self, path: str, answer: str | Callable[[Route], None], content_type: str = "") -> None:
        """What the product's own server answers at this path; to be given before a page is opened."""
        if isinstance(answer, str):
            body = answer
            self._routes.append((path, lambda route: route.fulfill(body=body, content_type=content_type)))
        else:
            self._routes.append((path, answer))

    def open(self, body: str = BELL + TOASTS, *, html: str = "", head: str = "", attributes: str = 'lang="en"') -> Page:
        """A page with this body, or this whole document, once its client is live."""
        page = self._context.new_page()
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        frame = "<main><h1>My product</h1><p><button id=before>Before</button></p>"
        document = html or (
            f"<!doctype html><html {attributes}><head><meta charset=utf-8><title>My product</title>"
            f"<meta name=viewport content='width=device-width'><meta name=color-scheme content='light dark'>{self._script}{head}</head>"
            f"<body>{frame}{body}<p><button id=after>After</button></p></main></body></html>"
        )
        headers = {"content-security-policy": POLICY, "content-type": "text/html; charset=utf-8"}
        page.route("**/my-page", lambda route: route.fulfill(body=document, headers=headers))
        for path, answer in self._routes:
            page.route(f"{self.service.url}{path}", answer)
        page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
        page.goto(f"{self.service.url}/my-page")
        return page

    def live(self, body: str = BELL + TOASTS, **options: Any) -> Page:
        """The same with a bell, as soon as that is connected."""
        page = self.open(body, **options)
        page.locator("notifier-bell [data-status=live]").wait_for(timeout=20_000)
        return page

    def post(self, title: str = "Deploy finished", **fields: Any) -> str:
        return str(self.service.post({"users": [self.user]}, title, **fields)["id"])

    def handled(self, notification: str) -> None:
        """Wait until the page has acknowledged this one, and so everything before it."""
        address = f"/api/v1/notifications/{notification}"
        wait_until(
            lambda: self.service.http.get(address).json()["delivered"] == 1, what="the page to have it", seconds=20
        )

    def _give_token(self, route: Route) -> None:
        route.fulfill(body=self.service.token(self.user), content_type="text/plain")


def axe(page: Page) -> list[Any]:
    """What axe finds on the page, which must have been opened without a policy."""
    if not page.evaluate("() => 'axe' in window"):
        page.add_script_tag(path=AXE)
    found = page.evaluate("() => axe.run({resultTypes: ['violations'], preload: false})")
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]


def recipe(title: str) -> dict[str, str]:
    """The code blocks of one recipe of the client's README, by language."""
    readme = (ROOT / "clients" / "js" / "README.md").read_text()
    section = re.search(rf"^### {re.escape(title)}\n(.*?)(?=^##|\Z)", readme, re.DOTALL | re.MULTILINE)
    assert section, f"The README has no recipe {title!r}."
    return dict(re.findall(r"^```(\w+)\n(.*?)^```", section[1], re.DOTALL | re.MULTILINE))
