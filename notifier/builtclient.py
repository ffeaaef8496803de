"""The browser client as it was built: which version it is, where it is served, and what a page may demand of it."""

import json
from dataclasses import dataclass
from functools import cache

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the build wrote beside its files; `integrity` by file name, as `<script integrity>` takes it."""

    version: str
    integrity: dict[str, str]


@cache
def _manifest() -> Manifest:
    (folder,) = (path for prefix, path in settings.STATICFILES_DIRS if prefix == "notifier")
    return Manifest(**json.loads((folder / "manifest.json").read_text()))


FOLDER = f"{settings.STATIC_URL}notifier/"
"""Below which path the present build is served, whichever version that is."""


def versioned_path() -> str:
    """Below which path this version's files are served, with a slash at both ends."""
    return f"{FOLDER}{_manifest().version}/"


def script_tag(address: str = "", *, pinned: bool = True) -> str:
    """The `<script>` that brings the elements.

    Pinned, the browser runs the file only if it is the one that was built, and the page is changed at an upgrade that
    forgets that build. Otherwise the page gets whatever this service has, and runs it.
    """
    if not pinned:
        return f'<script src="{address}{FOLDER}notifier.js" crossorigin="anonymous" defer></script>'
    return (
        f'<script src="{address}{versioned_path()}notifier.js"\n'
        f'        integrity="{_manifest().integrity["notifier.js"]}"\n'
        '        crossorigin="anonymous" defer></script>'
    )


def missing() -> str:
    """What a developer is told who asks for a file that is not served, such as one of a version that is gone."""
    return (
        f"This is no file of Notifier's browser client, which is at version {_manifest().version} here.\n"
        "A page that names another version in its script tag needs a new one: manage.py clientscript prints it.\n"
        f"{FOLDER}notifier.js is the present version at any time, for pages that demand no hash.\n"
    )
