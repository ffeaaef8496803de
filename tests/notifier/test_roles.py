"""Roles: Django's groups and permissions, and one place that decides."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User
from django.core.management import CommandError, call_command
from django.test import Client

from notifier import roles
from notifier.errors import Forbidden
from notifier.operator_models import AuditEntry
from notifier.roles import ACT, MANAGE, VIEW, is_operator, may

pytestmark = pytest.mark.django_db

EVERY = (VIEW, ACT, MANAGE)


@pytest.mark.parametrize(
    ("group", "granted"),
    [("viewer", (True, False, False)), ("operator", (True, True, False)), ("admin", (True, True, True))],
)
def test_each_group_may_what_its_name_says(group: str, granted: tuple[bool, ...]) -> None:
    user = User.objects.create_user("ann")
    user.groups.add(Group.objects.get(name=group))
    assert tuple(may(user, permission) for permission in EVERY) == granted
    assert is_operator(user)


def test_nobody_staff_and_the_deactivated_may_nothing_and_a_superuser_all() -> None:
    for user in (None, AnonymousUser(), User.objects.create_user("carl", is_staff=True)):
        assert not any(may(user, permission) for permission in EVERY)
        with pytest.raises(Forbidden, match="“operator” or “admin”"):
            roles.require(user, ACT)
    boss = User.objects.create_superuser("boss")
    assert all(may(boss, permission) for permission in EVERY)
    boss.is_active = False
    assert not any(may(boss, permission) for permission in EVERY)


def test_staff_without_a_role_reads_which_group_to_join() -> None:
    client = Client()
    client.force_login(User.objects.create_user("carl", is_staff=True))
    answer = client.get("/ops/")
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "viewer" in text and "manage.py role carl viewer" in text and 'href="/ops/audit/"' not in text


def test_masthead_leads_where_one_may_go() -> None:
    for group, keys in (("viewer", False), ("admin", True)):
        client = Client()
        user = User.objects.create_user(group)
        user.groups.add(Group.objects.get(name=group))
        client.force_login(user)
        text = client.get("/ops/audit/").content.decode()
        assert ('href="/ops/keys/"' in text) is keys
        assert 'href="/ops/audit/" aria-current="page"' in text


def test_command_gives_a_role_in_place_of_another_and_takes_it() -> None:
    user = User.objects.create_user("ann")
    for role in ("viewer", "operator"):
        call_command("role", "ann", role)
        assert [group.name for group in user.groups.all()] == [role]
    call_command("role", "ann", "none")
    assert not is_operator(User.objects.get())
    assert [entry.details["role"] for entry in AuditEntry.objects.order_by("pk")] == ["viewer", "operator", "none"]
    with pytest.raises(CommandError, match="nobody signs in"):
        call_command("role", "nobody", "viewer")
