"""The bus, from wherever it is called."""

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
import redis as redis_client
from channels.layers import channel_layers

from notifier import bus, redis_line, wakeups
from notifier.announcing import Announcements
from notifier.layers import EmbeddedChannelLayer, WatchedRedisLayer
from notifier.sequences import Place
from tests.real.redis import Redis


def _connections(url: str) -> int:
    with redis_client.Redis.from_url(url) as client:
        return int(client.info("stats")["total_connections_received"]) - 1


@pytest.mark.parametrize("caller", ["a command", "plain threads"])
def test_no_new_redis_connection_for_each_call(redis: Redis, caller: str) -> None:
    """Outside an ASGI server's loop the layer's connection is kept, whoever calls."""
    before = channel_layers.set("default", WatchedRedisLayer(hosts=[redis.url]))
    try:
        entries = [([Place("user:alice", 1)], "{}")]
        bus.announce(entries)
        opened = _connections(redis.url)
        for _ in range(20):
            _call(lambda: bus.announce(entries), in_thread=caller == "plain threads")
        assert _connections(redis.url) - opened <= 1  # the one that counts
    finally:
        channel_layers.backends["default"] = before


def _call(work: Callable[[], None], *, in_thread: bool) -> None:
    if not in_thread:
        work()
        return
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_few_streams_are_told_one_by_one_and_many_through_the_hubs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever listens to a person's group alone hears what is for a few people; a batch carries its content a few times, and not a thousand."""
    monkeypatch.setattr(redis_line, "TIMEOUT", 30.0)  # however long the machine stands still meanwhile

    async def listen(number: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        person, hub = await layer.new_channel(), await layer.new_channel()
        await layer.group_add(wakeups.group_of("user:u0"), person)
        await layer.group_add(wakeups.ALL_HUBS, hub)
        places = [Place(f"user:u{n}", n + 1) for n in range(number)]
        await asyncio.to_thread(bus.announce, [(places, '{"id":"x"}')])
        return _drain(layer, person), _drain(layer, hub)

    layer = EmbeddedChannelLayer()
    before = channel_layers.set("default", layer)
    try:
        few, none = asyncio.run(listen(3))
        nothing, batch = asyncio.run(listen(1000))
    finally:
        channel_layers.backends["default"] = before
    assert [(message["type"], message["seq"]) for message in few] == [("notification.push", 1)]
    assert (none, nothing) == ([], [])
    assert [place for message in batch for place in message["places"]] == [[f"user:u{n}", n + 1] for n in range(1000)]
    assert len(batch) <= 4
    assert {message["content"] for message in batch} == {'{"id":"x"}'}


def _drain(layer: EmbeddedChannelLayer, channel: str) -> list[dict[str, Any]]:
    queue = layer.channels.get(channel)
    return [queue.get_nowait()[1] for _ in range(queue.qsize())] if queue is not None else []


def test_what_is_sent_here_is_handed_over_here_first() -> None:
    """On the server's loop, while that runs. Should it fail, the layer brings it all the same."""

    async def send() -> list[dict[str, Any]]:
        channel = await layer.new_channel()
        await layer.group_add(wakeups.group_of("user:alice"), channel)
        bus.attach(asyncio.get_running_loop(), push_here)
        await asyncio.to_thread(bus.announce, [([Place("user:alice", 1)], "{}")])
        await bus.announce_here([([Place("user:alice", 2)], "{}")])
        return _drain(layer, channel)

    def push_here(stream: str, seq: int, text: str) -> None:
        handed.append((stream, seq, json.loads(text)["seq"]))
        raise ConnectionError

    handed: list[tuple[str, int, int]] = []
    layer = EmbeddedChannelLayer()
    before = channel_layers.set("default", layer)
    try:
        assert [message["seq"] for message in asyncio.run(send())] == [1, 2]
        bus.announce([([Place("user:alice", 3)], "{}")])
    finally:
        channel_layers.backends["default"] = before
    assert handed == [("user:alice", 1, 1), ("user:alice", 2, 2)]


def test_layer_that_hangs_costs_a_publisher_a_moment() -> None:
    """A publisher does not wait for a layer that does not answer; the sweep is told to hurry."""

    class Hanging(EmbeddedChannelLayer):
        async def group_send(self, group: str, message: object) -> None:
            await asyncio.sleep(60)

    before = channel_layers.set("default", Hanging())
    try:
        worker = threading.Thread(target=lambda: bus.announce([([Place("user:alice", 1)], "{}")]))
        worker.start()
        worker.join(3 * redis_line.TIMEOUT)
        assert not worker.is_alive()
        assert redis_line.is_unwell()
        assert not redis_line.allows()
    finally:
        channel_layers.backends["default"] = before


def test_embedded_layer_keeps_a_burst() -> None:
    """Channels' own loses part of a burst of 150 to one channel; this one has room for all of it, in order."""

    async def burst() -> list[int]:
        layer = EmbeddedChannelLayer()
        channel = await layer.new_channel("hub")
        await layer.group_add("g", channel)
        for number in range(5000):
            await layer.group_send("g", {"type": "x", "n": number})
        return [(await layer.receive(channel))["n"] for _ in range(5000)]

    assert asyncio.run(burst()) == list(range(5000))


@pytest.mark.parametrize(
    "stream", ["user:alice", "user:Ünïcode 🎉 / ", "topic:order:1", "everyone", "user:" + "x" * 128]
)
def test_any_stream_has_a_group_that_channels_takes(stream: str) -> None:
    """A recipient's id may hold what a group's name may not."""
    assert EmbeddedChannelLayer().require_valid_group_name(wakeups.group_of(stream))
    assert wakeups.group_of(stream) != wakeups.group_of(stream + "x")


def test_those_who_watch_are_told_in_order() -> None:
    """More than fit into one lot, through the group `ops`; a layer that fails keeps nobody from going on, and opens no breaker."""

    class Failing(EmbeddedChannelLayer):
        failing = True

        async def group_send(self, group: str, message: object) -> None:
            if self.failing:
                raise ConnectionError
            await super().group_send(group, message)

    layer = Failing()

    async def watch() -> list[dict[str, object]]:
        channel = await layer.new_channel()
        await layer.group_add(wakeups.OPS, channel)
        announcements = Announcements()
        announcements.add("online", "lost", 0.0)
        keeping = asyncio.create_task(announcements.keep())
        await asyncio.sleep(0.2)
        layer.failing = False
        for number in range(250):
            announcements.add("online", f"user-{number}", 1_795_339_800.5)
        found: list[dict[str, Any]] = []
        while len(found) < 250:
            found += wakeups.events_of(await layer.receive(channel))
        announcements.add("offline", "alice", 1_795_339_801.0)
        found.append(await layer.receive(channel))
        keeping.cancel()
        return found

    before = channel_layers.set("default", layer)
    try:
        *came, went = asyncio.run(watch())
    finally:
        channel_layers.backends["default"] = before
    assert redis_line.is_well()
    assert [event["recipient"] for event in came] == [f"user-{number}" for number in range(250)]
    assert came[0] == {
        "type": "ops.event",
        "kind": "online",
        "recipient": "user-0",
        "at": 1_795_339_800.5,
    }
    assert went == {"type": "ops.event", "kind": "offline", "recipient": "alice", "at": 1_795_339_801.0}
