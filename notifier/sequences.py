"""The next `seq` of each addressed stream.

The counter's row is locked from here to the end of the transaction. So the order of `seq` is the order of
commits, a rollback leaves no gap, and who reads `last_seq` can read every entry up to it. (A database's own
sequence commits out of order: a reader's cursor over it skips what commits late.)
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection

from notifier.models import Stream

# SQLite takes at most 32,766 parameters in a statement, PostgreSQL 65,535.
_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Place:
    """One entry's place: a `seq` of a stream."""

    stream_id: int
    stream: str
    seq: int


def advance(names: set[str]) -> list[Place]:
    """Take the next `seq` of each stream, making those that do not exist yet. Inside a transaction only.

    Streams are locked in the order of their names, so that two publishers with many recipients in common
    wait for each other and never deadlock.
    """
    ordered = sorted(names)
    return [place for start in range(0, len(ordered), _CHUNK) for place in _advance(ordered[start : start + _CHUNK])]


def _advance(names: Sequence[str]) -> Iterator[Place]:
    table = connection.ops.quote_name(Stream._meta.db_table)
    values = ", ".join(["(%s, 1, 1, 0)"] * len(names))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (name, last_seq, oldest_seq, revision) VALUES {values}"  # noqa: S608 -- no input in it
            f" ON CONFLICT (name) DO UPDATE SET last_seq = {table}.last_seq + 1 RETURNING id, name, last_seq",
            names,
        )
        for stream_id, name, seq in cursor.fetchall():
            yield Place(stream_id, name, seq)


def ensure_streams(names: Sequence[str]) -> None:
    """Make the streams that do not exist yet, empty."""
    Stream.objects.bulk_create([Stream(name=name) for name in sorted(names)], ignore_conflicts=True)
