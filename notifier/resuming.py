"""From where each stream of a new connection goes on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db import connection
from django.utils import timezone

from notifier import names, wire
from notifier.access import Person
from notifier.errors import Forbidden, Unauthenticated
from notifier.following import topic_positions
from notifier.inbox import Count, counts
from notifier.models import Block, Installation, Revocation
from notifier.rowsets import among, listed, microseconds, table


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """One connection that wants to begin: with everything that its person reads, or bound to one `topic`.

    `resume` and `epoch` are what its client remembers; without a cursor a topic begins at its end.
    """

    person: Person
    topic: str | None = None
    resume: Mapping[str, int] = field(default_factory=dict)
    epoch: str | None = None

    @property
    def streams(self) -> list[str]:
        """Those that are known before the database was asked."""
        if self.topic is not None:
            return [names.topic_stream(self.topic)]
        return [names.user_stream(self.person.recipient), names.EVERYONE]


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
    epoch, revoked_before, blocked = _look_up({request.person.recipient for request in requests})
    revoked = {
        request.person
        for request in requests
        if request.person.issued < revoked_before.get(request.person.recipient, -1)
    }
    admitted = [
        request for request in requests if request.person not in revoked and request.person.recipient not in blocked
    ]
    of_people = counts({request.person for request in admitted if request.topic is None})
    of_topics = topic_positions({request.topic for request in admitted if request.topic is not None})
    answers: dict[Request, Opening | Exception] = {}
    for request in requests:
        if request.person.recipient in blocked:
            answers[request] = Forbidden("This person is blocked.", code="blocked")
        elif request.person in revoked:
            answers[request] = Unauthenticated(
                "This connection token was revoked; get a new one.", code="revoked_token"
            )
    for request in admitted:
        count = of_people[request.person] if request.topic is None else Count([of_topics[request.topic]], unread=0)
        answers[request] = _opening(count, request, epoch)
    return answers


def _look_up(recipients: Collection[str]) -> tuple[str, dict[str, float], set[str]]:
    """The epoch; of these people since when their tokens are good, in Unix seconds, where others are void; and who is blocked.

    In one statement: `revocation` and `blocking` have the same for one person.
    """
    in_force = "(until IS NULL OR until > %s)"
    query = (
        f"SELECT 'revoked', recipient, {microseconds('before')} FROM {table(Revocation)} WHERE {among('recipient')}"  # noqa: S608
        f" UNION ALL SELECT 'blocked', recipient, 0 FROM {table(Block)} WHERE {among('recipient')} AND {in_force}"
        f" UNION ALL SELECT 'epoch', epoch, 0 FROM {table(Installation)}"
    )
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    epoch, revoked, blocked = "", dict[str, float](), set[str]()
    with connection.cursor() as cursor:
        cursor.execute(query, [listed(recipients), listed(recipients), now])
        for kind, name, before in cursor.fetchall():
            match kind:
                case "revoked":
                    revoked[name] = before / 1_000_000
                case "blocked":
                    blocked.add(name)
                case _:
                    epoch = name
    return epoch, revoked, blocked


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
