"""The browser client as it was built: which version it is, where it is served, and what a page may demand of it."""

import json
from functools import cache

from django.conf import settings


@cache
def _manifest() -> dict[str, object]:
    (folder,) = (path for prefix, path in settings.STATICFILES_DIRS if prefix == "notifier")
    manifest: dict[str, object] = json.loads((folder / "manifest.json").read_text())
    return manifest


def versioned_path() -> str:
    """Below which path this version's files are served, with a slash at both ends."""
    return f"{settings.STATIC_URL}notifier/{_manifest()['version']}/"


def script_tag(address: str = "") -> str:
    """The `<script>` that brings the elements. The browser runs the file only if it is the one that was built."""
    integrity = _manifest()["integrity"]
    assert isinstance(integrity, dict)
    return (
        f'<script src="{address}{versioned_path()}notifier.js"\n'
        f'        integrity="{integrity["notifier.js"]}"\n'
        '        crossorigin="anonymous" defer></script>'
    )
