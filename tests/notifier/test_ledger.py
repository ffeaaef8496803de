"""What waits to be written about deliveries: bounded, kept while the database is away, and given up with one warning."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DataError, OperationalError

from notifier import ids, ledger
from notifier.access import Person
from notifier.database import in_database
from notifier.delivery import Delivery
from notifier.errors import Unavailable
from notifier.following import positions
from notifier.ledger import Ledger
from notifier.live import Parcel
from notifier.models import Receipt, Visitor
from notifier.publishing import publish
from notifier.receipts import Mark, write_marks
from tests.notifier.drafts import draft

pytestmark = pytest.mark.django_db(transaction=True)

ALICE = Person("alice", ("room.*",))


class Tab:
    """A connection that was sent entries of the person's own stream, and waits for acknowledgements."""

    def __init__(self, *seqs: int) -> None:
        self.person = ALICE
        self.parcels: list[Parcel] = [(seq, 100, 0.0) for seq in seqs]

    def unacknowledged(self, before: float, only: str | None) -> list[tuple[str, list[Parcel]]]:
        found = [parcel for parcel in self.parcels if parcel[2] <= before]
        self.parcels = [parcel for parcel in self.parcels if parcel[2] > before]
        return [("user:alice", found)] if found else []


def lots(*seqs: int, stream: str = "user:alice") -> list[tuple[str, list[Parcel]]]:
    return [(stream, [(seq, 100, asyncio.get_running_loop().time()) for seq in seqs])]


def run(work: Callable[[Ledger], Awaitable[Any]], *, most_waiting: int = ledger.MOST_WAITING) -> None:
    async def main() -> None:
        await work(Ledger(most_waiting=most_waiting))

    asyncio.run(main())


def written() -> list[int]:
    """The notifications, in the order in which they were published, that have a receipt."""
    titles = Receipt.objects.order_by("notification_id").values_list("notification__title", flat=True)
    return [int(title) for title in titles]


@pytest.fixture
def three() -> list[str]:
    """The ids of three notifications to alice, whose titles are 1, 2 and 3."""
    positions(ALICE)
    return [ids.show_notification_id(publish(draft("alice", title=str(number))).id) for number in (1, 2, 3)]


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """While this holds an error, the database answers with it."""
    errors: list[Exception] = []

    async def perhaps(verb: Any, *args: Any, **kwargs: Any) -> Any:
        if errors:
            raise Unavailable("The database does not answer") from errors[0]
        return await in_database(verb, *args, **kwargs)

    monkeypatch.setattr(ledger, "in_database", perhaps)
    return errors


def test_times_are_those_of_the_clock_on_the_wall(three: list[str]) -> None:
    began, waited = datetime.now(UTC), list[float]()

    async def work(book: Ledger) -> None:
        sent = lots(1)
        await asyncio.sleep(0.05)
        now = asyncio.get_running_loop().time()
        waited.append(now - sent[0][1][0][2])
        book.delivered("alice", sent, now)
        await book.flush([])

    run(work)
    receipt = Receipt.objects.get()
    assert receipt.sent_at and receipt.delivered_at
    assert began < receipt.sent_at < receipt.delivered_at < datetime.now(UTC)
    assert (receipt.delivered_at - receipt.sent_at).total_seconds() == pytest.approx(waited[0], abs=0.001)


def test_what_was_handled_before_the_connection_was_never_sent_by_it(three: list[str]) -> None:
    """A client that comes back names its cursor: up to there it has handled what its lost acknowledgements would have told."""

    async def work(book: Ledger) -> None:
        book.sent(Tab(2), math.inf)
        book.resumed("alice", {"user:alice": (1, 3)}, asyncio.get_running_loop().time())
        await book.flush([])

    run(work)
    rows = list(
        Receipt.objects.order_by("notification_id").values_list("notification__title", "sent_at", "delivered_at")
    )
    assert [(title, sent is not None, delivered is not None) for title, sent, delivered in rows] == [
        ("2", True, True),
        ("3", False, True),
    ]


def test_a_stop_writes_what_is_on_its_way(three: list[str]) -> None:
    run(lambda book: book.flush([Tab(1, 3)]))
    assert written() == [1, 3]
    assert not Receipt.objects.filter(delivered_at__isnull=False).exists()
    visitor = Visitor.objects.get()
    assert (visitor.recipient, visitor.topics) == ("alice", ["room.*"])


@pytest.mark.parametrize("kept", ["all", "people", "none"])
def test_setting_says_what_is_kept(three: list[str], settings: Any, kept: str) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"receipts": kept})
    publish(draft(title="4", everyone=True))

    async def work(book: Ledger) -> None:
        book.delivered("alice", lots(1) + lots(1, stream="everyone"), asyncio.get_running_loop().time())
        book.seen("alice", three[2:])
        await book.flush([])

    run(work)
    assert written() == {"all": [1, 3, 4], "people": [1, 3], "none": []}[kept]


class Follower:
    """A connection that was sent an entry of a topic, and follows it no longer."""

    def __init__(self) -> None:
        self.person, self.delivery = ALICE, Delivery()
        self.delivery.open("topic:a", 0, 0, unchecked=False)
        self.delivery.offer("topic:a", (1, 100, 0.0))
        self.delivery.close("topic:a")

    def unacknowledged(self, before: float, only: str | None) -> list[tuple[str, list[Parcel]]]:
        return self.delivery.take_unacknowledged(before, 0, only)


@pytest.mark.parametrize("kept", ["all", "people", "none"])
def test_who_follows_and_unfollows_for_days_piles_nothing_up(settings: Any, kept: str) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"receipts": kept})
    follower = Follower()

    async def work(book: Ledger) -> None:
        book.sent(follower, 0)

    run(work)
    assert follower.unacknowledged(math.inf, None) == []


def test_what_cannot_be_written_is_kept(three: list[str], away: list[Exception]) -> None:
    """In its order, and written once the database is back."""

    async def work(book: Ledger) -> None:
        away.append(OperationalError("gone"))
        book.delivered("alice", lots(1, 2), asyncio.get_running_loop().time())
        book.seen("alice", three)
        book.visited(ALICE)
        for _ in range(3):
            with pytest.raises(Unavailable):
                await book.flush([])
        assert await in_database(written) == []
        away.clear()
        await book.flush([])

    run(work)
    assert written() == [1, 2, 3]
    assert Receipt.objects.filter(seen_at__isnull=False).count() == 3
    assert Visitor.objects.count() == 1


def test_rows_at_fault_are_not_tried_for_ever(three: list[str], away: list[Exception]) -> None:
    async def work(book: Ledger) -> None:
        away.append(DataError("such a thing"))
        book.delivered("alice", lots(1), 0)
        with pytest.raises(Unavailable):
            await book.flush([])
        away.clear()
        book.delivered("alice", lots(2), asyncio.get_running_loop().time())
        await book.flush([])

    run(work)
    assert written() == [2]


def test_oldest_is_given_up_with_one_warning(
    three: list[str], away: list[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    """Each time that too much gathers, however long the database is away."""
    for number in range(4, 31):
        publish(draft("alice", title=str(number)))

    async def overfill(book: Ledger, first: int) -> None:
        away.append(OperationalError("gone"))
        for seq in range(first, first + 15):
            book.delivered("alice", lots(seq), asyncio.get_running_loop().time())
            book.seen("alice", three)
            with pytest.raises(Unavailable):
                await book.flush([])
        away.clear()
        await book.flush([])

    async def work(book: Ledger) -> None:
        await overfill(book, 1)
        assert (await in_database(written))[-10:] == list(range(6, 16))
        await overfill(book, 16)

    with caplog.at_level(logging.WARNING, "notifier.ledger"):
        run(work, most_waiting=10)
    assert [record.getMessage() for record in caplog.records] == [
        "more receipts than the database takes: over 10 wait, and the oldest are given up"
    ] * 2


def test_a_crowd_is_written_in_bounded_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    publish(draft(title="1", everyone=True))
    sizes: list[int] = []

    def write(marks: list[Mark]) -> int:
        sizes.append(len(marks))
        return write_marks(marks)

    monkeypatch.setattr(ledger, "write_marks", write)

    async def work(book: Ledger) -> None:
        for number in range(2500):
            book.delivered(f"p{number}", lots(1, stream="everyone"), asyncio.get_running_loop().time())
        await book.flush([])

    run(work)
    assert sizes == [250] * 10
    assert Receipt.objects.count() == 2500


def test_it_looks_around_for_what_nobody_acknowledges_and_for_who_stays(
    three: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Again and again, and through failures."""
    monkeypatch.setattr(ledger, "_PAUSE_SECONDS", dict.fromkeys(ledger._PAUSE_SECONDS, 0.01))
    monkeypatch.setattr(ledger, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(ledger, "_STAYING_SECONDS", 0.0)
    monkeypatch.setattr(ledger, "_CONNECTIONS_AT_A_TIME", 2)
    failures = [RuntimeError("once")]

    async def work(book: Ledger) -> None:
        just_sent = Tab()
        just_sent.parcels = [(2, 100, asyncio.get_running_loop().time())]
        tabs = [Tab(1), Tab(), Tab(3), just_sent]

        def connections() -> list[Tab]:
            if failures:
                raise failures.pop()
            return tabs

        keeping = asyncio.create_task(book.keep(connections))
        for _ in range(500):
            await asyncio.sleep(0.01)
            if len(await in_database(written)) == 2 and await in_database(Visitor.objects.exists):
                break
        keeping.cancel()
        assert just_sent.parcels

    with caplog.at_level(logging.ERROR, "notifier.ledger"):
        run(work)
    assert written() == [1, 3]
    assert [record.getMessage() for record in caplog.records] == ["writing receipts failed; it is tried again"]
