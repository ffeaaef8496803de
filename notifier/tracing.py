"""What became of a person's notifications, step by step, and why one of them did not arrive.

`why` asks in this order, and the first that holds is the answer:

1. Is there such a notification? `unknown_notification`; `beyond_retention` when its id is older than what is kept.
2. Did it arrive after all? `delivered`, with the times that are known.
3. Was it addressed to the person? `not_addressed`; `topic_not_followed`, and `followed_later`, when it went to topics or to
   everyone; `beyond_retention` when its entries are gone.
4. Was the person ever here? `never_connected`.
5. May the person have it? `blocked`; `not_granted` when the last credential does not grant the topic.
6. Was it sent? `sent_not_acknowledged`.
7. Is the person here? `offline_since`.
8. What holds it up? `on_its_way` within a few seconds, `behind` when what was sent before it is not acknowledged, else `not_sent`.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import F, Min

from notifier import ids, retention
from notifier.explaining import Answer, Case, Reason, show_retention, show_time
from notifier.following import all_positions, own_position
from notifier.inbox import entries_in
from notifier.models import Notification
from notifier.outcomes import Outcome, outcomes_for

# No notification can be from before; an id that says so was made up.
_FIRST = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Traced:
    """One notification of a person, where it stands in the streams that the person reads, and its steps with their times."""

    notification: dict[str, Any]
    places: list[tuple[str, int]]
    published: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page, newest first; `next` is the `before` of the page after it, or None at the end."""

    items: list[Traced]
    next: uuid.UUID | None


def timeline(recipient: str, *, limit: int = 50, before: uuid.UUID | None = None) -> Timeline:
    """The person's notifications, whatever a credential grants, each with what became of it."""
    own = own_position(recipient)
    entries = entries_in(all_positions(recipient) or ([own] if own else []))
    found = Notification.objects.filter(pk__in=entries.values("notification_id"))
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: limit + 1])
    page = {row.pk: row for row in rows[:limit]}
    outcomes = outcomes_for(recipient, list(page))
    places: dict[uuid.UUID, list[tuple[str, int]]] = {pk: [] for pk in page}
    here = entries.filter(notification_id__in=page).order_by("stream__name", "seq")
    for pk, stream, seq in here.values_list(F("notification_id"), "stream__name", "seq"):
        places[pk].append((stream, seq))
    items = [Traced(row.content(), places[pk], row.created_at, outcomes[pk]) for pk, row in page.items()]
    return Timeline(items, rows[limit - 1].pk if len(rows) > limit else None)


def why(recipient: str, notification_id: str, *, online: bool | None = None) -> Answer:
    """Why the person did not get this notification, or that and when it arrived.

    `online` says whether the person is connected, if this process cannot know.
    """
    notification = _find(notification_id)
    if notification is None:
        return _missing(notification_id)
    return Case(recipient, notification, online=online).answer()


def _find(notification_id: str) -> Notification | None:
    try:
        return Notification.objects.filter(pk=ids.parse_notification_id(notification_id)).first()
    except ValueError:
        return None


def _missing(notification_id: str) -> Answer:
    try:
        published = ids.moment_of(ids.parse_notification_id(notification_id))
    except ValueError:
        return Answer(
            Reason.UNKNOWN_NOTIFICATION, "This is not the id of a notification: it is ntf_ and 32 hexadecimal digits."
        )
    oldest = Notification.objects.aggregate(oldest=Min("created_at"))["oldest"]
    if published is not None and _FIRST < published < max(retention.horizon(), oldest or _FIRST):
        return Answer(
            Reason.BEYOND_RETENTION,
            f"By its id it was sent at {show_time(published)}, and what is so old is no longer kept ({show_retention()}).",
            published=published,
        )
    return Answer(Reason.UNKNOWN_NOTIFICATION, "No notification has this id. Was it copied as a whole?")
