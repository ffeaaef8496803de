"""Static files, served before Django is asked: no middleware, no thread."""

from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from servestatic import ServeStaticASGI

from notifier.builtclient import versioned_path

Application = Callable[[dict[str, Any], Any, Any], Awaitable[Any]]


def static_files(inner: Application) -> Application:
    """All files that the installed apps bring, found once at start; every other request goes to `inner`.

    The browser client's are served below a path with their version as well, for pages that demand a hash of them.
    """
    application = ServeStaticASGI(inner, max_age=60, allow_all_origins=True, add_headers_function=_headers)
    for finder in get_finders():
        for path, storage in finder.list([]):
            prefix = getattr(storage, "prefix", None)
            name = f"{prefix}/{path}" if prefix else path
            application.add_file_to_dictionary(settings.STATIC_URL + name, storage.path(path))
            if prefix == "notifier":
                application.add_file_to_dictionary(versioned_path() + path, storage.path(path))
    result: Application = application
    return result


def _headers(headers: Any, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
