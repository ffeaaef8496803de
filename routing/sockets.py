"""What all WebSockets of a process share, and what takes one over."""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Protocol

from routing.frame_parsers import FrameParsers
from routing.keepalive import KeepAlive


class Receiver(Protocol):
    """Takes over an open socket. Called on the event loop, and never while it is at work on the message before."""

    def take(self, text: str | None) -> Awaitable[None] | None:
        """A message (None: a binary one). What is left to do about it, before the next one: for a future no task is made."""

    def gone(self, code: int) -> None:
        """The connection ended. Called once, as the last."""


@dataclass
class Sockets:
    """What all WebSockets of a process share."""

    max_message_bytes: int
    ping_seconds: int
    parsers: FrameParsers = field(init=False)
    keep_alive: KeepAlive = field(init=False)

    def __post_init__(self) -> None:
        self.parsers = FrameParsers(self.max_message_bytes)
        self.keep_alive = KeepAlive(self.ping_seconds)
