"""A history: what was asked of the service, what its clients were handed, and which faults happened meanwhile.

All times are those of one monotonic clock, in seconds: publishers and clients live in one process.
"""

import time
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """What a publisher knows of its attempt afterwards."""

    OK = "ok"
    """A 2xx came."""
    FAILED = "failed"
    """The service refused, or was never reached: nothing may come of it."""
    UNKNOWN = "unknown"
    """It was sent and the answer never came: it may be delivered once, or not at all."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST to one stream. No two attempts of a history have the same title."""

    stream: str
    title: str
    started: float
    finished: float
    outcome: Outcome
    notification: str | None = None
    status: int | None = None
    """Of the answer; None where there was none."""


@dataclass(frozen=True, slots=True)
class Observation:
    """A client handed an entry to its person."""

    client: str
    stream: str
    seq: int
    title: str
    at: float


@dataclass(frozen=True, slots=True)
class Reset:
    """A client was told that its cursor of a stream is not honoured, and what is the oldest entry that is kept."""

    client: str
    stream: str
    oldest: int
    at: float


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that a scenario did to the service."""

    name: str
    began: float
    ended: float


@dataclass
class History:
    """`carried` says which streams each client carries. Lists are appended to from several threads, each client's observations in its own order."""

    carried: dict[str, frozenset[str]] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    welcomed: list[tuple[float, str]] = field(default_factory=list)
    """When which client was welcomed: its first connection and each reconnect."""
    parted: list[tuple[float, str]] = field(default_factory=list)
    """When which client lost a connection on which it had been welcomed."""
    complaints: list[str] = field(default_factory=list)
    """What clients met that the protocol leaves no room for here: an error frame, a code that says not to come back."""
    resets: list[Reset] = field(default_factory=list)
    excused: set[tuple[str, str]] = field(default_factory=set)
    """Which client need not be handed which title: it was no longer kept when the client came back."""
    dropped: int = 0
    """Entries that were sent again though the client had them: allowed, and not handed over."""


def now() -> float:
    """The clock of every history."""
    return time.monotonic()
