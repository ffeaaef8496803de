"""One notification: to whom it went, and how far it came with each."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notifier import ids, outcomes
from notifier.models import Notification
from ops.permissions import ACT, VIEW, may, operators_page

_SHOWN = 50


@require_safe
@operators_page(VIEW)
def notification(request: HttpRequest, identity: str) -> HttpResponse:
    """`/ops/notifications/<id>/`. `?after=` is the recipient after whom the page of recipients begins."""
    try:
        found = Notification.objects.filter(pk=ids.parse_notification_id(identity)).select_related("sender").first()
    except ValueError:
        found = None
    if found is None:
        return render(request, "ops/notification_unknown.html", {"identity": identity}, status=404)
    counts = outcomes.counts(found.pk)
    people, following = outcomes.outcomes(found.pk, after=request.GET.get("after", ""), limit=_SHOWN)
    steps = [
        ("Addressed", found.addressed),
        ("Delivered", counts.delivered),
        ("Seen", counts.seen),
        ("Read", counts.read),
    ]
    return render(
        request,
        "ops/notification.html",
        {
            "notification": found,
            "identity": identity,
            "content": found.content(),
            "steps": [(name, number, _share(number, found.addressed)) for name, number in steps],
            "people": people,
            "next": following,
        },
    )


def _share(number: int, of: int) -> int:
    """In whole per cent, at most 100: who followed later is no addressee."""
    return min(100, round(100 * number / of)) if of else 0


@require_safe
@operators_page(VIEW)
def notifications(request: HttpRequest) -> HttpResponse:
    """`/ops/notifications/`: the newest, and a way to one by its id."""
    asked = request.GET.get("id", "").strip()
    if asked:
        return notification(request, asked)
    before = request.GET.get("before", "")
    rows = Notification.objects.order_by("-pk").select_related("sender")
    try:
        rows = rows.filter(pk__lt=ids.parse_notification_id(before)) if before else rows
    except ValueError:
        raise Http404 from None
    page = list(rows[: _SHOWN + 1])
    shown = [(ids.show_notification_id(row.pk), row) for row in page[:_SHOWN]]
    return render(
        request,
        "ops/notifications.html",
        {
            "notifications": shown,
            "next": shown[-1][0] if len(page) > _SHOWN else "",
            "before": before,
            "may_act": may(request.user, ACT),
        },
    )
