"""The protocol core by itself: no server, no socket, no clock."""

import json
import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from consumers.protocol import Protocol, Stage
from notifier import wire
from notifier.access import Person
from notifier.changes import Change
from notifier.following import Position
from notifier.inbox import Count, Missed
from notifier.live import Live
from notifier.resuming import Opening
from notifier.wire import CloseCode

ALICE = Person("alice", ("room.*",), datetime(2026, 11, 22, 10, tzinfo=UTC))
STREAM = "user:alice"


def opening(cursor: int = 0, head: int = 0) -> Opening:
    return Opening("epoch", {STREAM: cursor}, {STREAM: head}, {}, 0, 0)


def opened(**options: Any) -> Protocol:
    """A connection that has said hello and was welcomed."""
    protocol = Protocol(ALICE, now=0, **options)
    assert protocol.receive('{"type":"hello"}', 0)
    protocol.welcome("con_1", opening(), patience=2)
    written(protocol)
    return protocol


def written(protocol: Protocol) -> list[dict[str, Any]]:
    """What the consumer would write now."""
    frames = [json.loads(text) for text in protocol.out]
    protocol.out.clear()
    return frames


def text(seq: int) -> str:
    return wire.notification_frame(STREAM, seq, '{"id":"x"}', replayed=False)


def push(protocol: Protocol, seq: int, now: float = 0) -> None:
    take(protocol, Live(STREAM, seq, text(seq), now))


def take(protocol: Protocol, live: Live) -> None:
    """As a session does whose socket has to be waited for."""
    if protocol.passes(live):
        protocol.push(live.text)


def seqs(protocol: Protocol) -> list[int]:
    return [frame["seq"] for frame in written(protocol) if frame["type"] == "notification"]


def test_next_seq_is_sent_an_old_one_is_dropped_a_later_one_is_looked_up() -> None:
    """The delivery rule."""
    protocol = opened()
    push(protocol, 1)
    push(protocol, 1)
    push(protocol, 3)
    assert seqs(protocol) == [1]
    assert protocol.delivery.missing() == {STREAM: 1}
    protocol.replay(STREAM, Missed([(2, "{}"), (3, "{}")], 3, 3, 1), 0)
    push(protocol, 3)
    push(protocol, 4)
    assert seqs(protocol) == [2, 3, 4]
    assert protocol.delivery.missing() == {}


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("by", ["a push", "the sweep"])
def test_what_comes_while_the_welcome_is_prepared_is_looked_up(by: str, plain: bool) -> None:
    """The opening may have been read before it was committed, and no later entry may follow that would tell."""
    protocol = Protocol(ALICE, now=0, plain=plain)
    if not plain:
        protocol.receive('{"type":"hello"}', 0)
    if by == "a push":
        push(protocol, 6)
    else:
        protocol.notice(STREAM, 6)
    assert seqs(protocol) == []
    protocol.welcome("con_1", opening(cursor=5, head=5), patience=2)
    assert protocol.delivery.missing() == {STREAM: 5}
    protocol.replay(STREAM, Missed([(6, "{}")], 6, 6, 1), 0)
    assert seqs(protocol) == [6]


@pytest.mark.parametrize(("late", "closing"), [(0.1, CloseCode.HELLO_TIMEOUT), (1.0, None)])
def test_hello_is_waited_for_again_when_the_server_itself_is_late(late: float, closing: CloseCode | None) -> None:
    """A timer that comes late says that the hello may be waiting to be read."""
    protocol = Protocol(ALICE, now=0, hello_seconds=5)
    protocol.expire(5 + late)
    assert protocol.closing is closing
    protocol.expire(11.1)
    assert protocol.closing is CloseCode.HELLO_TIMEOUT


def test_what_is_acknowledged_is_given_out_once_with_when_it_was_sent() -> None:
    protocol = opened()
    for seq, now in ((1, 10.5), (2, 11), (3, 12)):
        push(protocol, seq, now)
    size = len(text(1))
    assert protocol.receive(json.dumps({"type": "ack", "streams": {STREAM: 2}}), 13)
    assert protocol.delivery.take_acknowledged() == [(STREAM, [(1, size, 10.5), (2, size, 11)])]
    assert protocol.delivery.take_acknowledged() == []
    assert not protocol.receive(json.dumps({"type": "ack", "streams": {STREAM: 2}}), 14)
    assert protocol.delivery.take_acknowledged() == []


def test_what_nobody_acknowledges_is_given_out_once() -> None:
    """What was sent by the time that is asked about; also of a stream that was closed meanwhile. It can be acknowledged later."""
    protocol = opened()
    for seq, now in ((1, 10), (2, 11), (3, 12)):
        push(protocol, seq, now)
    size = len(text(1))
    assert protocol.delivery.take_unacknowledged(9, 13) == []
    assert protocol.delivery.take_unacknowledged(11, 13) == [(STREAM, [(1, size, 10), (2, size, 11)])]
    assert protocol.delivery.take_unacknowledged(11, 13) == []
    protocol.receive(json.dumps({"type": "ack", "streams": {STREAM: 1}}), 13)
    assert protocol.delivery.take_acknowledged() == [(STREAM, [(1, size, 10)])]
    protocol.delivery.close(STREAM)
    assert protocol.delivery.take_unacknowledged(0, 14) == [(STREAM, [(3, size, 12)])]
    assert protocol.delivery.take_unacknowledged(math.inf, 15) == []


def test_what_a_plain_client_was_sent_is_given_out_as_sent_by_now() -> None:
    """Nothing is kept for it from entry to entry."""
    protocol = Protocol(ALICE, now=0, plain=True)
    protocol.welcome("con_1", opening(head=7), patience=2)
    assert protocol.delivery.take_unacknowledged(0, 1) == []
    for seq in (8, 9):
        push(protocol, seq, 1)
    assert protocol.delivery.take_unacknowledged(0, 2) == [(STREAM, [(8, 0, 2), (9, 0, 2)])]
    assert protocol.delivery.take_unacknowledged(0, 3) == []


def test_only_what_was_stored_before_the_welcome_is_a_replay() -> None:
    protocol = Protocol(ALICE, now=0)
    protocol.receive('{"type":"hello"}', 0)
    protocol.welcome("con_1", opening(cursor=0, head=1), patience=2)
    written(protocol)
    protocol.replay(STREAM, Missed([(1, "{}"), (2, "{}")], 2, 2, 1), 0)
    assert [(frame["seq"], frame["replayed"]) for frame in written(protocol)] == [(1, True), (2, False)]


def resets(protocol: Protocol) -> list[tuple[int, int]]:
    """`oldest` and `seq` of each reset, which comes before all entries."""
    kinds = [(frame["type"], frame) for frame in written(protocol)]
    told = [(frame["oldest"], frame["seq"]) for kind, frame in kinds if kind == "reset"]
    assert [kind for kind, _ in kinds[: len(told)]] == ["reset"] * len(told)
    return told


def test_what_was_pruned_before_it_could_be_sent_is_told_by_one_reset() -> None:
    """Then comes what is kept; a second answer from the same database says nothing new."""
    protocol = opened()
    push(protocol, 1)
    push(protocol, 4)
    assert seqs(protocol) == [1]
    protocol.replay(STREAM, Missed([(4, "{}")], 4, 5, 4), 0)
    frames = written(protocol)
    assert [(frame["type"], frame["seq"]) for frame in frames] == [("reset", 3), ("notification", 4)]
    assert frames[0]["oldest"] == 4
    protocol.replay(STREAM, Missed([(5, "{}")], 5, 5, 4), 0)
    assert seqs(protocol) == [5]
    assert protocol.delivery.missing() == {}


def test_stream_of_which_nothing_is_kept_is_reset_to_its_end() -> None:
    protocol = opened()
    push(protocol, 9)
    protocol.replay(STREAM, Missed([], 9, 9, 10), 0)
    assert resets(protocol) == [(10, 9)]
    assert protocol.delivery.missing() == {}
    push(protocol, 10)
    assert seqs(protocol) == [10]


def test_reset_may_be_acknowledged() -> None:
    """A client goes on from the reset's seq, which was never sent to it as an entry."""
    protocol = opened(window=2)
    push(protocol, 1)
    push(protocol, 2)
    push(protocol, 3)
    written(protocol)
    protocol.receive('{"type":"ack","streams":{"user:alice":1}}', 1)
    protocol.replay(STREAM, Missed([(8, "{}")], 8, 8, 8), 1)
    assert [frame["type"] for frame in written(protocol)] == ["reset", "notification"]
    assert protocol.delivery.behind
    assert protocol.receive('{"type":"ack","streams":{"user:alice":7}}', 2) is not None
    assert protocol.closing is None
    assert not protocol.delivery.behind


@pytest.mark.parametrize(
    ("cursor", "missed"),
    [
        pytest.param(0, Missed([(2, "{}"), (4, "{}")], 5, 5, 1), id="holes"),
        pytest.param(3, Missed([(4, "{}")], 4, 4, 4), id="all was sent"),
        pytest.param(3, Missed([], 3, 3, 2), id="some was sent"),
        pytest.param(3, Missed([], 3, 3, 4), id="all is gone, and all was sent"),
    ],
)
def test_nothing_unsent_was_pruned_and_nothing_is_reset(cursor: int, missed: Missed) -> None:
    protocol = Protocol(ALICE, now=0)
    protocol.receive('{"type":"hello"}', 0)
    protocol.welcome("con_1", opening(cursor, missed.head), patience=2)
    written(protocol)
    protocol.replay(STREAM, missed, 0)
    assert resets(protocol) == []


def test_pruned_stream_that_is_carried_no_longer_is_not_reset() -> None:
    protocol = opened()
    protocol.replay("topic:room.gone", Missed([(8, "{}")], 8, 8, 8), 0)
    assert written(protocol) == []


def test_hello_is_due_in_time() -> None:
    protocol = Protocol(ALICE, now=100, hello_seconds=5)
    assert protocol.deadline() == 105
    protocol.expire(104.9)
    assert protocol.closing is None
    protocol.expire(105)
    assert protocol.closing is CloseCode.HELLO_TIMEOUT


def test_who_is_behind_and_acknowledges_nothing_is_closed() -> None:
    """Behind from the moment when the window is full; an ack begins the time anew."""
    protocol = opened(window=2, slow_seconds=30)
    push(protocol, 1, 10)
    assert protocol.deadline() is None
    push(protocol, 2, 20)
    push(protocol, 3, 25)
    assert seqs(protocol) == [1, 2]
    assert protocol.deadline() == 50
    protocol.receive('{"type":"ack","streams":{"user:alice":1}}', 40)
    assert protocol.delivery.missing() == {STREAM: 2}
    assert protocol.deadline() is None
    protocol.replay(STREAM, Missed([(3, "{}")], 3, 3, 1), 41)
    protocol.expire(70)
    assert protocol.closing is None
    protocol.expire(71)
    assert protocol.closing is CloseCode.SLOW_CONSUMER


def test_bytes_on_the_way_are_bounded_too() -> None:
    """1 MiB on its way is as good a reason to wait as 256 notifications."""
    protocol = opened()
    large = wire.notification_frame(STREAM, 1, json.dumps({"id": "x" * 300_000}), replayed=False)
    for seq in range(1, 6):
        take(protocol, Live(STREAM, seq, large, 0))
    assert len(protocol.out) == 4
    assert protocol.delivery.behind


def test_credential_ends_the_connection() -> None:
    protocol = opened(expires=600)
    assert protocol.deadline() == 600
    protocol.refreshed(ALICE, 900)
    assert protocol.deadline() == 900
    protocol.expire(900)
    assert protocol.closing is CloseCode.TOKEN_EXPIRED


def test_plain_client_that_takes_nothing_is_closed() -> None:
    """It acknowledges nothing, so what waits to be written is its bound."""
    protocol = Protocol(ALICE, now=0, plain=True)
    protocol.welcome("con_1", opening(), patience=2)
    for seq in range(1, 2000):
        push(protocol, seq)
    assert protocol.closing is CloseCode.SLOW_CONSUMER
    assert len(protocol.out) == 0


def test_frames_are_counted_by_the_second() -> None:
    protocol = opened()
    for number in range(200):
        protocol.receive('{"type":"ping"}', 1 + number / 20)
    assert protocol.closing is None
    for _ in range(25):
        protocol.receive('{"type":"ping"}', 20)
    assert protocol.closing is CloseCode.RATE


def test_first_reason_to_close_stands_and_nothing_is_taken_after_it() -> None:
    protocol = opened()
    protocol.close(CloseCode.GOING_AWAY)
    protocol.close(CloseCode.RATE)
    assert protocol.closing is CloseCode.GOING_AWAY
    assert protocol.receive("{", 0) is None
    push(protocol, 1)
    assert written(protocol) == []


def test_following_and_unfollowing_change_what_is_carried() -> None:
    protocol = opened()
    own = Position(1, STREAM, 0, 1, 0, 0, 0, 1)
    room = Position(2, "topic:room.a", 7, 1, 7, 7, 0, 0)
    assert protocol.changed(Count([own, room], 0), Change()) == []
    assert [frame["type"] for frame in written(protocol)] == ["followed", "state"]
    assert protocol.delivery.missing() == {"topic:room.a": 7}
    assert protocol.changed(Count([own, room], 0), Change(), asked="room.a") == []
    assert [frame["type"] for frame in written(protocol)] == ["followed", "state"]
    assert protocol.changed(Count([own], 0), Change()) == ["topic:room.a"]
    assert [frame["type"] for frame in written(protocol)] == ["unfollowed", "state"]


@pytest.mark.parametrize(
    "frame", ['{"type":"ack","streams":{"user:alice":1}}', '{"type":"ping"}', '{"type":"read","all":true}']
)
def test_nothing_goes_before_hello(frame: str) -> None:
    protocol = Protocol(ALICE, now=0)
    assert protocol.receive(frame, 0) is None
    assert [told["code"] for told in written(protocol)] == ["hello_expected"]
    assert protocol.stage is Stage.GREETING


class Delivery(RuleBasedStateMachine):
    """One client of two streams, behind a layer that loses, repeats and reorders, while entries come, go and are pruned.

    Whatever happens: each stream arrives in order and once, what was pruned before it came is told by a reset and never
    passed over, and when all is quiet the client has everything that is kept.
    """

    STREAMS = ("user:alice", "everyone")

    def __init__(self) -> None:
        super().__init__()
        self.heads = dict.fromkeys(self.STREAMS, 0)
        self.oldest = dict.fromkeys(self.STREAMS, 1)
        self.gone: set[tuple[str, int]] = set()
        self.cursors = dict.fromkeys(self.STREAMS, 0)
        self.got: set[tuple[str, int]] = set()
        self.clock = 0
        self.connect()

    def connect(self) -> None:
        """Hello with the client's cursors; as in the consumer, the groups are joined before the database is read."""
        self.layer: list[tuple[str, int]] = []
        self.answers: list[tuple[str, Missed]] = []
        self.protocol = Protocol(ALICE, now=self.clock, window=4)
        self.protocol.receive('{"type":"hello"}', self.clock)
        resets = {name: self.oldest[name] for name in self.STREAMS if self.cursors[name] < self.oldest[name] - 1}
        cursors = {name: max(self.cursors[name], self.oldest[name] - 1) for name in self.STREAMS}
        self.protocol.welcome("con_1", Opening("epoch", cursors, dict(self.heads), resets, 0, 0), patience=2)

    @rule(stream=st.sampled_from(STREAMS), publishers=st.integers(1, 6))
    def publish(self, stream: str, publishers: int) -> None:
        for _ in range(publishers):
            self.heads[stream] += 1
            self.layer.append((stream, self.heads[stream]))

    @precondition(lambda self: self.layer)
    @rule(data=st.data(), again=st.booleans())
    def wake(self, data: st.DataObject, again: bool) -> None:
        """The layer brings any of its messages, perhaps not for the last time."""
        place = data.draw(st.integers(0, len(self.layer) - 1))
        stream, seq = self.layer[place] if again else self.layer.pop(place)
        frame = wire.notification_frame(stream, seq, '{"id":"x"}', replayed=False)
        take(self.protocol, Live(stream, seq, frame, 0))

    @precondition(lambda self: self.layer)
    @rule(data=st.data())
    def lose(self, data: st.DataObject) -> None:
        self.layer.pop(data.draw(st.integers(0, len(self.layer) - 1)))

    @rule(stream=st.sampled_from(STREAMS))
    def sweep(self, stream: str) -> None:
        self.protocol.delivery.notice(stream, self.heads[stream])

    @rule(limit=st.integers(1, 5))
    def ask(self, limit: int) -> None:
        """The database is asked for what is missing; its answer comes whenever."""
        if not self.answers:
            self.answers = [
                (name, self._since(name, after, limit)) for name, after in self.protocol.delivery.missing().items()
            ]

    @precondition(lambda self: self.answers)
    @rule()
    def answer(self) -> None:
        stream, missed = self.answers.pop()
        self.protocol.replay(stream, missed, 0)

    @rule()
    def acknowledge(self) -> None:
        self._take()
        self.clock += 1
        self.protocol.receive(json.dumps({"type": "ack", "streams": self.cursors}), self.clock)

    @rule()
    def reconnect(self) -> None:
        """The line breaks: what was not written is gone, and the client comes back with its cursors."""
        self.connect()

    @rule(stream=st.sampled_from(STREAMS), data=st.data())
    def remove(self, stream: str, data: st.DataObject) -> None:
        """An entry expires, or is recalled."""
        if self.heads[stream]:
            self.gone.add((stream, data.draw(st.integers(1, self.heads[stream]))))

    @rule(stream=st.sampled_from(STREAMS), data=st.data())
    def prune(self, stream: str, data: st.DataObject) -> None:
        self.oldest[stream] = data.draw(st.integers(self.oldest[stream], self.heads[stream] + 1))

    @invariant()
    def never_more_on_the_way_than_the_window(self) -> None:
        assert sum(1 for waiting in self.protocol.out if '"notification"' in waiting) <= 4
        assert self.protocol.closing is None

    def teardown(self) -> None:
        """Quiet: the sweep passes, the client acknowledges, the database answers. Nothing that is kept is missing."""
        for stream, missed in self.answers:
            self.protocol.replay(stream, missed, 0)
        for _ in range(200):
            for stream in self.STREAMS:
                self.sweep(stream)
            self.acknowledge()
            missing = self.protocol.delivery.missing()
            if not missing:
                break
            for stream, after in missing.items():
                self.protocol.replay(stream, self._since(stream, after, 3), 0)
        for stream in self.STREAMS:
            kept = {(stream, seq) for seq in range(self.oldest[stream], self.heads[stream] + 1)} - self.gone
            assert kept <= self.got, (kept - self.got, self.protocol.delivery.missing())

    def _since(self, stream: str, cursor: int, limit: int) -> Missed:
        """As `notifier.inbox.since` answers."""
        after = max(cursor, self.oldest[stream] - 1)
        upto = max(cursor, min(self.heads[stream], after + limit))
        entries = [(seq, "{}") for seq in range(after + 1, upto + 1) if (stream, seq) not in self.gone]
        return Missed(entries, upto, self.heads[stream], self.oldest[stream])

    def _take(self) -> None:
        """The client reads: in order, each once."""
        for frame in written(self.protocol):
            if frame["type"] == "notification":
                assert frame["seq"] > self.cursors[frame["stream"]]
                assert (frame["stream"], frame["seq"]) not in self.got
                between = range(self.cursors[frame["stream"]] + 1, frame["seq"])
                assert {(frame["stream"], seq) for seq in between} <= self.gone, "a silent gap"
                self.cursors[frame["stream"]] = frame["seq"]
                self.got.add((frame["stream"], frame["seq"]))
            elif frame["type"] == "reset":
                assert frame["seq"] > self.cursors[frame["stream"]], "a reset for nothing"
                assert frame["seq"] == frame["oldest"] - 1
                self.cursors[frame["stream"]] = frame["seq"]


Delivery.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestDelivery = Delivery.TestCase


def test_what_a_client_tells_of_itself_is_kept_until_it_tells_otherwise() -> None:
    """Where it is, whether it is seen, how long its pings took, when it last acknowledged; a part that is left out stays."""
    protocol = Protocol(ALICE, now=0)
    assert (protocol.page, protocol.visible, protocol.rtt, protocol.acked) == ("", None, None, None)
    protocol.receive('{"type":"hello","page":"/a?token=secret","visible":false}', 0)
    protocol.welcome("con_1", opening(), patience=2)
    assert (protocol.page, protocol.visible) == ("/a", False)
    written(protocol)
    assert protocol.receive('{"type":"page","visible":true}', 1) is None
    assert (protocol.page, protocol.visible) == ("/a", True)
    protocol.receive('{"type":"page","page":"/b#secret"}', 1)
    protocol.receive('{"type":"page"}', 1)
    assert (protocol.page, protocol.visible) == ("/b", True)
    assert written(protocol) == []
    protocol.receive('{"type":"ping","rtt":41}', 1)
    protocol.receive('{"type":"ping"}', 1)
    assert protocol.rtt == 41
    push(protocol, 1, now=2)
    protocol.receive(f'{{"type":"ack","streams":{{"{STREAM}":1}}}}', 3)
    assert protocol.acked == 3


def test_page_comes_after_hello() -> None:
    protocol = Protocol(ALICE, now=0)
    protocol.receive('{"type":"page","page":"/"}', 0)
    assert written(protocol)[0]["code"] == "hello_expected"
    assert protocol.closing is CloseCode.BAD_PROTOCOL
