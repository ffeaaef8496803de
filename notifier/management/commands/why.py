"""`manage.py why alice ntf_…`"""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandParser

from notifier import tracing, wire
from notifier.management.asking import ask_server
from notifier.management.base import DatabaseCommand


class Command(DatabaseCommand):
    help = "Say why a person did not get a notification, or when it arrived."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user")
        parser.add_argument("notification", help="its id, ntf_…")
        parser.add_argument("--json", action="store_true", help="as one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        found = self._find(options["user"], options["notification"])
        self.stdout.write(json.dumps(found) if options["json"] else f"{found['code']}: {found['detail']}")

    def _find(self, user: str, notification: str) -> dict[str, Any]:
        """Without Redis the server alone knows who is connected; where none runs, nobody is."""
        online = None
        if not settings.ENVIRONMENT.redis_url:
            try:
                return ask_server(f"notifications/{notification}/why", user=user)
            except ImproperlyConfigured:
                online = False
        answer = asdict(tracing.why(user, notification, online=online))
        return {name: wire.timestamp(value) if isinstance(value, datetime) else value for name, value in answer.items()}
