"""The next `seq` of each addressed stream.

The counter's row is locked from here to the end of the transaction. So the order of `seq` is the order of
commits, a rollback leaves no gap, and who reads `last_seq` can read every entry up to it. (A database's own
sequence commits out of order: a reader's cursor over it skips what commits late.)
"""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from django.db import connection

from notifier.models import Entry, Stream
from notifier.rowsets import pack, rowset, table
from notifier.storing import Statement


class Place(NamedTuple):
    """One entry's place: a `seq` of a stream."""

    stream: str
    seq: int


class Entries:
    """Entries of some notifications in streams, each after what its stream has, in the order in which they are given."""

    def __init__(self, addressed: Iterable[tuple[uuid.UUID, Collection[str]]]) -> None:
        self._addressed = list(addressed)
        self._counts = Counter(stream for _, streams in self._addressed for stream in streams)

    def advance(self) -> Statement:
        """Take the seqs, making the streams that do not exist yet. Its rows are for `places`.

        Streams are locked in the order of their names, so that two publishers with many recipients in common
        wait for each other and never deadlock.
        """
        counts = [{"stream": name, "many": self._counts[name]} for name in sorted(self._counts)]
        stream, taken = table(Stream), rowset("taken", stream="text", many="bigint")
        return Statement(
            "advanced",
            f"INSERT INTO {stream} (name, last_seq, oldest_seq, revision)"  # noqa: S608 -- no input in it
            f" SELECT taken.stream, taken.many, 1, 0 FROM {taken} WHERE true"
            f" ON CONFLICT (name) DO UPDATE SET last_seq = {stream}.last_seq + excluded.last_seq RETURNING name, last_seq, id",
            [pack(counts)],
            returns=("name", "last_seq"),
        )

    def enter(self) -> Statement:
        """Put the notifications into their places, after `advance`. 40 µs for each with Django's own, a tenth of that with this."""
        left = self._counts.copy()
        rows = []
        for notification, streams in self._addressed:
            identity = notification.hex
            for name in streams:
                left[name] -= 1
                rows.append({"stream": name, "later": left[name], "notification": identity})
        place = rowset("place", stream="text", later="bigint", notification="uuid")
        stream = "advanced" if connection.vendor == "postgresql" else table(Stream)
        return Statement(
            "entered",
            f"INSERT INTO {table(Entry)} (stream_id, seq, notification_id)"  # noqa: S608 -- no input in it
            f" SELECT stream.id, stream.last_seq - place.later, place.notification FROM {place}"
            f" JOIN {stream} AS stream ON stream.name = place.stream",
            [pack(rows)],
        )

    def places(self, advanced: Iterable[tuple[str, int]]) -> list[list[Place]]:
        """Of each notification, after `advance` was executed."""
        ends = dict(advanced)
        following = {name: ends[name] - count for name, count in self._counts.items()}
        found = []
        for _, streams in self._addressed:
            places = []
            for name in streams:
                following[name] += 1
                places.append(Place(name, following[name]))
            found.append(places)
        return found


def ensure_streams(names: Sequence[str]) -> None:
    """Make the streams that do not exist yet, empty."""
    Stream.objects.bulk_create([Stream(name=name) for name in sorted(names)], ignore_conflicts=True)
