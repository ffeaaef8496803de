"""Retention: what is too old goes, in bounded steps, and nobody is left with a silent gap or a phantom."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.utils import timezone

from notifier import idempotency, inbox, marking, names, retention
from notifier.access import Person, Scope, create_key
from notifier.following import follow, positions
from notifier.hub import Hub
from notifier.models import Entry, IdempotencyKey, Installation, Receipt, Stream
from notifier.publishing import publish
from notifier.receipts import Mark, write_inbox_state, write_marks
from notifier.resuming import Opening, Request, open_all
from notifier.retention import Pruned
from tests.notifier.ageing import days_ago, publish_old
from tests.notifier.drafts import draft
from tests.notifier.programs import play
from tests.real.processes import ROOT, clean_environment
from tests.real.server import Server
from tests.real.socket import Socket

Browser = Callable[..., Socket]

ALICE, STREAM = Person("alice", ("*",)), "user:alice"


def prune(days: float = 30) -> Pruned:
    """All of it."""
    return sum(retention.prune(retention.horizon(days)), Pruned())


def kept(stream: str = STREAM) -> tuple[int, list[int]]:
    """`oldest_seq`, and the entries."""
    row = Stream.objects.get(name=stream)
    return row.oldest_seq, list(Entry.objects.filter(stream=row).order_by("seq").values_list("seq", flat=True))


def titles(person: Person = ALICE) -> list[str]:
    return [item["title"] for item in inbox.page(person).items]


# ------------------------------------------------------------------ what goes and what stays


@pytest.mark.django_db(transaction=True)
def test_too_old_goes_and_the_rest_stays() -> None:
    """Entries, receipts and contents of each stream; streams and subscriptions stay."""
    positions(ALICE)
    follow(ALICE, "room.a")
    with days_ago(31):
        for number in range(3):
            publish(draft("alice", "bob", topics=("room.a",), everyone=True, title=f"old {number}"))
    marking.mark_read(ALICE, [item["id"] for item in inbox.page(ALICE).items])
    publish_old(29, "alice", title="kept")
    assert prune() == Pruned(entries=12, receipts=3, notifications=3)
    assert kept() == (4, [4])
    assert kept("user:bob") == kept("topic:room.a") == kept(names.EVERYONE) == (4, [])
    assert Stream.objects.get(name=names.EVERYONE).last_seq == 3
    assert titles() == ["kept 0"]
    publish(draft("bob"))
    assert kept("user:bob") == (4, [4])
    assert prune() == Pruned()


@pytest.mark.django_db(transaction=True)
def test_stream_loses_entries_only_from_its_beginning() -> None:
    """Where clocks disagree, what is too old waits for what it follows: above `oldest_seq` nothing is missing."""
    publish_old(40, "alice", title="first")
    publish_old(20, "alice", title="of a clock ahead")
    publish_old(40, "alice", "bob", number=2, title="waits")
    assert prune() == Pruned(entries=3, notifications=1)
    assert kept() == (2, [2, 3, 4])
    assert kept("user:bob") == (3, [])
    assert prune() == Pruned()
    assert prune(days=19) == Pruned(entries=3, notifications=3)
    assert kept() == (5, [])


@pytest.mark.django_db(transaction=True)
def test_steps_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the number of recipients of one notification, or of people who read it; and what waits holds nobody up."""
    monkeypatch.setattr(retention, "BATCH", 10)
    publish_old(20, "blocked")
    publish_old(41, "blocked", number=25)
    broadcast, _ = publish_old(40, *(f"person {number}" for number in range(35)), number=2)
    Receipt.objects.bulk_create(Receipt(recipient=str(n), notification_id=broadcast.id) for n in range(35))
    steps = list(retention.prune(retention.horizon(30)))
    assert sum(steps, Pruned()) == Pruned(entries=70, receipts=35, notifications=2)
    assert max(max(step.entries, step.receipts, step.notifications) for step in steps) == 10
    assert kept("user:blocked") == (1, list(range(1, 27)))


@pytest.mark.django_db(transaction=True)
def test_pruning_that_was_interrupted_is_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """And two at once share the work: nothing is removed twice, and nothing stays."""
    monkeypatch.setattr(retention, "BATCH", 4)
    publish_old(40, "alice", "bob", number=11)
    publish(draft("alice"))
    first, second = (retention.prune(retention.horizon(30)) for _ in range(2))
    total = next(first) + next(second) + next(first)
    assert 0 < total.entries < 22
    oldest, seqs = kept()
    assert inbox.count(ALICE).unread == len([seq for seq in seqs if seq >= oldest])
    del first
    assert total + sum(second, Pruned()) == Pruned(entries=22, notifications=11)
    assert prune() == Pruned()
    assert kept() == (12, [12])


# ------------------------------------------------------------------ readers


@pytest.mark.django_db(transaction=True)
def test_unread_counts_what_is_kept() -> None:
    """In each stream, on every way to look."""
    positions(ALICE)
    follow(ALICE, "room.a")
    with days_ago(40):
        for number in range(3):
            publish(draft("alice", topics=("room.a",), everyone=True, title=f"old {number}"))
    publish(draft("alice", everyone=True, title="new"))
    assert inbox.count(ALICE).unread == 4
    prune()
    assert inbox.count(ALICE).unread == inbox.page(ALICE).unread == inbox.look("alice").unread == 1
    assert titles() == ["new"]
    marking.mark_all_read(ALICE)
    assert inbox.count(ALICE).unread == 0


@pytest.mark.django_db(transaction=True)
def test_revision_rises_where_something_unread_is_pruned() -> None:
    """Of a person's own stream alone, and not for what was read one by one or all at once. To be delivered is not to be read."""
    people = [Person(name) for name in ("nothing", "by id", "all", "some", "again", "archived")]
    old = publish_old(40, *(person.recipient for person in people), number=3)
    shown = [f"ntf_{one.id.hex}" for one in old]
    for person in people:
        positions(person)
    marking.mark_read(people[1], shown)
    marking.mark_all_read(people[2])
    marking.mark_read(people[3], shown[:2])
    marking.mark_all_read(people[4])
    marking.mark_unread(people[4], shown[1:2])
    marking.archive(people[5], shown)
    write_marks([Mark("nothing", "user:nothing", seq, 0, 0) for seq in (1, 2, 3)])
    with days_ago(40):
        publish(draft(topics=("room.a",), everyone=True))
    before = dict(Stream.objects.values_list("name", "revision"))
    prune()
    after = dict(Stream.objects.values_list("name", "revision"))
    assert {name for name in after if after[name] > before[name]} == {"user:nothing", "user:some", "user:again"}


@pytest.mark.django_db(transaction=True)
def test_what_is_left_below_the_oldest_is_not_counted_nor_shown() -> None:
    """A process may end between two of its transactions."""
    publish_old(40, "alice", number=3)
    Stream.objects.update(oldest_seq=3)
    assert (inbox.count(ALICE).unread, titles()) == (1, ["old 2"])
    assert prune() == Pruned(entries=3, notifications=3)


def _open(request: Request) -> Opening:
    opening = open_all([request])[request]
    assert isinstance(opening, Opening)
    return opening


@pytest.mark.django_db(transaction=True)
def test_cursor_from_before_is_reset_once_and_everything_kept_follows() -> None:
    """One reset for each stream concerned, and none for the others."""
    positions(ALICE)
    with days_ago(40):
        for number in range(5):
            publish(draft("alice", title=f"old {number}"))
    for number in range(3):
        publish(draft("alice", everyone=True, title=f"new {number}"))
    Installation.objects.update_or_create(defaults={"epoch": "epoch"})
    prune()
    for cursor in (0, 4, 5, 7):
        opening = _open(Request(ALICE, resume={STREAM: cursor, names.EVERYONE: 0}, epoch="epoch"))
        assert opening.resets == ({STREAM: 6} if cursor < 5 else {})
        missed = inbox.since(opening.cursors.items())[STREAM, opening.cursors[STREAM]]
        assert [seq for seq, _ in missed.entries] == list(range(max(cursor, 5) + 1, 9))
        assert opening.cursors[names.EVERYONE] == 0
        assert opening.unread == 3
    without = _open(Request(ALICE))
    assert (without.resets, without.cursors[STREAM]) == ({}, 5)


@pytest.mark.django_db(transaction=True)
def test_pruned_between_two_queries_is_no_hole() -> None:
    """`since` reads the streams with their entries, then what these say; what goes in between shows in `oldest`."""
    publish_old(40, "alice", number=4)
    publish(draft("alice"))
    pruned: list[Pruned] = []

    def between(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not pruned and "notifier_notification" in sql:
            pruned.append(Pruned())
            pruned.append(prune())
        return execute(sql, *rest)

    with connection.execute_wrapper(between):
        missed = inbox.since([(STREAM, 1)])[STREAM, 1]
    assert pruned[1].entries == 4
    assert ([seq for seq, _ in missed.entries], missed.oldest, missed.upto) == ([5], 5, 5)


@pytest.mark.django_db(transaction=True)
def test_pruned_while_it_is_marked_as_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is as any other that is not in the inbox."""
    old = publish_old(40, "alice")[0]
    new = publish(draft("alice"))
    write, look, failed = write_inbox_state, positions, [0]

    def fail_once(*arguments: Any) -> None:
        """As the database does where it finds at the commit that what a receipt is about is gone."""
        failed[0] += 1
        if failed[0] == 1:
            raise IntegrityError
        write(*arguments)

    def look_after_pruning(person: Person) -> Any:
        if failed[0]:
            prune()
        return look(person)

    monkeypatch.setattr(marking, "write_inbox_state", fail_once)
    monkeypatch.setattr(marking, "positions", look_after_pruning)
    marked = marking.mark_read(ALICE, [f"ntf_{one.id.hex}" for one in (old, new)])
    assert marked.read == (f"ntf_{new.id.hex}",)
    assert list(Receipt.objects.values_list("notification_id", flat=True)) == [new.id]


@pytest.mark.django_db(transaction=True)
def test_request_with_a_key_is_repeated_for_as_long_as_the_key_holds() -> None:
    """Whatever was pruned: the answer is there, and nothing is sent twice."""
    key, _ = create_key("shop", [Scope.SEND])
    once = idempotency.once(key.pk, "order-1", draft("alice"))
    with days_ago(23 / 24):
        first = publish(draft("alice"), sender_id=key.pk, once=once)
    assert prune(days=1) == Pruned()
    assert prune(days=0.5) == Pruned(entries=1)
    again = publish(draft("alice"), sender_id=key.pk, once=once)
    assert again.repeated and (again.id, again.addressed) == (first.id, 1)
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert prune(days=0.5) == Pruned(notifications=1)
    assert not publish(draft("alice"), sender_id=key.pk, once=once).repeated


# ------------------------------------------------------------------ at once


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_pruning_under_publishers_and_readers_loses_nothing(
    request: pytest.FixtureRequest, tmp_path: Path, database: str
) -> None:
    """Four publishers, two pruners, a poller and somebody who marks all as read, with deadlocks to be had."""
    told = play(
        "tests.notifier.prunehammer",
        *(4, 100),
        database=database,
        request=request,
        folder=tmp_path,
        NOTIFIER_DATABASE_CONNECTIONS="20",
    )
    assert told["failures"] == []
    assert told["published"] == 400
    assert told["pruned"] > 0 and told["moved"] > 0, "nothing was pruned while they published"
    assert (told["lost"], told["not contiguous"], told["silent"]) == (0, [], 0)
    assert told["stored"] + told["pruned"] == 400
    assert (told["left"], told["unread"]) == ([0, 0, 0], 0)


@pytest.mark.django_db(transaction=True)
def test_server_prunes_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """On threads of the database, and goes on after a failure."""
    monkeypatch.setattr(retention, "_INTERVAL_SECONDS", 0.01)
    publish_old(40, "alice", number=3)
    real, tries, done = retention.prune, [0], threading.Event()

    def fail_once(before: Any) -> Any:
        tries[0] += 1
        if tries[0] == 1:
            raise RuntimeError("the first time")
        yield from real(before)
        connection.close()
        done.set()

    monkeypatch.setattr(retention, "prune", fail_once)

    async def serve() -> None:
        task = asyncio.create_task(retention.keep())
        assert await asyncio.to_thread(done.wait, 20)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(serve())
    assert kept() == (4, [])


@pytest.mark.django_db(transaction=True)
def test_hub_keeps_pruning_for_as_long_as_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Apart from its sweep, which must not wait for it."""
    seen: list[str] = []

    async def keep() -> None:
        seen.append("began")
        try:
            await asyncio.sleep(60)
        finally:
            seen.append("ended")

    async def serve() -> None:
        hub = Hub()
        hub.start()
        await asyncio.sleep(0)
        await hub.stop()

    monkeypatch.setattr(retention, "keep", keep)
    asyncio.run(serve())
    assert seen == ["began", "ended"]


# ------------------------------------------------------------------ the command


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("prune", *arguments, stdout=out)
    return out.getvalue().strip()


@pytest.mark.django_db(transaction=True)
def test_command_says_what_it_removes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dry run removes nothing; progress is shown on the way."""
    monkeypatch.setattr(retention, "BATCH", 5)
    monkeypatch.setattr(retention, "PAUSE", 0)
    monkeypatch.setattr("notifier.management.commands.prune._REPORT_SECONDS", 0)
    publish_old(40, "alice", "bob", number=10)
    publish_old(20, "alice")
    assert run("--dry-run").startswith("Would remove 20 entries, 10 notifications and 0 receipts from before 20")
    assert run("--dry-run", "--days=10").startswith("Would remove 21 entries, 11 notifications and 0 receipts")
    assert Entry.objects.count() == 21
    *progress, last = run().splitlines()
    assert progress[0] == "… 5 entries, 0 notifications and 0 receipts"
    assert last.startswith("Removed 20 entries, 10 notifications and 0 receipts from before 20")
    assert "\nRemoved 1 entries, 1 notifications and 0 receipts" in run("--days", "19.5")
    assert run().startswith("Removed 0 entries")


@pytest.mark.django_db
@pytest.mark.parametrize("days", ["0", "0.99", "-1", "3651", "nan", "inf", "month"])
def test_command_names_what_is_wrong(days: str) -> None:
    """And removes nothing."""
    with pytest.raises(CommandError, match="--days"):
        run("--days", days)


def test_command_before_the_first_start_says_so(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "manage.py", "prune"],
        cwd=ROOT,
        env=clean_environment(NOTIFIER_DATA_DIR=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "Has manage.py migrate prepared it?" in ended.stderr and "Traceback" not in ended.stderr


# ------------------------------------------------------------------ real servers


def _publish_old(server: Server, user: str, number: int, title: str) -> None:
    code = f"from tests.notifier.ageing import publish_old; publish_old(40, {user!r}, number={number}, title={title!r})"
    ran = server.manage("shell", "-v", "0", "-c", code)
    assert ran.returncode == 0, ran.stderr


def _prune(server: Server) -> None:
    ran = server.manage("prune")
    assert ran.returncode == 0 and ran.stdout.splitlines()[-1].startswith("Removed "), ran.stderr


def _until_quiet(socket: Socket) -> list[tuple[str, str, int]]:
    """What comes of resets and notifications."""
    frames = []
    try:
        while True:
            frame = socket.receive(seconds=1.0)
            if frame["type"] in {"reset", "notification"}:
                frames.append((frame["type"], frame["stream"], frame["seq"]))
    except TimeoutError:
        return frames


def test_client_that_was_away_gets_one_reset_and_then_the_rest(server: Server, browser: Browser, alice: str) -> None:
    """Never a silent gap; the next time it comes back, its cursor is honoured again."""
    stream = f"user:{alice}"
    _publish_old(server, alice, 2, "seen")
    first = browser(server, alice).hello()
    assert first.titles(2) == ["seen 0", "seen 1"]
    first.close()
    _publish_old(server, alice, 5, "missed and pruned")
    for number in range(3):
        server.post({"users": [alice]}, f"kept {number}")
    _prune(server)
    back = browser(server, alice).hello(after=first)
    assert (back.welcome["recovered"], back.welcome["unread"], back.welcome["streams"][stream]) == (False, 3, 7)
    assert _until_quiet(back) == [("reset", stream, 7), *(("notification", stream, seq) for seq in (8, 9, 10))]
    back.close()
    server.post({"users": [alice]}, "later")
    again = browser(server, alice).hello(after=back)
    assert again.welcome["recovered"]
    assert _until_quiet(again) == [("notification", stream, 11)]


def test_open_page_learns_that_its_count_has_fallen(
    new_server: Callable[..., Server], browser: Browser, alice: str
) -> None:
    """What nobody read goes, and the bell does not keep it."""
    server = new_server("uvicorn")
    _publish_old(server, alice, 3, "old")
    server.post({"users": [alice]}, "new")
    socket = browser(server, alice).hello()
    socket.notifications(4)
    assert socket.welcome["unread"] == 4
    _prune(server)
    state = socket.until("state")
    assert (state["unread"], state["read"], state["all"]) == (1, [], False)


def test_connection_that_is_behind_gets_a_reset_for_what_was_pruned_meanwhile(
    server: Server, browser: Browser, alice: str
) -> None:
    """256 are on their way to it; the next 40 are pruned before it acknowledges."""
    stream = f"user:{alice}"
    _publish_old(server, alice, 296, "old")
    socket = browser(server, alice).hello()
    for _ in range(256):
        socket.until("notification")
    server.post({"users": [alice]}, "kept")
    _prune(server)
    socket.ack()
    assert _until_quiet(socket) == [("reset", stream, 296), ("notification", stream, 297)]
    socket.ack()
    server.post({"users": [alice]}, "live")
    assert _until_quiet(socket) == [("notification", stream, 298)]
