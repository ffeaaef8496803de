"""What the commands share: a person at a terminal reads a sentence, not a traceback."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from notifier import orders, redis_line
from notifier.errors import Invalid
from notifier.operating import Done


class DatabaseCommand(BaseCommand):
    """A command that needs the database, which may not be prepared yet, or not answer."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        redis_line.wait_longer()
        try:
            return super().execute(*args, **options)
        except (DatabaseError, InterfaceError) as error:
            raise CommandError(
                f"The database is not ready: {str(error).strip()}. Has manage.py migrate prepared it?"
            ) from None


def command_error(error: Invalid, options: Mapping[str, str]) -> CommandError:
    """The same under the names of the command line. `options` says for a field, `to/topics`, which option sets it."""
    lines = []
    for problem in error.problems:
        field = problem.pointer.removeprefix("#/")
        given = next((option for name, option in options.items() if f"{field}/".startswith(f"{name}/")), f"--{field}")
        lines.append(f"{given}: {problem.detail}")
    return CommandError("\n".join(lines))


# Servers look for orders every 2 s, and a tick later at the latest.
_WAIT_SECONDS = 4.0
_UNITS = {"m": 60, "h": 3600, "d": 86_400}


def moment_after(duration: str, option: str) -> datetime:
    """The moment that lies so far ahead: `30m`, `2h`, `7d`. CommandError, which names the option, for anything else."""
    number, unit = duration[:-1], duration[-1:]
    if unit not in _UNITS or not number.isdecimal() or not 0 < int(number) <= 10_000:
        raise CommandError(f"{option}: write 30m, 2h or 7d")
    return timezone.now() + timedelta(seconds=int(number) * _UNITS[unit])


def await_closed(done: Done) -> int:
    """How many connections the servers have closed for what was ordered. Waits until they have had time to."""
    give_up, closed = time.monotonic() + _WAIT_SECONDS, 0
    while done.order is not None and time.monotonic() < give_up:
        closed = orders.closed_for(done.order)
        if closed and closed == done.reach.connections:
            break
        time.sleep(0.1)
    return closed


def counted(number: int, what: str) -> str:
    """`1 connection`, `2 connections`."""
    return f"{number} {what}" + ("" if number == 1 else "s")
