"""`manage.py banner "Maintenance at 18:00" --level warning --for 2h`, `manage.py banner --clear`"""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from notifier import operating
from notifier.audit import Actor
from notifier.content import LEVELS
from notifier.errors import Invalid
from notifier.instructions import Banner
from notifier.management.base import DatabaseCommand, command_error, counted, moment_after


class Command(DatabaseCommand):
    help = "Show a line on every page that is or comes online, or take down the one that is shown."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text", nargs="?", help="what to show, up to 200 characters")
        parser.add_argument("--level", default="info", help=", ".join(LEVELS))
        parser.add_argument("--for", dest="duration", help="for so long: 30m, 2h, 7d (default: until it is taken down)")
        parser.add_argument("--clear", action="store_true", help="take down the one that is shown")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["clear"] == (options["text"] is not None):
            raise CommandError("Give either a text or --clear.")
        until = moment_after(options["duration"], "--for") if options["duration"] else None
        try:
            given = Banner.parse({"text": options["text"], "level": options["level"], "until": until})
        except Invalid as error:
            raise command_error(error, {"text": "text", "until": "--for"}) from None
        done = operating.banner(Actor.command(), given)
        number = done.reach.connections
        whom = "every connected page" if number is None else counted(number, "connected page")
        self.stdout.write(f"The banner is {'taken down from' if options['clear'] else 'shown on'} {whom} within 3 s.")
