"""Who may do what on the operators' pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse


def may_view(user: Any) -> bool:
    """Whether this Django user may look on."""
    return bool(user is not None and user.is_active and user.is_staff)


def viewers_only(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Who is not signed in is asked to; who is signed in and may not look on is refused."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not may_view(request.user):
            raise PermissionDenied
        return view(request)

    return login_required(guarded)
