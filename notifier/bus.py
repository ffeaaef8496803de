"""The way from a commit to the hubs: the only caller of the channel layer for sending.

The layer is a wake-up and no store. What it loses, repeats or reorders is repaired by the hubs from the database,
so a failure here is logged and never an error of the publisher.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from notifier import redis_line, wakeups, wire
from notifier.changes import Change
from notifier.layers import GroupMessage
from notifier.sequences import Place

logger = logging.getLogger(__name__)

Entered = tuple[Sequence[Place], str]
"""Where a notification was entered, and its content as JSON, encoded once."""

# So many messages are sent at a time, under one time limit. The loop does nothing else while it encodes them.
_AT_A_TIME = 500
# With more streams than these an entry is told to all hubs, so many places in a message: a hub does nothing else meanwhile.
_FEW = 20
_PLACES = 250
# For those who watch, whom nobody waits for.
_WATCHERS_SECONDS = 2.0

# Whether a wake-up was not sent that somebody may be waiting for.
_owing = False
_home: asyncio.AbstractEventLoop | None = None
_push_here: Callable[[str, int, str], None] | None = None
_home_lock = threading.Lock()


def announce(entered: Iterable[Entered]) -> None:
    """Tell the connections of each stream of its new entries."""
    async_to_sync(group_send)(_messages(entered))


async def announce_here(entered: Iterable[Entered]) -> None:
    """`announce`, on the event loop."""
    await group_send(_messages(entered))


def tell_person(stream: str, change: Change) -> None:
    """Tell the connections of a person (whose own stream this is) that what they marked or follow has changed."""
    message = {"type": "person.push", "stream": stream, **change.as_message()}
    async_to_sync(group_send)([(wakeups.group_of(stream), message)])


def hasten_orders() -> None:
    """Tell every hub that there is something new in `notifier.orders`. They look there every 2 s in any case."""
    async_to_sync(group_send)([(wakeups.ALL_HUBS, {"type": "hub.orders"})])


async def tell_operators(events: Sequence[dict[str, Any]]) -> None:
    """Tell those who watch. On the event loop that sends. What cannot be sent is not made up for, and says nothing of the layer's health."""
    if not redis_line.is_well():
        return
    layer = channel_layer()
    try:
        async with asyncio.timeout(_WATCHERS_SECONDS):
            await layer.group_send(wakeups.OPS, wakeups.ops_lot(events))
    except Exception as error:
        logger.debug("operators were not told: %r", error)


async def make_up() -> None:
    """If wake-ups of this process were lost, ask every hub to look into the database. Does nothing otherwise."""
    global _owing
    if _owing:
        _owing = False
        await _send_all([(wakeups.ALL_HUBS, {"type": "hub.sweep"})])


async def echo(channel: str) -> None:
    """Send something to a channel of this process, to see whether it arrives."""
    try:
        async with asyncio.timeout(redis_line.TIMEOUT):
            await channel_layer().send(channel, {"type": "hub.echo"})
    except Exception as error:
        redis_line.failed("send", error)


async def reconnect() -> None:
    """Have the layer's subscriptions made anew."""
    await channel_layer().reconnect()


async def group_send(messages: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Send each message to its group, on the one event loop of this process that owns the layer's connections.

    `async_to_sync` runs this on the server's loop where there is one. Elsewhere (a command, a plain thread) it makes
    a loop for the call and ends it: a layer used there would open a Redis connection each time. So it goes home.
    """
    home = _home_loop()
    if home is asyncio.get_running_loop():
        await _send_all(messages)
    else:
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_send_all(messages), home))


def attach(loop: asyncio.AbstractEventLoop, push_here: Callable[[str, int, str], None]) -> None:
    """From now on send on this loop: the server's, which the hub receives on. What is sent is handed to `push_here` before: stream, seq and text."""
    global _home, _push_here
    _home, _push_here = loop, push_here


def channel_layer() -> Any:
    """The layer that the settings name."""
    layer = get_channel_layer()
    if layer is None:
        raise RuntimeError("no channel layer is configured")
    return layer


def _messages(entered: Iterable[Entered]) -> list[GroupMessage]:
    return [message for places, content in entered for message in _of_one(places, content)]


def _of_one(places: Sequence[Place], content: str) -> list[GroupMessage]:
    """Of a few streams each group is told. Of many all hubs are, each of which takes what it carries.

    A message to a group costs 50 µs on its way to a connection, and a place in a message to the hubs 2.
    """
    if len(places) <= _FEW:
        return [_entry(place, content) for place in places]
    return [_entries(places[first : first + _PLACES], content) for first in range(0, len(places), _PLACES)]


def _entry(place: Place, content: str) -> GroupMessage:
    group = wakeups.group_of(place.stream)
    text = wire.notification_frame(place.stream, place.seq, content, replayed=False)
    return group, {
        "type": "notification.push",
        "group": group,
        "stream": place.stream,
        "seq": place.seq,
        "text": text,
    }


def _entries(places: Sequence[Place], content: str) -> GroupMessage:
    named = [[stream, seq] for stream, seq in places]
    return wakeups.ALL_HUBS, {"type": "notification.batch", "places": named, "content": content}


async def _send_all(messages: Sequence[tuple[str, dict[str, Any]]]) -> None:
    global _owing
    if _push_here is not None:
        _hand_over(messages, _push_here)
    if not redis_line.allows():
        _owing = True
        return
    layer = channel_layer()
    try:
        for start in range(0, len(messages), _AT_A_TIME):
            async with asyncio.timeout(redis_line.TIMEOUT):
                if len(messages) == 1:
                    await layer.group_send(*messages[0])
                else:
                    await layer.group_send_all(messages[start : start + _AT_A_TIME])
    except Exception as error:  # whatever a layer may raise: the sweep delivers
        _owing = True
        redis_line.failed("send", error)
    else:
        redis_line.answered()


def _hand_over(messages: Sequence[tuple[str, dict[str, Any]]], push_here: Callable[[str, int, str], None]) -> None:
    for _, message in messages:
        if message["type"] == "notification.push":
            try:
                push_here(message["stream"], message["seq"], message["text"])
            except Exception:
                logger.exception("an entry was not handed over; the layer brings it")


def _home_loop() -> asyncio.AbstractEventLoop:
    global _home, _push_here
    with _home_lock:
        if _home is None or not _home.is_running():
            _home, _push_here, running = asyncio.new_event_loop(), None, threading.Event()
            _home.call_soon(running.set)
            threading.Thread(target=_home.run_forever, name="notifier-bus", daemon=True).start()
            running.wait()
        return _home
