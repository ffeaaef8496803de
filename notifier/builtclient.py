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


def versioned_path() -> str:
    """Below which path this version's files are served, with a slash at both ends."""
    return f"{settings.STATIC_URL}notifier/{_manifest().version}/"


def script_tag(address: str = "") -> str:
    """The `<script>` that brings the elements. The browser runs the file only if it is the one that was built."""
    return (
        f'<script src="{address}{versioned_path()}notifier.js"\n'
        f'        integrity="{_manifest().integrity["notifier.js"]}"\n'
        '        crossorigin="anonymous" defer></script>'
    )
