"""The showcase: two people side by side, and everything that can be sent to them."""

import json
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from demo.account import SECOND_USER, USER, curl, key
from notifier import ids
from notifier.access import TokenRequest, issue_token
from notifier.builtclient import script_tag
from notifier.content import LEVELS, Draft
from notifier.errors import NotifierError
from notifier.publishing import publish

_ELEMENTS = """\
<notifier-bell url="/ws/notifications/"></notifier-bell>
<notifier-toasts url="/ws/notifications/"></notifier-toasts>"""


@require_safe
@login_required
def page(request: HttpRequest) -> HttpResponse:
    recipient = request.user.get_username()
    neighbour = _neighbour(recipient)
    facts = {
        "recipient": recipient,
        "neighbour": neighbour,
        "socket_path": "/ws/notifications/",
        "send_path": "/demo/send/",
        "token_path": "/demo/token/",
    }
    address = request.build_absolute_uri("/").rstrip("/")
    html = f"{script_tag()}\n\n{_ELEMENTS}"
    return render(
        request,
        "demo/demo.html",
        {**facts, "page": facts, "curl": curl(address, key(), recipient), "html": html, "levels": LEVELS},
    )


@require_POST
@login_required
def send(request: HttpRequest) -> JsonResponse:
    """Send a notification: `{"to", "title", "body", "level", "data", …}`, with `to` a list of the two people; oneself if left out."""
    recipient = request.user.get_username()
    try:
        fields: dict[str, Any] = json.loads(request.body)
        users = fields.pop("to", [recipient])
        if not set(users) <= {recipient, _neighbour(recipient)}:
            return JsonResponse({"detail": "The demo sends to its two people only."}, status=HTTPStatus.FORBIDDEN)
        draft = Draft.parse({**fields, "to": {"users": users}})
        published = publish(draft)
    except (ValueError, TypeError, AttributeError):
        return JsonResponse({"detail": "The body must be a JSON object."}, status=HTTPStatus.BAD_REQUEST)
    except NotifierError as error:
        return JsonResponse({"detail": error.detail}, status=error.status)
    return JsonResponse({"id": ids.show_notification_id(published.id)}, status=HTTPStatus.CREATED)


@require_POST
@login_required
def token(request: HttpRequest) -> JsonResponse:
    """A connection token for the person on the other side, who is made up: whoever sees this page may be both."""
    issued, _ = issue_token(TokenRequest(user=_neighbour(request.user.get_username())))
    return JsonResponse({"token": issued}, status=HTTPStatus.CREATED)


def _neighbour(recipient: str) -> str:
    return USER if recipient == SECOND_USER else SECOND_USER
