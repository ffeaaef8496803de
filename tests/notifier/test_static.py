"""Where the browser client's files are served: the present build, released ones, and what is gone."""

import asyncio
import gzip
import hashlib
import shutil
from base64 import b64encode
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
from tests.conftest import EACH_ONCE
from tests.real.server import Server

STACKS = EACH_ONCE

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


def as_sent(server: Server, path: str, **headers: str) -> tuple[httpx.Response, bytes]:
    """The answer, and its body before anything was decompressed."""
    with server.http.stream("GET", path, headers=headers) as answer:
        return answer, b"".join(answer.iter_raw())


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("identity", None),
        ("gzip;q=0", None),
    ],
)
@pytest.mark.parametrize("name", ["notifier.js", "elements.mjs", "shared.mjs"])
def test_client_is_sent_as_the_browser_takes_it(server: Server, name: str, accepted: str, encoding: str | None) -> None:
    """In the smallest form that it takes, and the browser finds in it the very file that a page demands."""
    ((_, dist),) = present.STATICFILES_DIRS
    whole = (dist / name).read_bytes()
    for path in (f"{FOLDER}{name}", f"{versioned_path()}{name}"):
        answer, body = as_sent(server, path, **{"Accept-Encoding": accepted})
        assert answer.status_code == 200
        assert answer.headers.get("content-encoding") == encoding
        assert int(answer.headers["content-length"]) == len(body)
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["x-content-type-options"] == "nosniff"
        if encoding == "br":
            assert body == (dist / f"{name}.br").read_bytes()
            assert len(body) < 0.45 * len(whole)
        else:
            assert (gzip.decompress(body) if encoding else body) == whole


def test_hash_that_a_page_demands_is_that_of_the_file_within(server: Server) -> None:
    _, body = as_sent(server, f"{versioned_path()}notifier.js", **{"Accept-Encoding": "gzip"})
    digest = b64encode(hashlib.sha384(gzip.decompress(body)).digest()).decode()
    assert f'integrity="sha384-{digest}"' in script_tag()


@pytest.mark.parametrize("accepted", ["br", "gzip", "identity"])
def test_what_the_browser_has_already_is_not_sent_again(server: Server, accepted: str) -> None:
    path = f"{versioned_path()}notifier.js"
    headers = {"Accept-Encoding": accepted}
    first, _ = as_sent(server, path, **headers)
    # What goes out in several encodings has no tag that stands for certain bytes.
    assert first.headers["etag"].startswith("W/")
    again, body = as_sent(server, path, **headers, **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, body) == (304, b"")
    assert again.headers["vary"] == "Accept-Encoding"
    asked = server.http.head(path, headers=headers)
    assert asked.content == b""
    for name in ("content-length", "content-encoding", "content-type", "etag", "vary"):
        assert asked.headers.get(name) == first.headers.get(name)


def test_compressed_files_have_no_addresses(server: Server) -> None:
    assert server.http.get(f"{FOLDER}notifier.js.gz").status_code == 404
    assert server.http.get(f"{FOLDER}notifier.js.br").status_code == 404
