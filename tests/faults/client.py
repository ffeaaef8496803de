"""One client of protocol v1, which does what `docs/protocol.md` asks of a client and comes back as `clients/js` does.

It keeps its cursors from one connection to the next, drops what it has, and acknowledges cumulatively a few times a
second. What it hands over goes into the history.
"""

import asyncio
import json
import math
import random
from dataclasses import dataclass
from typing import Any

from tests.faults.history import History, Observation, Reset, now
from tests.faults.line import Closed, Line

# When to come back: as in clients/js/src/backoff.ts and client.ts. Anywhere below a ceiling that grows with each
# attempt; a connection that lived long enough makes it small again.
BACKOFF_FIRST_SECONDS, BACKOFF_GROWTH, BACKOFF_LATEST_SECONDS = 0.5, 1.5, 20.0
STABLE_SECONDS = 10.0
OPENING_SECONDS = 20.0

_ACK_SECONDS = 0.25
# With so many unacknowledged the server is about to pause: sooner, and still below the limit of 20 frames a second.
_ACK_NUMBER, _ACK_SECONDS_AT_LEAST = 128, 0.1
_PONG_SECONDS = 10.0
# Codes that a client which keeps to the protocol never sees: it was too slow, sent too much, or is not wanted.
_FAULTY_CODES = range(4001, 4005)
_FINAL_CODES = range(4500, 5000)


@dataclass(frozen=True)
class Browser:
    """What tells one client from another: a name of its own, and its person's stream and token."""

    name: str
    stream: str
    token: str


class Client:
    """One browser tab. `port` is that of a server, or of what stands before several."""

    def __init__(self, browser: Browser, port: int, history: History) -> None:
        self.browser, self._port, self._history = browser, port, history
        self.cursors: dict[str, int] = {}
        self.epoch: str | None = None
        self.connection_id = ""
        self.here = asyncio.Event()
        self.welcomed = asyncio.Event()
        self._line: Line | None = None
        self._welcomed_at = 0.0
        self._reset_due = False
        self._attempt = 0

    async def live(self) -> None:
        """Connect, again and again, while wanted here."""
        while True:
            await self.here.wait()
            try:
                await self._connect()
            except Closed as closed:
                if closed.code in _FAULTY_CODES or closed.code in _FINAL_CODES:
                    self._complain(f"was closed with {closed.code}")
                if closed.code in _FINAL_CODES:
                    return
            except (OSError, TimeoutError):
                pass
            finally:
                if self.welcomed.is_set():
                    self.welcomed.clear()
                    self._history.parted.append((now(), self.browser.name))
                    if now() - self._welcomed_at >= STABLE_SECONDS:
                        self._attempt = 0
            if self.here.is_set():
                longest = min(BACKOFF_FIRST_SECONDS * BACKOFF_GROWTH**self._attempt, BACKOFF_LATEST_SECONDS)
                self._attempt += 1
                await asyncio.sleep(random.uniform(0, longest))

    def leave(self) -> None:
        """Go away, and stay away until `here` is set."""
        self.here.clear()
        if self._line is not None:
            self._line.close()

    async def _connect(self) -> None:
        self._line = line = await Line.open(self._port, self.browser.token, seconds=OPENING_SECONDS)
        try:
            hello: dict[str, Any] = {"type": "hello", "client": "faults/1"}
            if self.epoch is not None:
                hello |= {"resume": self.cursors, "epoch": self.epoch}
            line.send(json.dumps(hello))
            await self._listen(line)
        finally:
            self._line = None
            line.abort()

    async def _listen(self, line: Line) -> None:
        """Take frames until the connection ends or falls silent."""
        ack_at, acked_at, unacked = math.inf, 0.0, 0
        silence, silent_at, pinged = _PONG_SECONDS, now() + OPENING_SECONDS, False
        while True:
            try:
                async with asyncio.timeout_at(min(ack_at, silent_at)):
                    text = await line.receive()
            except TimeoutError:
                if now() >= silent_at:
                    if pinged or not self.welcomed.is_set():
                        return
                    line.send('{"type":"ping"}')
                    silent_at, pinged = now() + _PONG_SECONDS, True
            else:
                frame: dict[str, Any] = json.loads(text)
                if frame["type"] == "welcome":
                    silence = float(frame["ping"])
                silent_at, pinged = now() + silence, False
                if self._take(frame):
                    unacked += 1
                    ack_at = min(ack_at, now() + _ACK_SECONDS)
                    if unacked >= _ACK_NUMBER:
                        ack_at = min(ack_at, acked_at + _ACK_SECONDS_AT_LEAST)
            if now() >= ack_at:
                line.send(json.dumps({"type": "ack", "streams": self.cursors}))
                ack_at, acked_at, unacked = math.inf, now(), 0

    def _take(self, frame: dict[str, Any]) -> bool:
        """Do as the frame says. Returns whether it was an entry that was handed over."""
        match frame:
            case {"type": "notification", "stream": stream, "seq": seq, "notification": {"title": title}}:
                if seq <= self.cursors.get(stream, 0):
                    self._history.dropped += 1
                    return False
                if self._reset_due:
                    self._complain("was not recovered, and no reset came")
                    self._reset_due = False
                self._history.observations.append(Observation(self.browser.name, stream, seq, title, now()))
                self.cursors[stream] = seq
                return True
            case {"type": "welcome", "streams": streams, "epoch": epoch, "recovered": recovered}:
                self.cursors = {**streams, **self.cursors}
                if self.epoch is not None and epoch != self.epoch:
                    self._complain("met another epoch")
                self.epoch, self.connection_id, self._reset_due = epoch, frame["connection"], not recovered
                self._welcomed_at = now()
                self.welcomed.set()
                self._history.welcomed.append((self._welcomed_at, self.browser.name))
            case {"type": "reset", "stream": stream, "seq": seq, "oldest": oldest}:
                self._history.resets.append(Reset(self.browser.name, stream, oldest, now()))
                self.cursors[stream], self._reset_due = seq, False
            case {"type": "error"}:
                self._complain(f"got {frame}")
        return False

    def _complain(self, what: str) -> None:
        self._history.complaints.append(f"{self.browser.name} {what}")
