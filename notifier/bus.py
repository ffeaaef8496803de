"""The way from a commit to the hubs: the only caller of the channel layer for sending.

The layer is a wake-up and no store. What it loses, repeats or reorders is repaired by the hubs from the database,
so a failure here is logged and never an error of the publisher.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Sequence
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from notifier import wire
from notifier.sequences import Place

logger = logging.getLogger(__name__)

# So many group_sends run at a time; more only queue up inside the layer.
_AT_A_TIME = 100
# In seconds, for each such lot: a publisher must not wait for a layer that hangs.
SEND_TIMEOUT = 1.0
_UNWELL_SECONDS = 30.0
# After a failure nothing is sent for so long: a dead layer costs one publisher its time, and not each.
_PAUSE_SECONDS = 1.0

_last_failure = float("-inf")
_home: asyncio.AbstractEventLoop | None = None
_home_lock = threading.Lock()


def announce(places: Sequence[Place], content: str) -> None:
    """Tell the connections of each stream of a new entry. `content` is the notification's JSON, encoded once."""
    async_to_sync(group_send)(
        [
            (
                group := wire.group_of(place.stream),
                {
                    "type": "notification.push",
                    "group": group,
                    "stream": place.stream,
                    "seq": place.seq,
                    "text": wire.notification_frame(place.stream, place.seq, content, replayed=False),
                },
            )
            for place in places
        ]
    )


def tell_person(stream: str, revision: int, *, read: list[str], all_read: bool) -> None:
    """Tell the connections of a person (whose own stream this is) that what they read or follow has changed."""
    message = {"type": "person.push", "stream": stream, "revision": revision, "read": read, "all_read": all_read}
    async_to_sync(group_send)([(wire.group_of(stream), message)])


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


def attach(loop: asyncio.AbstractEventLoop) -> None:
    """From now on send on this loop: the server's, which the hub receives on."""
    global _home
    _home = loop


def is_unwell() -> bool:
    """Whether a send failed within the last 30 s."""
    return time.monotonic() - _last_failure < _UNWELL_SECONDS


def is_paused() -> bool:
    """Whether a failure is so recent that trying again would only cost time."""
    return time.monotonic() - _last_failure < _PAUSE_SECONDS


def note_failure(what: str, error: BaseException) -> None:
    """The layer did not do as asked: say so once in a while, and let the sweep hurry."""
    global _last_failure
    if not is_unwell():
        logger.warning("the channel layer failed to %s (%r); delivery goes on from the database", what, error)
    _last_failure = time.monotonic()


def channel_layer() -> Any:
    """The layer that the settings name."""
    layer = get_channel_layer()
    if layer is None:
        raise RuntimeError("no channel layer is configured")
    return layer


async def _send_all(messages: Sequence[tuple[str, dict[str, Any]]]) -> None:
    if is_paused():
        return
    layer = channel_layer()
    try:
        for start in range(0, len(messages), _AT_A_TIME):
            async with asyncio.timeout(SEND_TIMEOUT):
                await asyncio.gather(
                    *(layer.group_send(group, message) for group, message in messages[start : start + _AT_A_TIME])
                )
    except Exception as error:  # whatever a layer may raise: the sweep delivers
        note_failure("send", error)


def _home_loop() -> asyncio.AbstractEventLoop:
    global _home
    with _home_lock:
        if _home is None or not _home.is_running():
            _home, running = asyncio.new_event_loop(), threading.Event()
            _home.call_soon(running.set)
            threading.Thread(target=_home.run_forever, name="notifier-bus", daemon=True).start()
            running.wait()
        return _home
