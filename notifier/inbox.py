"""The reading side: what was missed, what is in the inbox, and what of it was read."""

import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from notifier import ids, wire
from notifier.access import Person
from notifier.errors import Invalid
from notifier.following import (
    Position,
    all_positions,
    all_positions_of,
    own_position,
    positions,
    positions_of,
    touch,
)
from notifier.models import Entry, Notification, Receipt, Stream, Subscription
from notifier.receipts import Sight, write_sights
from notifier.unread import count_unread

PAGE = 100
# Of what is marked as read all at once, so many get a receipt with the time: it is one transaction of a person who waits.
_TIMED_AT_ONCE = 500

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Missed:
    """A stretch of one stream: its entries as (seq, the notification's JSON), and `upto`, the seq to which it was read.

    `upto` is beyond the last entry where the entries there are gone. `head` is the stream's end at that moment.
    """

    entries: list[tuple[int, str]]
    upto: int
    head: int
    oldest: int


@dataclass(frozen=True, slots=True)
class Count:
    """Where a person stands in each stream, and how many notifications are unread, counting each stream up to its head."""

    positions: list[Position]
    unread: int

    @property
    def heads(self) -> dict[str, int]:
        return {position.stream: position.head for position in self.positions}


def since(cursors: Iterable[tuple[str, int]], *, limit: int = PAGE) -> dict[tuple[str, int], Missed]:
    """What follows each cursor, given as (stream, seq): at most `limit` entries each, two queries for all of them.

    A `seq` names its place, so a range of them is a page: no LIMIT, and no stream can starve another.
    Streams that do not exist yet are as empty ones. What is pruned between the two queries is no hole: it shows in `oldest`.
    """
    pages = _since(set(cursors), limit)
    holed = {
        (stream, cursor)
        for (stream, cursor), missed in pages.items()
        if len(missed.entries) < missed.upto - max(cursor, missed.oldest - 1)
    }
    if holed:
        rows = Stream.objects.filter(name__in={stream for stream, _ in holed})
        oldest = dict(rows.values_list("name", "oldest_seq"))
        pruned = {want for want in holed if oldest[want[0]] > pages[want].oldest}
        if pruned:
            pages |= since(pruned, limit=limit)
    return pages


def _since(wanted: set[tuple[str, int]], limit: int) -> dict[tuple[str, int], Missed]:
    rows = Stream.objects.filter(name__in={stream for stream, _ in wanted})
    streams = {name: rest for name, *rest in rows.values_list("name", "pk", "last_seq", "oldest_seq")}
    pages: dict[tuple[str, int], Missed] = {}
    ranges, by_stream = Q(), defaultdict[int, list[tuple[int, Missed]]](list)
    for stream, cursor in wanted:
        pk, last, oldest = streams.get(stream, (0, 0, 1))
        after = max(cursor, oldest - 1)
        missed = pages[stream, cursor] = Missed([], max(cursor, min(last, after + limit)), last, oldest)
        if missed.upto > after:
            ranges |= Q(stream_id=pk, seq__gt=after, seq__lte=missed.upto)
            by_stream[pk].append((after, missed))
    if ranges:
        for entry in Entry.objects.filter(ranges).select_related("notification").order_by("stream_id", "seq"):
            content = wire.dumps(entry.notification.content())
            for after, missed in by_stream[entry.stream_id]:
                if after < entry.seq <= missed.upto:
                    missed.entries.append((entry.seq, content))
    return pages


def last_seqs(names: list[str]) -> dict[str, tuple[int, int]]:
    """The end and the revision of each of these streams, in one query: what the sweep compares."""
    rows = Stream.objects.filter(name__in=names).values_list("name", "last_seq", "revision")
    return {name: (last, revision) for name, last, revision in rows}


def count(person: Person) -> Count:
    """The person's unread notifications, each counted once although it may stand in several streams."""
    return counts([person])[person]


def counts(people: Collection[Person]) -> dict[Person, Count]:
    """The same for many people at once, in as many queries."""
    places = positions_of(people)
    numbers = count_unread([(person.recipient, mine) for person, mine in places.items()])
    return {person: Count(mine, number) for (person, mine), number in zip(places.items(), numbers, strict=True)}


def unread_of(recipients: Collection[str]) -> dict[str, int]:
    """How many notifications each of these people has not read, without counting as their visit; who was never here is left out."""
    places = list(all_positions_of(recipients).items())
    return {recipient: number for (recipient, _), number in zip(places, count_unread(places), strict=True)}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the inbox, newest first; `next` is the cursor of the page after it, or None at the end."""

    items: list[dict[str, Any]]
    next: str | None
    unread: int


def look(recipient: str, *, before: str | None = None, limit: int = 50) -> Page:
    """Somebody's inbox as a backend sees it: all of it, and without counting as that person's visit."""
    own = own_position(recipient)
    places = all_positions(recipient) or ([own] if own else [])
    return _page(recipient, places, before=before, limit=limit)


def page(person: Person, *, before: str | None = None, limit: int = 50) -> Page:
    """The person's inbox, in the order of ids, which is that of time. Each item is the notification with `read`, true or false. Invalid when `before` is no cursor of ours."""
    return _page(person.recipient, positions(person), before=before, limit=limit)


def _page(recipient: str, places: list[Position], *, before: str | None, limit: int) -> Page:
    found = Notification.objects.filter(pk__in=entries_in(places).values("notification_id"))
    if before is not None:
        found = found.filter(pk__lt=_parse_cursor(before))
    unread = entries_in(places, beyond_read=True).filter(notification_id=OuterRef("pk"))
    rows = list(
        found.annotate(
            unread=Exists(unread)
            & ~Exists(
                Receipt.objects.filter(recipient=recipient, notification_id=OuterRef("pk"), read_at__isnull=False)
            )
        ).order_by("-pk")[: limit + 1]
    )
    items = [{**row.content(), "read": not row.unread} for row in rows[:limit]]
    following = rows[limit - 1].pk.hex if len(rows) > limit else None
    return Page(items, following, count_unread([(recipient, places)])[0])


@dataclass(frozen=True, slots=True)
class Marked:
    """What has become read, and the revision of this change; None if nothing has."""

    ids: list[str]
    revision: int | None


def _despite_pruning(mark: Callable[P, Marked]) -> Callable[P, Marked]:
    """Once more, if one was pruned between being found and its receipt: then it is not found."""

    @wraps(mark)
    def again(*args: P.args, **kwargs: P.kwargs) -> Marked:
        try:
            return mark(*args, **kwargs)
        except IntegrityError:
            return mark(*args, **kwargs)

    return again


@_despite_pruning
def mark_read(person: Person, notification_ids: list[str]) -> Marked:
    """Mark these as read; ids that are not in the person's inbox are ignored."""
    wanted = [ids.parse_notification_id(text) for text in notification_ids]
    places = positions(person)
    with transaction.atomic():
        unread = (
            entries_in(places, beyond_read=True)
            .filter(notification_id__in=wanted)
            .exclude(_receipt(person.recipient))
            .values_list("notification_id", flat=True)
            .distinct()
        )
        found = sorted(unread)
        _write_receipts(person.recipient, found)
        newly = [ids.show_notification_id(pk) for pk in found]
        return Marked(newly, touch(person.recipient, read=newly) if newly else None)


def mark_seen(person: Person, notification_ids: list[str]) -> int:
    """Note that the person has seen these. Returns how many of them were not noted as seen; ids that are not in the person's inbox are ignored."""
    kept = settings.ENVIRONMENT.receipts
    if kept == "none":
        return 0
    positions(person)  # at the first visit the own stream is begun
    now = time.time()
    sights = [Sight(person.recipient, notification, now) for notification in notification_ids]
    return write_sights(sights, named_only=kept == "people")


@_despite_pruning
def mark_all_read(person: Person) -> Marked:
    """Mark everything that is in the inbox now as read."""
    places = positions(person)
    hidden = [place for place in all_positions(person.recipient) if place not in places]
    with transaction.atomic():
        unread = entries_in(places, beyond_read=True)
        if hidden:
            # What also stands in a topic that this credential does not grant has to be read there too.
            there = Exists(entries_in(hidden).filter(notification_id=OuterRef("notification_id")))
            both = unread.filter(there).values_list("notification_id", flat=True)
            _write_receipts(person.recipient, sorted(set(both)))
        if settings.ENVIRONMENT.receipts != "none":
            # That they are read the positions below tell; when, only a receipt does.
            newest = unread.exclude(_receipt(person.recipient)).order_by("-notification_id")
            timed = newest.values_list("notification_id", flat=True)[:_TIMED_AT_ONCE]
            _write_receipts(person.recipient, sorted(set(timed)))
        for position in places:
            if position.head > position.read:
                Subscription.objects.filter(recipient=person.recipient, stream_id=position.stream_id).update(
                    read_seq=position.head
                )
        return Marked([], touch(person.recipient, all_read=True))


def _write_receipts(recipient: str, notification_ids: list[uuid.UUID]) -> None:
    """Write receipts: read now."""
    now = timezone.now()
    Receipt.objects.bulk_create(
        [Receipt(recipient=recipient, notification_id=pk, read_at=now) for pk in notification_ids],
        update_conflicts=True,
        unique_fields=["recipient", "notification"],
        update_fields=["read_at"],
    )


def entries_in(places: list[Position], *, beyond_read: bool = False) -> QuerySet[Entry]:
    wanted = Q()
    for position in places:
        after = max(position.from_seq, position.oldest - 1, position.read if beyond_read else 0)
        if position.head > after:
            wanted |= Q(stream_id=position.stream_id, seq__gt=after, seq__lte=position.head)
    return Entry.objects.filter(wanted) if wanted else Entry.objects.none()


def _receipt(recipient: str) -> Exists:
    return Exists(
        Receipt.objects.filter(recipient=recipient, notification_id=OuterRef("notification_id"), read_at__isnull=False)
    )


def _parse_cursor(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(hex=text)
    except ValueError:
        raise Invalid.field("cursor", "is not a cursor that this inbox gave out; begin without one") from None
