from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from notifier.builtclient import script_tag


class Command(BaseCommand):
    help = "Print the script tag that brings the browser client, with its integrity hash, to paste into a page."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "address", nargs="?", default="", help="where this service is reached, if not from the page's own origin"
        )

        parser.add_argument(
            "--unpinned",
            action="store_true",
            help="without version and hash: the page always gets the version that this service has, and trusts it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(script_tag(options["address"].rstrip("/"), pinned=not options["unpinned"]))
