"""`manage.py revoke alice`"""

from typing import Any

from django.core.management.base import CommandParser

from notifier.access import RevokeRequest
from notifier.errors import Invalid
from notifier.management.base import DatabaseCommand, command_error
from notifier.revocation import revoke_tokens


class Command(DatabaseCommand):
    help = "Void every connection token that was issued to a user until now, and close the sockets opened with them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = RevokeRequest.parse({"user": options["user"]}).user
        except Invalid as error:
            raise command_error(error, {"user": "user"}) from None
        revoke_tokens(user)
        self.stdout.write(f"The connection tokens of {user} are void. Sockets close within seconds.")
