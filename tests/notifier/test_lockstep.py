"""Whoever goes in step with others gets the same, and has the same books, as one who goes alone."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from notifier.delivery import Delivery
from notifier.live import Live, frame_of
from notifier.lockstep import MOST_BYTES, MOST_ENTRIES, Lockstep

STREAMS = ("everyone", "topic:a")


class Client:
    """Two connections of one client: `delivery` goes in step where it can, and its twin never does."""

    def __init__(self, *, acks: bool) -> None:
        # Room for one more than a member may be ahead of its books, and some.
        window = MOST_ENTRIES + 6
        self.delivery, self.twin = Delivery(acks=acks, window=window), Delivery(acks=acks, window=window)
        self.got: list[tuple[str, int]] = []
        self.twins: list[tuple[str, int]] = []
        self.takes = 1.0
        """How much of a frame its socket takes at the moment."""
        self.begun: tuple[str, bytes] | None = None

    def both(self, verb: str, *args: Any, **options: Any) -> Any:
        ours, theirs = (getattr(each, verb)(*args, **options) for each in (self.delivery, self.twin))
        assert ours == theirs, verb
        return ours

    def send(self, stream: str, frame: bytes, size: int, flags: int) -> int:
        assert (len(frame), 0) == (size, flags)
        went = int(size * self.takes)
        if not went:
            return -1
        self.begun = stream, frame[:went]
        if went == size:
            self.finish(b"")
        return went

    def finish(self, rest: bytes) -> None:
        assert self.begun is not None
        stream, begun = self.begun
        self.begun = None
        self.got.append((stream, int((begun + rest).rpartition(b" ")[2])))


class Together(RuleBasedStateMachine):
    """Entries come in order, late, twice or never; sockets stop and go on; clients acknowledge; the database is read."""

    clients = st.integers(0, 3)
    streams = st.sampled_from(STREAMS)

    def __init__(self) -> None:
        super().__init__()
        self.heads = dict.fromkeys(STREAMS, 0)
        self.steps = {stream: Lockstep() for stream in STREAMS}
        self.people = [Client(acks=True), Client(acks=True), Client(acks=True), Client(acks=False)]
        self.carried = {stream: set(self.people) for stream in STREAMS}
        self.now = 0.0
        for client, stream in self._places():
            client.both("open", stream, 0, 0, unchecked=False)

    def _places(self) -> Iterator[tuple[Client, str]]:
        return ((client, stream) for stream in STREAMS for client in self.people if client in self.carried[stream])

    @rule(stream=streams, count=st.integers(1, 40), size=st.sampled_from([10, 3000, MOST_BYTES // 20]))
    def publish(self, stream: str, count: int, size: int) -> None:
        for _ in range(count):
            self.heads[stream] += 1
            self._push(stream, self.heads[stream], size)

    @rule(stream=streams)
    def publish_a_giant(self, stream: str) -> None:
        self.publish(stream, 1, 5 * MOST_BYTES)

    @rule(stream=streams)
    def lose(self, stream: str) -> None:
        self.heads[stream] += 1

    @rule(stream=streams, back=st.integers(0, 5))
    def repeat(self, stream: str, back: int) -> None:
        self._push(stream, max(1, self.heads[stream] - back), 10)

    def _push(self, stream: str, seq: int, size: int) -> None:
        """As the hub and its sessions do."""
        live = Live(stream, seq, f"{'x' * (size - 10)} {seq}", self.now)
        for client in self.carried[stream]:
            if client.twin.offer(stream, live.parcel):
                client.twins.append((stream, seq))
        for client in tuple(self.steps[stream].push(live, self.carried[stream])):
            if client.delivery.offer(stream, live.parcel):
                client.got.append((stream, seq))
                if client.takes == 1:
                    client.delivery.fall_in(stream, self.steps[stream], client, partial(client.send, stream))

    @rule(number=clients, takes=st.sampled_from([0.0, 0.3, 1.0]))
    def block(self, number: int, takes: float) -> None:
        self.people[number].takes = takes

    @rule(number=clients)
    def fall_out(self, number: int) -> None:
        """Something else waits to be written."""
        self.people[number].delivery.fall_out()

    @rule(number=clients, stream=streams, back=st.integers(-1, 3))
    def acknowledge(self, number: int, stream: str, back: int) -> None:
        client = self.people[number]
        seq = max([0, *(seq for name, seq in client.twins if name == stream)]) - back
        if not client.both("fault", ((stream, seq),)):
            client.both("acknowledge", stream, seq)
        client.both("take_acknowledged")

    @rule()
    def settle_down(self) -> None:
        """All take again, acknowledge and read what they lack."""
        for number, client in enumerate(self.people):
            client.takes = 1.0
            for stream in STREAMS:
                self.open(number, stream)
                self.acknowledge(number, stream, 0)
                self.sweep(stream)
            self.read_what_is_missing(number, 10)

    @rule(stream=streams)
    def sweep(self, stream: str) -> None:
        for client in self.carried[stream]:
            client.both("notice", stream, self.heads[stream])

    @rule(number=clients, size=st.integers(1, 10_000))
    def read_what_is_missing(self, number: int, size: int) -> None:
        client = self.people[number]
        for stream, after in client.both("missing").items():
            for seq in range(after + 1, self.heads[stream] + 1):
                if client.both("replay", stream, seq, size, self.now):
                    client.got.append((stream, seq))
                    client.twins.append((stream, seq))
                elif client.delivery.behind:
                    break
            else:
                client.both("was_read", stream, self.heads[stream], self.heads[stream])

    @rule(number=clients, stream=streams)
    def close(self, number: int, stream: str) -> None:
        client = self.people[number]
        client.both("close", stream)
        self.carried[stream].discard(client)

    @rule(number=clients, stream=streams)
    def open(self, number: int, stream: str) -> None:
        client = self.people[number]
        if client not in self.carried[stream]:
            client.both("open", stream, self.heads[stream], self.heads[stream], unchecked=False)
            self.carried[stream].add(client)

    @rule(number=clients, patience=st.sampled_from([0.0, 2.0]), only=st.none() | streams)
    def look_around(self, number: int, patience: float, only: str | None) -> None:
        self.now += 1
        self.people[number].both("take_unacknowledged", self.now - patience, self.now, only)

    @rule(number=clients)
    def look_at_the_queue(self, number: int) -> None:
        client = self.people[number]
        assert client.delivery.waiting == client.twin.waiting

    @invariant()
    def nobody_can_tell_the_difference(self) -> None:
        for client in self.people:
            assert client.got == client.twins
            assert client.begun is None
            assert client.delivery.behind == client.twin.behind


Together.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestTogether = Together.TestCase


def test_what_thousands_are_sent_is_noted_once() -> None:
    """The point of it: an entry changes nothing of the connections that are in step."""
    step, stream = Lockstep(), STREAMS[0]
    people = {Client(acks=True) for _ in range(3)}
    for client in people:
        client.delivery.open(stream, 0, 0, unchecked=False)
    wrote: list[bytes] = []

    def send(frame: bytes, size: int, flags: int) -> int:
        wrote.append(frame)
        return size

    for seq in range(1, 4):
        for client in step.push(Live(stream, seq, str(seq), 0), people):
            assert seq == 1
            assert client.delivery.offer(stream, (seq, 1, 0))
            client.delivery.fall_in(stream, step, client, send)
    assert wrote == [frame_of("2")] * 3 + [frame_of("3")] * 3
    assert len(step.members) == 3
    assert [client.delivery.waiting for client in people] == [3, 3, 3]
