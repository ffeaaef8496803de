"""Sessions, of which those of operators are short: they end with the browser, and some hours after the last use."""

import time
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.http import HttpRequest

from notifier.roles import is_operator

_SEEN = "operator_seen"
# Renewed at most so often: a page that is used all the time must not write at each request.
_RENEW_SECONDS = 60


class SessionStore(db.SessionStore):
    """`SESSION_ENGINE`. The life of a session in seconds depends on whose it is."""

    def get_session_cookie_age(self) -> int:
        if _SEEN in self:
            return int(settings.ENVIRONMENT.operator_session_hours * 3600)
        return super().get_session_cookie_age()


def begin(request: HttpRequest, user: Any, **_: Any) -> None:
    """Somebody has signed in."""
    if is_operator(user):
        _mark(request)


def renew(request: HttpRequest) -> None:
    """An operator is at work: the session's time begins anew."""
    if time.time() - request.session.get(_SEEN, 0) >= _RENEW_SECONDS:
        _mark(request)


def looks_on(request: HttpRequest) -> bool:
    """Whether an open page asks by itself what is new (`clients/js/ops/freshening.ts`): that is no work of its operator."""
    return "Notifier-Looking-On" in request.headers


def _mark(request: HttpRequest) -> None:
    request.session[_SEEN] = int(time.time())
    request.session.set_expiry(0)  # the cookie's: it ends with the browser
