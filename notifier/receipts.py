"""What became of notifications is written here, always for many people at once: a few statements, whatever the number.

Rows are written in one order, of recipients and then of notifications, so that two servers that write about the same
people wait for each other and never deadlock. An earlier time is never replaced by a later one: what is sent again changes nothing.
"""

import time
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from django.db import connection

from notifier import ids
from notifier.metrics import METRICS
from notifier.models import Entry, Receipt, Stream, Subscription
from notifier.rowsets import TIME, microseconds, moment, pack, rowset, table

# Who gets something so late was away, and nobody was slow.
_AWAY_SECONDS = 30.0


class Mark(NamedTuple):
    """An entry was sent to a person, or acknowledged by one, or both. Times are in Unix seconds. `entries` are meant, from `seq` on."""

    recipient: str
    stream: str
    seq: int
    sent: float | None
    delivered: float | None
    entries: int = 1


class Sight(NamedTuple):
    """A notification, by its id as users meet it, was seen by a person at a time in Unix seconds."""

    recipient: str
    notification: str
    seen: float


def write_marks(marks: Collection[Mark]) -> int:
    """Write when these were sent and delivered. Returns the number of receipts that are new or changed.

    Entries that are gone are passed over, and so is what is known already.
    """
    receipt, sent, delivered = table(Receipt), _earlier("sent_at"), _earlier("delivered_at")
    marks_by_stream = _by_stream(recipient="text", seq="bigint", last="bigint", sent=TIME, delivered=TIME)
    statement = (
        f"{marks_by_stream} INSERT INTO {receipt} (recipient, notification_id, sent_at, delivered_at)"  # noqa: S608 -- no input in it
        " SELECT mark.recipient, entry.notification_id, MIN(mark.sent), MIN(mark.delivered)"
        f" FROM mark CROSS JOIN {table(Entry)} AS entry WHERE entry.stream_id = mark.stream_id"
        " AND entry.seq >= mark.seq AND entry.seq <= mark.last"
        " GROUP BY mark.recipient, entry.notification_id ORDER BY mark.recipient, entry.notification_id"
        f" ON CONFLICT (recipient, notification_id) DO UPDATE SET sent_at = {sent.value}, delivered_at = {delivered.value}"
        f" WHERE {sent.news} OR {delivered.news} RETURNING notification_id, {microseconds('delivered_at')}"
    )
    rows = [
        {
            "recipient": recipient,
            "stream": stream,
            "seq": seq,
            "last": seq + entries - 1,
            "sent": None if sent is None else moment(sent),
            "delivered": None if delivered is None else moment(delivered),
        }
        for recipient, stream, seq, sent, delivered, entries in marks
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, [pack(rows)])
        written = cursor.fetchall()
    _observe(written)
    return len(written)


def _observe(written: Collection[tuple[uuid.UUID | str, int | None]]) -> None:
    """Count how long it took from the POSTs to the browsers. An id tells when it was made; times in Unix microseconds."""
    made: dict[uuid.UUID | str, float | None] = {}
    waits = []
    for identity, at in written:
        if at is None:
            continue
        if identity not in made:
            born = ids.moment_of(identity if isinstance(identity, uuid.UUID) else uuid.UUID(identity))
            made[identity] = None if born is None else born.timestamp()
        if (begin := made[identity]) is not None and 0 <= (seconds := at / 1_000_000 - begin) <= _AWAY_SECONDS:
            waits.append(seconds)
    METRICS.observe(*waits)


def write_sights(sights: Collection[Sight], *, named_only: bool = False) -> int:
    """Write when these were seen. Returns the number of receipts that are new or changed.

    What was not addressed to the person is passed over. With `named_only` so is what was not addressed to the person by
    name, unless there is a receipt of it.
    """
    receipt, seen = table(Receipt), _earlier("seen_at")
    source = rowset("sight", recipient="text", notification="uuid", seen=TIME)
    own = f" AND mine.stream_id = (SELECT id FROM {table(Stream)} WHERE name = 'user:' || sight.recipient)"  # noqa: S608 -- no input in it
    statement = (
        f"INSERT INTO {receipt} (recipient, notification_id, seen_at)"  # noqa: S608 -- no input in it
        f" SELECT sight.recipient, sight.notification, MIN(sight.seen) FROM {source}"
        # Mostly there is a receipt, since the client has acknowledged by then.
        f" WHERE EXISTS (SELECT 1 FROM {receipt} AS known WHERE known.recipient = sight.recipient"
        " AND known.notification_id = sight.notification)"
        f" OR EXISTS (SELECT 1 FROM {table(Subscription)} AS mine WHERE mine.recipient = sight.recipient"
        f"{own if named_only else ''}"
        # Counted, so that PostgreSQL goes through the person's few streams, and not through all whom the notification names.
        f" AND (SELECT COUNT(*) FROM {table(Entry)} AS entry WHERE entry.notification_id = sight.notification"
        " AND entry.stream_id = mine.stream_id AND entry.seq > mine.from_seq) > 0)"
        " GROUP BY sight.recipient, sight.notification ORDER BY sight.recipient, sight.notification"
        f" ON CONFLICT (recipient, notification_id) DO UPDATE SET seen_at = {seen.value} WHERE {seen.news}"
    )
    rows = [
        {
            "recipient": sight.recipient,
            "notification": ids.parse_notification_id(sight.notification).hex,
            "seen": moment(sight.seen),
        }
        for sight in sights
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, [pack(rows)])
        return int(cursor.rowcount)


class InboxState(Enum):
    """How a notification lies in a person's inbox from now on. Each is a single statement's change, so that one at the same moment, from another device, cannot leave half of each."""

    READ = "read_at = COALESCE({mine}.read_at, excluded.read_at), unread_at = NULL"
    UNREAD = "unread_at = CASE WHEN {mine}.archived_at IS NULL THEN excluded.unread_at END"
    ARCHIVED = (
        "read_at = COALESCE({mine}.read_at, excluded.read_at), unread_at = NULL, archived_at = excluded.archived_at"
    )
    UNARCHIVED = "archived_at = NULL"


def write_inbox_state(recipient: str, state: InboxState, notifications: Collection[uuid.UUID]) -> None:
    """Write that these lie so in the person's inbox, from now on. IntegrityError when one of them is gone."""
    if not notifications:
        return
    receipt, now = table(Receipt), moment(time.time())
    source = rowset("state", notification="uuid", read=TIME, unread=TIME, archived=TIME)
    statement = (
        f"INSERT INTO {receipt} (recipient, notification_id, read_at, unread_at, archived_at)"  # noqa: S608 -- no input in it
        f" SELECT %s, state.notification, state.read, state.unread, state.archived FROM {source}"
        " WHERE true ORDER BY state.notification"
        f" ON CONFLICT (recipient, notification_id) DO UPDATE SET {state.value.format(mine=receipt)}"
    )
    rows = [
        {
            "notification": notification.hex,
            "read": now if state in {InboxState.READ, InboxState.ARCHIVED} else None,
            "unread": now if state is InboxState.UNREAD else None,
            "archived": now if state is InboxState.ARCHIVED else None,
        }
        for notification in notifications
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, [recipient, pack(rows)])


def note_delivered(acknowledged: Mapping[tuple[str, str], int]) -> None:
    """Remember how far people's browsers have acknowledged: (recipient, stream) → seq. Never moves backwards."""
    # LIMIT: else SQLite takes the two apart, and looks through all subscriptions for each mark.
    lock = " FOR UPDATE OF mine" if connection.features.has_select_for_update else " LIMIT -1"
    statement = (
        f"{_by_stream(recipient='text', seq='bigint')} UPDATE {table(Subscription)} SET delivered_seq = further.seq FROM ("  # noqa: S608 -- no input in it
        f"SELECT mine.id, mark.seq FROM mark CROSS JOIN {table(Subscription)} AS mine"
        " WHERE mine.recipient = mark.recipient AND mine.stream_id = mark.stream_id AND mine.delivered_seq < mark.seq"
        f" ORDER BY mine.id{lock}) AS further WHERE {table(Subscription)}.id = further.id"
    )
    rows = [{"recipient": recipient, "stream": stream, "seq": seq} for (recipient, stream), seq in acknowledged.items()]
    with connection.cursor() as cursor:
        cursor.execute(statement, [pack(rows)])


def _by_stream(**columns: str) -> str:
    """The table `mark` of a statement: the rows that come with it, which have these columns and the name of a `stream`, with `stream_id` instead.

    It is made first. Joined with the rest, PostgreSQL takes each stream for one of a few rows, and goes for each mark of `everyone`
    through all subscriptions of it, or all entries: 5,000 marks took 2,200 ms, and take 10.
    """
    named = ", ".join(f"given.{column}" for column in columns)
    # CROSS JOIN: SQLite then keeps this order, in which each step is a look into an index.
    return (
        f"WITH mark AS MATERIALIZED (SELECT {named}, stream.id AS stream_id FROM {rowset('given', stream='text', **columns)}"  # noqa: S608 -- no input in it
        f" CROSS JOIN {table(Stream)} AS stream WHERE stream.name = given.stream)"
    )


@dataclass(frozen=True, slots=True)
class _Earlier:
    """SQL for a column of an upsert that keeps the earlier of two times: the value to set, and whether it differs."""

    value: str
    news: str


def _earlier(column: str) -> _Earlier:
    mine, theirs = f"{table(Receipt)}.{column}", f"excluded.{column}"
    return _Earlier(
        f"CASE WHEN {mine} <= {theirs} THEN {mine} ELSE COALESCE({theirs}, {mine}) END",
        f"({theirs} IS NOT NULL AND ({mine} IS NULL OR {mine} > {theirs}))",
    )
