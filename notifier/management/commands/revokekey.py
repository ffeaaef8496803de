"""`manage.py revokekey 1a2b3c4d`"""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from notifier import keys
from notifier.audit import Actor
from notifier.errors import NotFound
from notifier.management.base import DatabaseCommand


class Command(DatabaseCommand):
    help = "End an API key at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("prefix", help="what stands between nk_ and the next _, as `keys` shows it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key = keys.revoke(Actor.command(), options["prefix"])
        except NotFound as error:
            raise CommandError(f"prefix: {error.detail}") from None
        self.stdout.write(f"{keys.shown_as(key)} is revoked. Requests with it are refused within a second.")
