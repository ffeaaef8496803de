"""From where each stream of a new connection goes on."""

from collections.abc import Mapping
from dataclasses import dataclass

from notifier import inbox
from notifier.access import Person
from notifier.following import topic_position
from notifier.inbox import Count
from notifier.models import Installation
from notifier.revocation import check_token


@dataclass(frozen=True, slots=True)
class Opening:
    """What a connection begins with. Each stream goes on after its cursor; `resets` names those whose own cursor could not be honoured."""

    epoch: str
    cursors: dict[str, int]
    heads: dict[str, int]
    resets: dict[str, int]
    unread: int
    revision: int


def open_inbox(person: Person, resume: Mapping[str, int], epoch: str | None) -> Opening:
    """For a connection that carries everything that the person reads. Unauthenticated when the token was revoked."""
    check_token(person)
    return _opening(inbox.count(person), resume, epoch)


def open_topic(person: Person, topic: str, resume: Mapping[str, int], epoch: str | None) -> Opening:
    """For a connection that is bound to one topic. It begins at the topic's end unless it brings a cursor."""
    check_token(person)
    return _opening(Count([topic_position(topic)], unread=0), resume, epoch)


def _opening(count: Count, resume: Mapping[str, int], epoch: str | None) -> Opening:
    current = Installation.objects.values_list("epoch", flat=True).get()
    cursors, resets = {}, {}
    for position in count.positions:
        asked = resume.get(position.stream)
        if asked is None:
            cursors[position.stream] = max(position.delivered, position.oldest - 1)
        elif epoch == current and position.oldest - 1 <= asked <= position.head:
            cursors[position.stream] = max(asked, position.from_seq)
        else:
            cursors[position.stream] = max(position.from_seq, position.oldest - 1)
            resets[position.stream] = position.oldest
    return Opening(
        epoch=current,
        cursors=cursors,
        heads=count.heads,
        resets=resets,
        unread=count.unread,
        revision=max((position.revision for position in count.positions), default=0),
    )
