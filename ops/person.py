"""One person: connections, streams, and what became of each notification, in words."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from pydantic import TypeAdapter, ValidationError

from notifier import blocking, ids, inbox, presence, tracing
from notifier.errors import Unavailable
from notifier.following import all_positions
from notifier.models import Visitor
from notifier.names import Recipient, topic_of
from ops.permissions import ACT, MANAGE, VIEW, may, operators_page

_SHOWN = 30

_recipient: TypeAdapter[str] = TypeAdapter(Recipient)


@require_safe
@operators_page(VIEW)
def person(request: HttpRequest, recipient: str) -> HttpResponse:
    """`/ops/people/<recipient>/`. `?before=` is the id of a notification, for older ones; `?why=` asks about one."""
    try:
        _recipient.validate_python(recipient)
    except ValidationError:
        return render(request, "ops/person_unknown.html", {"recipient": recipient}, status=404)
    timeline = tracing.timeline(recipient, limit=_SHOWN, before=_before(request))
    blocked = blocking.in_force().filter(recipient=recipient).first()
    asked = request.GET.get("why", "").strip()
    page: dict[str, Any] = {
        "recipient": recipient,
        "here": _here(recipient),
        "visitor": Visitor.objects.filter(recipient=recipient).first(),
        "blocked": blocked,
        "positions": [(position, topic_of(position.stream)) for position in all_positions(recipient)],
        "unread": inbox.look(recipient, limit=1).unread,
        "timeline": timeline.items,
        "older": ids.show_notification_id(timeline.next) if timeline.next else "",
        "asked": asked,
        "answer": tracing.why(recipient, asked) if asked else None,
        "may_act": may(request.user, ACT),
        "may_manage": may(request.user, MANAGE),
        "block_query": urlencode({"user": recipient, "until": "1d", "next": request.path}),
    }
    return render(request, "ops/person.html", page)


def _here(recipient: str) -> presence.PersonPresence | None:
    """None when nobody can tell."""
    try:
        return presence.of_person(recipient)
    except Unavailable:
        return None


def _before(request: HttpRequest) -> uuid.UUID | None:
    try:
        return ids.parse_notification_id(request.GET["before"])
    except (KeyError, ValueError):
        return None
