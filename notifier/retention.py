"""Retention: what is older than is to be kept is removed, so that storage is bounded.

An entry is too old when its notification is. The ids of notifications are ordered by time, so that their index finds
what is too old. A stream loses entries only from its beginning, and its `oldest_seq` rises in the same transaction:
a cursor from before is told so, and above `oldest_seq` nothing is missing. Where clocks disagree, an entry that
is too old may follow one that is not; it waits for that one.

All is done in bounded transactions, which wait for no publisher while they hold what another one needs. Each can be
repeated, and several processes may prune at once.
"""

import asyncio
import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Model, QuerySet, UUIDField
from django.utils import timezone

from notifier import idempotency, ids, names
from notifier.database import in_database
from notifier.errors import Unavailable
from notifier.models import Entry, IdempotencyKey, Notification, Receipt, Stream, Subscription

logger = logging.getLogger(__name__)

# Rows in one transaction.
BATCH = 2000
# In seconds, after each transaction: SQLite lets one writer in at a time, and those that wait look every 0.1 s at the latest.
PAUSE = 0.1
_INTERVAL_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows of each kind were removed."""

    entries: int = 0
    receipts: int = 0
    notifications: int = 0

    def __add__(self, other: "Pruned") -> "Pruned":
        return Pruned(
            self.entries + other.entries,
            self.receipts + other.receipts,
            self.notifications + other.notifications,
        )

    def __str__(self) -> str:
        return f"{self.entries:,} entries, {self.notifications:,} notifications and {self.receipts:,} receipts"


def horizon(days: float | None = None) -> datetime:
    """What is from before this moment is too old: that of so many days ago, or of NOTIFIER_RETENTION_DAYS."""
    return timezone.now() - timedelta(days=settings.ENVIRONMENT.retention_days if days is None else days)


def prune(before: datetime) -> Iterator[Pruned]:
    """Remove what is from before this moment: yields after each transaction what that one removed. Pause there.

    Idempotency keys and sessions that have ended go, too. The content of a notification whose idempotency key is still held
    stays until the key goes: a repeated request is answered from it.
    """
    idempotency.forget_old()
    _forget_sessions()
    first_kept = ids.first_notification_id(before)
    yield from _prune_entries(first_kept)
    yield from _prune_notifications(first_kept)


def _forget_sessions() -> None:
    """Sessions that have ended, so many of them in a pass."""
    ended = Session.objects.filter(expire_date__lt=timezone.now()).values_list("pk", flat=True)[:BATCH]
    Session.objects.filter(pk__in=list(ended)).delete()


def overdue(before: datetime) -> Pruned:
    """How many rows are from before this moment."""
    first_kept = ids.first_notification_id(before)
    return Pruned(
        Entry.objects.filter(notification_id__lt=first_kept).count(),
        Receipt.objects.filter(notification_id__lt=first_kept).count(),
        Notification.objects.filter(pk__lt=first_kept).count(),
    )


async def keep() -> None:
    """Prune now and then, for as long as the server runs. At most half of the time is spent in transactions."""
    while True:
        await asyncio.sleep(_INTERVAL_SECONDS)
        try:
            pruning, total = prune(horizon()), Pruned()
            began = time.monotonic()
            while (step := await in_database(_next, pruning)) is not None:
                total += step
                await asyncio.sleep(max(PAUSE, time.monotonic() - began))
                began = time.monotonic()
            if total != Pruned():
                logger.info("pruned %s", total)
        except Unavailable as error:
            logger.warning("pruning waits for the database: %s", error.detail)
        except Exception:
            logger.exception("pruning failed; it is tried again")


def _next(pruning: Iterator[Pruned]) -> Pruned | None:
    return next(pruning, None)


# ------------------------------------------------------------------ entries


@dataclass(frozen=True, slots=True)
class _Doomed:
    """What goes of one stream: the entries at these `seqs`; `oldest` is the first that is kept after that."""

    oldest: int
    seqs: list[int]


def _prune_entries(first_kept: uuid.UUID) -> Iterator[Pruned]:
    last, last_stream = uuid.UUID(int=0), 0
    old = Entry.objects.order_by("notification_id", "stream_id").values_list("notification_id", "stream_id", "seq")
    # Onwards from where the last batch ended: what has to wait must not be met again and again.
    while batch := list(
        old.filter(notification_id__gte=last, notification_id__lt=first_kept).exclude(
            notification_id=last, stream_id__lte=last_stream
        )[:BATCH]
    ):
        last, last_stream, _ = batch[-1]
        yield from _remove(_doomed([(stream, seq) for _, stream, seq in batch], first_kept))


def _doomed(old: list[tuple[int, int]], first_kept: uuid.UUID) -> dict[int, _Doomed]:
    """Which of these old entries, (stream, seq), have nothing before them that is kept.

    Read before any lock is taken: up to a seq that can be read nothing is added to a stream any more.
    """
    seqs = defaultdict[int, list[int]](list)
    for stream, seq in old:
        seqs[stream].append(seq)
    young = _first_young({stream: max(mine) for stream, mine in seqs.items()}, first_kept)
    doomed = {}
    for stream, mine in seqs.items():
        oldest = young.get(stream, max(mine) + 1)
        if going := [seq for seq in mine if seq < oldest]:
            doomed[stream] = _Doomed(oldest, going)
    return doomed


def _first_young(upto: dict[int, int], first_kept: uuid.UUID) -> dict[int, int]:
    """The first seq, up to the one given for its stream, of an entry that is not too old. Streams without one are left out."""
    # A look into the index for each stream: joined, PostgreSQL would rather read the whole table.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT upto.column1, (SELECT entry.seq"  # noqa: S608 -- no input in it
            f" FROM {_table(Stream)} AS stream JOIN {_table(Entry)} AS entry ON entry.stream_id = stream.id"
            " WHERE stream.id = upto.column1 AND entry.seq >= stream.oldest_seq AND entry.seq <= upto.column2"
            f" AND entry.notification_id >= %s ORDER BY entry.seq LIMIT 1) FROM {_values(upto.items())} AS upto",
            [UUIDField().get_db_prep_value(first_kept, connection)],
        )
        return {stream: seq for stream, seq in cursor.fetchall() if seq is not None}


def _remove(doomed: dict[int, _Doomed]) -> Iterator[Pruned]:
    """Remove these; the streams that a publisher holds at this moment in a transaction after the others."""
    waiting, patient = set(doomed), False
    while waiting:
        with transaction.atomic():
            held = _hold(waiting, patient=patient)
            _raise_oldest({stream: doomed[stream].oldest for stream in held})
            places = [(stream, seq) for stream in held for seq in doomed[stream].seqs]
            _revise_unread(places)
            removed = _delete_entries(places)
        waiting -= held
        patient = True
        yield Pruned(entries=removed)


def _hold(streams: set[int], *, patient: bool) -> set[int]:
    """Lock those of the streams that are free, and if `patient` wait for one of the others, holding none yet.

    So no publisher, who locks several, can wait for this one while this one waits for the publisher.
    """
    rows = Stream.objects.values_list("pk", flat=True)
    held = set(rows.filter(pk=min(streams)).select_for_update(no_key=True)) if patient else set()
    return held | set(rows.filter(pk__in=streams).select_for_update(no_key=True, skip_locked=True))


def _raise_oldest(oldest: dict[int, int]) -> None:
    if not oldest:
        return
    stream = _table(Stream)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {stream} SET oldest_seq = raised.column2 FROM {_values(oldest.items())} AS raised"  # noqa: S608 -- no input in it
            f" WHERE {stream}.id = raised.column1 AND {stream}.oldest_seq < raised.column2"
        )


def _revise_unread(places: list[tuple[int, int]]) -> None:
    """Of people who have not read what goes from their own streams the count falls: the sweep tells their connections.

    Not so for topics and `everyone`, where that might be the connections of all.
    """
    own = set(
        Stream.objects.filter(
            pk__in={stream for stream, _ in places}, name__startswith=names.user_stream("")
        ).values_list("pk", flat=True)
    )
    places = [(stream, seq) for stream, seq in places if stream in own]
    if not places:
        return
    stream, entry = _table(Stream), _table(Entry)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {stream} SET revision = revision + 1 WHERE id IN ("  # noqa: S608 -- no input in it
            f"SELECT subscription.stream_id FROM {_values(places)} AS gone"
            f" JOIN {entry} AS entry ON entry.stream_id = gone.column1 AND entry.seq = gone.column2"
            f" JOIN {_table(Subscription)} AS subscription ON subscription.stream_id = entry.stream_id"
            f" LEFT JOIN {_table(Receipt)} AS receipt ON receipt.recipient = subscription.recipient"
            f" AND receipt.notification_id = entry.notification_id"
            f" WHERE receipt.unread_at IS NOT NULL OR (subscription.read_seq < entry.seq AND receipt.read_at IS NULL))"
        )


def _delete_entries(places: list[tuple[int, int]]) -> int:
    if not places:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {_table(Entry)} WHERE (stream_id, seq) IN {_values(places)}"  # noqa: S608 -- no input in it
        )
        return int(cursor.rowcount)


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _values(pairs: Iterable[tuple[int, int]]) -> str:
    """A table, whose columns both databases name column1 and column2. Written out: parameters would cost more than the query."""
    return f"(VALUES {', '.join(f'({first:d}, {second:d})' for first, second in pairs)})"


# ------------------------------------------------------------------ receipts and notifications


def _prune_notifications(first_kept: uuid.UUID) -> Iterator[Pruned]:
    old = Notification.objects.filter(pk__lt=first_kept).order_by("pk").values_list("pk", flat=True)
    last = uuid.UUID(int=0)
    while some := list(old.filter(pk__gt=last)[:BATCH]):
        last = some[-1]
        batch = sorted(set(some) - _needed(Entry, some) - _needed(IdempotencyKey, some))
        yield from _prune_receipts(batch)
        with transaction.atomic():
            # Whoever reads one just now holds it: it is left for the next time, and nobody is waited for. From here on
            # whoever is about to commit a receipt waits for this transaction, and is told that the notification is gone.
            mine = Notification.objects.filter(pk__in=batch).select_for_update(skip_locked=True)
            going = list(mine.values_list("pk", flat=True))
            receipts, _ = Receipt.objects.filter(notification_id__in=going).delete()
            Notification.objects.filter(pk__in=going)._raw_delete(using=connection.alias)
        yield Pruned(receipts=receipts, notifications=len(going))


def _needed(model: type[Entry] | type[IdempotencyKey], notifications: list[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the notifications that rows of this model refer to."""
    rows: QuerySet[Any] = model._default_manager.filter(notification_id__in=notifications)
    return set(rows.values_list("notification_id", flat=True).distinct())


def _prune_receipts(notifications: list[uuid.UUID]) -> Iterator[Pruned]:
    """In transactions of their own, since one notification may have any number of them."""
    old = Receipt.objects.filter(notification_id__in=notifications).values_list("pk", flat=True)
    while True:
        with transaction.atomic():
            batch = list(old.select_for_update(skip_locked=True)[:BATCH])
            removed, _ = Receipt.objects.filter(pk__in=batch).delete()
        if not batch:
            return
        yield Pruned(receipts=removed)
