"""What a person does with notifications: reads them, marks them as unread again, archives them. Told to all of the person's connections."""

import time
import uuid
from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from notifier import ids
from notifier.access import Person
from notifier.changes import Change
from notifier.following import all_positions, positions, touch
from notifier.inbox import archived_of, entries_in, unread_in
from notifier.models import Entry, Receipt, Subscription
from notifier.receipts import InboxState, Sight, write_inbox_state, write_sights

# Of what is marked as read all at once, so many get a receipt with the time: it is one transaction of a person who waits.
_TIMED_AT_ONCE = 500

P = ParamSpec("P")


def _despite_pruning(mark: Callable[P, Change]) -> Callable[P, Change]:
    """Once more, if one was pruned between being found and its receipt: then it is not found."""

    @wraps(mark)
    def again(*args: P.args, **kwargs: P.kwargs) -> Change:
        try:
            return mark(*args, **kwargs)
        except IntegrityError:
            return mark(*args, **kwargs)

    return again


@_despite_pruning
def mark_read(person: Person, notification_ids: list[str]) -> Change:
    """Mark these as read; ids that are not in the person's inbox are ignored."""
    places = positions(person)
    with transaction.atomic():
        found = _among(unread_in(person.recipient, places), notification_ids)
        return _note(person.recipient, InboxState.READ, found, Change(read=_shown(found)))


@_despite_pruning
def mark_unread(person: Person, notification_ids: list[str]) -> Change:
    """Mark these as unread again; ids that are not in the person's inbox, or in its archive, are ignored."""
    places = positions(person)
    with transaction.atomic():
        found = _among(entries_in(places), notification_ids)
        found -= _among(unread_in(person.recipient, places), notification_ids)
        found -= _among(archived_of(person.recipient), notification_ids)
        return _note(person.recipient, InboxState.UNREAD, found, Change(unmarked=_shown(found)))


@_despite_pruning
def archive(person: Person, notification_ids: list[str]) -> Change:
    """Put these into the archive, and mark those as read that are not; ids that are not in the person's inbox are ignored."""
    places = positions(person)
    with transaction.atomic():
        found = _among(entries_in(places), notification_ids) - _among(archived_of(person.recipient), notification_ids)
        newly_read = found & _among(unread_in(person.recipient, places), notification_ids)
        change = Change(read=_shown(newly_read), archived=_shown(found))
        return _note(person.recipient, InboxState.ARCHIVED, found, change)


@_despite_pruning
def unarchive(person: Person, notification_ids: list[str]) -> Change:
    """Take these out of the archive; they stay read. Ids that are not in it are ignored."""
    places = positions(person)
    with transaction.atomic():
        found = _among(entries_in(places), notification_ids) & _among(archived_of(person.recipient), notification_ids)
        return _note(person.recipient, InboxState.UNARCHIVED, found, Change(unarchived=_shown(found)))


@_despite_pruning
def mark_all_read(person: Person) -> Change:
    """Mark everything that is in the inbox now as read."""
    recipient, places = person.recipient, positions(person)
    hidden = [place for place in all_positions(recipient) if place not in places]
    with transaction.atomic():
        unread = unread_in(recipient, places)
        if hidden:
            # What also stands in a topic that this credential does not grant has to be read there too.
            there = Exists(entries_in(hidden).filter(notification_id=OuterRef("notification_id")))
            write_inbox_state(recipient, InboxState.READ, _names(unread.filter(there)))
        # What was marked as unread again is so wherever the positions below stand.
        again = Receipt.objects.filter(recipient=recipient, unread_at__isnull=False)
        seen_here = Exists(entries_in(places).filter(notification_id=OuterRef("notification_id")))
        write_inbox_state(recipient, InboxState.READ, _names(again.filter(seen_here)))
        if settings.ENVIRONMENT.receipts != "none":
            # That they are read the positions below tell; when, only a receipt does.
            newest = unread.order_by("-notification_id")[:_TIMED_AT_ONCE]
            write_inbox_state(recipient, InboxState.READ, _names(newest))
        for position in places:
            if position.head > position.read:
                Subscription.objects.filter(recipient=recipient, stream_id=position.stream_id).update(
                    read_seq=position.head
                )
        return touch(recipient, Change(all_read=True))


def mark_seen(person: Person, notification_ids: list[str]) -> int:
    """Note that the person has seen these. Returns how many of them were not noted as seen; ids that are not in the person's inbox are ignored."""
    kept = settings.ENVIRONMENT.receipts
    if kept == "none":
        return 0
    positions(person)  # at the first visit the own stream is begun
    now = time.time()
    sights = [Sight(person.recipient, notification, now) for notification in notification_ids]
    return write_sights(sights, named_only=kept == "people")


def _among(rows: QuerySet[Entry] | QuerySet[Receipt], notification_ids: list[str]) -> set[uuid.UUID]:
    """Which of these notifications the rows are about."""
    wanted = [ids.parse_notification_id(text) for text in notification_ids]
    return _names(rows.filter(notification_id__in=wanted))


def _names(rows: QuerySet[Entry] | QuerySet[Receipt]) -> set[uuid.UUID]:
    return set(rows.values_list("notification_id", flat=True))


def _shown(notifications: Iterable[uuid.UUID]) -> tuple[str, ...]:
    return tuple(ids.show_notification_id(pk) for pk in sorted(notifications))


def _note(recipient: str, state: InboxState, notifications: set[uuid.UUID], change: Change) -> Change:
    write_inbox_state(recipient, state, notifications)
    return touch(recipient, change) if notifications else change
