"""Why a notification did not arrive, that exists: the answer and its words. `notifier.tracing` tells the order of the questions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from notifier import names, presence, wire
from notifier.blocking import in_force
from notifier.models import Entry, Notification, Receipt, Subscription, Visitor
from notifier.names import grants
from notifier.outcomes import State, outcomes_for

# Longer than the sweep of a server whose layer is well needs to find what was lost on its way.
_MOMENT = timedelta(seconds=5)
_NAMED = 5


class Reason(StrEnum):
    """Why a notification did not arrive, or that it did."""

    UNKNOWN_NOTIFICATION = "unknown_notification"
    BEYOND_RETENTION = "beyond_retention"
    DELIVERED = "delivered"
    NOT_ADDRESSED = "not_addressed"
    TOPIC_NOT_FOLLOWED = "topic_not_followed"
    FOLLOWED_LATER = "followed_later"
    NEVER_CONNECTED = "never_connected"
    BLOCKED = "blocked"
    NOT_GRANTED = "not_granted"
    SENT_NOT_ACKNOWLEDGED = "sent_not_acknowledged"
    OFFLINE_SINCE = "offline_since"
    ON_ITS_WAY = "on_its_way"
    BEHIND = "behind"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class Answer:
    """A stable code, the same in words, and the times that belong to it: each may be None.

    `since` is when what holds it up began; `last_ack` the person's last acknowledgement of anything.
    """

    code: Reason
    detail: str
    state: State | None = None
    published: datetime | None = None
    sent: datetime | None = None
    delivered: datetime | None = None
    seen: datetime | None = None
    read: datetime | None = None
    since: datetime | None = None
    last_ack: datetime | None = None


class Case:
    """One person and one notification: what was looked up about them, and the answer."""

    def __init__(self, recipient: str, notification: Notification, *, online: bool | None) -> None:
        self.recipient, self.notification = recipient, notification
        self.block = in_force().filter(recipient=recipient).first()
        self.now = timezone.now()
        self.outcome = outcomes_for(recipient, [notification.pk])[notification.pk]
        self.visitor = Visitor.objects.filter(recipient=recipient).first()
        count = presence.count_online([recipient]) if online is None else int(online)
        self.online = count is not None and count > 0
        self.presence_known = count is not None
        acks = Receipt.objects.filter(recipient=recipient).aggregate(last=Max("delivered_at"))
        self.last_ack: datetime | None = acks["last"]
        self.own, self.followed, self.missed = self._places()

    def _places(self) -> tuple[bool, list[str], dict[str, bool]]:
        """Whether it stands in the own stream; in which others that the person read by then; and in which it came too early,
        with whether the person reads that one by now.
        """
        entries = Entry.objects.filter(notification=self.notification)
        shared = entries.exclude(stream__name__startswith=names.user_stream(""))
        subscriptions = Subscription.objects.filter(recipient=self.recipient, stream__in=shared.values("stream_id"))
        begins = dict(subscriptions.values_list("stream__name", "from_seq"))
        followed, missed = list[str](), dict[str, bool]()
        for stream, seq in shared.values_list("stream__name", "seq"):
            if stream in begins and begins[stream] < seq:
                followed.append(stream)
            else:
                missed[stream] = stream in begins
        return entries.filter(stream__name=names.user_stream(self.recipient)).exists(), followed, missed

    def answer(self) -> Answer:
        for ask in (self._arrived, self._not_theirs, self._never_here, self._refused, self._sent, self._offline):
            if (answer := ask()) is not None:
                return answer
        return self._held_up()

    def _arrived(self) -> Answer | None:
        if self.outcome.state in {State.ADDRESSED, State.SENT}:
            return None
        steps = {"delivered": self.outcome.delivered, "seen": self.outcome.seen, "read": self.outcome.read}
        known = [f"{step} at {show_time(moment)}" for step, moment in steps.items() if moment is not None]
        told = ", ".join(known) if known else "no receipt tells when"
        return self._say(Reason.DELIVERED, f"It did arrive ({self.outcome.state}): {told}.")

    def _never_here(self) -> Answer | None:
        if self.visitor is not None or self.online or self.outcome.state is not State.ADDRESSED:
            return None
        return self._say(
            Reason.NEVER_CONNECTED,
            f"{self.recipient} never connected to this service. It is kept, and comes at the first visit"
            f" ({show_retention()}). Is this the id under which the browser connects?",
        )

    def _refused(self) -> Answer | None:
        if self.block is not None:
            end = f"until {show_time(self.block.until)}" if self.block.until else "until the block is lifted"
            return self._say(
                Reason.BLOCKED,
                f"{self.recipient} is blocked {end}. It is kept, and comes when they connect after that.",
                since=self.block.created_at,
            )
        if (topic := self._ungranted()) is not None:
            return self._say(
                Reason.NOT_GRANTED,
                f"{self.recipient} follows the topic {topic}, but the credential of the latest connection does not grant it."
                " It comes when they connect with one that does.",
            )
        return None

    def _not_theirs(self) -> Answer | None:
        if self.own or self.followed:
            return None
        if not Entry.objects.filter(notification=self.notification).exists():
            return self._say(
                Reason.BEYOND_RETENTION,
                f"It was pruned from every stream, since it is older than what is kept ({show_retention()}), and there is no receipt of {self.recipient}.",
            )
        topics = [topic for stream in self.missed if (topic := names.topic_of(stream)) is not None]
        later = [stream for stream, reads_now in self.missed.items() if reads_now]
        if later:
            what = " and ".join(
                "everyone" if stream == names.EVERYONE else f"the topic {stream[6:]}" for stream in later
            )
            began = "was first here" if later == [names.EVERYONE] else "began to follow"
            return self._say(
                Reason.FOLLOWED_LATER,
                f"It went to {what}, and {self.recipient} {began} only after it was sent. Nobody gets what was sent before that.",
            )
        if topics:
            return self._say(
                Reason.TOPIC_NOT_FOLLOWED,
                f"It went to {_listed([f'the topic {topic}' for topic in topics])}, which {self.recipient} does not follow.",
            )
        if names.EVERYONE in self.missed:
            return self._say(
                Reason.NEVER_CONNECTED,
                f"It went to everyone, which begins for a person at the first visit, and {self.recipient} never connected to this service.",
            )
        return self._say(
            Reason.NOT_ADDRESSED, f"It was never addressed to {self.recipient}. It went to {self._to_whom()}."
        )

    def _to_whom(self) -> str:
        entries = Entry.objects.filter(notification=self.notification)
        number = entries.count()
        some = entries.order_by("stream_id").values_list("stream__name", flat=True)[:_NAMED]
        people = [stream.removeprefix(names.user_stream("")) for stream in some]
        return _listed([*people, *([f"{number - len(people):,} others"] if number > len(people) else [])])

    def _ungranted(self) -> str | None:
        """The topic that the last credential does not grant, if it comes by no other way."""
        if self.own or self.visitor is None:
            return None
        topics = [names.topic_of(stream) for stream in self.followed]
        refused = [topic for topic in topics if topic is not None and not grants(tuple(self.visitor.topics), topic)]
        return refused[0] if len(refused) == len(topics) else None

    def _sent(self) -> Answer | None:
        if self.outcome.state is not State.SENT:
            return None
        last = (
            f"the last one of them was at {show_time(self.last_ack)}"
            if self.last_ack
            else "there was never any of them"
        )
        return self._say(
            Reason.SENT_NOT_ACKNOWLEDGED,
            f"It was sent to a browser of {self.recipient} at {show_time(self.outcome.sent)}, and not acknowledged; {last}. {self._here()}"
            " A client that did not handle it gets it again when it comes back.",
            since=self.outcome.sent,
        )

    def _offline(self) -> Answer | None:
        if self.online:
            return None
        unsure = "" if self.presence_known else " (as far as can be known: presence does not answer)"
        return self._say(
            Reason.OFFLINE_SINCE,
            f"{self.recipient} is offline{self._since()}{unsure}. It is kept, and comes when they connect ({show_retention()}).",
            since=self.visitor.last_seen if self.visitor else None,
        )

    def _held_up(self) -> Answer:
        age = self.now - self.notification.created_at
        if age < _MOMENT:
            return self._say(
                Reason.ON_ITS_WAY,
                f"{self.recipient} is connected, and it was published {max(age.total_seconds(), 0):.1f} s ago: it is on its way.",
            )
        if waiting := self._unacknowledged():
            number, oldest = waiting
            return self._say(
                Reason.BEHIND,
                f"{self.recipient} is connected, and has not acknowledged {number:,} notifications that were sent before it,"
                f" the oldest at {show_time(oldest)}. It is sent when they do.",
                since=oldest,
            )
        return self._say(
            Reason.NOT_SENT,
            f"{self.recipient} is connected, but no socket was sent it yet. Theirs may be bound to a topic that it did not go to, or"
            f" a server is about to look for what it missed (every {settings.SWEEP_SECONDS:g} s)."
            + ("" if settings.ENVIRONMENT.receipts == "all" else " Not all receipts are kept (NOTIFIER_RECEIPTS)."),
        )

    def _unacknowledged(self) -> tuple[int, datetime] | None:
        """How many that were sent to the person lately are not acknowledged, and when the oldest was sent."""
        waiting = Receipt.objects.filter(
            recipient=self.recipient,
            sent_at__isnull=False,
            delivered_at__isnull=True,
            seen_at__isnull=True,
            read_at__isnull=True,
            notification_id__lt=self.notification.pk,
        )
        if self.last_ack is not None:
            waiting = waiting.filter(sent_at__gt=self.last_ack - timedelta(seconds=settings.ENVIRONMENT.slow_seconds))
        times = waiting.order_by("sent_at").values_list("sent_at", flat=True)[: wire.MAX_UNACKNOWLEDGED]
        sent = [moment for moment in times if moment is not None]
        return (len(sent), sent[0]) if sent else None

    def _here(self) -> str:
        if not self.presence_known:
            return "Whether they are connected cannot be known: presence does not answer."
        return "They are connected." if self.online else f"They are not connected{self._since()}."

    def _since(self) -> str:
        return f" since {show_time(self.visitor.last_seen)}" if self.visitor else ""

    def _say(self, code: Reason, detail: str, *, since: datetime | None = None) -> Answer:
        outcome = self.outcome
        return Answer(
            code,
            detail,
            state=outcome.state,
            published=self.notification.created_at,
            sent=outcome.sent,
            delivered=outcome.delivered,
            seen=outcome.seen,
            read=outcome.read,
            since=since,
            last_ack=self.last_ack,
        )


def show_time(moment: datetime | None) -> str:
    """In whole seconds, UTC."""
    return "" if moment is None else wire.timestamp(moment.replace(microsecond=0))


def show_retention() -> str:
    """How long notifications are kept, as part of a sentence."""
    return f"notifications are kept for {settings.ENVIRONMENT.retention_days:g} days"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
