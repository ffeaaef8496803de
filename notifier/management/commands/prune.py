"""`manage.py prune --days 30 --dry-run`"""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from notifier import retention, wire
from notifier.environment import MAX_RETENTION_DAYS, MIN_RETENTION_DAYS
from notifier.management.base import DatabaseCommand
from notifier.retention import Pruned

_REPORT_SECONDS = 1.0


class Command(DatabaseCommand):
    help = "Remove what is older than is to be kept. Servers do so by themselves, every 10 minutes, and may go on meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days",
            type=float,
            default=None,
            help=f"what to keep, {MIN_RETENTION_DAYS} to {MAX_RETENTION_DAYS} days (default: NOTIFIER_RETENTION_DAYS)",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what is too old, and remove nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        days = settings.ENVIRONMENT.retention_days if options["days"] is None else options["days"]
        if not MIN_RETENTION_DAYS <= days <= MAX_RETENTION_DAYS:
            raise CommandError(f"--days: {MIN_RETENTION_DAYS} to {MAX_RETENTION_DAYS}")
        before = retention.horizon(days)
        old = f"from before {wire.timestamp(before.replace(microsecond=0))}"
        if options["dry_run"]:
            self.stdout.write(f"Would remove {retention.overdue(before)} {old}.")
            return
        began = reported = time.monotonic()
        total = Pruned()
        for step in retention.prune(before):
            total += step
            if time.monotonic() - reported >= _REPORT_SECONDS:
                reported = time.monotonic()
                self.stdout.write(f"… {total}")
                self.stdout.flush()
            time.sleep(retention.PAUSE)
        self.stdout.write(f"Removed {total} {old}, in {time.monotonic() - began:.1f} s.")
