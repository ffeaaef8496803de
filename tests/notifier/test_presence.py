"""Presence tells the same whether it is kept in memory or in Redis."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from notifier import redis_line
from notifier.errors import Invalid
from notifier.facts import MAX_LISTED, Facts, Pulse
from notifier.shared_presence import SharedPresence
from tests.notifier.presence_stage import GRACE, Stage, stage
from tests.real.processes import free_port, wait_until

__all__ = ["stage"]

STRANGE = [
    "Zoë",
    "a,b",
    "a/b",
    "alice",
    "alice ",
    "alice:1",
    "b" * 128,
    "é",
    "日本",
    "🎉" * 128,
    "\uffff",
    "\\'\"<b>%s{}",
]


def test_person_is_online_from_the_first_connection_to_the_last(stage: Stage) -> None:
    server = stage.server()
    first, second = server.arrive("alice"), server.arrive("alice")
    third = server.arrive("bob")
    stage.settles({"alice": [first, second], "bob": [third]})
    server.leave(first)
    stage.settles({"alice": [second], "bob": [third]})
    server.leave(second)
    stage.settles({"bob": [third]})
    server.leave(third, third, first, "con_of nobody")
    stage.settles({})


def test_facts_are_those_that_were_told(stage: Stage) -> None:
    """And what changes on a connection is told within a few seconds."""
    server = stage.server()
    since = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    pulse = Pulse(page="/orders/1", visible=True, rtt=0, queue=3, streams=2)
    connection = server.arrive("alice", lambda: pulse, since=since, agent="", client="notifier.js/0.1.0")
    stage.settles({"alice": [connection]})
    (facts,) = stage.presence.of_person("alice").connections
    assert facts == Facts(
        connection=connection,
        recipient="alice",
        address="192.0.2.1",
        agent="",
        client="notifier.js/0.1.0",
        since=since,
        server=server.name,
        transport="websocket",
        page="/orders/1",
        visible=True,
        acked_at=None,
        rtt=0,
        queue=3,
        streams=2,
    )
    pulse = Pulse(page="/", visible=False, acked=time.monotonic() - 60, rtt=41, queue=0, streams=3)
    wait_until(lambda: stage.presence.of_person("alice").connections[0].page == "/", what="the change", seconds=8)
    (facts,) = stage.presence.of_person("alice").connections
    assert (facts.visible, facts.rtt, facts.queue, facts.streams) == (False, 41, 0, 3)
    assert facts.acked_at is not None
    assert abs(datetime.now(UTC) - facts.acked_at - timedelta(seconds=60)) < timedelta(seconds=10)
    (person,) = stage.presence.page("", None, 10).people
    (same,) = person.connections
    assert (person.recipient, person.count) == ("alice", 1)
    assert same._replace(acked_at=None) == facts._replace(acked_at=None)


def test_people_come_in_the_order_of_their_ids_page_by_page(stage: Stage) -> None:
    """Whatever the ids are made of; search is by the beginning, letter for letter."""
    server = stage.server()
    people = sorted([*STRANGE, *(f"user-{number:03}" for number in range(150))])
    expected = {person: [server.arrive(person)] for person in people}
    stage.settles(expected)
    for limit in (1, 7, 100):
        seen, cursor = [], None
        while True:
            page = stage.presence.page("", cursor, limit)
            seen += [person.recipient for person in page.people]
            assert len(page.people) == limit or page.next is None
            if (cursor := page.next) is None:
                break
        assert seen == people
    for prefix in ("", "a", "alice", "alice ", "ALICE", "user-1", "🎉", "b" * 128, "b" * 129, "x", "\uffff"):
        page = stage.presence.page(prefix, None, 1000)
        assert [person.recipient for person in page.people] == [name for name in people if name.startswith(prefix)]
        assert page.next is None
    for person in STRANGE:
        assert stage.presence.of_person(person).count == 1
    assert stage.presence.of_person("ALICE").connections == []


def test_page_goes_on_where_it_ended_whoever_comes_and_goes(stage: Stage) -> None:
    """Also when the one it ended with is gone, and with another search."""
    server = stage.server()
    held = {person: server.arrive(person) for person in ("ann", "ben", "bob", "cid")}
    stage.settles({person: [connection] for person, connection in held.items()})
    page = stage.presence.page("", None, 2)
    server.leave(held.pop("ben"))
    held["bea"] = server.arrive("bea")
    held["bert"] = server.arrive("bert")
    stage.settles({person: [connection] for person, connection in held.items()})
    assert [person.recipient for person in stage.presence.page("", page.next, 9).people] == ["bert", "bob", "cid"]
    assert [person.recipient for person in stage.presence.page("bo", page.next, 9).people] == ["bob"]
    assert [person.recipient for person in stage.presence.page("a", page.next, 9).people] == []
    assert [person.recipient for person in stage.presence.page("c", page.next, 9).people] == ["cid"]


@pytest.mark.parametrize(
    "cursor", ["", "!", "a", "é", "YWxpY2U=", "YWxpY2V=", "YWxpY2V", "/w", "_w", "AAAA", "YWxp" * 100]
)
def test_what_is_no_cursor_is_refused(stage: Stage, cursor: str) -> None:
    stage.server()
    with pytest.raises(Invalid, match="#/cursor"):
        stage.presence.page("", cursor, 10)


def test_person_with_very_many_connections_is_counted_and_listed_in_part(stage: Stage) -> None:
    """A page of people has about so many connections, too."""
    server = stage.server()
    for number in range(MAX_LISTED + 200):
        server.arrive("robot" if number % 7 else f"user-{number:03}")
    many = MAX_LISTED + 200 - 100
    wait_until(lambda: stage.presence.totals().connections == MAX_LISTED + 200, what="all to arrive")
    found = stage.presence.of_person("robot")
    assert found.count == many
    assert MAX_LISTED <= len({facts.connection for facts in found.connections}) <= many
    assert len(found.connections) <= MAX_LISTED
    page = stage.presence.page("", None, 100)
    assert [person.count for person in page.people] == [many]
    rest = stage.presence.page("", page.next, 100)
    assert [person.count for person in rest.people] == [1] * 100
    assert rest.next is None


# ------------------------------------------------------------------ who came, who went


def test_coming_and_going_is_announced_once(stage: Stage) -> None:
    """For the first connection and the last; and the going not before the grace is over."""
    server = stage.server()
    first = server.arrive("alice")
    second = server.arrive("alice")
    stage.announces(("online", "alice"))
    server.leave(first)
    server.leave(second)
    time.sleep(GRACE / 2)
    assert stage.events == [("online", "alice")]
    stage.announces(("online", "alice"), ("offline", "alice"))


def test_whoever_reloads_a_page_neither_goes_nor_comes(stage: Stage) -> None:
    """Several times over; whoever is back after the grace has gone and come."""
    server = stage.server()
    connection = server.arrive("alice")
    stage.settles({"alice": [connection]})
    for _ in range(4):
        server.leave(connection)
        stage.settles({})
        time.sleep(GRACE / 4)
        connection = server.arrive("alice")
        stage.settles({"alice": [connection]})
    time.sleep(2 * GRACE + 1)
    stage.announces(("online", "alice"))
    server.leave(connection)
    stage.announces(("online", "alice"), ("offline", "alice"))
    server.arrive("alice")
    stage.announces(("online", "alice"), ("offline", "alice"), ("online", "alice"))


def test_who_is_connected_here_is_counted_without_redis() -> None:
    away = SharedPresence(f"redis://127.0.0.1:{free_port()}/0", prefix="p", here={"alice", "carol"})
    try:
        assert away.count_online_each([["alice", "carol", "alice"], ["alice", "bob"], [], None]) == [2, None, 0, None]
    finally:
        redis_line.answered()
