"""The page of the audit log."""

import re
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notifier import audit
from notifier.errors import Invalid
from ops.permissions import VIEW, operators_page

_FILTERS = ("action", "actor", "target")
_LONGEST = 200
_PAGE = 50
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:[0-9.]+Z")


@require_safe
@operators_page(VIEW)
def log(request: HttpRequest) -> HttpResponse:
    """What operators did, newest first. The filters stand in the address, so that it can be handed on."""
    wanted = {name: request.GET.get(name, "")[:_LONGEST].replace("\x00", "").strip() for name in _FILTERS}
    given = {name: value for name, value in wanted.items() if value}
    try:
        page = audit.page(**given, before=request.GET.get("cursor") or None, limit=_PAGE)
    except Invalid:
        page = audit.page(**given, limit=_PAGE)
    context = {
        "entries": [{"entry": entry, "details": _details(entry.details)} for entry in page.entries],
        "wanted": wanted,
        "filtered": bool(given),
        "actions": sorted({*audit.actions(), *filter(None, [wanted["action"]])}),
        "first": urlencode(given) if request.GET.get("cursor") else None,
        "next": urlencode({**given, "cursor": page.next}) if page.next else None,
    }
    return render(request, "ops/audit.html", context)


def _details(details: dict[str, object]) -> list[tuple[str, str]]:
    """In words: what is nothing is left out."""
    return [(name.replace("_", " "), _said(value)) for name, value in details.items() if value not in (None, "", [])]


def _said(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case str() if _MOMENT.fullmatch(value):
            return f"{value[:10]} {value[11:16]} UTC"
        case list():
            return ", ".join(_said(item) for item in value)
        case dict():
            return ", ".join(f"{name}: {_said(item)}" for name, item in value.items() if item not in (None, ""))
        case _:
            return str(value)
