"""What is done for many rows at once looks each of them up in an index: nothing gets slower by what else is stored."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from notifier import ids, inbox, receipts, resuming
from notifier.access import Person, create_key
from notifier.idempotency import Once
from notifier.publishing import publish
from notifier.visitors import Visit, write_visits
from tests.notifier.drafts import draft
from tests.notifier.programs import play

pytestmark = pytest.mark.django_db(transaction=True)

NOW = time.time()


def _publish() -> None:
    publish(draft("alice", "bob", topics=("room.a",)))


def _publish_once() -> None:
    sender, _ = create_key("a backend", [])
    publish(draft("alice"), sender_id=sender.pk, once=Once(sender.pk, "order-1", bytes(32)))


def _note_delivered() -> None:
    receipts.note_delivered({("alice", "user:alice"): 1, ("bob", "user:bob"): 1})


def _write_marks() -> None:
    receipts.write_marks(
        [receipts.Mark("alice", "user:alice", 1, NOW, NOW), receipts.Mark("bob", "user:bob", 1, NOW, None)]
    )


def _write_sights() -> None:
    receipts.write_sights([receipts.Sight("alice", ids.show_notification_id(publish(draft("alice")).id), NOW)])


def _write_visits() -> None:
    write_visits({"alice": Visit(NOW, NOW, ("room.*",)), "bob": Visit(NOW, NOW, ())}, server="srv_1")


def _open() -> None:
    person = Person("alice", ("room.*",), None)
    resuming.open_all([resuming.Request(person, None, {}, None)])


def _read_on() -> None:
    inbox.since([("user:alice", 0), ("user:bob", 0)])


@pytest.mark.parametrize(
    "work",
    [_publish, _publish_once, _note_delivered, _write_marks, _write_sights, _write_visits, _open, _read_on],
    ids=lambda it: it.__name__,
)
def test_no_table_is_read_from_end_to_end(work: Callable[[], None]) -> None:
    publish(draft("alice", "bob"))
    with _statements() as statements:
        work()
    assert statements
    for statement, parameters in statements:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [str(row[3]) for row in cursor.fetchall()]
        # That table has one row.
        scans = [step for step in steps if step.startswith("SCAN notifier_") and "installation" not in step]
        assert not scans, f"{statement}\n" + "\n".join(steps)


@contextmanager
def _statements() -> Iterator[list[tuple[str, Any]]]:
    """Those that are executed meanwhile, with their parameters."""
    found: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if not many and sql.split(None, 1)[0] in {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}:
            found.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        yield found


def test_what_is_done_for_a_crowd_reads_a_few_rows_for_each_of_them(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    people, entries = 1500, 150
    rows = play("tests.notifier.crowdwork", people, entries, database="postgresql", request=request, folder=tmp_path)
    assert {what: number for what, number in rows.items() if number > 10 * (people + entries)} == {}
