"""The live pages, and the history that their charts begin with."""

import threading
import time
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notifier import history, orders
from notifier.errors import Invalid
from notifier.history import COARSE, FINE, KEPT
from ops.closings import CLOSINGS, OTHER
from ops.overview import disconnects, first_state, servers
from ops.permissions import ACT, MANAGE, VIEW, may, operators_page
from ops.tiles import tiles

# Those that `clients/js/ops/eventtext.ts` has words for, and the rest.
_KINDS = ("published", "acknowledged", "connected", "disconnected", "online", "offline", "refused", "other")
# For the script; 0 stands for any other code.
_CLOSINGS = {str(code): closing._asdict() for code, closing in {**CLOSINGS, 0: OTHER}.items()}
# Many dashboards that open at once read the history once.
_CACHED_SECONDS = 2.0
_cached: dict[int, tuple[float, dict[str, Any]]] = {}
_reading = threading.Lock()


@require_safe
@operators_page(VIEW)
def overview(request: HttpRequest) -> HttpResponse:
    """Whether all is well, and what is going on. `?span=5|120` chooses the charts' time."""
    try:
        span = _span(request)
    except Invalid:
        span = FINE
    state, points = first_state(), _series(FINE)["points"]
    ended = disconnects(points)
    return render(
        request,
        "ops/overview.html",
        {
            "page": {"span": span, "closings": _CLOSINGS},
            "span": span,
            "spans": [(FINE, "15 min"), (COARSE, "24 h")],
            "state": state,
            "tiles": tiles(state),
            "servers": servers(state),
            "drained": orders.drained(),
            "banner": orders.shown(),
            "may_act": may(request.user, ACT),
            "may_manage": may(request.user, MANAGE),
            "disconnects": ended,
            "slow": next((each["number"] for each in ended if each["code"] == 4002), 0),
        },
    )


@require_safe
@operators_page(VIEW)
def events(request: HttpRequest) -> HttpResponse:
    """What happens, as it happens."""
    return render(request, "ops/events.html", {"page": {"closings": _CLOSINGS}, "kinds": _KINDS})


@require_safe
@operators_page(VIEW)
def series(request: HttpRequest) -> HttpResponse:
    """`?span=5` the last 15 minutes, `?span=120` the last 24 hours, of all servers together.

    `{"span": 5, "kept": 900, "points": [{"at": Unix seconds, …}], "runs": [{"server", "host", "began", "ended", …}]}`
    """
    try:
        answer = _series(_span(request))
    except Invalid as error:
        problem = {
            "type": "about:blank",
            "title": HTTPStatus(error.status).phrase,
            "status": error.status,
            "code": error.code,
            "detail": error.detail,
        }
        return JsonResponse(problem, status=error.status, content_type="application/problem+json")
    response = JsonResponse(answer)
    response["Cache-Control"] = "no-store"
    return response


def _span(request: HttpRequest) -> int:
    text = request.GET.get("span", str(FINE))
    if text not in {str(span) for span in KEPT}:
        raise Invalid.field("span", f"The span is {FINE} (15 minutes) or {COARSE} (24 hours).")
    return int(text)


def _series(span: int) -> dict[str, Any]:
    with _reading:
        read_at, answer = _cached.get(span, (float("-inf"), {}))
        if time.monotonic() - read_at >= _CACHED_SECONDS:
            runs = [run.as_dict() for run in history.runs()]
            answer = {"span": span, "kept": KEPT[span], "points": history.series(span), "runs": runs}
            _cached[span] = (time.monotonic(), answer)
    return answer
