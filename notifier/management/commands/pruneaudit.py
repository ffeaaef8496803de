"""`manage.py pruneaudit --days 730`"""

from typing import Any

from django.core.management.base import CommandParser

from notifier import audit
from notifier.audit import Actor
from notifier.errors import Invalid
from notifier.management.base import DatabaseCommand, command_error


class Command(DatabaseCommand):
    help = "Remove entries of the audit log that are over a year old. The log says so."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=float, default=audit.KEPT_DAYS, help=f"what to keep, {audit.KEPT_DAYS} or more (the default)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            removed = audit.prune(Actor.command(), options["days"])
        except Invalid as error:
            raise command_error(error, {}) from None
        self.stdout.write(f"Removed {removed} entries.")
