"""The operators' pages."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notifier import presence
from notifier.errors import Invalid, Unavailable
from notifier.presence import Facts, Page, Totals
from ops.permissions import VIEW, operators_page

_SHOWN = 100


@require_safe
@operators_page(VIEW)
def connections(request: HttpRequest) -> HttpResponse:
    """Who is connected now."""
    query = request.GET.get("q", "")[:128]
    try:
        page = presence.page(prefix=query, cursor=request.GET.get("cursor") or None, limit=_SHOWN)
        totals, problem = presence.totals(), ""
    except Invalid:
        raise BadRequest("no page named this cursor") from None
    except Unavailable as error:
        page, totals, problem = Page([], None), Totals(0, 0), error.detail
    return render(
        request,
        "ops/connections.html",
        {
            "people": totals.people,
            "total": totals.connections,
            "connections": [_row(facts) for person in page.people for facts in person.connections],
            "next": page.next,
            "query": query,
            "problem": problem,
        },
    )


def _row(facts: Facts) -> dict[str, object]:
    return {
        "connection": facts.connection,
        "recipient": facts.recipient,
        "address": facts.address,
        "browser": facts.browser,
        "client": facts.client,
        "server": facts.server,
        "since": facts.since,
        "streams": facts.streams,
    }
