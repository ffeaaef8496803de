"""What a command cannot know by itself, and asks of the server that runs beside it."""

import http.client
import json
import urllib.request
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from django.core.management.base import CommandError
from django.utils import timezone

from notifier.access import Scope, create_key
from notifier.process import running_server


def ask_server(path: str, **query: str) -> dict[str, Any]:
    """What the server on this data folder answers to GET `/api/v1/<path>`, asked with a key that lives for this question.

    ImproperlyConfigured when no server runs, CommandError when it does not answer.
    """
    address = running_server()
    key, text = create_key("manage.py", [Scope.OPS], expires_at=timezone.now() + timedelta(minutes=1))
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(  # noqa: S310 -- the address is the server's own, from the data folder
        f"{address}/api/v1/{quote(path)}?{urlencode(query)}",
        headers={"Authorization": f"Bearer {text}", "X-Forwarded-Proto": "https"},
    )
    try:
        with direct.open(request, timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise CommandError(f"The server at {address} does not answer: {error}") from None
    else:
        return found
    finally:
        key.delete()
