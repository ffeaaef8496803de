"""`manage.py who`: who is connected now."""

import http.client
import json
import urllib.request
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from notifier import presence
from notifier.access import Scope, create_key
from notifier.errors import Unavailable
from notifier.management.base import DatabaseCommand
from notifier.process import running_server


class Command(DatabaseCommand):
    help = "Show who is connected now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", default="", help="only people whose id contains this")
        parser.add_argument("--json", action="store_true", help="as one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        found = self._shared(options["user"]) if settings.ENVIRONMENT.redis_url else self._ask_server(options["user"])
        if options["json"]:
            self.stdout.write(json.dumps(found))
            return
        self.stdout.write(f"{found['people']} people online, {found['total']} connections")
        for facts in found["connections"]:
            self.stdout.write(
                f"{facts['recipient']:<24} {facts['address']:<16} {facts['since'][:19]}Z  {facts['connection']}  {facts['agent'][:60]}"
            )

    def _shared(self, query: str) -> dict[str, Any]:
        try:
            listing = presence.listing(query=query)
        except Unavailable as error:
            raise CommandError(error.detail) from None
        facts = [facts.as_dict() for facts in listing.connections]
        return {"people": listing.people, "total": listing.total, "connections": facts}

    def _ask_server(self, query: str) -> dict[str, Any]:
        """Without Redis the server alone knows: it is asked, with a key that lives for this question."""
        address = running_server()
        key, text = create_key("manage.py who", [Scope.OPS], expires_at=timezone.now() + timedelta(minutes=1))
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        request = urllib.request.Request(  # noqa: S310 -- the address is the server's own, from the data folder
            f"{address}/api/v1/presence?q={quote(query)}",
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
