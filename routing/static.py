"""Static files, served before Django is asked: no middleware, no thread."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from servestatic import ServeStaticASGI

from notifier.builtclient import FOLDER, missing, versioned_path

Application = Callable[[dict[str, Any], Any, Any], Awaitable[Any]]


def static_files(inner: Application) -> Application:
    """All files that the installed apps bring, found once at start; every other request goes to `inner`.

    The browser client's are served below a path with their version as well, for pages that demand a hash of them; so are
    those of released versions, which lie in folders of their own. Who asks for one that is gone is told what to do.
    """
    application = ServeStaticASGI(_client_or(inner), max_age=60, allow_all_origins=True, add_headers_function=_headers)
    for finder in get_finders():
        for path, storage in finder.list([]):
            prefix = getattr(storage, "prefix", None)
            name = f"{prefix}/{path}" if prefix else path
            application.add_file_to_dictionary(settings.STATIC_URL + name, storage.path(path))
            if prefix == "notifier" and not path[0].isdigit():
                application.add_file_to_dictionary(versioned_path() + path, storage.path(path))
    result: Application = application
    return result


def _client_or(inner: Application) -> Application:
    """`inner`, but for what is asked of the browser client's folder, where only files are."""

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if not scope["path"].startswith(FOLDER):
            await inner(scope, receive, send)
            return
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"access-control-allow-origin", b"*"),
            (b"x-content-type-options", b"nosniff"),
        ]
        await send({"type": "http.response.start", "status": HTTPStatus.NOT_FOUND, "headers": headers})
        await send({"type": "http.response.body", "body": missing().encode()})

    return application


def _headers(headers: Any, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    # A weak tag: the same file goes out in several encodings, which are the same and not of the same bytes.
    stat = Path(path).stat()
    headers["ETag"] = f'W/"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
