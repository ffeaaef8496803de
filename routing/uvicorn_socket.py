"""A WebSocket on uvicorn that takes little while it is idle.

Uvicorn's own keeps for each connection a parser, its request and response, a queue, two events and two timers; and a task in which
the application waits, with all its middleware. Here the parser is lent, what only the handshake needs goes with it, one timer
pings all sockets, and the application may hand the socket over to a receiver and end.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from websockets.exceptions import InvalidState
from websockets.frames import Close, Frame, Opcode
from websockets.server import ServerProtocol

from notifier.live import frame_of
from routing import eager, handshake
from routing.direct_writer import DirectWriter
from routing.frame_parsers import short_text
from routing.servers import CLOSE_SECONDS
from routing.sockets import Receiver, Sockets

logger = logging.getLogger(__name__)

Application = Callable[[dict[str, Any], Any, Any], Awaitable[Any]]
Event = dict[str, Any]

_NO_CODE, _ABNORMAL, _BAD_TEXT, _FAILED, _RESTART = 1005, 1006, 1007, 1011, 1012


class Socket(asyncio.Protocol):
    """One connection, from its upgrade on.

    ASGI, with three extensions of our own. `notifier.frame` is this object, for `write_frame` and `sender`; `notifier.offer` is `offer_to`, and `notifier.handover` is `hand_over`.
    `open` and `tasks` are uvicorn's: what it waits for at its end.
    """

    __slots__ = (
        "_accept_key", "_awaited", "_close_timer", "_closing", "_date", "_ended", "_is_paused", "_is_text", "_open", "_out", "_parser",
        "_parts", "_pinged", "_receiver", "_sockets", "_take", "_tasks", "_transport", "_waiting", "_works", "_writable",
    )  # fmt: skip

    def __init__(self, sockets: Sockets, open_: set[Any], tasks: set[asyncio.Task[None]], key: str) -> None:
        self._sockets, self._open, self._tasks = sockets, open_, tasks
        self._accept_key: str | None = key
        self._date: list[handshake.Header] = []
        self._transport: asyncio.Transport
        self._out: DirectWriter
        self._parser: ServerProtocol | None = None
        self._parts: list[bytes] = []
        self._is_text = True
        # Messages that wait for the application, or for the receiver while it works.
        self._waiting: list[Event] = []
        self._awaited: asyncio.Future[None] | None = None
        self._receiver: Receiver | None = None
        self._take: Callable[[str], bool] | None = None
        self._works = False
        self._writable: asyncio.Event | None = None
        self._is_paused = False
        self._pinged: bytes | None = None
        # A close frame was sent; the application, or the receiver, was told of the end.
        self._closing = self._ended = False
        self._close_timer: asyncio.TimerHandle | None = None

    def begin(self, transport: asyncio.Transport, application: Application, scope: dict[str, Any], date: Any) -> None:
        """Start the application, which accepts or not."""
        self._transport, self._out, self._date = transport, DirectWriter(transport), date
        self._open.add(self)
        scope["extensions"] = {
            "notifier.frame": self,
            "notifier.offer": self.offer_to,
            "notifier.handover": self.hand_over,
        }
        self._waiting.append({"type": "websocket.connect"})
        # Who presents a token is let in without any wait.
        if (task := eager.start(self._run(application, scope))) is not None:
            self._keep(task)

    # -------------------------------------------------------------- the ASGI application

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, application: Application, scope: dict[str, Any]) -> None:
        try:
            await application(scope, self._receive, self._send)
        except ClientDisconnected:
            pass
        except Exception:
            logger.exception("a WebSocket application failed")
        finally:
            if self._receiver is None:
                if self._accept_key is not None and not self._closing:
                    self._out.write(handshake.FAILURE)
                if self._close_timer is None:
                    self._transport.close()

    async def _receive(self) -> Event:
        while not self._waiting:
            self._awaited = asyncio.get_running_loop().create_future()
            await self._awaited
        event = self._waiting.pop(0)
        self._regulate()
        return event

    async def _send(self, event: Event) -> None:
        if self._writable is not None:
            await self._writable.wait()
        if self._ended or self._closing or self._transport.is_closing():
            raise ClientDisconnected
        match event["type"], self._accept_key:
            case "websocket.accept", str(key):
                self._accept(key, event)
            case "websocket.close", str():
                self._shut()
                self._out.write(handshake.FORBIDDEN)
                self._transport.close()
                self._end(_ABNORMAL)
            case "websocket.close", None:
                self._close(event.get("code", 1000), event.get("reason") or "")
            case "websocket.send", None if event.get("bytes") is not None:
                self._out.write(Frame(Opcode.BINARY, event["bytes"]).serialize(mask=False))
            case "websocket.send", None:
                self._out.write(frame_of(event["text"]))
            case other, _:
                raise RuntimeError(f"{other} is no message of ASGI that may be sent now")

    def _accept(self, key: str, event: Event) -> None:
        headers = [*self._date, *event.get("headers", ())]
        if event.get("subprotocol"):
            headers.append((b"Sec-WebSocket-Protocol", event["subprotocol"].encode()))
        self._out.write(handshake.acceptance(key, headers))
        self._accept_key, self._date = None, []
        self._sockets.keep_alive.add(self)

    # -------------------------------------------------------------- the extension

    def write_frame(self, frame: bytes) -> bool:
        """Write an encoded frame now, unless the socket is closing or takes nothing at the moment. Returns whether it did.

        The same bytes go to every socket: it saves the encoding, and the application a task, for each of them.
        """
        if self._writable is not None or self._closing:
            return False
        self._out.write(frame)
        return True

    def sender(self) -> Callable[[bytes, int, int], int] | None:
        """What writes encoded frames to the socket as long as nothing has to go first: see `DirectWriter`."""
        return None if self._writable is not None or self._closing else self._out.sender()

    def offer_to(self, take: Callable[[str], bool]) -> None:
        """From now on offer each short text to this function first. What it takes, by returning true, goes nowhere else."""
        self._take = take

    def hand_over(self, receiver: Receiver) -> None:
        """From now on messages go to the receiver, and the application may end."""
        self._receiver = receiver
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            self._deliver(event)

    def _worked(self, work: asyncio.Future[None]) -> None:
        """Take what came meanwhile."""
        self._works = False
        waiting, self._waiting = self._waiting, []
        try:
            if not work.cancelled():
                work.result()
            while waiting:
                self._deliver(waiting.pop(0))
        except Exception:
            logger.exception("a message was not worked on")
            self._transport.close()
            for event in waiting:
                if event["type"] == "websocket.disconnect":
                    self._deliver(event)
        self._regulate()

    def _tell(self, event: Event) -> Awaitable[None] | None:
        receiver = self._receiver
        if receiver is not None and event["type"] == "websocket.receive":
            return receiver.take(event.get("text"))
        if receiver is not None:
            self._receiver = None
            receiver.gone(event["code"])
        return None

    # -------------------------------------------------------------- from the transport

    def data_received(self, data: bytes) -> None:
        if self._parser is None and not self._closing and (text := short_text(data)) is not None:
            if self._take is None or not self._take(text):
                self._deliver({"type": "websocket.receive", "text": text})
            return
        parser = self._parser = self._parser or self._sockets.parsers.lend()
        parser.receive_data(data)
        answer = b"".join(parser.data_to_send())
        # A client that takes nothing gets no pongs either: they would pile up.
        if answer and not parser.eof_sent:
            if self._writable is None:
                self._out.write(answer)
            answer = b""
        frames = parser.events_received()
        # What came together with what breaks the rules is not looked at.
        for frame in frames if parser.parser_exc is None else ():
            match frame:
                case Frame(Opcode.PONG, payload):
                    self._pinged = None if payload == self._pinged else self._pinged
                case Frame(Opcode.TEXT | Opcode.BINARY | Opcode.CONT):
                    self._take_part(frame, parser)
        if parser.eof_sent:
            self._out.write(answer + b"".join(parser.data_to_send()))
            self._shut()
            self._transport.close()
            closed = parser.close_rcvd or parser.close_sent
            self._end(closed.code if closed else _ABNORMAL)
        elif self._sockets.parsers.take_back(parser):
            self._parser = None

    def _take_part(self, frame: Frame, parser: ServerProtocol) -> None:
        """A data frame: a message, or a part of one."""
        if self._closing:
            return
        if frame.opcode is not Opcode.CONT:
            self._is_text = frame.opcode is Opcode.TEXT
        self._parts.append(bytes(frame.data))
        if frame.fin:
            data, self._parts = b"".join(self._parts), []
            try:
                message = {"text": data.decode()} if self._is_text else {"bytes": data}
            except UnicodeDecodeError:
                self._shut()
                parser.fail(_BAD_TEXT)
            else:
                self._deliver({"type": "websocket.receive", **message})

    def pause_writing(self) -> None:
        self._writable = asyncio.Event()

    def resume_writing(self) -> None:
        if self._writable is not None:
            self._writable.set()
            self._writable = None

    def connection_lost(self, exc: Exception | None) -> None:
        self._shut()
        self._open.discard(self)
        self._sockets.keep_alive.remove(self)
        self.resume_writing()
        if self._close_timer is not None:
            self._close_timer.cancel()
        self._end(_ABNORMAL if self._accept_key is not None else _NO_CODE)

    def _deliver(self, event: Event) -> None:
        if self._receiver is None or self._works:
            self._waiting.append(event)
            if self._awaited is not None and not self._awaited.done():
                self._awaited.set_result(None)
        elif (work := self._tell(event)) is not None:
            self._works = True
            if not isinstance(work, asyncio.Future):
                work = asyncio.get_running_loop().create_task(_await(work))
                self._keep(work)
            work.add_done_callback(self._worked)
        self._regulate()

    def _regulate(self) -> None:
        """Read nothing more while a message waits; but the client's answer to a close frame is read."""
        pause = bool(self._waiting) and not self._closing
        if pause is not self._is_paused and not self._transport.is_closing():
            self._is_paused = pause
            (self._transport.pause_reading if pause else self._transport.resume_reading)()

    # -------------------------------------------------------------- the end

    def _shut(self) -> None:
        """Nothing is sent any more, but for the end."""
        self._closing = True
        self._out.take_back()

    def _close(self, code: int, reason: str) -> None:
        """Close with a close frame, and wait for the client's for a while."""
        parser = self._parser = self._parser or self._sockets.parsers.lend()
        try:
            parser.send_close(code, reason)
        except InvalidState:  # the client was faster
            return
        self._out.write(b"".join(parser.data_to_send()))
        self._shut()
        self._regulate()
        loop = asyncio.get_running_loop()
        self._close_timer = loop.call_later(CLOSE_SECONDS, self._transport.abort)
        loop.call_soon(self._end, code)  # not from within what the receiver does

    def _end(self, code: int) -> None:
        if not self._ended:
            self._ended, self._take = True, None
            self._deliver({"type": "websocket.disconnect", "code": code})

    def ping(self, payload: bytes, frame: bytes) -> None:
        """Send this frame, a ping with this payload. When the one before was not answered, close."""
        if self._close_timer is not None:
            return
        is_leaving = self._closing or self._transport.is_closing()
        if self._pinged is None:
            self._pinged = payload
            if not is_leaving:
                self._out.write(frame)
            return
        if is_leaving:
            self._transport.abort()  # it takes nothing: what waits for it would wait for ever
            return
        self._out.write(Frame(Opcode.CLOSE, Close(_FAILED, "keepalive ping timeout").serialize()).serialize(mask=False))
        self._shut()
        if self._transport.get_write_buffer_size():
            self._transport.abort()  # it takes nothing: what waits for it would wait for ever
        else:
            self._transport.close()

    def shutdown(self) -> None:
        """The server stops."""
        if self._accept_key is not None:
            self._out.write(handshake.FAILURE)
        elif not self._closing:
            self._close(_RESTART, "")
        self._transport.close()


async def _await(work: Awaitable[None]) -> None:
    await work
