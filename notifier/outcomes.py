"""What became of a notification: how many it reached, and whom.

A later step implies the earlier ones: who has read it has seen it, and to who has seen it it was delivered. That is
computed here and not stored, so a step may have no time. Of what was marked as read all at once, and of what was
acknowledged while no receipts were kept, a person's subscription knows, without a time.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import F, UUIDField

from notifier import names
from notifier.models import Entry, Receipt, Stream, Subscription
from notifier.rowsets import table


class State(StrEnum):
    """How far a notification has come with one person."""

    ADDRESSED = "addressed"
    SENT = "sent"
    DELIVERED = "delivered"
    SEEN = "seen"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people a notification was delivered to, was seen and was read by."""

    delivered: int
    seen: int
    read: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a notification for one recipient. A step that is reached may have no time."""

    recipient: str
    state: State
    sent: datetime | None
    delivered: datetime | None
    seen: datetime | None
    read: datetime | None


# Who has it, by their subscriptions and by their receipts: one row for each, with 0 or 1 for each step.
_STEPS = """
SELECT subscription.recipient AS recipient,
    CASE WHEN subscription.delivered_seq >= entry.seq THEN 1 ELSE 0 END AS delivered,
    0 AS seen,
    CASE WHEN subscription.read_seq >= entry.seq THEN 1 ELSE 0 END AS has_read
FROM {entry} AS entry JOIN {subscription} AS subscription ON subscription.stream_id = entry.stream_id
WHERE entry.notification_id = %s AND entry.seq > subscription.from_seq
UNION ALL
SELECT recipient,
    CASE WHEN delivered_at IS NULL THEN 0 ELSE 1 END,
    CASE WHEN seen_at IS NULL THEN 0 ELSE 1 END,
    CASE WHEN read_at IS NULL THEN 0 ELSE 1 END
FROM {receipt} WHERE notification_id = %s
"""
_COUNT = """
SELECT COALESCE(SUM(CASE WHEN delivered + seen + has_read > 0 THEN 1 ELSE 0 END), 0),
    COALESCE(SUM(CASE WHEN seen + has_read > 0 THEN 1 ELSE 0 END), 0),
    COALESCE(SUM(has_read), 0)
FROM (SELECT recipient, MAX(delivered) AS delivered, MAX(seen) AS seen, MAX(has_read) AS has_read
    FROM ({steps}) AS step GROUP BY recipient) AS person
"""

# Everybody to whom it was addressed, and who has a receipt of it for another reason. Each part ends by itself, so that a
# page costs as much as it shows. The database compares all names itself, as its collation has it.
_PEOPLE = """
SELECT recipient FROM (
SELECT * FROM (SELECT SUBSTR(stream.name, {own}) AS recipient
    FROM {entry} AS entry JOIN {stream} AS stream ON stream.id = entry.stream_id
    WHERE entry.notification_id = %s AND stream.name LIKE %s AND SUBSTR(stream.name, {own}) > %s
    ORDER BY SUBSTR(stream.name, {own}) LIMIT %s) AS named
UNION SELECT * FROM (SELECT subscription.recipient
    FROM {subscription} AS subscription
    JOIN {entry} AS entry ON entry.stream_id = subscription.stream_id AND entry.seq > subscription.from_seq
    WHERE entry.notification_id = %s AND subscription.recipient > %s
    ORDER BY subscription.recipient LIMIT %s) AS following
UNION SELECT * FROM (SELECT recipient FROM {receipt} WHERE notification_id = %s AND recipient > %s
    ORDER BY recipient LIMIT %s) AS known
) AS everybody ORDER BY recipient LIMIT %s
"""


def counts(notification: uuid.UUID) -> Counts:
    """How many people have it by now."""
    identity = _stored(notification)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(steps=_STEPS).format(**_tables()), [identity, identity])
        delivered, seen, read = cursor.fetchone()
    return Counts(int(delivered), int(seen), int(read))


def outcomes(notification: uuid.UUID, *, after: str = "", limit: int = 100) -> tuple[list[Outcome], str | None]:
    """What became of it for each recipient, in the order of recipients, beginning after one of them.

    Returns at most `limit`, and the recipient after whom the next page begins, or None at the end.
    """
    identity, most = _stored(notification), limit + 1
    own = names.user_stream("")
    with connection.cursor() as cursor:
        cursor.execute(
            _PEOPLE.format(own=len(own) + 1, **_tables()),
            [identity, own + "%", after, most, identity, after, most, identity, after, most, most],
        )
        people = [recipient for (recipient,) in cursor.fetchall()]
    page = people[:limit]
    found = {(outcome.recipient, pk): outcome for pk, outcome in _of(page, [notification])}
    return [found[recipient, notification] for recipient in page], page[-1] if len(people) > limit else None


def outcomes_for(recipient: str, notifications: Collection[uuid.UUID]) -> dict[uuid.UUID, Outcome]:
    """What became of each of these for one recipient."""
    return dict(_of([recipient], notifications))


def _of(people: Collection[str], notifications: Collection[uuid.UUID]) -> Iterable[tuple[uuid.UUID, Outcome]]:
    receipts = {
        (receipt.recipient, receipt.notification_id): receipt
        for receipt in Receipt.objects.filter(recipient__in=people, notification_id__in=notifications)
    }
    acknowledged, passed = _by_subscription(people, notifications)
    for recipient in people:
        for notification in notifications:
            key = recipient, notification
            receipt = receipts.get(key) or Receipt(recipient=recipient, notification_id=notification)
            yield notification, _outcome(receipt, acknowledged=key in acknowledged, passed=key in passed)


def _by_subscription(
    people: Collection[str], notifications: Collection[uuid.UUID]
) -> tuple[set[tuple[str, uuid.UUID]], set[tuple[str, uuid.UUID]]]:
    """Which of these people acknowledged which of these, and marked them as read, as far as their subscriptions tell."""
    mine = defaultdict[int, list[Subscription]](list)
    for subscription in Subscription.objects.filter(
        recipient__in=people, stream__entries__notification_id__in=notifications
    ).distinct():
        mine[subscription.stream_id].append(subscription)
    acknowledged, passed = set(), set()
    entries = Entry.objects.filter(notification_id__in=notifications, stream_id__in=mine)
    for stream, seq, notification in entries.values_list("stream_id", "seq", F("notification_id")):
        for subscription in mine[stream]:
            if subscription.from_seq < seq <= subscription.delivered_seq:
                acknowledged.add((subscription.recipient, notification))
            if subscription.from_seq < seq <= subscription.read_seq:
                passed.add((subscription.recipient, notification))
    return acknowledged, passed


def _outcome(receipt: Receipt, *, acknowledged: bool, passed: bool) -> Outcome:
    steps = {
        State.READ: receipt.read_at is not None or passed,
        State.SEEN: receipt.seen_at is not None,
        State.DELIVERED: receipt.delivered_at is not None or acknowledged,
        State.SENT: receipt.sent_at is not None,
    }
    state = next((step for step, reached in steps.items() if reached), State.ADDRESSED)
    return Outcome(receipt.recipient, state, receipt.sent_at, receipt.delivered_at, receipt.seen_at, receipt.read_at)


def _tables() -> dict[str, str]:
    models = {"entry": Entry, "stream": Stream, "subscription": Subscription, "receipt": Receipt}
    return {name: table(model) for name, model in models.items()}


def _stored(notification: uuid.UUID) -> Any:
    return UUIDField().get_db_prep_value(notification, connection)
