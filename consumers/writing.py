"""What a protocol has for its client, on its way to the socket: at once where the server can, or else by a task that waits."""

import asyncio
import logging
from typing import Protocol as Interface

from consumers.protocol import Protocol
from notifier.live import frame_of
from notifier.lockstep import Send
from notifier.metrics import METRICS
from notifier.wire import CloseCode

logger = logging.getLogger(__name__)

# So much is written in one go.
_WRITE_BYTES = 64 * 1024


class Outlet(Interface):
    """The socket."""

    async def write(self, text: str) -> None: ...

    async def end(self, code: CloseCode) -> None:
        """Close."""


class FrameOutlet(Interface):
    """The same socket, on servers that offer more than ASGI does: `scope["extensions"]["notifier.frame"]`."""

    def write_frame(self, frame: bytes) -> bool:
        """Write an encoded WebSocket frame now, unless the socket is closing or takes nothing. Returns whether it did."""

    def sender(self) -> Send | None:
        """What writes encoded frames for as long as nothing has to go first, and from then on none. None if something has to now."""


class Writer:
    """Writes `protocol.out`, and closes with `protocol.closing`.

    `ended` is set when the socket is closed, or does not take anything any more.
    """

    __slots__ = ("_frames", "_outlet", "_protocol", "_task", "ended")

    def __init__(self, protocol: Protocol, outlet: Outlet, frames: FrameOutlet | None) -> None:
        self._protocol, self._outlet, self._frames = protocol, outlet, frames
        self._task: asyncio.Task[None] | None = None
        self.ended = False

    def write(self, frame: bytes) -> bool:
        """Write an encoded frame now, if nothing waits that goes first. Returns whether it did."""
        if self._task is not None or self._protocol.out or self._frames is None or not self._frames.write_frame(frame):
            return False
        METRICS.frames += 1
        return True

    def finish(self, rest: bytes) -> None:
        """Write the rest of a frame that `sender` began."""
        if self._frames is not None:
            self._frames.write_frame(rest)

    def sender(self) -> Send | None:
        """As in `FrameOutlet`; None, too, where the server offers none."""
        return None if self._frames is None else self._frames.sender()

    def settle(self) -> None:
        """Write what waits, and close if that is asked for."""
        protocol = self._protocol
        if self._task is not None:
            return
        if protocol.out and self._frames is not None:
            self._write_at_once(self._frames)
        if protocol.out or protocol.closing is not None:
            protocol.delivery.fall_out()  # what waits goes first
            self._task = asyncio.create_task(self._write())

    async def rest(self) -> None:
        """Wait until what waited is written."""
        if self._task is not None:
            await asyncio.wait([self._task])

    def cancel(self) -> None:
        self.ended = True
        if self._task is not None:
            self._task.cancel()

    def _write_at_once(self, outlet: FrameOutlet) -> None:
        """As long as the socket takes it, many frames in one go."""
        out, frames, size = self._protocol.out, list[bytes](), 0
        while out:
            while len(frames) < len(out) and size < _WRITE_BYTES:
                frames.append(frame_of(out[len(frames)]))
                size += len(frames[-1])
            if not outlet.write_frame(b"".join(frames)):
                return
            METRICS.frames += len(frames)
            del out[: len(frames)]
            frames, size = [], 0

    async def _write(self) -> None:
        protocol = self._protocol
        try:
            while protocol.out:
                await self._outlet.write(protocol.out.pop(0))
                METRICS.frames += 1
            if protocol.closing is not None:
                self.ended = True
                await self._outlet.end(protocol.closing)
        except Exception as error:  # a server's own way to say that the socket is gone
            self.ended = True
            logger.debug("%s: write failed: %r", protocol.person.recipient, error)
        finally:
            self._task = None
