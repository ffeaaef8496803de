"""Refuses a body that is too large before Django spools it to disk."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

from api.problems import CONTENT_TYPE, document
from notifier.errors import TooLarge

_MOST_DIGITS = 18

Application = Callable[[dict[str, Any], Any, Any], Awaitable[Any]]


class BodyLimit:
    """ASGI middleware: 413 as soon as the length that is announced, or what has come, is over the limit."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner
        self._limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        announced = dict(scope["headers"]).get(b"content-length", b"")
        digits = announced.lstrip(b"0")
        # Python reads no number of thousands of digits.
        if digits.isdigit() and (len(digits) > _MOST_DIGITS or int(digits) > self._limit):
            await self._refuse(send)
            return
        came, too_large = 0, False

        async def counting_receive() -> dict[str, Any]:
            nonlocal came, too_large
            message: dict[str, Any] = await receive()
            came += len(message.get("body", b""))
            if came > self._limit:
                too_large = True
                return {"type": "http.disconnect"}
            return message

        await self._inner(scope, counting_receive, send)
        if too_large:
            await self._refuse(send)

    async def _refuse(self, send: Any) -> None:
        error = TooLarge(f"A body has at most {self._limit} bytes.", code="body_too_large")
        body = json.dumps(document(error)).encode()
        headers = [
            (b"content-type", CONTENT_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        await send({"type": "http.response.start", "status": error.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
