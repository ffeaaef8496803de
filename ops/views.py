"""The operators' pages."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notifier import presence
from notifier.errors import Invalid, Unavailable
from notifier.presence import Facts, Page, Totals

_SHOWN = 100


def staff_only(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Who is not signed in is asked to; who is signed in and no staff is refused."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not getattr(request.user, "is_staff", False):
            raise PermissionDenied
        return view(request)

    return login_required(guarded)


@require_safe
@staff_only
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
