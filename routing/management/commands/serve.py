"""`manage.py serve`: the whole service in one process."""

import socket
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

_BACKLOG = 2048


class Command(BaseCommand):
    help = "Serve Notifier. With SQLite the database is brought up to date first; with PostgreSQL run migrate yourself, or add --migrate."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1: this machine only)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on; 0 takes a free one")
        parser.add_argument("--server", choices=("daphne", "uvicorn"), default="daphne")
        parser.add_argument("--migrate", action="store_true", help="bring the database up to date first")

    def handle(self, *args: Any, **options: Any) -> None:
        listener = self._listen(options["host"], options["port"])
        from notifier.process import claim_data_folder

        host, port = listener.getsockname()[:2]
        listens_at = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
        claim_data_folder(listens_at)
        if options["migrate"] or settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
            call_command("migrate", verbosity=0, interactive=False)
        self._introduce(settings.ENVIRONMENT.url or listens_at)

        # Imported now: the application is made at import, and the address above is claimed before.
        from routing import servers

        {"daphne": servers.run_daphne, "uvicorn": servers.run_uvicorn}[options["server"]](listener)

    def _listen(self, host: str, port: int) -> socket.socket:
        try:
            return socket.create_server((host, port), backlog=_BACKLOG)
        except OSError as error:
            raise CommandError(f"Cannot listen on {host}:{port}: {error}. Choose another with --port.") from None

    def _introduce(self, address: str) -> None:
        say = self.stdout.write
        say(f"\nNotifier serves at {self.style.SUCCESS(address)}")
        if settings.ENVIRONMENT.demo:
            from demo.account import curl, prepare

            account = prepare()
            say(f"  demo page  {address}/demo/")
            say(f"  login      {account.user} / {account.password}   (or bob, with the same password)")
            say(f"  API key    {account.key}")
            say(f"  API docs   {address}/api/v1/docs")
            say("\nOpen the demo page, sign in, then make a toast:\n")
            say(curl(address, account.key, account.user) + "\n")
        self.stdout.flush()
