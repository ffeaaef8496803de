"""The shapes of answers, for the OpenAPI schema."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from notifier.content import Level


class Sent(BaseModel):
    id: str
    created: datetime
    addressed: int
    online: int | None


class Shown(BaseModel):
    id: str
    title: str
    body: str
    level: Level
    category: str
    url: str
    icon: str
    data: dict[str, Any]
    created: datetime


class Looked(Shown):
    addressed: int


class Item(Shown):
    read: bool


class Inbox(BaseModel):
    notifications: list[Item]
    next: str | None
    unread: int


class Unread(BaseModel):
    unread: int


class Token(BaseModel):
    token: str
    expires: datetime


class Revoked(BaseModel):
    user: str
    before: datetime


class Connection(BaseModel):
    connection: str
    recipient: str
    address: str
    agent: str
    client: str
    streams: int
    since: datetime
    server: str


class Presence(BaseModel):
    people: int
    total: int
    connections: list[Connection]


class FieldError(BaseModel):
    pointer: str
    code: str
    detail: str


class Problem(BaseModel):
    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldError] = []
