"""Tabs of one browser, each with the built client on a page of the service that has nothing else."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.real.processes import wait_until
from tests.real.server import Server

_CLIENT = Path(__file__).resolve().parent.parent.parent / "clients" / "js" / "dist" / "notifier.js"
# What a page writes down of its client, for a test to ask.
_SCRIPT = """
if (location.origin.startsWith("http")) {
  const {token, ...options} = %s;
  const getToken = token === undefined ? {} : {getToken: async () => token};
  globalThis.shown = [];
  globalThis.states = [];
  globalThis.statuses = [];
  globalThis.errors = [];
  globalThis.client = new Notifier.NotifierClient({url: "/ws/notifications/", ...getToken, ...options});
  client.addEventListener("notification", ({detail}) => shown.push(detail.notification.title));
  client.addEventListener("state", ({detail}) => states.push({...detail, at: Date.now()}));
  client.addEventListener("status", ({detail}) => statuses.push(detail.status));
  client.addEventListener("error", ({detail}) => errors.push(detail.code));
  client.connect();
}
"""


class Tab:
    """`options` are the client's, as JSON takes them, and its `token`. The page's address need not exist: the service answers for each."""

    def __init__(self, context: BrowserContext, server: Server, path: str = "/tab/", **options: Any) -> None:
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.add_init_script(_CLIENT.read_text() + _SCRIPT % json.dumps(options))
        self.page.goto(f"{server.url}{path}")

    def ask(self, expression: str) -> Any:
        return self.page.evaluate(expression)

    @property
    def shown(self) -> list[str]:
        """Titles, in the order in which they came."""
        titles: list[str] = self.ask("shown")
        return titles

    @property
    def leads(self) -> bool:
        return bool(self.ask("client.leads"))

    @property
    def in_front(self) -> bool:
        return bool(self.ask("client.inFront"))

    def await_live(self) -> "Tab":
        wait_until(lambda: self.ask("client.status") == "live", what="the tab to be live", seconds=20)
        return self

    def await_shown(self, titles: list[str], *, seconds: float = 20) -> None:
        """Until these were shown, and nothing else, in this order."""
        wait_until(lambda: len(self.shown) >= len(titles), what=f"{titles} to be shown", seconds=seconds)
        assert self.shown == titles

    def close(self) -> None:
        self.page.close()


def one_leads(tabs: list[Tab]) -> Tab:
    """Wait until exactly one of them holds the socket and all are live; that one."""

    def settled() -> bool:
        return sum(tab.leads for tab in tabs) == 1 and all(tab.ask("client.status") == "live" for tab in tabs)

    wait_until(settled, what="one tab to lead", seconds=20)
    return next(tab for tab in tabs if tab.leads)


def sockets_of(server: Server, user: str) -> int:
    """How many the service knows of."""
    answer = server.http.get(f"/api/v1/presence/{user}")
    assert answer.status_code == 200, answer.text
    return int(answer.json()["total"])
