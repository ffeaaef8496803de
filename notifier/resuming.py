"""From where each stream of a new connection goes on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from notifier import wire
from notifier.access import Person
from notifier.errors import Forbidden, Unauthenticated
from notifier.following import topic_positions
from notifier.inbox import Count, counts
from notifier.standing import standing_of


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """One connection that wants to begin: with everything that its person reads, or bound to one `topic`.

    `resume` and `epoch` are what its client remembers; without a cursor a topic begins at its end.
    """

    person: Person
    topic: str | None = None
    resume: Mapping[str, int] = field(default_factory=dict)
    epoch: str | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """What a connection begins with. Each stream goes on after its cursor; `resets` names those whose own cursor could not be honoured.

    `handled` are stretches, after one seq and up to another, that the client has handled by its own cursor and never acknowledged.
    """

    epoch: str
    cursors: dict[str, int]
    heads: dict[str, int]
    resets: dict[str, int]
    unread: int
    revision: int
    handled: dict[str, tuple[int, int]] = field(default_factory=dict)


def open_all(requests: Collection[Request]) -> dict[Request, Opening | Exception]:
    """The openings of many connections, in as many queries as of one. Unauthenticated for those whose token was revoked, Forbidden for who is blocked."""
    standing = standing_of({request.person.recipient for request in requests})
    answers: dict[Request, Opening | Exception] = {}
    admitted = []
    for request in requests:
        if request.person.recipient in standing.blocked:
            answers[request] = Forbidden("This person is blocked.", code="blocked")
        elif standing.is_revoked(request.person):
            answers[request] = Unauthenticated(
                "This connection token was revoked; get a new one.", code="revoked_token"
            )
        else:
            admitted.append(request)
    of_people = counts({request.person for request in admitted if request.topic is None})
    of_topics = topic_positions({request.topic for request in admitted if request.topic is not None})
    for request in admitted:
        count = of_people[request.person] if request.topic is None else Count([of_topics[request.topic]], unread=0)
        answers[request] = _opening(count, request, standing.epoch)
    return answers


def _opening(count: Count, request: Request, current: str) -> Opening:
    cursors, resets, handled = {}, {}, {}
    for position in count.positions:
        asked = request.resume.get(position.stream)
        if asked is None:
            cursors[position.stream] = max(position.delivered, position.oldest - 1)
        elif request.epoch == current and position.oldest - 1 <= asked <= position.head:
            cursors[position.stream] = max(asked, position.from_seq)
            if asked > position.delivered:
                # No more than that was on its way when the connection broke.
                handled[position.stream] = (max(position.delivered, asked - wire.MAX_UNACKNOWLEDGED), asked)
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
        handled=handled,
    )
