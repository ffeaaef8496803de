"""A program of its own: what is done for a crowd, and how many rows PostgreSQL reads for it. Prints these numbers as JSON.

`python -m tests.notifier.crowdwork PEOPLE ENTRIES`, in an environment that names the database. Everybody reads `everyone`, which has
so many entries, and got one of their own. All is done twice: before PostgreSQL knows anything of its tables, and after.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import django


def main(people: int, entries: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "notifier.settings"
    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from notifier import ids, inbox, outcomes, receipts, resuming, retention, visitors
    from notifier.access import Person
    from notifier.content import Draft
    from notifier.following import positions_of
    from notifier.models import Entry
    from notifier.publishing import publish

    call_command("migrate", verbosity=0)
    names = [f"person-{number}" for number in range(people)]
    persons = [Person(name) for name in names]
    positions_of(persons, None)
    for number in range(entries):
        last = publish(Draft.parse({"to": {"everyone": True}, "title": str(number)}))
    own = publish(Draft.parse({"to": {"users": names}, "title": "to each"}))
    # Else all of them are counted for each person.
    read = {(name, "everyone"): entries for name in names}
    receipts.note_delivered(read)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE notifier_subscription SET read_seq = delivered_seq")
    now, places = time.time(), list(Entry.objects.order_by("pk").values_list("stream_id", "seq")[:entries])

    def write_marks(stream: str) -> None:
        receipts.write_marks([receipts.Mark(name, stream.format(name), 1, now, now) for name in names])

    def write_sights(notification: str, *, named_only: bool = True) -> None:
        receipts.write_sights([receipts.Sight(name, notification, now) for name in names], named_only=named_only)

    works: dict[str, Callable[[], object]] = {
        "acknowledge what is for everyone": lambda: receipts.note_delivered(
            {(name, "everyone"): entries + 1 for name in names}
        ),
        "acknowledge one's own": lambda: receipts.note_delivered({(name, f"user:{name}"): 1 for name in names}),
        "receipts of what is for everyone": lambda: write_marks("everyone"),
        "receipts of one's own": lambda: write_marks("user:{}"),
        "see what is for everyone": lambda: write_sights(ids.show_notification_id(last.id)),
        "see what is for everyone, receipts of all": lambda: write_sights(
            ids.show_notification_id(last.id), named_only=False
        ),
        "see one's own, receipts of all": lambda: write_sights(ids.show_notification_id(own.id), named_only=False),
        "see one's own": lambda: write_sights(ids.show_notification_id(own.id)),
        "leave": lambda: visitors.write_visits({name: visitors.Visit(now, now, ()) for name in names}, server="srv_1"),
        "come back": lambda: resuming.open_all(
            [resuming.Request(person, None, {"everyone": entries - 1}, None) for person in persons]
        ),
        "read on": lambda: inbox.since([(f"user:{name}", 0) for name in names]),
        "sweep": lambda: inbox.last_seqs([f"user:{name}" for name in names]),
        "outcomes": lambda: outcomes.outcomes(last.id, limit=100),
        "prune": lambda: retention._revise_unread(places),
        "publish": lambda: publish(Draft.parse({"to": {"users": names}, "title": "once more"})),
    }
    rows: dict[str, int] = {}
    for state in ("nothing known", "analyzed"):
        for name, work in works.items():
            with transaction.atomic():
                before = _rows_read(connection)
                work()
                rows[f"{name}, {state}"] = _rows_read(connection) - before
                transaction.set_rollback(True)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    print(json.dumps(rows))


def _rows_read(connection: Any) -> int:
    """In this transaction, from tables and by indexes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT SUM(seq_tup_read + COALESCE(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
