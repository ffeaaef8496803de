"""Protocol v1, as `docs/protocol.md` describes it: frames from the server, limits, close codes. Frames from the client are in `notifier.clientframes`."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from json.encoder import encode_basestring
from typing import Any

from notifier.changes import Change

SUBPROTOCOL = "notifier.v1"
TOKEN_SUBPROTOCOL_PREFIX = "notifier.token."

MAX_FRAME_BYTES = 16 * 1024
MAX_FRAMES_PER_SECOND = 20
MAX_UNACKNOWLEDGED = 256
MAX_UNACKNOWLEDGED_BYTES = 1024 * 1024
MAX_STREAMS = 1000
MAX_READ_IDS = 100
MAX_TOPICS = 100
PING_SECONDS = 25


class CloseCode(IntEnum):
    """Below 4500: come back. From 4500 on: do not, until something changes."""

    GOING_AWAY = 4000
    TOKEN_EXPIRED = 4001
    SLOW_CONSUMER = 4002
    RATE = 4003
    HELLO_TIMEOUT = 4004
    UNAVAILABLE = 4005
    FULL = 4006
    DISCONNECTED = 4007

    UNAUTHORISED = 4500
    REVOKED = 4501
    FORBIDDEN_ORIGIN = 4502
    CONNECTION_LIMIT = 4503
    BAD_PROTOCOL = 4504
    FRAME_TOO_LARGE = 4505
    TOPIC_FORBIDDEN = 4506
    NOT_FOUND = 4507
    BLOCKED = 4508

    @property
    def reason(self) -> str:
        return self.name.lower().replace("_", " ")


class FrameError(Exception):
    """A frame that breaks the protocol: told in an `error` frame, then the socket is closed with `close`."""

    def __init__(self, code: str, message: str, *, field: str = "", close: CloseCode = CloseCode.BAD_PROTOCOL) -> None:
        super().__init__(message)
        self.code, self.message, self.field, self.close = code, message, field, close


# ------------------------------------------------------------------ frames from the server


def dumps(value: object) -> str:
    return _ENCODER.encode(value)


# Made once: `json.dumps` makes one for each value.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def timestamp(moment: datetime) -> str:
    """UTC, ISO 8601, with a Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def notification_frame(stream: str, seq: int, content: str, *, replayed: bool) -> str:
    """`content` is the notification's own JSON, encoded once for all the streams that it is in."""
    return (
        f'{{"type":"notification","stream":{encode_basestring(stream)},"seq":{seq},'
        f'"replayed":{"true" if replayed else "false"},"notification":{content}}}'
    )


def welcome_frame(
    *,
    connection: str,
    user: str,
    epoch: str,
    streams: dict[str, int],
    heads: dict[str, int],
    recovered: bool,
    unread: int,
    expires: datetime | None,
    patience: float,
    banner: "Banner | None" = None,
) -> str:
    return dumps(
        {
            "type": "welcome",
            "connection": connection,
            "user": user,
            "epoch": epoch,
            "streams": streams,
            "heads": heads,
            "recovered": recovered,
            "unread": unread,
            "ping": PING_SECONDS,
            "patience": patience,
            "expires": timestamp(expires) if expires else None,
            **({"banner": banner.as_dict()} if banner else {}),
        }
    )


@dataclass(frozen=True, slots=True)
class Banner:
    """A line for everyone. `until` is when it ends, or None: when it is taken down."""

    text: str
    level: str
    until: datetime | None

    def as_dict(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "level": self.level,
            "until": timestamp(self.until) if self.until else None,
        }


def banner_frame(banner: Banner | None) -> str:
    """None takes down the one that is shown."""
    return dumps({"type": "banner", **(banner.as_dict() if banner else {})})


def state_frame(unread: int, heads: dict[str, int], change: Change) -> str:
    return dumps({"type": "state", "unread": unread, "heads": heads, **change.as_state()})


def followed_frame(topic: str, stream: str, seq: int) -> str:
    return dumps({"type": "followed", "topic": topic, "stream": stream, "seq": seq})


def unfollowed_frame(topic: str, stream: str) -> str:
    return dumps({"type": "unfollowed", "topic": topic, "stream": stream})


def refreshed_frame(expires: datetime | None) -> str:
    return dumps({"type": "refreshed", "expires": timestamp(expires) if expires else None})


def reset_frame(stream: str, oldest: int, seq: int) -> str:
    return dumps({"type": "reset", "stream": stream, "oldest": oldest, "seq": seq})


def error_frame(code: str, message: str, field: str = "") -> str:
    return dumps({"type": "error", "code": code, "message": message, "field": field})


PONG = dumps({"type": "pong"})
