"""What the commands share: a person at a terminal reads a sentence, not a traceback."""

from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError

from notifier.errors import Invalid


class DatabaseCommand(BaseCommand):
    """A command that needs the database, which may not be prepared yet, or not answer."""

    def execute(self, *args: Any, **options: Any) -> str | None:
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
