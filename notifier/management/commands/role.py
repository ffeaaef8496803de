"""`manage.py role ann operator`"""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from notifier import audit
from notifier.audit import Actor
from notifier.management.base import DatabaseCommand
from notifier.roles import GROUPS

_NONE = "none"


class Command(DatabaseCommand):
    help = "Give a member of staff a role for /ops/, in place of the one that there is, or take it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="who signs in under this name")
        parser.add_argument("role", choices=[*GROUPS, _NONE])

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(
                f"user: nobody signs in as {options['user']}; manage.py createsuperuser makes an account"
            )
        with transaction.atomic():
            user.groups.remove(*Group.objects.filter(name__in=GROUPS))
            if options["role"] != _NONE:
                user.groups.add(Group.objects.get(name=options["role"]))
            audit.record(Actor.command(), "role", user.get_username(), role=options["role"])
        self.stdout.write(
            f"{user.get_username()} has {'no role' if options['role'] == _NONE else 'the role ' + options['role']}."
        )
