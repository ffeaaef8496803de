"""Who may see which page of the operators. `notifier.roles` decides; this asks it, and says no with a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from notifier.audit import Actor
from notifier.roles import ACT, GROUPS, MANAGE, VIEW, advice, may
from ops.sessions import looks_on, renew

__all__ = ["ACT", "MANAGE", "VIEW", "actor_of", "may", "operators_page"]

View = Callable[..., HttpResponse]


def operators_page(permission: str) -> Callable[[View], View]:
    """Who is not signed in is asked to; who may not is told which group to join, with 403. Pages are not kept by browsers."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if may(request.user, permission):
                if not looks_on(request):
                    renew(request)
                response = view(request, *args, **kwargs)
                response.headers.setdefault("Cache-Control", "no-store")
                return response
            groups = [name for name, granted in GROUPS.items() if permission in granted]
            known = {"groups": groups, "permission": permission, "advice": advice(permission)}
            return render(request, "ops/refused.html", known, status=403)

        return login_required(guarded)

    return decorate


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in operator, for the audit log."""
    return Actor.user(request.user, request.META.get("REMOTE_ADDR", ""))
