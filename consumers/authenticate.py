"""Who opens a socket, and from where: sets `scope["user"]`, or `scope["refusal"]` with the close code that says why not.

A refused socket still reaches the consumer, which accepts and then closes it: a browser can read a close code, and not
an HTTP status.
"""

from collections.abc import Awaitable, Callable, Collection
from typing import Any

from channels.auth import AuthMiddlewareStack
from django.conf import settings

from notifier import wire
from notifier.access import person_of_session, person_of_token
from notifier.errors import Unauthenticated
from notifier.wire import CloseCode

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[Any]]


class OwnPage:
    """ASGI middleware for sockets of this service's own pages alone: a signed-in user, and the service's own origin."""

    def __init__(self, inner: Application) -> None:
        self._inner = AuthMiddlewareStack(inner)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> Any:
        if not _comes_from_allowed_page(scope, settings.OWN_ORIGINS, origin_needed=True):
            scope = {**scope, "refusal": CloseCode.FORBIDDEN_ORIGIN}
        return await self._inner(scope, receive, send)


class Authenticate:
    """ASGI middleware for sockets. A connection token says it all; the session is loaded only when none is offered."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner
        self._by_session = AuthMiddlewareStack(_session_person(inner))

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> Any:
        tokens = [
            offer.removeprefix(wire.TOKEN_SUBPROTOCOL_PREFIX)
            for offer in scope.get("subprotocols", [])
            if offer.startswith(wire.TOKEN_SUBPROTOCOL_PREFIX)
        ]
        if not _comes_from_allowed_page(scope, settings.ORIGINS, origin_needed=not tokens):
            return await self._inner({**scope, "refusal": CloseCode.FORBIDDEN_ORIGIN}, receive, send)
        if not tokens:
            return await self._by_session(scope, receive, send)
        return await self._inner({**scope, **_by_token(tokens)}, receive, send)


def _comes_from_allowed_page(scope: Scope, allowed: Collection[str], *, origin_needed: bool) -> bool:
    """Whole origins are compared: a host alone would admit another scheme, or another port of the same machine."""
    origins = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
    if not origins:
        return not origin_needed
    if len(origins) == 1 and origins[0] in allowed:
        return True
    if settings.ENVIRONMENT.url:
        return False
    # No public address is set: then the page may come from this very service, reached on its own machine.
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    return (
        len(origins) == len(hosts) == 1
        and origins[0] == f"http://{hosts[0]}"
        and hosts[0].rpartition(":")[0] in settings.LOOPBACK_HOSTS
    )


def _by_token(tokens: list[str]) -> Scope:
    if len(tokens) > 1:
        return {"refusal": CloseCode.UNAUTHORISED}
    try:
        return {"user": person_of_token(tokens[0])}
    except Unauthenticated as error:
        expired = error.code == "token_expired"
        return {"refusal": CloseCode.TOKEN_EXPIRED if expired else CloseCode.UNAUTHORISED}


def _session_person(inner: Application) -> Application:
    async def application(scope: Scope, receive: Any, send: Any) -> Any:
        try:
            person = person_of_session(scope["user"], scope["session"].session_key)
        except Unauthenticated:
            return await inner({**scope, "user": None, "refusal": CloseCode.UNAUTHORISED}, receive, send)
        return await inner({**scope, "user": person}, receive, send)

    return application
