"""`manage.py createkey shop --scope notify:send --days 90`"""

from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from notifier.access import Scope, create_key
from notifier.management.base import DatabaseCommand

_SCOPES = ", ".join(Scope)


class Command(DatabaseCommand):
    help = "Create an API key. It is shown once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="which backend it is for, at most 100 characters")
        parser.add_argument(
            "--scope", action="append", default=[], help=f"what it may do, repeatable: {_SCOPES} (default: notify:send)"
        )
        parser.add_argument(
            "--days", type=int, default=None, help="its life in days; without it the key does not expire"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= len(options["name"]) <= 100 or not options["name"].isprintable():
            raise CommandError("name: 1 to 100 characters that can be printed")
        try:
            scopes = [Scope(scope) for scope in options["scope"] or [Scope.SEND]]
        except ValueError as error:
            raise CommandError(f"--scope: {error}; known are {_SCOPES}") from None
        if options["days"] is not None and not 1 <= options["days"] <= 3650:
            raise CommandError("--days: 1 to 3650")
        expires = None if options["days"] is None else timezone.now() + timedelta(days=options["days"])
        _, text = create_key(options["name"], scopes, expires_at=expires)
        self.stdout.write(text)
        self.stderr.write("Keep it now: it is not stored and cannot be shown again.")
