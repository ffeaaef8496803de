"""The groups of a process: those of the streams that it carries, whatever the layer does meanwhile."""

import asyncio
from collections.abc import Collection, Iterator
from typing import Any

import pytest
from channels.layers import channel_layers

from notifier import bus, redis_line, wakeups
from notifier.groups import Groups, Message
from notifier.layers import EmbeddedChannelLayer


class Slow(EmbeddedChannelLayer):
    """Takes its time, and fails while `broken`."""

    broken = False

    async def join(self, groups: Collection[str], channel: str) -> None:
        await asyncio.sleep(0.01)
        if self.broken:
            raise ConnectionError("broken")
        await super().join(groups, channel)

    async def part(self, groups: Collection[str], channel: str) -> None:
        await asyncio.sleep(0.01)
        if self.broken:
            raise ConnectionError("broken")
        await super().part(groups, channel)


@pytest.fixture
def layer() -> Iterator[Slow]:
    slow = Slow()
    before = channel_layers.set("default", slow)
    yield slow
    if before is None:
        del channel_layers.backends["default"]
    else:
        channel_layers.backends["default"] = before


def _members(layer: Slow) -> set[str]:
    return {group for group, channels in layer.groups.items() if channels} - {wakeups.ALL_HUBS}


def test_who_joins_while_others_leave_is_in_the_group(layer: Slow) -> None:
    """A stream that loses its last connection and gets another at the same moment stays heard."""

    async def play() -> None:
        groups = Groups(lambda message: None)
        for round_ in range(20):
            groups.join("a")
            await groups.settle()
            groups.leave("a")
            leaving = asyncio.create_task(groups.settle())
            await asyncio.sleep(0.001 * round_)
            groups.join("a")
            await groups.settle()
            await leaving
            assert "a" in _members(layer), round_
            groups.leave("a")
            await groups.settle()
            assert "a" not in _members(layer), round_

    asyncio.run(play())


def test_who_leaves_while_joining_is_not_left_in_the_group(layer: Slow) -> None:
    async def play() -> None:
        groups = Groups(lambda message: None)
        groups.join("a")
        joining = asyncio.create_task(groups.settle())
        await asyncio.sleep(0.005)
        groups.leave("a")
        await joining
        await groups.settle()
        assert _members(layer) == set()

    asyncio.run(play())


def test_what_a_broken_layer_did_not_do_is_done_later(layer: Slow) -> None:
    async def play() -> None:
        groups = Groups(lambda message: None)
        groups.join("a")
        layer.broken = True
        await groups.settle()
        assert _members(layer) == set()
        assert not redis_line.allows()
        layer.broken = False
        await groups.check()  # its probe finds that all is well: there is no Redis here
        await groups.settle()
        assert _members(layer) == {"a"}

    asyncio.run(play())


def test_hubs_look_into_the_database_after_wake_ups_were_lost(layer: Slow) -> None:
    """What was not sent while the layer was away is made up for by one message to all hubs, when it is well again."""

    async def play() -> list[Any]:
        heard: list[Message] = []
        groups = Groups(heard.append)
        await groups.settle()
        receiving = asyncio.create_task(groups.receive())
        redis_line.failed("answer", TimeoutError())
        await bus._send_all([("a", {"type": "lost"})])
        await groups.check()
        await groups.check()
        await asyncio.sleep(0.05)
        receiving.cancel()
        return [message["type"] for message in heard]

    assert asyncio.run(play()) == ["hub.sweep"]


def test_a_message_that_cannot_be_handed_on_does_not_make_the_hub_deaf(
    layer: Slow, caplog: pytest.LogCaptureFixture
) -> None:
    async def play() -> int:
        heard: list[Message] = []

        def dispatch(message: Message) -> None:
            heard.append(message)
            raise KeyError("stream")

        groups = Groups(dispatch)
        await groups.settle()
        receiving = asyncio.create_task(groups.receive())
        for _ in range(2):
            await layer.group_send(wakeups.ALL_HUBS, {"type": "odd"})
        await asyncio.sleep(0.05)
        receiving.cancel()
        return len(heard)

    assert asyncio.run(play()) == 2
    assert "not handed on" in caplog.text
