"""The page to see it work: toasts arrive, and a button sends one."""

import json

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from demo.account import curl, key
from notifier import ids
from notifier.content import LEVELS, Draft
from notifier.errors import NotifierError
from notifier.publishing import publish


@require_safe
@login_required
def page(request: HttpRequest) -> HttpResponse:
    recipient = request.user.get_username()
    paths = {"recipient": recipient, "socket_path": "/ws/notifications/", "send_path": "/demo/send/"}
    address = request.build_absolute_uri("/").rstrip("/")
    return render(
        request,
        "demo/demo.html",
        {**paths, "page": paths, "curl": curl(address, key(), recipient), "levels": LEVELS},
    )


@require_POST
@login_required
def send(request: HttpRequest) -> JsonResponse:
    """Send a notification to oneself: `{"title", "body", "level"}`."""
    try:
        fields = json.loads(request.body)
        draft = Draft.parse({**fields, "to": {"users": [request.user.get_username()]}})
        published = publish(draft)
    except (ValueError, TypeError):
        return JsonResponse({"detail": "The body must be a JSON object."}, status=400)
    except NotifierError as error:
        return JsonResponse({"detail": error.detail}, status=error.status)
    return JsonResponse({"id": ids.show_notification_id(published.id)}, status=201)
