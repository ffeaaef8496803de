"""Each action of an operator in a real browser against the real service: said before, done, and in the audit log."""

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from websockets.exceptions import ConnectionClosed

from tests.ops.operators import Dashboard, sign_in
from tests.ops.tabs import sign_in_tab
from tests.real import chromium
from tests.real.processes import wait_until
from tests.real.server import Server
from tests.real.socket import Socket

pytestmark = pytest.mark.xdist_group("ops-pages")

Connect = Callable[..., Socket]


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium.running() as browser:
        yield browser


@pytest.fixture(scope="module")
def admin(chrome: Browser, staffed: Server) -> Iterator[Page]:
    context = chrome.new_context()
    yield sign_in_tab(context, staffed)
    context.close()


def confirm(page: Page, button: str, *, touches: str = "") -> None:
    """The second step: it says how many, and acts when it is told to."""
    expect(page.get_by_test_id("reach")).to_contain_text(touches)
    page.locator("main").get_by_role("button", name=button, exact=True).click()


def assert_written(page: Page, service: Server, action: str, target: str, details: str = "") -> None:
    """The audit log's newest entry."""
    page.goto(f"{service.url}/ops/audit/?action={action}")
    entry = page.get_by_test_id("entry").first
    for text in (target, service.user, "127.0.0.1", details):
        expect(entry).to_contain_text(text)


def refused(socket: Socket) -> int:
    """The code with which it is closed, at once or when it says hello."""
    with suppress(ConnectionClosed):
        socket.send({"type": "hello"})
    return socket.close_code()


# ------------------------------------------------------------------ tests


def test_a_test_to_me(admin: Page, staffed: Server, browser: Connect) -> None:
    socket = browser(staffed, staffed.user).hello()
    admin.goto(f"{staffed.url}/ops/")
    admin.get_by_role("link", name="Send a test").click()
    admin.get_by_label("Title").fill("A test to me")
    admin.get_by_role("button", name="Continue").click()
    confirm(admin, "Send it", touches="1 person")
    assert socket.titles(1) == ["A test to me"]
    assert_written(admin, staffed, "test", staffed.user, "A test to me")


@pytest.mark.parametrize("to", ["user", "topic", "everyone"])
def test_a_test_to_others(admin: Page, staffed: Server, browser: Connect, alice: str, to: str) -> None:
    socket = browser(staffed, alice, topics=[f"room.{alice}"]).hello()
    if to == "topic":
        socket.send({"type": "follow", "topic": f"room.{alice}"})
        socket.until("followed")
    target = {"user": alice, "topic": f"room.{alice}", "everyone": ""}[to]
    admin.goto(f"{staffed.url}/ops/act/test/")
    admin.get_by_label("To", exact=True).select_option(to)
    admin.get_by_label("Which person or topic").fill(target)
    admin.get_by_label("Title").fill(f"To {alice}")
    admin.get_by_role("button", name="Continue").click()
    confirm(admin, "Send it", touches="1 connection")
    assert socket.titles(1) == [f"To {alice}"]
    assert_written(admin, staffed, "test", target or "everyone", f"To {alice}")


# ------------------------------------------------------------------ connections and people


def test_disconnect_a_tab_and_then_the_person(admin: Page, staffed: Server, browser: Connect, alice: str) -> None:
    first, second = browser(staffed, alice).hello(page="/first"), browser(staffed, alice).hello(page="/second")
    admin.goto(f"{staffed.url}/ops/people/{alice}/")
    row = admin.get_by_test_id("connection").filter(has_text="/first")
    row.get_by_role("link", name="Close").click()
    confirm(admin, "Disconnect", touches="1 person, 1 connection")
    assert first.close_code() == 4007
    assert_written(admin, staffed, "disconnect", "con_")
    admin.goto(f"{staffed.url}/ops/people/{alice}/")
    expect(admin.get_by_test_id("connection")).to_have_count(1)
    admin.get_by_role("link", name="Disconnect").click()
    confirm(admin, "Disconnect", touches="1 person, 1 connection")
    assert second.close_code() == 4007
    assert_written(admin, staffed, "disconnect", alice)


def test_block_and_unblock_from_the_list_of_blocks(admin: Page, staffed: Server, browser: Connect, alice: str) -> None:
    socket = browser(staffed, alice).hello()
    admin.goto(f"{staffed.url}/ops/people/{alice}/")
    admin.get_by_role("link", name="Block", exact=True).click()
    expect(admin.get_by_text("1 day")).to_be_visible()
    confirm(admin, "Block", touches="1 person, 1 connection")
    assert socket.close_code() == 4508
    expect(admin.get_by_text("Blocked by alice until in 24 hours")).to_be_visible()
    assert refused(browser(staffed, alice)) == 4508
    assert_written(admin, staffed, "block", alice)
    admin.goto(f"{staffed.url}/ops/people/")
    admin.get_by_role("link", name="Blocked").click()
    admin.get_by_label("Id begins with").fill(alice)
    admin.keyboard.press("Enter")
    block = admin.get_by_test_id("block")
    expect(block).to_have_count(1)
    expect(block).to_contain_text("in 24 hours")
    block.get_by_role("link", name="Unblock").click()
    confirm(admin, "Unblock")
    admin.wait_for_url("**/ops/blocks/")
    expect(admin.get_by_test_id("block").filter(has_text=alice)).to_have_count(0)
    assert browser(staffed, alice).hello().welcome["user"] == alice
    assert_written(admin, staffed, "unblock", alice)


def test_revoke_tokens(admin: Page, staffed: Server, browser: Connect, alice: str) -> None:
    token = staffed.token(alice)
    socket = browser(staffed, token=token).hello()
    admin.goto(f"{staffed.url}/ops/people/{alice}/")
    admin.get_by_role("link", name="Revoke tokens").click()
    confirm(admin, "Revoke", touches="1 person, 1 connection")
    assert socket.close_code() == refused(browser(staffed, token=token)) == 4501
    assert_written(admin, staffed, "revoke", alice)


# ------------------------------------------------------------------ everyone


def test_banner_is_shown_and_taken_down(admin: Page, staffed: Server, browser: Connect, alice: str) -> None:
    socket = browser(staffed, alice).hello()
    admin.goto(f"{staffed.url}/ops/")
    admin.get_by_role("link", name="Banner").click()
    admin.get_by_label("Text").fill("Maintenance at six")
    admin.get_by_label("Level").select_option("warning")
    admin.get_by_label("For how long").select_option("1h")
    admin.get_by_role("button", name="Continue").click()
    confirm(admin, "Show it")
    assert socket.until("banner")["text"] == "Maintenance at six"
    assert_written(admin, staffed, "banner", "", "Maintenance at six")
    admin.goto(f"{staffed.url}/ops/")
    admin.get_by_role("link", name="Take it down").click()
    confirm(admin, "Take it down")
    assert "text" not in socket.until("banner")
    assert_written(admin, staffed, "banner", "", "taken down yes")


def test_server_is_drained_and_resumed(admin: Page, staffed: Server, browser: Connect, alice: str) -> None:
    """Drained, it is not ready for a load balancer, and serves its pages all the same."""
    socket = browser(staffed, alice).hello()
    assert httpx.get(f"{staffed.url}/readyz", trust_env=False).status_code == 200
    admin.goto(f"{staffed.url}/ops/")
    admin.get_by_role("link", name="Drain a server").click()
    admin.get_by_role("button", name="Continue").click()
    confirm(admin, "Drain", touches="1 connection")
    assert socket.close_code() == 4000
    assert refused(browser(staffed, alice)) == 4000
    assert httpx.get(f"{staffed.url}/readyz", trust_env=False).status_code == 503
    assert httpx.get(f"{staffed.url}/healthz", trust_env=False).status_code == 200
    assert_written(admin, staffed, "drain", "srv_")
    admin.goto(f"{staffed.url}/ops/")
    admin.get_by_role("link", name="Resume a server").click()
    admin.get_by_role("button", name="Continue").click()
    confirm(admin, "Resume")
    assert_written(admin, staffed, "resume", "srv_")
    wait_until(lambda: httpx.get(f"{staffed.url}/readyz", trust_env=False).is_success, what="the server to be ready")
    assert browser(staffed, alice).hello().welcome["user"] == alice


# ------------------------------------------------------------------ who may not

ACTS = ["test", "disconnect", "block", "unblock", "revoke", "drain", "resume", "banner"]
GIVEN = {"user": "pat", "to": "user", "target": "pat", "title": "x", "text": "x", "level": "info", "reason": "x"}


def test_viewer_sees_and_does_nothing(chrome: Browser, staffed: Server, browser: Connect, alice: str) -> None:
    """No page offers an action; each is refused to a viewer who knows its address: on the page, in the API, on the socket."""
    socket = browser(staffed, alice).hello()
    context = chrome.new_context()
    page = sign_in_tab(context, staffed, user="vera")
    for path in (
        "/ops/",
        "/ops/people/",
        f"/ops/people/{alice}/",
        "/ops/blocks/",
        "/ops/notifications/",
        "/ops/audit/",
    ):
        shown = page.goto(staffed.url + path)
        assert shown is not None and shown.status == 200
        expect(page.locator("main a[href*='/ops/act/'], main form[method=post]")).to_have_count(0)
    context.close()
    before = staffed.http.get("/api/v1/ops/audit").json()["entries"][0]["id"]
    with Dashboard(staffed, sign_in(staffed, "vera")) as dashboard:
        token = {"csrfmiddlewaretoken": dashboard.page.cookies["csrftoken"]}
        headers = {"X-CSRFToken": dashboard.page.cookies["csrftoken"]}
        for path in [f"/ops/act/{name}/" for name in ACTS] + ["/ops/keys/new/"]:
            assert dashboard.page.get(path).status_code == 403
            assert dashboard.page.post(path, data={**GIVEN, **token}).status_code == 403, path
        for name in ACTS:
            body = {"user": alice} if name not in {"drain", "resume", "banner"} else {}
            answer = dashboard.page.post(f"/api/v1/ops/{name}", json=body, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "missing_permission"), name
        dashboard.socket.send({"type": "disconnect", "user": alice})
        assert dashboard.close_code() == 4504
    assert staffed.http.get("/api/v1/ops/audit").json()["entries"][0]["id"] == before
    assert socket.quiet(seconds=0.1)


@pytest.mark.parametrize("forged", ["no token", "foreign origin", "no origin of a page"])
def test_forged_requests_are_refused(staffed: Server, alice: str, forged: str) -> None:
    """From a browser in which an admin is signed in."""
    page = sign_in(staffed)
    before = staffed.http.get("/api/v1/ops/audit").json()["entries"][0]["id"]
    token = "" if forged == "no token" else page.cookies["csrftoken"]
    origin = {"foreign origin": {"Origin": "https://evil.example"}, "no origin of a page": {"Origin": "null"}}
    headers = origin.get(forged, {})
    for path in [f"/ops/act/{name}/" for name in ACTS] + ["/ops/keys/new/", "/accounts/logout/"]:
        answer = page.post(path, data={**GIVEN, "csrfmiddlewaretoken": token}, headers=headers)
        assert answer.status_code == 403, path
        assert "Nothing was done" in answer.text
    for name in ACTS:
        answer = page.post(f"/api/v1/ops/{name}", json={"user": alice}, headers={**headers, "X-CSRFToken": token})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), name
    if headers:
        with Dashboard(staffed, page, origin=headers["Origin"]) as dashboard:
            assert dashboard.close_code() == 4502
    assert staffed.http.get("/api/v1/ops/audit").json()["entries"][0]["id"] == before
    page.close()


def test_command_is_copied_and_does_the_same(admin: Page, staffed: Server, browser: Connect, alice: str) -> None:
    """With a key in place of `$NOTIFIER_KEY`."""
    socket = browser(staffed, alice).hello()
    admin.context.grant_permissions(["clipboard-read", "clipboard-write"])
    admin.goto(f"{staffed.url}/ops/act/disconnect/?user={alice}")
    admin.get_by_role("button", name="Copy as curl").click()
    expect(admin.locator("#voice")).to_have_text("Copied")
    command = admin.evaluate("() => navigator.clipboard.readText()")
    assert re.match(r"curl -X POST http://127\.0\.0\.1:\d+/api/v1/ops/disconnect ", command)
    done = subprocess.run(
        ["sh", "-c", command],
        env={"NOTIFIER_KEY": staffed.key, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
    )
    assert b'"connections":1' in done.stdout.replace(b" ", b"")
    assert socket.close_code() == 4007
