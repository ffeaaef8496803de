"""`POST /api/v1/notifications`, taken on the event loop: no middleware, no thread of its own.

What is plain and right is taken here; everything else goes to Django, whose view does the same with the same functions (`api.sending`).
So there is one place that refuses, and it is the other one. What it gains: docs/decisions/0018-group-commit.md.
"""

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, NamedTuple

from api.parsers import parse_json
from api.problems import internal_error, problem_response
from api.sending import answer_to, sending_of
from notifier import wire
from notifier.access import Caller, Scope
from notifier.callers import caller_soon
from notifier.errors import NotifierError
from notifier.groupcommit import publish_soon
from notifier.metrics import METRICS
from notifier.publishing import Sending

logger = logging.getLogger(__name__)

Application = Callable[[dict[str, Any], Any, Any], Awaitable[Any]]
Headers = list[tuple[bytes, bytes]]

_PATH = "/api/v1/notifications"
# What takes long is not for the event loop.
_MAX_BODY = 16 * 1024
_MAX_DIGITS = 6
_KEY_SCHEME = b"bearer nk_"
_JSON = {b"application/json", b"application/json; charset=utf-8", b"application/json;charset=utf-8"}
_ACCEPTED = {b"*/*", b"application/json", b"application/json, */*", b"application/json, text/plain, */*"}
# Django, or a middleware, has an opinion on these.
_FOR_DJANGO = {
    b"cookie",
    b"origin",
    b"expect",
    b"content-encoding",
    b"transfer-encoding",
    b"access-control-request-method",
}
# What differs from answer to answer.
_OWN = {b"content-length", b"location", b"idempotent-replayed", b"date"}
_MOST_PLACES = 100

Place = tuple[str, bytes, bytes]
"""How a request came here: its scheme, the one that a proxy names, and the host. The first of each goes to Django, which may refuse it."""


class Head(NamedTuple):
    key: str
    place: Place
    idempotency_key: str | None


class DirectSend:
    """ASGI middleware."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner
        # The headers that Django and its middleware gave the first 201 of a place; those after it get the same.
        self._headers: dict[Place, Headers] = {}

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        head = _read_head(scope)
        if head is None:
            await self._inner(scope, receive, send)
        elif (headers := self._headers.get(head.place)) is None:
            await self._inner(scope, receive, self._learning(head.place, send))
        elif (caller := await _caller(head.key)) is None:
            await self._inner(scope, receive, send)
        else:
            messages = await _read(receive)
            sending = _sending(caller, head, messages)
            if sending is None:
                await self._inner(scope, _again(messages, receive), send)
            else:
                await _answer(send, headers, *await _publish(sending))

    def _learning(self, place: Place, send: Any) -> Any:
        async def noting(message: dict[str, Any]) -> None:
            if (
                message["type"] == "http.response.start"
                and message["status"] == 201
                and len(self._headers) < _MOST_PLACES
            ):
                self._headers[place] = [
                    (bytes(name), bytes(value)) for name, value in message["headers"] if bytes(name).lower() not in _OWN
                ]
            await send(message)

        return noting


def _read_head(scope: dict[str, Any]) -> Head | None:
    """None for what is not plain."""
    if scope["type"] != "http" or scope["path"] != _PATH or scope["method"] != "POST" or scope["query_string"]:
        return None
    headers: dict[bytes, bytes] = dict(scope["headers"])
    if len(headers) != len(scope["headers"]) or not _FOR_DJANGO.isdisjoint(headers):
        return None
    length, authorization = headers.get(b"content-length", b""), headers.get(b"authorization", b"")
    if (
        not length.isdigit()
        or len(length) > _MAX_DIGITS  # Python reads no number of thousands of digits
        or int(length) > _MAX_BODY
        or headers.get(b"content-type", b"").lower() not in _JSON
        or headers.get(b"accept", b"*/*") not in _ACCEPTED
        or authorization[: len(_KEY_SCHEME)].lower() != _KEY_SCHEME
    ):
        return None
    once = headers.get(b"idempotency-key")
    place = (scope.get("scheme", "http"), headers.get(b"x-forwarded-proto", b""), headers.get(b"host", b""))
    key = authorization[len(b"bearer ") :].decode("latin-1")
    return Head(key, place, None if once is None else once.decode("latin-1"))


async def _caller(key: str) -> Caller | None:
    """None for one that may not send, or was not known before."""
    try:
        caller = await caller_soon(key)
    except NotifierError:
        return None
    return caller if caller is not None and Scope.SEND in caller.scopes else None


async def _read(receive: Any) -> list[dict[str, Any]]:
    """The messages with the body; the last one is another if the client went away. A server takes no more than was announced."""
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())
    return messages


def _again(messages: list[dict[str, Any]], receive: Any) -> Any:
    left = iter(messages)

    async def receive_again() -> dict[str, Any]:
        for message in left:
            return message
        following: dict[str, Any] = await receive()
        return following

    return receive_again


def _sending(caller: Caller, head: Head, messages: list[dict[str, Any]]) -> Sending | None:
    """None for what is refused."""
    if messages[-1]["type"] != "http.request":
        return None
    try:
        body = parse_json(b"".join(message.get("body", b"") for message in messages))
        return sending_of(caller, body, head.idempotency_key)
    except NotifierError:
        return None


async def _publish(sending: Sending) -> tuple[int, bytes, Headers]:
    """The answer: its status, its body and the headers that are its own."""
    try:
        body, headers = answer_to(await publish_soon(sending))
    except Exception as error:
        return _refusal(error)
    return 201, wire.dumps(body).encode(), [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def _refusal(error: Exception) -> tuple[int, bytes, Headers]:
    response = problem_response(error, {})
    if response is None:
        logger.error("a POST failed", exc_info=error)
        response = internal_error()
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        METRICS.count_error()
    return (
        response.status_code,
        response.content,
        [(name.lower().encode(), value.encode()) for name, value in response.items()],
    )


async def _answer(send: Any, headers: Headers, status: int, body: bytes, own: Headers) -> None:
    names = {name for name, _ in own}
    kept = [header for header in headers if header[0].lower() not in names]
    own = [*own, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": kept + own})
    await send({"type": "http.response.body", "body": body})
