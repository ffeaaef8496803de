"""What is written about deliveries: the first time of each step, for many people in a few statements."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifier import ids, inbox, marking, outcomes
from notifier.access import Person
from notifier.following import follow, positions, unfollow
from notifier.models import Receipt, Subscription, Visitor
from notifier.outcomes import Counts, State
from notifier.publishing import Published, publish
from notifier.receipts import Mark, Sight, note_delivered, write_marks, write_sights
from notifier.visitors import Visit, write_visits
from tests.notifier.drafts import draft
from tests.notifier.programs import play

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()
ALICE, BOB = Person("alice", ("*",)), Person("bob", ("*",))


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(NOON + seconds, UTC)


def mark(seq: int, sent: float | None, delivered: float | None, *, who: str = "alice", stream: str = "") -> Mark:
    """Times in seconds after noon."""
    sent, delivered = (None if moment is None else NOON + moment for moment in (sent, delivered))
    return Mark(who, stream or f"user:{who}", seq, sent, delivered)


def times(recipient: str = "alice") -> list[tuple[datetime | None, datetime | None]]:
    rows = Receipt.objects.filter(recipient=recipient).order_by("notification_id")
    return list(rows.values_list("sent_at", "delivered_at"))


def name(published: Published) -> str:
    return ids.show_notification_id(published.id)


def steps(published: Published) -> dict[str, State]:
    return {outcome.recipient: outcome.state for outcome in outcomes.outcomes(published.id)[0]}


def test_first_time_of_each_step_stays() -> None:
    """Whatever comes later, from another tab, another server, or because it was sent again."""
    publish(draft("alice"))
    assert write_marks([mark(1, 1.5, None)]) == 1
    assert times() == [(at(1.5), None)]
    assert write_marks([mark(1, 2, 3)]) == 1
    assert times() == [(at(1.5), at(3))]
    assert write_marks([mark(1, 8, 9), mark(1, 10, None), mark(1, None, 11)]) == 0
    assert times() == [(at(1.5), at(3))]
    assert write_marks([mark(1, 1, 2)]) == 1  # a server that was slow to write
    assert times() == [(at(1), at(2))]


def test_two_tabs_and_two_streams_make_one_receipt() -> None:
    positions(ALICE)
    follow(ALICE, "room.a")
    publish(draft("alice", topics=("room.a",), everyone=True))
    lot = [mark(1, 2, 5), mark(1, 1, 6), mark(1, 3, None, stream="everyone"), mark(1, None, 4, stream="topic:room.a")]
    assert write_marks(lot) == 1
    assert times() == [(at(1), at(4))]


def test_what_is_gone_or_never_was_is_passed_over() -> None:
    publish(draft("alice"))
    assert write_marks([mark(1, 1, 1), mark(2, 1, 1), mark(1, 1, 1, stream="user:nobody")]) == 1


@pytest.mark.parametrize("who", ["a 'quoted\" \\ % {x} %s", "ünï 🎉 ☃", "x" * 128, "0", "null"])
def test_any_recipient(who: str) -> None:
    publish(draft(who))
    write_marks([mark(1, 1, 2, who=who)])
    note_delivered({(who, f"user:{who}"): 1})
    write_visits({who: Visit(NOON, NOON, ())}, server="srv_1")
    assert times(who) == [(at(1), at(2))]
    assert Visitor.objects.get().recipient == who


def test_a_lot_is_one_statement() -> None:
    """Also where it is more than SQLite takes parameters."""
    published = publish(draft(everyone=True))
    people = [f"p{number:05}" for number in range(10_000)]
    lot = [mark(1, 1, 2, who=who, stream="everyone") for who in people]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert write_marks(lot) == 10_000
        note_delivered({(who, "everyone"): 1 for who in people})
    assert len(queries) == 2
    assert outcomes.counts(published.id).delivered == 10_000


def test_position_never_moves_backwards() -> None:
    positions(ALICE)
    positions(BOB)
    for _ in range(5):
        publish(draft("alice", "bob"))
    note_delivered({("alice", "user:alice"): 4, ("bob", "user:bob"): 2, ("bob", "user:alice"): 5})
    note_delivered({("alice", "user:alice"): 3, ("bob", "user:bob"): 3})
    mine = Subscription.objects.filter(stream__name__startswith="user:").order_by("recipient")
    assert list(mine.values_list("recipient", "delivered_seq")) == [("alice", 4), ("bob", 3)]


def test_seen_is_noted_once_and_only_of_what_is_in_the_inbox() -> None:
    positions(ALICE)
    mine, other = publish(draft("alice")), publish(draft("bob"))
    everyone, room = publish(draft(everyone=True)), publish(draft(topics=("room.a",)))
    sights = [Sight("alice", name(one), NOON + 1) for one in (mine, other, everyone, room)]
    assert write_sights([*sights, *sights]) == 2
    assert write_sights([Sight("alice", name(mine), NOON + 5)]) == 0
    assert list(Receipt.objects.values_list("notification_id", "seen_at").order_by("pk")) == [
        (mine.id, at(1)),
        (everyone.id, at(1)),
    ]


def test_seen_of_named_people_only() -> None:
    """But where there is a receipt, it is kept."""
    positions(ALICE)
    mine, everyone, acknowledged = publish(draft("alice")), publish(draft(everyone=True)), publish(draft(everyone=True))
    write_marks([mark(2, 1, 1, stream="everyone")])
    sights = [Sight("alice", name(one), NOON) for one in (mine, everyone, acknowledged)]
    assert write_sights(sights, named_only=True) == 2
    assert set(Receipt.objects.filter(seen_at__isnull=False).values_list("notification_id", flat=True)) == {
        mine.id,
        acknowledged.id,
    }


def test_later_steps_imply_earlier_ones() -> None:
    """Computed, not written."""
    people = [f"p{number}" for number in range(7)]
    published = publish(draft(*people))
    write_marks([mark(1, 1, None, who="p1"), *(mark(1, 1, 2, who=f"p{number}") for number in (2, 3))])
    write_sights([Sight("p3", name(published), NOON)])
    for number in (4, 5):
        positions(Person(f"p{number}"))
    assert write_sights([Sight("p4", name(published), NOON)]) == 1
    marking.mark_read(Person("p5"), [name(published)])
    marking.mark_all_read(Person("p6"))
    assert list(steps(published).items()) == [
        ("p0", State.ADDRESSED),
        ("p1", State.SENT),
        ("p2", State.DELIVERED),
        ("p3", State.SEEN),
        ("p4", State.SEEN),
        ("p5", State.READ),
        ("p6", State.READ),
    ]
    assert outcomes.counts(published.id) == Counts(delivered=5, seen=4, read=2)


def test_all_read_at_once_has_a_time_for_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marking, "_TIMED_AT_ONCE", 2)
    published = [publish(draft("alice")) for _ in range(3)]
    marking.mark_all_read(ALICE)
    read = [outcomes.outcomes_for("alice", [one.id])[one.id] for one in published]
    assert [outcome.state for outcome in read] == [State.READ] * 3
    assert [outcome.read is not None for outcome in read] == [False, True, True]


def test_acknowledged_position_counts_where_the_receipt_was_lost() -> None:
    """A process that is killed takes a second of receipts with it; the next acknowledgement tells that they arrived."""
    positions(ALICE)
    first, second = publish(draft("alice")), publish(draft("alice"))
    note_delivered({("alice", "user:alice"): 1})
    assert [steps(one) for one in (first, second)] == [{"alice": State.DELIVERED}, {"alice": State.ADDRESSED}]
    assert [outcomes.counts(one.id).delivered for one in (first, second)] == [1, 0]


def test_recipients_are_paged_through_in_their_order() -> None:
    """Those named, those who follow, and those who have a receipt though they follow no longer; each once."""
    for person in (ALICE, BOB, Person("carol", ("*",)), Person("zoe", ("*",))):
        positions(person)
        if person.recipient != "zoe":
            follow(person, "room.a")
    published = publish(draft("alice", "Ådam", "dave", topics=("room.a",)))
    write_marks([mark(1, 1, 1, who="carol", stream="topic:room.a")])
    unfollow(Person("carol", ("*",)), "room.a")
    seen, after, pages = [], "", 0
    while after is not None:
        page, following = outcomes.outcomes(published.id, after=after, limit=2)
        seen += [outcome.recipient for outcome in page]
        pages += 1
        if following is None:
            break
        after = following
    assert seen == ["alice", "bob", "carol", "dave", "Ådam"]
    assert pages == 3


def test_who_came_after_it_was_sent_to_everyone_is_no_recipient() -> None:
    positions(ALICE)
    published = publish(draft(everyone=True))
    positions(BOB)
    assert steps(published) == {"alice": State.ADDRESSED}


def test_visits() -> None:
    """The first time stays, the last one moves on only, and with it the server and what was granted."""
    write_visits({"alice": Visit(NOON, NOON + 1, ("room.*", "a")), "bob": Visit(NOON, NOON, ())}, server="srv_1")
    write_visits({"alice": Visit(NOON + 5, NOON + 6, ())}, server="srv_2")
    write_visits({"alice": Visit(NOON + 2, NOON + 3, ("late",))}, server="srv_1")
    alice = Visitor.objects.get(recipient="alice")
    assert (alice.first_seen, alice.last_seen, alice.last_server, alice.topics) == (at(0), at(6), "srv_2", [])
    assert Visitor.objects.get(recipient="bob").topics == []
    write_visits({"bob": Visit(NOON, NOON + 9, ("room.*",))}, server="srv_2")
    assert Visitor.objects.get(recipient="bob").topics == ["room.*"]


def test_nothing_is_written_for_nothing() -> None:
    assert write_marks([]) == write_sights([]) == 0
    note_delivered({})
    write_visits({}, server="srv_1")


@pytest.mark.parametrize("kept", ["people", "none"])
def test_seen_over_rest_keeps_to_the_setting(settings: Any, kept: str) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"receipts": kept})
    positions(ALICE)
    wanted = [name(publish(draft("alice"))), name(publish(draft(everyone=True)))]
    assert marking.mark_seen(ALICE, wanted) == {"people": 1, "none": 0}[kept]
    marking.mark_all_read(ALICE)
    assert Receipt.objects.filter(read_at__isnull=False).exists() == (kept == "people")
    assert inbox.count(ALICE).unread == 0


def test_delivered_is_not_read() -> None:
    """A receipt without a time of reading leaves the notification unread, and its pruning is told."""
    positions(ALICE)
    publish(draft("alice"))
    write_marks([mark(1, 1, 1)])
    assert inbox.count(ALICE).unread == 1
    assert [item["read"] for item in inbox.page(ALICE).items] == [False]
    began = time.time()
    assert marking.mark_read(ALICE, [inbox.page(ALICE).items[0]["id"]]).read
    receipt = Receipt.objects.get()
    assert receipt.delivered_at == at(1)
    assert receipt.read_at is not None and receipt.read_at.timestamp() >= began - 1


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_servers_that_write_about_the_same_people_do_not_deadlock(
    request: pytest.FixtureRequest, tmp_path: Path, database: str
) -> None:
    """Six at once, each in an order of its own, while people mark as read: each time is the earliest that anyone told."""
    told = play("tests.notifier.receipthammer", 6, 15, database=database, request=request, folder=tmp_path)
    assert told["failures"] == []
    assert told["wrong"] == 0
    assert (told["receipts"], told["visitors"]) == (400, 40)
    assert told["positions"], "each is as far as the furthest that anyone told"
