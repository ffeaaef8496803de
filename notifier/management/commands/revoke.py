"""`manage.py revoke alice`"""

from typing import Any

from django.core.management.base import CommandParser

from notifier import operating
from notifier.audit import Actor
from notifier.errors import Invalid
from notifier.instructions import Person
from notifier.management.base import DatabaseCommand, command_error


class Command(DatabaseCommand):
    help = "Void every connection token that was issued to a user until now, and close the sockets opened with them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            given = Person.parse({"user": options["user"]})
        except Invalid as error:
            raise command_error(error, {"user": "user"}) from None
        operating.revoke(Actor.command(), given)
        self.stdout.write(f"The connection tokens of {given.user} are void. Sockets close within seconds.")
