"""`manage.py notify alice "Deploy finished" --level success`"""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from notifier import ids, strictjson
from notifier.content import LEVELS, Draft
from notifier.errors import Invalid
from notifier.management.base import DatabaseCommand, command_error
from notifier.publishing import publish

_OPTIONS = {
    "to/users": "user",
    "to/topics": "--topic",
    "to": "user, --topic or --everyone",
    "title": "title",
}


class Command(DatabaseCommand):
    help = "Send a notification."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", nargs="*", metavar="user", help="to whom; several may be named, then the title")
        parser.add_argument("title", help="what to say")
        parser.add_argument("--topic", action="append", default=[], help="to the followers of a topic")
        parser.add_argument("--everyone", action="store_true", help="to everyone")
        parser.add_argument("--body", default="")
        parser.add_argument("--level", default="info", help=", ".join(LEVELS))
        parser.add_argument("--category", default="")
        parser.add_argument("--url", default="", help="where a click leads")
        parser.add_argument("--icon", default="")
        parser.add_argument("--data", default="{}", help="a JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            data = strictjson.loads(options["data"])
        except ValueError as error:
            raise CommandError(f"--data is not JSON: {error}") from None
        fields = {name: options[name] for name in ("title", "body", "level", "category", "url", "icon")}
        audience = {"users": options["user"], "topics": options["topic"], "everyone": options["everyone"]}
        try:
            published = publish(Draft.parse({**fields, "data": data, "to": audience}))
        except Invalid as error:
            raise command_error(error, _OPTIONS) from None
        online = "unknown" if published.online is None else published.online
        self.stdout.write(f"{ids.show_notification_id(published.id)}  addressed {published.addressed}, online {online}")
