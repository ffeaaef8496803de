"""`manage.py rotatekey 1a2b3c4d --hours 24`"""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from notifier import keys
from notifier.audit import Actor
from notifier.errors import Conflict, Invalid, NotFound
from notifier.keys import DEFAULT_GRACE_HOURS, MAX_GRACE_HOURS, Rotation
from notifier.management.base import DatabaseCommand, command_error


class Command(DatabaseCommand):
    help = "Replace an API key by a new one, which is shown once. The old one stays valid for a while."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("prefix", help="what stands between nk_ and the next _, as `keys` shows it")
        parser.add_argument(
            "--hours",
            type=float,
            default=DEFAULT_GRACE_HOURS,
            help=f"how long the old key stays valid, 0 to {MAX_GRACE_HOURS} (default: {DEFAULT_GRACE_HOURS})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = keys.rotate(Actor.command(), options["prefix"], Rotation.parse({"hours": options["hours"]}))
        except Invalid as error:
            raise command_error(error, {}) from None
        except (NotFound, Conflict) as error:
            raise CommandError(f"prefix: {error.detail}") from None
        self.stdout.write(made.text)
        self.stderr.write(
            f"Keep it now: it is not stored and cannot be shown again. The old key ends in {options['hours']:g} hours."
        )
