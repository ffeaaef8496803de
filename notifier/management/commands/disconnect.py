"""`manage.py disconnect alice`, `manage.py disconnect --connection con_…`"""

from typing import Any

from django.core.management.base import CommandParser

from notifier import operating
from notifier.audit import Actor
from notifier.errors import Invalid
from notifier.instructions import Disconnect
from notifier.management.base import DatabaseCommand, await_closed, command_error, counted


class Command(DatabaseCommand):
    help = "Close the connections that a user has now, or one connection, on every server. Their clients come back after a while."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", nargs="?")
        parser.add_argument("--connection", help="only this one, con_… as `who` shows it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            given = Disconnect.parse(
                {name: options[name] for name in ("user", "connection") if options[name] is not None}
            )
        except Invalid as error:
            raise command_error(error, {"user": "user", "connection": "--connection"}) from None
        done = operating.disconnect(Actor.command(), given)
        closed = await_closed(done)
        self.stdout.write(
            f"Closed {counted(closed, 'connection')} of {done.target}."
            if closed
            else f"{done.target} has no open connection."
        )
