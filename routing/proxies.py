"""Whose address a request has when a proxy stands in front."""

from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

Application = Callable[[dict[str, Any], Any, Any], Awaitable[Any]]


def known_client(inner: Any) -> Application:
    """Take the client's address from `X-Forwarded-For`, if one of the known proxies says it; on any server."""
    proxies = settings.ENVIRONMENT.proxies
    application: Any = ProxyHeadersMiddleware(inner, trusted_hosts=proxies) if proxies else inner
    known: Application = application
    return known
