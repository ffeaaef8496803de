from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate


class OpsConfig(AppConfig):
    name = "ops"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from ops.sessions import begin

        # After Django's own receiver, which makes the permissions: this app stands behind it in the list.
        post_migrate.connect(make_groups, sender=self)
        user_logged_in.connect(begin)


def make_groups(**_: Any) -> None:
    """The groups of `notifier.roles`, each with at least the permissions named there."""
    from django.contrib.auth.models import Group, Permission

    from notifier.roles import GROUPS

    for name, granted in GROUPS.items():
        codenames = [permission.removeprefix("ops.") for permission in granted]
        wanted = Permission.objects.filter(content_type__app_label="ops", codename__in=codenames)
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.add(*wanted)
