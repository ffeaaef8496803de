"""`manage.py createkey shop --scope notify:send --days 90`"""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from notifier import keys
from notifier.access import Scope
from notifier.audit import Actor
from notifier.keys import NewKey
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
        if not 1 <= len(options["name"]) <= 100 or not options["name"].isprintable() or not options["name"].strip():
            raise CommandError("name: 1 to 100 characters that can be printed")
        try:
            scopes = [Scope(scope) for scope in options["scope"] or [Scope.SEND]]
        except ValueError as error:
            raise CommandError(f"--scope: {error}; known are {_SCOPES}") from None
        if options["days"] is not None and not 1 <= options["days"] <= 3650:
            raise CommandError("--days: 1 to 3650")
        given = NewKey(name=options["name"], scopes=scopes, days=options["days"])
        self.stdout.write(keys.create(Actor.command(), given).text)
        self.stderr.write("Keep it now: it is not stored and cannot be shown again.")
