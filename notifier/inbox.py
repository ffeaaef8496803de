"""The reading side: what was missed, and what is in the inbox."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from notifier.access import Person
from notifier.contents import CONTENTS
from notifier.errors import Invalid
from notifier.following import Places, Position, all_positions, all_positions_of, own_position, positions, positions_of
from notifier.models import Entry, Notification, Receipt, Stream
from notifier.rowsets import among, listed, pack, rowset, table
from notifier.unread import count_unread

PAGE = 100


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
    """What follows each cursor, given as (stream, seq): at most `limit` entries each, a query for all of them and one for what they say.

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
    """One statement for all that is in their streams: with Django's own rows it takes ten times as long.

    The streams are listed, too: of a list PostgreSQL knows how long it is. A rowset it takes for 100 rows, and reads the
    whole of a table of 20,000 to find one.
    """
    wants, pages = list(wanted), dict[tuple[str, int], Missed]()
    source = rowset("want", place="bigint", stream="text", cursor="bigint")
    after = f"{'GREATEST' if connection.vendor == 'postgresql' else 'MAX'}(want.cursor, stream.oldest_seq - 1)"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT want.place, stream.last_seq, stream.oldest_seq, entry.seq, entry.notification_id"  # noqa: S608 -- no input in it
            f" FROM {source} JOIN {table(Stream)} AS stream ON stream.name = want.stream"
            f" LEFT JOIN {table(Entry)} AS entry"
            f" ON entry.stream_id = stream.id AND entry.seq > {after} AND entry.seq <= {after} + %s"
            f" WHERE {among('stream.name')} ORDER BY want.place, entry.seq",
            [
                pack([{"place": n, "stream": stream, "cursor": at} for n, (stream, at) in enumerate(wants)]),
                limit,
                listed({stream for stream, _ in wants}),
            ],
        )
        rows = cursor.fetchall()
    if connection.vendor == "sqlite":  # which knows no UUIDs
        rows = [(*rest, identity and uuid.UUID(identity)) for *rest, identity in rows]
    contents = CONTENTS.of({identity for *_, identity in rows if identity is not None})
    for place, last, oldest, seq, identity in rows:
        want = wants[place]
        if (missed := pages.get(want)) is None:
            upto = max(want[1], min(last, max(want[1], oldest - 1) + limit))
            missed = pages[want] = Missed([], upto, last, oldest)
        if (text := contents.get(identity)) is not None:
            missed.entries.append((seq, text))
    return {want: pages.get(want) or Missed([], want[1], 0, 1) for want in wants}


def last_seqs(names: list[str]) -> dict[str, tuple[int, int]]:
    """The end and the revision of each of these streams, in one query: what the sweep compares."""
    rows = Stream.objects.filter(name__in=names).values_list("name", "last_seq", "revision")
    return {name: (last, revision) for name, last, revision in rows}


def count(person: Person) -> Count:
    """The person's unread notifications, each counted once although it may stand in several streams."""
    return counts([person])[person]


def counts(people: Collection[Person], found: Places | None = None) -> dict[Person, Count]:
    """The same for many people at once, in as many queries. `found` is what they read, if that is known."""
    places = positions_of(people, found)
    numbers = count_unread([(person.recipient, mine) for person, mine in places.items()])
    return {person: Count(mine, number) for (person, mine), number in zip(places.items(), numbers, strict=True)}


def unread_of(recipients: Collection[str]) -> dict[str, int]:
    """How many notifications each of these people has not read, without counting as their visit; who was never here is left out."""
    places = list(all_positions_of(recipients).items())
    return {recipient: number for (recipient, _), number in zip(places, count_unread(places), strict=True)}


class View(StrEnum):
    """What of an inbox is listed. Archived notifications are in `archived` alone."""

    ALL = "all"
    UNREAD = "unread"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the inbox, newest first; `next` is the cursor of the page after it, or None at the end. `unread` is the number in the whole inbox."""

    items: list[dict[str, Any]]
    next: str | None
    unread: int


def look(recipient: str, *, before: str | None = None, limit: int = 50, view: View = View.ALL) -> Page:
    """Somebody's inbox as a backend sees it: all of it, and without counting as that person's visit."""
    own = own_position(recipient)
    places = all_positions(recipient) or ([own] if own else [])
    return _page(recipient, places, before, limit, view)


def page(person: Person, *, before: str | None = None, limit: int = 50, view: View = View.ALL) -> Page:
    """The person's inbox, in the order of ids, which is that of time. Each item is the notification with `read` and `archived`, true or false. Invalid when `before` is no cursor of ours."""
    return _page(person.recipient, positions(person), before, limit, view)


def _page(recipient: str, places: list[Position], before: str | None, limit: int, view: View) -> Page:
    unread, archived = unread_in(recipient, places), archived_of(recipient)
    listed = unread if view is View.UNREAD else entries_in(places)
    found = Notification.objects.filter(pk__in=listed.values("notification_id"))
    if view is View.ARCHIVED:
        found = found.filter(pk__in=archived.values("notification_id"))
    elif view is View.ALL:
        found = found.filter(~Exists(archived.filter(notification_id=OuterRef("pk"))))
    if before is not None:
        found = found.filter(pk__lt=_parse_cursor(before))
    rows = list(
        found.annotate(
            unread=Exists(unread.filter(notification_id=OuterRef("pk"))),
            archived=Exists(archived.filter(notification_id=OuterRef("pk"))),
        ).order_by("-pk")[: limit + 1]
    )
    items = [{**row.content(), "read": not row.unread, "archived": row.archived} for row in rows[:limit]]
    following = rows[limit - 1].pk.hex if len(rows) > limit else None
    return Page(items, following, count_unread([(recipient, places)])[0])


def entries_in(places: list[Position]) -> QuerySet[Entry]:
    """What the person can see in these streams, up to their heads as the positions have them."""
    wanted = _stretch(places)
    return Entry.objects.none() if wanted is None else Entry.objects.filter(wanted)


def unread_in(recipient: str, places: list[Position]) -> QuerySet[Entry]:
    """Those of them that are unread: not read yet, or marked as unread again."""
    known = Receipt.objects.filter(recipient=recipient, notification_id=OuterRef("notification_id"))
    fresh, again = _stretch(places, beyond_read=True), _stretch(places)
    if again is None:
        return Entry.objects.none()
    wanted = again & Q(Exists(known.filter(unread_at__isnull=False)))
    if fresh is not None:
        wanted |= fresh & Q(~Exists(known.filter(read_at__isnull=False)))
    return Entry.objects.filter(wanted)


def archived_of(recipient: str) -> QuerySet[Receipt]:
    return Receipt.objects.filter(recipient=recipient, archived_at__isnull=False)


def _stretch(places: list[Position], *, beyond_read: bool = False) -> Q | None:
    """Where entries of these streams lie; None when there are none."""
    wanted = Q()
    for position in places:
        after = max(position.from_seq, position.oldest - 1, position.read if beyond_read else 0)
        if position.head > after:
            wanted |= Q(stream_id=position.stream_id, seq__gt=after, seq__lte=position.head)
    return wanted or None


def _parse_cursor(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(hex=text)
    except ValueError:
        raise Invalid.field("cursor", "is not a cursor that this inbox gave out; begin without one") from None
