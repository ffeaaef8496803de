"""The audit log: written with its action, and never changed, by the ORM or by SQL."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from notifier import audit, blocking, keys, operating
from notifier.access import Scope
from notifier.audit import Actor
from notifier.errors import Invalid
from notifier.instructions import Block, Person
from notifier.keys import NewKey
from notifier.operator_models import AppendOnly, AuditEntry
from tests.real.postgres import Postgres
from tests.real.processes import ROOT, SECRET, clean_environment

ANN = Actor("user", "ann", "192.0.2.7")
TABLE = "notifier_auditentry"
CHANGES = [
    f"UPDATE {TABLE} SET actor = 'bob'",
    f"UPDATE {TABLE} SET at = '2001-01-01 00:00:00'",
    f"DELETE FROM {TABLE}",
    (
        f"INSERT INTO {TABLE} (id, at, actor_kind, actor, action, target, details, address)"
        f" SELECT id, at, actor_kind, 'bob', action, target, details, address FROM {TABLE}"
        f" WHERE true ON CONFLICT (id) DO UPDATE SET actor = 'bob'"
    ),
]


def recorded(**fields: Any) -> AuditEntry:
    with transaction.atomic():
        return audit.record(ANN, fields.pop("action", "block"), fields.pop("target", "alice"), **fields)


@pytest.mark.django_db
def test_entry_says_who_did_what_when_and_from_where() -> None:
    before = timezone.now()
    operating.block(ANN, Block(user="alice", reason="too loud"))
    entry = AuditEntry.objects.get()
    assert (entry.actor_kind, entry.actor, entry.address) == ("user", "ann", "192.0.2.7")
    assert (entry.action, entry.target, entry.details["reason"]) == ("block", "alice", "too loud")
    assert before <= entry.at <= timezone.now()


@pytest.mark.django_db
def test_secret_of_a_key_is_not_in_it() -> None:
    made = keys.create(ANN, NewKey(name="shop", scopes=[Scope.SEND], days=90))
    rotated = keys.rotate(ANN, made.key.prefix, keys.Rotation(hours=1))
    keys.revoke(ANN, made.key.prefix)
    entries = list(AuditEntry.objects.order_by("pk"))
    assert [entry.action for entry in entries] == ["create_key", "rotate_key", "revoke_key"]
    told = " ".join(f"{entry.target} {entry.details}" for entry in entries)
    for text in (made.text, rotated.text):
        assert text.split("_", 2)[2] not in told


@pytest.mark.django_db(transaction=True)
def test_action_that_fails_leaves_no_entry_and_no_action_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """One transaction for both."""
    with pytest.raises(RuntimeError):
        audit.record(ANN, "block", "alice")

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the log cannot be written")

    monkeypatch.setattr("notifier.operating.audit.record", fail)
    with pytest.raises(RuntimeError):
        operating.block(ANN, Block(user="alice"))
    assert not AuditEntry.objects.exists()
    assert blocking.blocked_among(["alice"]) == set()


@pytest.mark.django_db
def test_orm_refuses_every_change() -> None:
    entry = recorded()
    entry.actor = "bob"
    with pytest.raises(AppendOnly):
        entry.save()
    with pytest.raises(AppendOnly):
        entry.delete()
    with pytest.raises(AppendOnly):
        AuditEntry.objects.update(actor="bob")
    with pytest.raises(AppendOnly):
        AuditEntry.objects.all().delete()
    with pytest.raises(AppendOnly), transaction.atomic():
        AuditEntry.objects.bulk_update([entry], ["actor"])
    assert AuditEntry.objects.get().actor == "ann"


@pytest.mark.django_db
@pytest.mark.parametrize("change", [*CHANGES, CHANGES[3].replace("INSERT INTO", "REPLACE INTO").split(" ON CONF")[0]])
def test_sqlite_refuses_every_change(change: str) -> None:
    recorded()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert AuditEntry.objects.get().actor == "ann"


def test_postgresql_refuses_every_change(postgres: Postgres) -> None:
    """Also to empty the table as a whole."""
    url = postgres.new_database()
    environment = clean_environment(DATABASE_URL=url, NOTIFIER_SECRET_KEY=SECRET)
    for arguments in (["migrate", "-v0"], ["createkey", "shop"]):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    with psycopg.connect(url, autocommit=True) as line:
        for change in (*CHANGES, f"TRUNCATE {TABLE}"):
            with pytest.raises(psycopg.Error, match="append-only"):
                line.execute(change.encode())
        assert line.execute(f"SELECT action, actor_kind FROM {TABLE}".encode()).fetchall() == [
            ("create_key", "command")
        ]
        line.execute(
            f"INSERT INTO {TABLE} (at, actor_kind, actor, action, target, details, address)"
            f" VALUES (now() - interval '2 years', 'user', 'ann', 'block', '', '{{}}', '')".encode()
        )
        assert line.execute(f"DELETE FROM {TABLE} WHERE actor = 'ann'".encode()).rowcount == 1


@pytest.mark.django_db
def test_what_is_over_a_year_old_may_be_pruned_and_the_log_says_so() -> None:
    for days in (800, 400, 300):
        entry = AuditEntry(at=timezone.now() - timedelta(days=days), actor_kind="user", actor="ann", action="block")
        entry.save()
    with pytest.raises(Invalid, match="365"):
        audit.prune(ANN, days=364)
    assert audit.prune(ANN, days=700) == 1
    assert audit.prune(ANN) == 1
    assert [entry.action for entry in audit.page().entries] == ["prune_audit", "prune_audit", "block"]
    assert audit.page().entries[0].details["removed"] == 1


@pytest.mark.django_db
def test_pages_join_without_gap_and_filters_compare_letter_for_letter() -> None:
    for number in range(7):
        recorded(target=f"alice-{number % 2}", action="block" if number < 5 else "unblock")
    seen, cursor = [], None
    while True:
        page = audit.page(before=cursor, limit=3)
        seen += [entry.pk for entry in page.entries]
        cursor = page.next
        if cursor is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == 7
    assert len(audit.page(action="unblock").entries) == 2
    assert len(audit.page(target="alice-1", action="block").entries) == 2
    assert not audit.page(target="alice").entries
    assert not audit.page(actor="Ann").entries
    with pytest.raises(Invalid, match="cursor"):
        audit.page(before="here")


@pytest.mark.django_db
@pytest.mark.parametrize("verb", [operating.unblock, operating.revoke], ids=lambda verb: str(verb.__name__))
def test_command_line_is_named_with_its_user(verb: Callable[..., Any]) -> None:
    verb(Actor.command(), Person(user="alice"))
    entry = AuditEntry.objects.get()
    assert entry.actor_kind == "command"
    assert entry.actor in {os.environ.get("USER", ""), os.environ.get("LOGNAME", ""), "root", Actor.command().name}
