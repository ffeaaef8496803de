"""The operators' pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notifier import presence
from notifier.errors import Unavailable
from notifier.presence import Facts, Listing
from ops.browser import describe_browser
from ops.permissions import viewers_only

_SHOWN = 200


@require_safe
@viewers_only
def connections(request: HttpRequest) -> HttpResponse:
    """Who is connected now."""
    query = request.GET.get("q", "")[:128]
    try:
        listing = presence.listing(query=query, limit=_SHOWN)
        problem = ""
    except Unavailable as error:
        listing, problem = Listing(0, 0, []), error.detail
    return render(
        request,
        "ops/connections.html",
        {
            "people": listing.people,
            "total": listing.total,
            "connections": [_row(facts) for facts in listing.connections],
            "truncated": len(listing.connections) == _SHOWN,
            "query": query,
            "problem": problem,
        },
    )


def _row(facts: Facts) -> dict[str, object]:
    return {
        "connection": facts.connection,
        "recipient": facts.recipient,
        "address": facts.address,
        "browser": describe_browser(facts.agent),
        "client": facts.client,
        "server": facts.server,
        "since": facts.since,
        "streams": facts.streams,
    }
