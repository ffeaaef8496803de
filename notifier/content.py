"""What a backend may send, and to whom: the one place that checks it, for REST, commands and Python callers alike."""

import json
import math
from typing import Annotated, Any, Literal, Self, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from notifier.errors import Invalid
from notifier.names import Recipient, Topic, one_line, plain_text

Level = Literal["info", "success", "warning", "error"]
LEVELS: tuple[Level, ...] = get_args(Level)

MAX_USERS = 10_000
MAX_TOPICS = 100
MAX_DATA_BYTES = 8 * 1024
MAX_DATA_DEPTH = 16


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be blank")
    return value


def _safe_url(value: str) -> str:
    """Only what a browser opens as a page: a `javascript:` address would run in the page that shows the toast."""
    if not value:
        return value
    if "\\" in value or value != value.strip():
        raise ValueError("must not contain backslashes or surrounding spaces")
    try:
        parts = urlsplit(one_line(value))
    except ValueError as error:
        raise ValueError(f"is not an address: {error}") from None
    if (parts.scheme in {"http", "https"} and parts.netloc) or (value.startswith("/") and not value.startswith("//")):
        return value
    raise ValueError("must begin with https://, http:// or a single /")


def _storable(value: dict[str, Any]) -> dict[str, Any]:
    _walk(value, MAX_DATA_DEPTH)
    try:
        size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode())
    except UnicodeEncodeError:
        raise ValueError("must not contain lone surrogates") from None
    if size > MAX_DATA_BYTES:
        raise ValueError(f"must have at most {MAX_DATA_BYTES} bytes as JSON, and has {size}")
    return value


def _walk(value: object, depth: int) -> None:
    """Refuse what one of the databases, or JavaScript, could not give back as it was."""
    if depth < 0:
        raise ValueError(f"must be nested at most {MAX_DATA_DEPTH} deep")
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise ValueError("must have texts as keys")
            _walk(key, depth - 1)
            _walk(inner, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            _walk(inner, depth - 1)
    elif isinstance(value, str):
        if "\x00" in value:
            raise ValueError("must not contain NUL")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("must not contain infinite numbers or NaN")
        # PostgreSQL writes a number out, 1e300 as 301 digits: 8 KiB sent would come back as 400.
        if value and not 1e-21 <= abs(value) < 1e21:
            raise ValueError("must not contain numbers beyond 1e21 or below 1e-21; send them as text")
    elif isinstance(value, int) and not -(2**53) < value < 2**53:
        raise ValueError("must not contain whole numbers of more than 53 bits; send them as text")
    elif value is not None and not isinstance(value, bool | int):
        raise ValueError("must be JSON")


Url = Annotated[str, Field(max_length=2048), AfterValidator(_safe_url)]


Title = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(one_line), AfterValidator(_not_blank)]
"""A line that says something."""


class Audience(BaseModel):
    """To whom: people by the backend's own ids, topics, or everyone; at least one. Repeated names count once."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    users: Annotated[list[Recipient], Field(max_length=MAX_USERS)] = []
    topics: Annotated[list[Topic], Field(max_length=MAX_TOPICS)] = []
    everyone: bool = False

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not (self.users or self.topics or self.everyone):
            raise ValueError("must name at least one recipient: users, topics, or everyone: true")
        return self


class Draft(BaseModel):
    """A notification that is to be sent."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    to: Audience
    title: Title
    body: Annotated[str, Field(max_length=4000), AfterValidator(plain_text)] = ""
    level: Level = "info"
    category: Annotated[str, Field(max_length=64), AfterValidator(one_line)] = ""
    url: Url = ""
    icon: Url = ""
    data: Annotated[dict[str, Any], AfterValidator(_storable)] = {}

    @classmethod
    def parse(cls, raw: object) -> Self:
        """From what came in. Invalid names every field that is wrong and says what is allowed."""
        try:
            return cls.model_validate(raw)
        except ValidationError as error:
            raise Invalid.of(error) from None
