"""`manage.py block alice --for 2h --reason "too many tabs"`"""

from typing import Any

from django.core.management.base import CommandParser

from notifier import operating, wire
from notifier.audit import Actor
from notifier.errors import Invalid
from notifier.instructions import Block
from notifier.management.base import DatabaseCommand, await_closed, command_error, counted, moment_after


class Command(DatabaseCommand):
    help = "Let a user neither connect nor read the inbox. What is sent to the user is stored all the same."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user")
        parser.add_argument("--for", dest="duration", help="for so long: 30m, 2h, 7d (default: until unblocked)")
        parser.add_argument("--reason", default="", help="for the audit log")

    def handle(self, *args: Any, **options: Any) -> None:
        until = moment_after(options["duration"], "--for") if options["duration"] else None
        try:
            given = Block.parse({"user": options["user"], "until": until, "reason": options["reason"]})
        except Invalid as error:
            raise command_error(error, {"user": "user", "until": "--for"}) from None
        done = operating.block(Actor.command(), given)
        ends = f"until {wire.timestamp(until.replace(microsecond=0))}" if until else "until unblocked"
        closed = await_closed(done)
        self.stdout.write(f"{given.user} is blocked {ends}. Closed {counted(closed, 'connection')}.")
