"""What recipients, topics and streams may be called, and how a stream's name is made of them."""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

EVERYONE = "everyone"
_USER, _TOPIC = "user:", "topic:"

NAME_MAX = 128
STREAM_MAX = len(_TOPIC) + NAME_MAX

# NUL cannot be stored in PostgreSQL's text, and the others make a log line or a page lie about what it shows.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_BUT_LAYOUT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def one_line(value: str) -> str:
    """Refuse control characters and line ends."""
    if _CONTROL.search(value):
        raise ValueError("must not contain control characters or line ends")
    return value


def plain_text(value: str) -> str:
    """Refuse control characters other than tab and line ends."""
    if _CONTROL_BUT_LAYOUT.search(value):
        raise ValueError("must not contain control characters other than tabs and line ends")
    return value


Recipient = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=NAME_MAX), AfterValidator(one_line)]
"""A person, by the backend's own id: 1 to 128 characters, nothing assumed but that they can be shown on one line."""

OneLine = Annotated[str, AfterValidator(one_line)]
"""Any text without control characters and line ends."""

TOPIC_REGEX = r"[A-Za-z0-9][A-Za-z0-9._:\-]{0,127}"
Topic = Annotated[str, StringConstraints(strict=True, pattern=f"^{TOPIC_REGEX}$", max_length=NAME_MAX)]
"""A topic: 1 to 128 of `A-Z a-z 0-9 . _ : -`, beginning with a letter or a digit. It stands in addresses."""

TopicPattern = Annotated[
    str, StringConstraints(strict=True, pattern=r"^([A-Za-z0-9][A-Za-z0-9._:\-]{0,127}\*?|\*)$", max_length=NAME_MAX)
]
"""A topic, or the beginning of one and a star: `room.*` grants every topic that begins with `room.`, `*` grants all."""


def user_stream(recipient: str) -> str:
    return _USER + recipient


def topic_stream(topic: str) -> str:
    return _TOPIC + topic


def topic_of(stream: str) -> str | None:
    """The topic whose stream this is, or None for the other kinds."""
    return stream.removeprefix(_TOPIC) if stream.startswith(_TOPIC) else None


def grants(patterns: tuple[str, ...], topic: str) -> bool:
    """Whether one of the patterns covers the topic."""
    return any(topic.startswith(pattern[:-1]) if pattern.endswith("*") else topic == pattern for pattern in patterns)
