"""`manage.py token alice --topic 'room.*'`"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from notifier.access import TokenRequest, issue_token
from notifier.errors import Invalid
from notifier.management.base import command_error


class Command(BaseCommand):
    help = "Mint a connection token for a user."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user")
        parser.add_argument(
            "--topic",
            action="append",
            default=[],
            help="a topic that the user may follow, repeatable; room.* for all below",
        )
        parser.add_argument("--seconds", type=int, default=None, help="its life, 10 to 86400")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            request = TokenRequest.parse(
                {"user": options["user"], "topics": options["topic"], "expires_in": options["seconds"]}
            )
            token, _ = issue_token(request)
        except Invalid as error:
            raise command_error(error, {"user": "user", "topics": "--topic", "expires_in": "--seconds"}) from None
        self.stdout.write(token)
