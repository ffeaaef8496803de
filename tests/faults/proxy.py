"""A TCP proxy on the loopback interface that can be told to misbehave.

It runs on a thread of its own, between the service and Redis or PostgreSQL, or between clients and servers. With several
targets it is a load balancer: each connection goes to the next one in turn, and past those that refuse it, as nginx does.
What it is told holds for open connections and new ones alike, but for `refuse` and `forget`. `restore` ends every
misbehaviour; a connection of which bytes were swallowed is cut then, since its two ends would not understand each other any more.
"""

import asyncio
import contextlib
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from enum import Flag, auto
from typing import Any, Self

_CHUNK = 64 * 1024
_SECONDS = 10
_TURNS, _TURN_SECONDS = 20, 0.05
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Direction(Flag):
    TO_TARGET = auto()
    TO_CALLER = auto()
    BOTH = TO_TARGET | TO_CALLER


@dataclass(eq=False)
class _Line:
    """One connection: the caller's end, and the target's where there is one."""

    ends: list[asyncio.StreamWriter]
    forgotten: bool = False
    broken: bool = False
    tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    def reset(self) -> None:
        """Close both ends with RST, as a host does that knows the connection no more."""
        for end in self.ends:
            raw = end.get_extra_info("socket")
            with contextlib.suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            end.transport.abort()


class Proxy:
    """Passes everything on to one of the targets, ports of 127.0.0.1, until told otherwise. `port` is its own."""

    def __init__(self, *targets: int) -> None:
        self._targets = deque(targets)
        self._lines: set[_Line] = set()
        self._lag = 0.0
        self._swallows = Direction(0)
        self._listener: asyncio.Server | None = None
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self._do(self._listen())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -------------------------------------------------------------- what it can be told

    def delay(self, seconds: float) -> None:
        """Each piece is held so long, in both directions."""
        self._lag = seconds

    def cut(self) -> None:
        """Reset every connection and refuse new ones."""
        self._do(self._refuse())
        self._call(self._reset_all)

    def refuse(self) -> None:
        """Refuse new connections; those that are open go on."""
        self._do(self._refuse())

    def black_hole(self) -> None:
        """Accept, swallow, never answer."""
        self.swallow(Direction.BOTH)

    def half_open(self) -> None:
        """What callers send arrives; what the target answers does not."""
        self.swallow(Direction.TO_CALLER)

    def swallow(self, direction: Direction) -> None:
        """Drop what goes in this direction, without a word to either end."""
        self._call(lambda: setattr(self, "_swallows", direction))

    def forget(self) -> None:
        """Swallow what the open connections say, and never tell either end that the other is gone; new ones are served."""
        self._call(self._forget_all)

    def restore(self) -> None:
        """Pass everything on again."""
        self._lag = 0.0
        self.swallow(Direction(0))
        self._call(self._reset_broken)
        self._do(self._listen())

    def close(self) -> None:
        """Reset what is open, and end the thread."""
        self.cut()
        self._do(self._wind_up())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_SECONDS)
        self._loop.close()

    @property
    def open_connections(self) -> int:
        return len(self._lines)

    # -------------------------------------------------------------- on its loop

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_SECONDS)

    def _call(self, act: Callable[[], None]) -> None:
        async def on_loop() -> None:
            act()

        self._do(on_loop())

    async def _listen(self) -> None:
        if self._listener is None:
            self._listener = await asyncio.start_server(self._accept, "127.0.0.1", self.port, backlog=1024)
            self.port = self._listener.sockets[0].getsockname()[1]

    async def _refuse(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _reset_all(self) -> None:
        for line in tuple(self._lines):
            line.reset()

    def _forget_all(self) -> None:
        for line in self._lines:
            line.forgotten = line.broken = True

    def _reset_broken(self) -> None:
        for line in tuple(self._lines):
            if line.broken:
                line.reset()

    async def _wind_up(self) -> None:
        """Reset what is open, also what was only just accepted, and let it come to its end; what does not is cancelled."""
        me = asyncio.current_task()
        for _ in range(_TURNS):
            await asyncio.sleep(_TURN_SECONDS / 10)  # what was accepted is not a task at once
            if not (tasks := asyncio.all_tasks() - {me}):
                break
            self._reset_all()
            await asyncio.wait(tasks, timeout=_TURN_SECONDS)
        else:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(_TURN_SECONDS / 10)  # transports close their sockets later

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = _Line([writer])
        task = asyncio.current_task()
        assert task is not None
        line.tasks.append(task)
        self._lines.add(line)
        try:
            await self._serve(line, reader, writer)
        except OSError:
            line.reset()  # the target refuses, or an end broke: the other one is told in the same way
        except asyncio.CancelledError:
            pass  # by `close`; to asyncio's own callback a cancelled handler is an error
        finally:
            for end in line.ends:
                end.close()
            self._lines.discard(line)

    async def _serve(self, line: _Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._swallows is Direction.BOTH:
            # Nobody answers there, so nobody is called either.
            line.broken = True
            while await reader.read(_CHUNK):
                pass
            return
        answers, target = await self._open()
        line.ends.append(target)
        async with asyncio.TaskGroup() as both:
            line.tasks.append(both.create_task(self._pump(line, reader, target, Direction.TO_TARGET)))
            line.tasks.append(both.create_task(self._pump(line, answers, writer, Direction.TO_CALLER)))

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """To the target whose turn it is, or the next one that takes it."""
        self._targets.rotate(-1)
        *first, last = self._targets
        for target in first:
            with contextlib.suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", target)
        return await asyncio.open_connection("127.0.0.1", last)

    async def _pump(
        self, line: _Line, source: asyncio.StreamReader, sink: asyncio.StreamWriter, direction: Direction
    ) -> None:
        """Carry one direction to its end, which is passed on too. A break of one end breaks both, unless the line swallows."""
        with contextlib.suppress(OSError):
            while piece := await source.read(_CHUNK):
                if self._lag:
                    await asyncio.sleep(self._lag)
                if line.forgotten or direction in self._swallows:
                    line.broken = True
                    continue
                sink.write(piece)
                await sink.drain()
            if not line.broken and sink.can_write_eof():
                sink.write_eof()
            return
        if not line.broken:
            line.reset()
