"""Which streams a person reads: the own one and `everyone` from the first visit, and the topics that are followed."""

import time
from collections.abc import Collection
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import F

from notifier import bus, names, wire
from notifier.access import Person
from notifier.changes import Change
from notifier.errors import Forbidden, Invalid
from notifier.models import Stream, Subscription
from notifier.rowsets import TIME, among, listed, moment, pack, rowset, table
from notifier.sequences import ensure_streams


class Position(NamedTuple):
    """Where a person stands in one stream; see `models.Stream` and `models.Subscription` for the numbers."""

    stream_id: int
    stream: str
    head: int
    oldest: int
    from_seq: int
    delivered: int
    read: int
    revision: int


Places = dict[str, list[Position]]
"""By recipient, where the person stands in each stream."""


def positions(person: Person) -> list[Position]:
    """All streams that the person reads and may read. At the first visit the own stream and `everyone` are begun."""
    return positions_of([person])[person]


def positions_of(people: Collection[Person], found: Places | None = None) -> dict[Person, list[Position]]:
    """The same for many people at once, in one query, or in a few where some of them are new. `found` is what they read, if that is known."""
    recipients = {person.recipient for person in people}
    found = _read_by(recipients) if found is None else found
    new = {recipient for recipient in recipients if not _has_begun(recipient, found.get(recipient, []))}
    if new:
        _begin(new, found)
    # At this moment by another process, or long ago by halves.
    if others := {recipient for recipient in new if not _has_begun(recipient, found.get(recipient, []))}:
        found |= _read_by(others)
    return {
        person: [
            position
            for position in found.get(person.recipient, [])
            if (topic := names.topic_of(position.stream)) is None or person.may_follow(topic)
        ]
        for person in people
    }


def _has_begun(recipient: str, places: list[Position]) -> bool:
    return {names.user_stream(recipient), names.EVERYONE} <= {place.stream for place in places}


def all_positions(recipient: str) -> list[Position]:
    """Every stream that the person reads, whatever a credential grants. Empty before the first visit."""
    return _read_by([recipient]).get(recipient, [])


def all_positions_of(recipients: Collection[str]) -> dict[str, list[Position]]:
    """The same for many people at once, in one query; who was never here is left out. At most 5,000 at a time."""
    return _read_by(recipients) if recipients else {}


def _read_by(recipients: Collection[str]) -> Places:
    found: Places = {}
    with connection.cursor() as cursor:
        cursor.execute(places_query(), [listed(recipients)])
        for recipient, *place in cursor.fetchall():
            found.setdefault(recipient, []).append(Position(*place))
    return found


def places_query() -> str:
    """Asks for recipients, each with what a `Position` is made of; the parameter is those who are `listed`."""
    # Not by the ORM, which takes 0.4 ms of the 1.4 that a connection takes to open, and whose objects are not needed.
    return (
        "SELECT mine.recipient, stream.id, stream.name, stream.last_seq, stream.oldest_seq,"  # noqa: S608 -- no input in it
        " mine.from_seq, mine.delivered_seq, mine.read_seq, stream.revision"
        f" FROM {table(Subscription)} AS mine JOIN {table(Stream)} AS stream ON stream.id = mine.stream_id"
        f" WHERE {among('mine.recipient')}"
    )


def own_position(recipient: str) -> Position | None:
    """The person's own stream, as it lies before the first visit; None when nothing was ever sent to them."""
    stream = Stream.objects.filter(name=names.user_stream(recipient)).first()
    if stream is None:
        return None
    return Position(stream.pk, stream.name, stream.last_seq, stream.oldest_seq, 0, 0, 0, stream.revision)


def topic_positions(topics: Collection[str]) -> dict[str, Position]:
    """Where sockets that are bound to one topic begin: at its end, for nothing is remembered of such a socket."""
    # Not made if it does not exist yet: opening a socket writes nothing.
    streams = {topic: Stream(pk=0, name=names.topic_stream(topic)) for topic in topics}
    wanted = [stream.name for stream in streams.values()]
    for stream in Stream.objects.filter(name__in=wanted) if wanted else ():
        streams[names.topic_of(stream.name) or ""] = stream
    return {
        topic: Position(stream.pk, stream.name, stream.last_seq, stream.oldest_seq, 0, stream.last_seq, 0, 0)
        for topic, stream in streams.items()
    }


def follow(person: Person, topic: str) -> Change:
    """Read a topic from now on, on every device. Returns this change, without a revision if it was followed already.

    Forbidden without the right, Invalid with too many topics.
    """
    if not person.may_follow(topic):
        raise Forbidden("You may not follow this topic.", code="topic_forbidden")
    name = names.topic_stream(topic)
    ensure_streams([name])
    with transaction.atomic():
        stream = Stream.objects.select_for_update().get(name=name)
        mine = Subscription.objects.filter(recipient=person.recipient)
        if mine.filter(stream=stream).exists():
            return Change()
        if mine.count() >= wire.MAX_TOPICS + 2:
            raise Invalid.field("topic", f"You follow {wire.MAX_TOPICS} topics already.", code="too_many_topics")
        _subscribe([(person.recipient, stream)])
        return touch(person.recipient)


def unfollow(person: Person, topic: str) -> Change:
    """Stop reading a topic. Returns this change, without a revision if it was not followed."""
    with transaction.atomic():
        gone, _ = Subscription.objects.filter(
            recipient=person.recipient, stream__name=names.topic_stream(topic)
        ).delete()
        return touch(person.recipient) if gone else Change()


def touch(recipient: str, change: Change = Change()) -> Change:  # noqa: B008 -- it is frozen
    """Count a change of what the person marked or follows, and tell the person's connections after the commit. Returns it with its revision."""
    name = names.user_stream(recipient)
    ensure_streams([name])
    Stream.objects.filter(name=name).update(revision=F("revision") + 1)
    revision = Stream.objects.values_list("revision", flat=True).get(name=name)
    counted = replace(change, revision=revision)
    transaction.on_commit(partial(bus.tell_person, name, counted), robust=True)
    return counted


def _begin(recipients: Collection[str], found: Places) -> None:
    """Each begins to read the own stream from its start, and `everyone` from where it is now. What is begun by this is added to `found`."""
    stream, subscription = table(Stream), table(Subscription)

    def of_stream(column: str) -> str:
        return f"(SELECT stream.{column} FROM {stream} AS stream WHERE stream.id = stream_id)"  # noqa: S608 -- no input in it

    begun = rowset("begun", recipient="text", stream="text", at=TIME)
    now = moment(time.time())
    rows = [
        {"recipient": recipient, "stream": name, "at": now}
        for recipient in sorted(recipients)
        for name in (names.user_stream(recipient), names.EVERYONE)
    ]
    make_streams = (
        f"INSERT INTO {stream} (name, last_seq, oldest_seq, revision)"  # noqa: S608 -- no input in it
        f" SELECT DISTINCT begun.stream, 0, 1, 0 FROM {begun} WHERE TRUE ORDER BY begun.stream ON CONFLICT (name) DO NOTHING"
    )
    seq = "CASE WHEN stream.name = %s THEN stream.last_seq ELSE 0 END"
    subscribe = (
        f"INSERT INTO {subscription} (recipient, stream_id, from_seq, delivered_seq, read_seq, created_at)"  # noqa: S608
        f" SELECT begun.recipient, stream.id, {seq}, {seq}, 0, begun.at"
        f" FROM {begun} JOIN {stream} AS stream ON stream.name = begun.stream"
        " WHERE TRUE ORDER BY begun.recipient, stream.id ON CONFLICT (recipient, stream_id) DO NOTHING"
        f" RETURNING recipient, stream_id, {of_stream('name')}, {of_stream('last_seq')}, {of_stream('oldest_seq')},"
        f" from_seq, delivered_seq, read_seq, {of_stream('revision')}"
    )
    with connection.cursor() as cursor:
        cursor.execute(make_streams, [pack(rows)])
        cursor.execute(subscribe, [names.EVERYONE, names.EVERYONE, pack(rows)])
        for recipient, *place in cursor.fetchall():
            found.setdefault(recipient, []).append(Position(*place))


def _subscribe(wanted: list[tuple[str, Stream]]) -> None:
    """The own stream is read from its beginning; the others from where they are now, so that nobody starts with thousands unread."""
    Subscription.objects.bulk_create(
        [
            Subscription(recipient=recipient, stream=stream, from_seq=begin, delivered_seq=begin)
            for recipient, stream in wanted
            for begin in [0 if stream.name == names.user_stream(recipient) else stream.last_seq]
        ],
        ignore_conflicts=True,
    )
