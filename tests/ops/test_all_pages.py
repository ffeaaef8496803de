"""Every page of the operators, with something on it: for everybody, in light and dark, and at every width."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.ops.tabs import live, sign_in_tab
from tests.real.processes import ROOT
from tests.real.server import Server
from tests.real.socket import Socket

pytestmark = pytest.mark.xdist_group("ops-pages")

AXE = ROOT / "clients" / "js" / "node_modules" / "axe-core" / "axe.min.js"
LONG = "a-tenant-" + "0f8fad5b" * 14
RTL = "مستخدم-١٢٣"
WIDTHS = (320, 390, 768, 1280, 1920)

PAGES = {
    "people": "/ops/people/",
    "nobody found": "/ops/people/?q=nobody",
    "blocked": "/ops/blocks/",
    "person": "/ops/people/pat/?why={notification}",
    "person, long": f"/ops/people/{LONG}/",
    "person, right to left": f"/ops/people/{RTL}/",
    "person, blocked": "/ops/people/mallory/",
    "no person": f"/ops/people/{'x' * 129}/",
    "events": "/ops/events/",
    "notifications": "/ops/notifications/",
    "notification": "/ops/notifications/{notification}/",
    "no notification": "/ops/notifications/nonsense/",
    "keys": "/ops/keys/",
    "new key": "/ops/keys/new/",
    "rotate": "/ops/keys/{key}/rotate/",
    "revoke key": "/ops/keys/{key}/revoke/",
    "audit": "/ops/audit/",
    "nothing found": "/ops/audit/?actor=nobody",
    "test": "/ops/act/test/",
    "test, asked": "/ops/act/test/?to=everyone&title=Hello",
    "disconnect, wrong": "/ops/act/disconnect/?user=",
    "disconnect, asked": "/ops/act/disconnect/?user=pat",
    "block": "/ops/act/block/",
    "block, asked": f"/ops/act/block/?user={LONG}&until=1d&reason=spam",
    "unblock, asked": "/ops/act/unblock/?user=mallory",
    "revoke, asked": "/ops/act/revoke/?user=pat",
    "drain": "/ops/act/drain/",
    "banner": "/ops/act/banner/",
    "banner, asked": "/ops/act/banner/?text=Maintenance&level=warning&until=1h",
    "nothing there": "/ops/nothing/",
    # Last, so that the history has something to show.
    "overview": "/ops/",
}


_TABLES_FIT = "() => [...document.querySelectorAll('.card-flush')].every(card => card.scrollWidth <= card.clientWidth)"


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    from tests.real import chromium

    with chromium.running() as browser:
        yield browser


@pytest.fixture(scope="module")
def scene(staffed: Server) -> Iterator[dict[str, str]]:
    """People with tabs, long names and names from right to left; what was sent, blocked and done. Names for the addresses."""
    sockets = [
        Socket(staffed.socket_url, token=staffed.token(name)).hello(page=path, visible=visible)
        for name, path, visible in (
            ("pat", "/orders/1042", True),
            ("pat", "/cart", False),
            (LONG, "/", True),
            (RTL, "/", True),
        )
    ]
    sent = staffed.post(
        {"users": ["pat", LONG, RTL, "offline"]}, "Ihre Bestellung " * 8, body="مرحبا\n" * 3, level="warning"
    )
    for socket in sockets[1:]:
        socket.notifications(1)
    staffed.post({"users": ["pat"]}, "مرحبا بالعالم")
    for name, reason in (("mallory", "Sends spam"), (LONG + "-blocked"[:16], "x" * 200)):
        answer = staffed.http.post("/api/v1/ops/block", json={"user": name[:128], "reason": reason})
        assert answer.status_code == 200, answer.text
    Socket(staffed.socket_url, token=staffed.token("gone")).hello().close()
    yield {"notification": sent["id"], "key": staffed.key.split("_")[1]}
    for socket in sockets:
        socket.close()


@pytest.fixture(scope="module")
def tab(chrome: Browser, staffed: Server) -> Iterator[Page]:
    context = chrome.new_context(bypass_csp=True, reduced_motion="reduce")
    yield sign_in_tab(context, staffed)
    context.close()


def assert_for_everybody(page: Page) -> None:
    """axe finds nothing at a desk and on a phone, in light and dark; nothing scrolls sideways at any width, and at a desk no table does."""
    page.add_script_tag(path=AXE)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        # Charts follow a moment later.
        page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth", timeout=3_000)
        if width >= 1280:
            page.wait_for_function(_TABLES_FIT, timeout=3_000)
    for width, scheme, rules in ((1280, "light", None), (1280, "dark", "color-contrast"), (390, "dark", None)):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        options: dict[str, Any] = {"runOnly": [rules]} if rules else {}
        found = page.evaluate("options => axe.run(options)", options)
        problems = [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]
        assert not problems, f"{width} {scheme}"
    page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("name", PAGES)
def test_page_is_for_everybody(tab: Page, staffed: Server, scene: dict[str, str], name: str) -> None:
    tab.goto(staffed.url + PAGES[name].format(**scene))
    if name == "events":
        live(tab)
        staffed.post({"users": ["pat"]}, "To be seen in the tail")
        tab.locator("#event-list li").first.wait_for()
    if name == "overview":
        tab.get_by_test_id("marks-summary").click()
        tab.locator("#marks tr").first.wait_for()
    assert_for_everybody(tab)


def test_new_key_is_for_everybody(tab: Page, staffed: Server) -> None:
    tab.goto(f"{staffed.url}/ops/keys/new/")
    tab.get_by_label("Which backend is it for?").fill("a rather long name of a backend of the billing team")
    tab.get_by_role("button", name="Create the key").click()
    tab.get_by_test_id("new-key").wait_for()
    assert_for_everybody(tab)


def test_signing_in_and_being_refused_are_for_everybody(chrome: Browser, staffed: Server) -> None:
    context = chrome.new_context(bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{staffed.url}/accounts/login/?next=/ops/keys/")
    page.get_by_label("Username").fill("vera")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert_for_everybody(page)
    page.get_by_label("Password").fill(staffed.password)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="You may not see this page").wait_for()
    assert_for_everybody(page)
    context.close()
