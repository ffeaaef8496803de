"""What an operator may order, as it comes in: one model for each action, which checks it and names what is wrong."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Self

from django.utils import timezone
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from notifier.content import Level, Title
from notifier.errors import Invalid
from notifier.names import Recipient, Topic, one_line
from notifier.operator_models import REASON_MAX

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d")
_FURTHEST = timedelta(days=3650)


def _is_true(value: bool) -> bool:  # noqa: FBT001 -- pydantic calls it
    if not value:
        raise ValueError("is true, or left out")
    return value


def _written(value: object) -> object:
    """Pydantic would take numbers, too, and guess whether they are seconds or milliseconds."""
    if isinstance(value, datetime) or (isinstance(value, str) and _RFC_3339.match(value)):
        return value
    raise ValueError("must be a moment like 2026-11-22T18:00:00Z")


def _to_come(value: datetime) -> datetime:
    now = timezone.now()
    if not now < value < now + _FURTHEST:
        raise ValueError("must lie in the future, and within ten years")
    return value


True_ = Annotated[bool, AfterValidator(_is_true)]
Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_written), AfterValidator(_to_come)]
"""A moment to come, with its offset from UTC."""
ConnectionId = Annotated[str, Field(pattern="^con_[0-9a-f]{16}$")]
ServerId = Annotated[str, Field(pattern="^srv_[0-9a-f]{8}$")]


class Instruction(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @classmethod
    def parse(cls, raw: object) -> Self:
        """From what came in. Invalid names every field that is wrong and says what is allowed."""
        try:
            return cls.model_validate(raw)
        except ValidationError as error:
            raise Invalid.of(error) from None


class Disconnect(Instruction):
    """Exactly one of the two: all connections of a person, or one connection."""

    user: Recipient | None = None
    connection: ConnectionId | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.user is None) == (self.connection is None):
            raise ValueError("give either user or connection")
        return self


class Block(Instruction):
    """`until` null: for good."""

    user: Recipient
    until: Moment | None = None
    reason: Annotated[str, Field(max_length=REASON_MAX), AfterValidator(one_line)] = ""


class Person(Instruction):
    """Whom it is about."""

    user: Recipient


class Server(Instruction):
    """Which server it is about."""

    server: ServerId


class Banner(Instruction):
    """`text` null takes down the banner that is shown. `until` null: until it is taken down."""

    text: Title | None
    level: Level = "info"
    until: Moment | None = None


class Test(Instruction):
    """To exactly one of: a person, a topic, everyone, or `me`, who is signed in."""

    user: Recipient | None = None
    topic: Topic | None = None
    everyone: True_ | None = None
    me: True_ | None = None
    title: Title = "Test notification"

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(value is not None for value in (self.user, self.topic, self.everyone, self.me)) != 1:
            raise ValueError("give exactly one of user, topic, everyone and me")
        return self
