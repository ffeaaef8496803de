"""A person's timeline, and the answers to why that take no socket to plant."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from notifier import blocking, ids, marking
from notifier.access import Person
from notifier.explaining import Reason
from notifier.following import follow, positions
from notifier.models import Entry
from notifier.outcomes import State
from notifier.publishing import Published, publish
from notifier.receipts import Mark, note_delivered, write_marks
from notifier.tracing import timeline, why
from notifier.visitors import Visit, write_visits
from tests.notifier.ageing import days_ago, publish_old
from tests.notifier.drafts import draft

pytestmark = pytest.mark.django_db(transaction=True)

ALICE = Person("alice", ("room.*",))


def name(published: Published) -> str:
    return ids.show_notification_id(published.id)


def was_here(*topics: str) -> None:
    now = timezone.now().timestamp()
    positions(ALICE)
    write_visits({"alice": Visit(now - 3600, now - 1800, topics)}, server="srv_1")


def test_timeline_has_each_step_newest_first() -> None:
    """Once for each notification, with every stream of the person in which it stands."""
    positions(ALICE)
    follow(ALICE, "room.a")
    own, twice = publish(draft("alice", title="own")), publish(draft("alice", title="twice", topics=("room.a",)))
    publish(draft("bob", title="not hers"))
    now = timezone.now().timestamp()
    write_marks([Mark("alice", "user:alice", 1, now, now + 1)])
    marking.mark_read(ALICE, [name(own)])
    items = timeline("alice").items
    assert [item.notification["title"] for item in items] == ["twice", "own"]
    assert [item.places for item in items] == [[("topic:room.a", 1), ("user:alice", 2)], [("user:alice", 1)]]
    assert [item.outcome.state for item in items] == [State.ADDRESSED, State.READ]
    assert items[0].published == twice.created_at
    assert items[1].outcome.sent is not None and items[1].outcome.read is not None
    assert items[1].outcome.seen is None


def test_timeline_is_paged_through() -> None:
    """Also of a person who never came."""
    for number in range(5):
        publish(draft("alice", title=str(number)))
    found: list[str] = []
    before: UUID | None = None
    for _ in range(3):
        page = timeline("alice", limit=2, before=before)
        found += [item.notification["title"] for item in page.items]
        before = page.next
    assert found == ["4", "3", "2", "1", "0"]
    assert before is None
    assert timeline("nobody").items == []


@pytest.mark.parametrize("lasts", [timedelta(hours=1), None])
def test_blocked(lasts: timedelta | None) -> None:
    """Ahead of what else holds it up, and only until the block ends."""
    was_here()
    sent = publish(draft("alice"))
    blocking.put("alice", until=timezone.now() + lasts if lasts else None, reason="spam", by="ann")
    answer = why("alice", name(sent), online=False)
    assert answer.code == Reason.BLOCKED
    assert ("is blocked until 20" if lasts else "until the block is lifted") in answer.detail
    assert answer.since is not None and timezone.now() - answer.since < timedelta(minutes=1)
    blocking.put("alice", until=timezone.now() - timedelta(seconds=1), reason="spam", by="ann")
    over = why("alice", name(sent), online=False)
    assert over.code == Reason.OFFLINE_SINCE
    assert over.since is not None and timezone.now() - over.since > timedelta(minutes=29)
    blocking.put("alice", until=None, reason="spam", by="ann")
    now = timezone.now().timestamp()
    write_marks([Mark("alice", "user:alice", 1, now, now)])
    assert why("alice", name(sent)).code == Reason.DELIVERED


def test_presence_that_does_not_answer_is_said() -> None:
    was_here()
    answer = why("alice", name(publish(draft("alice"))))  # this process is no server, and asks none
    assert answer.code == Reason.OFFLINE_SINCE
    assert "as far as can be known" in answer.detail


def test_delivered_without_a_receipt() -> None:
    """Its times are lost, or were never kept; that it arrived is known all the same."""
    was_here()
    sent = publish(draft("alice"))
    note_delivered({("alice", "user:alice"): 1})
    answer = why("alice", name(sent), online=True)
    assert (answer.code, answer.delivered, answer.state) == (Reason.DELIVERED, None, State.DELIVERED)
    assert "no receipt tells when" in answer.detail


def test_content_that_is_kept_after_its_entries_were_pruned() -> None:
    """As that of a request with an idempotency key is."""
    was_here()
    sent = publish_old(40, "alice")[0]
    Entry.objects.all().delete()
    assert why("alice", name(sent), online=True).code == Reason.BEYOND_RETENTION


def test_pruned_by_hand_is_beyond_retention_too() -> None:
    """Whatever the setting says: what is older than all that is kept was pruned."""
    with days_ago(20):
        kept = publish(draft("alice"))
    younger = ids.show_notification_id(UUID(int=ids.first_notification_id(timezone.now()).int + 1))
    older = ids.show_notification_id(UUID(int=ids.first_notification_id(kept.created_at - timedelta(days=1)).int + 1))
    assert why("alice", younger).code == Reason.UNKNOWN_NOTIFICATION
    assert why("alice", older).code == Reason.BEYOND_RETENTION


def test_unacknowledged_of_long_ago_holds_nothing_up() -> None:
    """A tab that vanished with what it was sent; others have acknowledged since."""
    was_here()
    lost, _, latest = (publish_old(days, "alice")[0] for days in (0.012, 0.011, 0.01))
    now = timezone.now().timestamp()
    write_marks([Mark("alice", "user:alice", 1, now - 800, None), Mark("alice", "user:alice", 2, now - 60, now - 60)])
    assert why("alice", name(latest), online=True).code == Reason.NOT_SENT
    write_marks([Mark("alice", "user:alice", 2, None, now - 790)])
    assert why("alice", name(latest), online=True).code == Reason.BEHIND
    assert why("alice", name(lost), online=True).code == Reason.SENT_NOT_ACKNOWLEDGED


@pytest.mark.parametrize("topics", [(), ("other",), ("room.b*",)])
def test_granted_by_another_way(topics: tuple[str, ...]) -> None:
    """One topic that is granted is enough, and so is everyone."""
    positions(ALICE)
    for topic in ("room.a", "room.b"):
        follow(ALICE, topic)
    was_here(*topics)
    one, two = publish(draft(topics=("room.a",))), publish(draft(topics=("room.a", "room.b")))
    everyone = publish(draft(topics=("room.a",), everyone=True))
    found = [why("alice", name(sent), online=False).code for sent in (one, two, everyone)]
    refused, offline = Reason.NOT_GRANTED, Reason.OFFLINE_SINCE
    assert found == [refused, offline if topics == ("room.b*",) else refused, offline]


def test_receipts_that_are_not_kept_are_said(settings: Any) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"receipts": "people"})
    was_here()
    with days_ago(0.01):
        sent = publish(draft(everyone=True))
    assert "NOTIFIER_RECEIPTS" in why("alice", name(sent), online=True).detail
