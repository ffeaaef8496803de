"""The operators' pages, in the order of the navigation."""

from functools import cache

from django.urls import Resolver404, resolve

_PAGES = (
    ("Overview", "/ops/"),
    ("People", "/ops/people/"),
    ("Events", "/ops/events/"),
    ("Notifications", "/ops/notifications/"),
    ("Keys", "/ops/keys/"),
    ("Audit", "/ops/audit/"),
)


def navigation(path: str) -> list[dict[str, object]]:
    """The pages that there are, and which of them, or of the pages below it, this is."""
    return [
        {"label": label, "path": page, "here": path == page or (page != "/ops/" and path.startswith(page))}
        for label, page in _existing()
    ]


@cache
def _existing() -> tuple[tuple[str, str], ...]:
    return tuple((label, page) for label, page in _PAGES if _exists(page))


def _exists(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
