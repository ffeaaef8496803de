"""`seq` under concurrency: without gap or duplicate, and no reader ever misses one."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from django.db import transaction

from notifier.inbox import since
from notifier.models import Entry, Notification, Stream
from notifier.publishing import publish
from tests.notifier.drafts import draft
from tests.notifier.programs import play

PUBLISHERS, EACH = 8, 60


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_concurrent_publishers_leave_no_gap_and_a_reader_misses_none(
    request: pytest.FixtureRequest, tmp_path: Path, database: str
) -> None:
    """Eight publishers share one stream (and lock others crosswise) while a reader polls `since()` all the while."""
    told = play("tests.notifier.hammer", PUBLISHERS, EACH, database=database, request=request, folder=tmp_path)
    assert told["seen"] == list(range(1, PUBLISHERS * EACH + 1))
    assert told["skipped"] == 0
    assert told["polls"] > 1


@pytest.mark.django_db(transaction=True)
def test_rollback_leaves_no_gap() -> None:
    """A publish that fails gives its seq back."""
    publish(draft("alice"))

    with transaction.atomic():
        publish(draft("alice"))
        transaction.set_rollback(True)
    publish(draft("alice"))
    assert list(Entry.objects.filter(stream__name="user:alice").values_list("seq", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_10000_recipients_are_one_notification() -> None:
    """The content is stored once; each recipient's stream has one entry."""
    people = [f"person {number}" for number in range(10_000)]
    assert publish(draft(*people)).addressed == 10_000
    assert Notification.objects.count() == 1
    assert Entry.objects.count() == 10_000
    assert set(Stream.objects.values_list("last_seq", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_many_cursors_are_read_in_two_queries(django_assert_num_queries: object) -> None:
    """Readers of the same and of other streams, at other cursors, share the queries."""
    for number in range(5):
        publish(draft("alice", "bob", title=str(number)))

    def seqs(entries: Iterable[tuple[int, str]]) -> list[int]:
        return [seq for seq, _ in entries]

    with django_assert_num_queries(2):  # type: ignore[operator]
        pages = since([("user:alice", 0), ("user:alice", 3), ("user:bob", 5), ("user:nobody", 0)], limit=4)
    assert seqs(pages["user:alice", 0].entries) == [1, 2, 3, 4]
    assert pages["user:alice", 0].upto == 4
    assert seqs(pages["user:alice", 3].entries) == [4, 5]
    assert (pages["user:bob", 5].entries, pages["user:bob", 5].upto) == ([], 5)
    assert (pages["user:nobody", 0].entries, pages["user:nobody", 0].head) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_holes_and_pruned_entries_are_passed_over() -> None:
    """An entry that is gone leaves a hole that is no loss; what lies before `oldest_seq` is not looked for."""
    for number in range(6):
        publish(draft("alice", title=str(number)))
    stream = Stream.objects.get(name="user:alice")
    Entry.objects.filter(stream=stream, seq__in=[1, 2, 4]).delete()
    stream.oldest_seq = 3
    stream.save()
    page = since([("user:alice", 0)])["user:alice", 0]
    assert [seq for seq, _ in page.entries] == [3, 5, 6]
    assert (page.upto, page.head, page.oldest) == (6, 6, 3)
