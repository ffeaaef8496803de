"""What a page shows or does, as a command line for the API: to be copied, with the key left to the shell's `$NOTIFIER_KEY`."""

import json
import shlex
from typing import Any
from urllib.parse import quote, urlencode

from django import template
from django.http import HttpRequest

register = template.Library()


@register.inclusion_tag("ops/curl.html", takes_context=True)
def curl(context: dict[str, Any], path: str, part: str = "", after: str = "", **query: str) -> dict[str, str]:
    """A button that copies a GET of the API: of `path`, with `part` and `after` behind it, and what of the query is not empty."""
    whole = f"{path}{quote(part, safe='')}{after}"
    given = urlencode({name: value for name, value in query.items() if value})
    return {"command": command(context["request"], f"{whole}?{given}" if given else whole)}


@register.inclusion_tag("ops/curl.html", takes_context=True)
def curl_post(context: dict[str, Any], path: str, body: dict[str, Any]) -> dict[str, str]:
    """A button that copies a POST of this JSON object."""
    return {"command": command(context["request"], path, body)}


def command(request: HttpRequest, path: str, body: dict[str, Any] | None = None) -> str:
    """`curl …` for a POSIX shell, in one line for a GET and in some for a POST."""
    address = shlex.quote(request.build_absolute_uri(path))
    key = '-H "Authorization: Bearer $NOTIFIER_KEY"'
    if body is None:
        return f"curl {key} {address}"
    data = shlex.quote(json.dumps(body, ensure_ascii=False))
    return f"curl -X POST {address} \\\n  {key} -H 'Content-Type: application/json' \\\n  -d {data}"
