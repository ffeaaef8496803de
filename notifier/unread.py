"""How many notifications people have not read yet."""

from collections.abc import Sequence

from django.db import connection

from notifier.following import Position
from notifier.models import Entry, Receipt
from notifier.rowsets import table

# Of places; SQLite takes at most 32,766 parameters in a statement.
_CHUNK = 5000

# Each place is one stretch of a stream that a person may have unread; `person` tells the people apart. Unread is what came
# after the place was read all at once, and was not read singly; and what was marked as unread again, wherever it stands.
_COUNT = """
WITH place(person, recipient, stream_id, first_seq, after_seq, head_seq) AS (VALUES {places})
SELECT person, COUNT(*) FROM (
    SELECT place.person AS person, entry.notification_id AS notification_id
    FROM place
    JOIN {entry} AS entry ON entry.stream_id = place.stream_id AND entry.seq > place.after_seq AND entry.seq <= place.head_seq
    LEFT JOIN {receipt} AS receipt ON receipt.recipient = place.recipient
        AND receipt.notification_id = entry.notification_id AND receipt.read_at IS NOT NULL
    WHERE receipt.id IS NULL
    UNION
    SELECT place.person, entry.notification_id
    FROM place
    JOIN {receipt} AS again ON again.recipient = place.recipient AND again.unread_at IS NOT NULL
    JOIN {entry} AS entry ON entry.notification_id = again.notification_id AND entry.stream_id = place.stream_id
        AND entry.seq >= place.first_seq AND entry.seq <= place.head_seq
) AS unread
GROUP BY person
"""

# As a row of `place`: the number of the person, the recipient, the stream's, the first seq, the one after which it is unread, the head.
_Place = tuple[int, str, int, int, int, int]


def count_unread(people: Sequence[tuple[str, Sequence[Position]]]) -> list[int]:
    """For each (recipient, places to look in) the number of unread notifications, one that stands in several streams counted once.

    Each stream is counted up to its head as the position has it. Everybody in a few queries.
    """
    counts = [0] * len(people)
    lot: list[_Place] = []
    for number, (recipient, places) in enumerate(people):
        # One person's places stay together, or what stands in two of them would count twice.
        if len(lot) + len(places) > _CHUNK:
            _count(lot, counts)
            lot = []
        for place in places:
            before = max(place.from_seq, place.oldest - 1)
            if place.head > before:
                after = max(before, place.read)
                lot.append((number, recipient, place.stream_id, before + 1, after, place.head))
    _count(lot, counts)
    return counts


def _count(lot: list[_Place], counts: list[int]) -> None:
    if not lot:
        return
    # The numbers are written out: a parameter costs 1 µs.
    places = ", ".join(
        f"({person:d}, %s, {stream:d}, {first:d}, {after:d}, {head:d})" for person, _, stream, first, after, head in lot
    )
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT.format(places=places, entry=table(Entry), receipt=table(Receipt)),
            [recipient for _, recipient, *_ in lot],
        )
        for number, count in cursor.fetchall():
            counts[number] = count
