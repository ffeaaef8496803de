"""Protocol v1, as `docs/protocol.md` describes it: frames, group names, close codes. The only place that knows them."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from hashlib import blake2b
from json.encoder import encode_basestring
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from notifier import strictjson
from notifier.changes import Change
from notifier.names import STREAM_MAX, Topic, one_line

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


# ------------------------------------------------------------------ groups


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


# ------------------------------------------------------------------ frames from the client

StreamName = Annotated[str, Field(max_length=STREAM_MAX)]
Seq = Annotated[int, Field(strict=True, ge=0, le=2**53 - 1)]
Cursors = Annotated[dict[StreamName, Seq], Field(max_length=MAX_STREAMS)]
NotificationId = Annotated[str, Field(strict=True, pattern="^ntf_[0-9a-f]{32}$")]


class _Frame(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _path_alone(value: str) -> str:
    """Without a query or a fragment, which may hold secrets."""
    return value.partition("?")[0].partition("#")[0]


PagePath = Annotated[str, Field(max_length=2048), AfterValidator(one_line), AfterValidator(_path_alone)]


class Hello(_Frame):
    type: Literal["hello"]
    resume: Cursors = {}
    epoch: Annotated[str, Field(max_length=64)] | None = None
    client: Annotated[str, Field(max_length=64)] = ""
    page: PagePath | None = None
    visible: bool | None = None


class Ack(_Frame):
    type: Literal["ack"]
    streams: Cursors


def _true(value: bool) -> bool:  # noqa: FBT001 -- pydantic calls it
    if not value:
        raise ValueError("is true, or left out")
    return value


class ReadMarks(_Frame):
    """What to mark as read: exactly one of `ids`, 1 to 100 of them, and `all`."""

    ids: Annotated[list[NotificationId], Field(min_length=1, max_length=MAX_READ_IDS)] | None = None
    all: Annotated[bool, AfterValidator(_true)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.ids is None) == (self.all is None):
            raise ValueError("give either ids or all")
        return self


class Read(ReadMarks):
    type: Literal["read"]


class Marks(_Frame):
    """What a person has seen, marks as unread, archives or takes out of the archive: 1 to 100 `ids`."""

    ids: Annotated[list[NotificationId], Field(min_length=1, max_length=MAX_READ_IDS)]


class Seen(Marks):
    type: Literal["seen"]


class Unread(Marks):
    type: Literal["unread"]


class Archive(Marks):
    type: Literal["archive"]


class Unarchive(Marks):
    type: Literal["unarchive"]


class Follow(_Frame):
    type: Literal["follow"]
    topic: Topic


class Unfollow(_Frame):
    type: Literal["unfollow"]
    topic: Topic


class Refresh(_Frame):
    type: Literal["refresh"]
    token: Annotated[str, Field(max_length=8192)]


class Ping(_Frame):
    type: Literal["ping"]
    rtt: Annotated[int, Field(ge=0, le=600_000)] | None = None


class Page(_Frame):
    type: Literal["page"]
    page: PagePath | None = None
    visible: bool | None = None


ClientFrame = Hello | Ack | Read | Unread | Archive | Unarchive | Seen | Follow | Unfollow | Refresh | Ping | Page
_TYPES = {
    "hello", "ack", "read", "unread", "archive", "unarchive", "seen", "follow", "unfollow", "refresh", "ping", "page"
}  # fmt: skip
_client_frame: TypeAdapter[ClientFrame] = TypeAdapter(Annotated[ClientFrame, Field(discriminator="type")])


def parse_client_frame(text: str) -> ClientFrame:
    """One frame of a client. FrameError says what is wrong with it and how the socket is closed for it."""
    if len(text) > MAX_FRAME_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_FRAME_BYTES:
        raise FrameError(
            "frame_too_large", f"A frame has at most {MAX_FRAME_BYTES} bytes.", close=CloseCode.FRAME_TOO_LARGE
        )
    try:
        raw = strictjson.loads(text)
    except ValueError as error:
        raise FrameError("bad_json", f"Not JSON: {error}") from None
    if not isinstance(raw, dict):
        raise FrameError("bad_json", "A frame is a JSON object.")
    kind = raw.get("type")
    if not isinstance(kind, str) or kind not in _TYPES:
        raise FrameError("unknown_type", f"type is one of {', '.join(sorted(_TYPES))}.", field="type")
    try:
        return _client_frame.validate_python(raw)
    except ValidationError as error:
        problem = error.errors()[0]
        field = ".".join(str(step) for step in problem["loc"][1:])
        message = "There is no such field." if problem["type"] == "extra_forbidden" else problem["msg"]
        raise FrameError("bad_frame", message.removeprefix("Value error, "), field=field) from None


_USUAL_ACK = re.compile(
    rf'\{{"type": ?"ack", ?"streams": ?\{{"([^"\\\x00-\x1f]{{0,{STREAM_MAX}}})": ?(0|[1-9][0-9]{{0,14}})\}}\}}'
)


def parse_usual_ack(text: str) -> tuple[str, int] | None:
    """The stream and the seq of an `ack` of one stream, written as clients write it. None says nothing: then
    `parse_client_frame` has to look, which finds the same in what is found here. 0.8 µs, where that takes 4.8.
    """
    found = _USUAL_ACK.fullmatch(text)
    return None if found is None else (found[1], int(found[2]))


# ------------------------------------------------------------------ frames from the server


def dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


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
