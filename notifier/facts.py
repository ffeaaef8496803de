"""What is known of connections and of the people behind them, as presence tells it."""

import binascii
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

from pydantic import TypeAdapter

from notifier import ids, wire
from notifier.browser import describe_browser
from notifier.errors import Invalid
from notifier.names import Recipient

SERVER = ids.new_server_id()
"""This process."""

MAX_LISTED = 500
"""So many connections of one person are listed, and about so many on one page of people."""


class Pulse(NamedTuple):
    """What changes while a connection is open. `acked` is a time of the monotonic clock, in seconds, and `rtt` is in milliseconds.

    `visible` is None for a client that did not say. `queue` counts notifications on their way, unacknowledged.
    """

    page: str = ""
    visible: bool | None = None
    acked: float | None = None
    rtt: int | None = None
    queue: int = 0
    streams: int = 0


Look = Callable[[], Pulse]
"""Asks an open connection how it is now. Called from any thread; neither blocks nor fails."""


class Facts(NamedTuple):
    """What is known of one connection. `agent` is the browser's own word, `client` that of the client library.

    A tuple, for two are made for each connection that begins: 1 µs each, as a frozen dataclass 5.
    """

    connection: str
    recipient: str
    address: str
    agent: str
    client: str
    since: datetime
    server: str = SERVER
    transport: str = "websocket"
    page: str = ""
    visible: bool | None = None
    acked_at: datetime | None = None
    rtt: int | None = None
    queue: int = 0
    streams: int = 0

    @property
    def browser(self) -> str:
        """`Chromium 156 on Linux`, or what can be said of it."""
        return describe_browser(self.agent)

    def as_dict(self) -> dict[str, Any]:
        """In JSON's types: times as texts in UTC, and `browser` besides."""
        told = self._asdict()
        acked_at = wire.timestamp(self.acked_at) if self.acked_at else None
        return {**told, "browser": self.browser, "since": wire.timestamp(self.since), "acked_at": acked_at}

    def at(self, pulse: Pulse) -> "Facts":
        """The same connection, as it is now."""
        acked_at = None
        if pulse.acked is not None:
            acked_at = datetime.fromtimestamp(time.time() - (time.monotonic() - pulse.acked), UTC)
        connection, recipient, address, agent, client, since, server, transport, *_ = self
        page, visible, _, rtt, queue, streams = pulse
        return Facts(
            connection, recipient, address, agent, client, since, server, transport, page, visible, acked_at, rtt, queue, streams
        )  # fmt: skip

    def stored(self) -> str:
        """As it is kept under its connection in Redis: what is not in the keys, and not as it is without being said."""
        told = {name: value for name, usual in _STORED.items() if (value := getattr(self, name)) != usual}
        told["since"] = self.since.timestamp()
        if self.acked_at is not None:
            told["acked_at"] = round(self.acked_at.timestamp(), 3)
        return f"{self.recipient}\n{wire.dumps(told)}"

    @classmethod
    def of_stored(cls, text: str, connection: str, server: str) -> Self:
        """What `stored` wrote, by this version or another one."""
        recipient, _, rest = text.partition("\n")
        told: dict[str, Any] = json.loads(rest)
        given = {name: told.get(name, usual) for name, usual in _STORED.items()}
        acked_at = datetime.fromtimestamp(told["acked_at"], UTC) if "acked_at" in told else None
        since = datetime.fromtimestamp(told["since"], UTC)
        return cls(connection=connection, recipient=recipient, server=server, since=since, acked_at=acked_at, **given)


# With the value that need not be said.
_STORED: dict[str, Any] = {
    "address": "",
    "agent": "",
    "client": "",
    "transport": "websocket",
    "page": "",
    "visible": None,
    "rtt": None,
    "queue": 0,
    "streams": 0,
}


@dataclass(frozen=True, slots=True)
class PersonPresence:
    """A person, with the number of their connections and the connections, oldest first: `MAX_LISTED` at most."""

    recipient: str
    count: int
    connections: list[Facts]


@dataclass(frozen=True, slots=True)
class Page:
    """People who are online, in the order of their ids (by code points). `next` is the cursor of the next page, or None."""

    people: list[PersonPresence]
    next: str | None


@dataclass(frozen=True, slots=True)
class Totals:
    """How many people are online, with how many connections."""

    people: int
    connections: int


_recipient: TypeAdapter[str] = TypeAdapter(Recipient)


def cursor_after(recipient: str) -> str:
    """The cursor of the page that begins after this person."""
    return urlsafe_b64encode(recipient.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> str:
    """The person after whom a page begins. Invalid for what no page named."""
    try:
        recipient = _recipient.validate_python(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode())
        if cursor_after(recipient) == cursor:
            return recipient
    except (binascii.Error, ValueError):  # pydantic's is one, too
        pass
    raise Invalid.field("cursor", "is not a cursor: give the `next` of the page before, as it is", code="cursor")
