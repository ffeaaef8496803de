"""What the processes tell each other over the channel layer: its groups and messages."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any


def group_of(stream: str) -> str:
    """The channel layer group of a stream. Hashed, since a group's name takes less than a recipient's id may hold."""
    return "stream." + blake2b(stream.encode(), digest_size=16).hexdigest()


ALL_HUBS = "hubs"
"""The group that the hub of every process is in."""

OPS = "ops"
"""The group of the processes in which an operator looks on."""


def ops_event(kind: str, **told: object) -> dict[str, object]:
    """A message to `OPS`. `online` and `offline` tell the `recipient` and `at`: when the first connection opened, or the last one closed, UTC."""
    return {"type": "ops.event", "kind": kind, **told}


def ops_lot(events: Sequence[dict[str, object]]) -> dict[str, object]:
    """Events as one message to `OPS`: to publish each takes 60 µs."""
    return events[0] if len(events) == 1 else {"type": "ops.lot", "events": list(events)}


def events_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The single messages of an `ops_lot`."""
    events: list[dict[str, Any]] = message["events"] if message["type"] == "ops.lot" else [message]
    return events
