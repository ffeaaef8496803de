"""Pings for all sockets: one timer, whatever their number."""

import asyncio
import secrets
from typing import Protocol

from websockets.frames import Frame, Opcode

_TURN_SECONDS = 1.0


class Pinged(Protocol):
    def ping(self, payload: bytes, frame: bytes) -> None:
        """Send this frame, a ping with this payload; or give up, if the one before was not answered."""


class KeepAlive:
    """A wheel with one place a second. Each socket stands in one of them, and is pinged once a turn of `seconds`."""

    def __init__(self, seconds: int) -> None:
        self._places: list[set[Pinged]] = [set() for _ in range(seconds)]
        self._now = self._next = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, socket: Pinged) -> None:
        # One after the other: what came at once need not be pinged at once. But nobody is as soon as they come.
        if self._next == (self._now + 1) % len(self._places):
            self._next = (self._next + 1) % len(self._places)
        self._places[self._next].add(socket)
        self._next = (self._next + 1) % len(self._places)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_TURN_SECONDS, self._turn)

    def remove(self, socket: Pinged) -> None:
        for place in self._places:
            place.discard(socket)

    def _turn(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(_TURN_SECONDS, self._turn)
        self._now = (self._now + 1) % len(self._places)
        payload = secrets.token_bytes(4)
        frame = Frame(Opcode.PING, payload).serialize(mask=False)
        for socket in tuple(self._places[self._now]):
            socket.ping(payload, frame)
