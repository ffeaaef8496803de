"""Custom authentication, as the documentation of Channels shows it: a token in the query, looked up in the database."""

from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from rest_framework.authtoken.models import Token


@database_sync_to_async  # type: ignore[untyped-decorator]
def get_user(key: str) -> User | None:
    try:
        user: User = Token.objects.select_related("user").get(key=key).user
    except Token.DoesNotExist:
        return None
    return user


class QueryAuthMiddleware:
    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        query = parse_qs(scope["query_string"].decode())
        scope["user"] = await get_user(query.get("token", [""])[0])
        return await self.app(scope, receive, send)
