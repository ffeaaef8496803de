"""`manage.py keys`: the API keys."""

import json
from datetime import datetime
from typing import Any

from django.core.management.base import CommandParser

from notifier import keys, wire
from notifier.management.base import DatabaseCommand


class Command(DatabaseCommand):
    help = "List the API keys: the newest 500, those in force first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="as one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = [
            {
                "prefix": key.prefix,
                "name": key.name,
                "state": keys.state_of(key),
                "scopes": key.scopes,
                "created": _text(key.created_at),
                "expires": _text(key.expires_at),
                "last_used": _text(key.last_used_at),
            }
            for key in keys.listed()
        ]
        if options["json"]:
            self.stdout.write(json.dumps(rows))
            return
        for row in rows:
            used = f"last used {row['last_used'][:16]}Z" if row["last_used"] else "never used"
            ends = f"ends {row['expires'][:16]}Z" if row["expires"] else "does not expire"
            self.stdout.write(
                f"nk_{row['prefix']}_…  {row['state']:<9} {row['name']:<24} {used:<28} {ends:<24} {' '.join(row['scopes'])}"
            )


def _text(moment: datetime | None) -> str | None:
    return wire.timestamp(moment) if moment else None
