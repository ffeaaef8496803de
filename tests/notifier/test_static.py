"""Where the browser client's files are served: the present build, released ones, and what is gone."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings as present
from django.contrib.staticfiles.finders import get_finder
from pytest_django import Settings

from notifier.builtclient import FOLDER, script_tag, versioned_path
from routing.static import static_files

Get = Callable[[str], httpx.Response]


@pytest.fixture
def get(tmp_path: Path, settings: Settings) -> Iterator[Get]:
    """Asks the static files of a service that has a released build besides its own."""
    ((_, dist),) = present.STATICFILES_DIRS
    folder = shutil.copytree(dist, tmp_path / "dist")
    (folder / "0.0.9").mkdir()
    (folder / "0.0.9" / "notifier.js").write_text("/* as it was released */")
    settings.STATICFILES_DIRS = [("notifier", folder)]
    get_finder.cache_clear()  # type: ignore[attr-defined]

    async def other(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 418, "headers": []})
        await send({"type": "http.response.body"})

    application = static_files(other)

    def ask(path: str) -> httpx.Response:
        async def asking() -> httpx.Response:
            transport = httpx.ASGITransport(app=application)  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
                return await client.get(path)

        return asyncio.run(asking())

    yield ask
    get_finder.cache_clear()  # type: ignore[attr-defined]


def test_present_build_is_served_with_and_without_its_version(get: Get) -> None:
    """The same file: the one for pages that demand its hash, the other for those that follow the service."""
    pinned, following = (get(f"{folder}notifier.js") for folder in (versioned_path(), FOLDER))
    assert pinned.status_code == following.status_code == 200
    assert pinned.content == following.content
    assert pinned.headers["access-control-allow-origin"] == "*"


def test_released_build_stays_at_its_version(get: Get) -> None:
    """A page that demands its hash goes on after an upgrade of the service."""
    answer = get(f"{FOLDER}0.0.9/notifier.js")
    assert (answer.status_code, answer.text) == (200, "/* as it was released */")
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["0.0.8/notifier.js", "0.0.9/elements.mjs", "nothing.js", ""])
def test_who_asks_for_a_version_that_is_gone_is_told_what_to_do(get: Get, path: str) -> None:
    answer = get(f"{FOLDER}{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "no-store"
    assert versioned_path().split("/")[-2] in answer.text
    assert "manage.py clientscript" in answer.text


def test_all_else_is_the_services(get: Get) -> None:
    assert get("/static/nothing").status_code == 418


def test_tag_without_a_version_demands_no_hash() -> None:
    tag = script_tag("https://notify.example.com", pinned=False)
    assert f'src="https://notify.example.com{FOLDER}notifier.js"' in tag
    assert "integrity" not in tag
