"""The shapes of answers, for the OpenAPI schema."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, RootModel

from notifier.content import Level
from notifier.wire import NotificationId

Count = Annotated[int, Field(ge=0)]
Cursor = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
PresenceCursor = Annotated[str, Field(pattern="^[A-Za-z0-9_-]{1,700}$")]


class Sent(BaseModel):
    id: NotificationId
    created: datetime
    addressed: Count
    online: Count | None


class Shown(BaseModel):
    id: NotificationId
    title: str
    body: str
    level: Level
    category: str
    url: str
    icon: str
    data: dict[str, Any]
    created: datetime


class Looked(Shown):
    addressed: Count


class Item(Shown):
    read: bool


class Inbox(BaseModel):
    notifications: list[Item]
    next: Cursor | None
    unread: Count


class Unread(BaseModel):
    unread: Count


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
    browser: str
    client: str
    page: str
    visible: bool | None
    since: datetime
    server: str
    transport: str
    acked_at: datetime | None
    rtt: Count | None
    queue: Count
    streams: Count


class PresencePage(BaseModel):
    people: Count
    total: Count
    connections: list[Connection]
    next: PresenceCursor | None


class PresenceOfUser(BaseModel):
    user: str
    online: bool
    connections: Count


class PresenceOfUsers(BaseModel):
    users: list[PresenceOfUser]


class Presence(RootModel[PresencePage | PresenceOfUsers]):
    pass


class PresenceOfOne(BaseModel):
    user: str
    online: bool
    total: Count
    connections: list[Connection]


class FieldError(BaseModel):
    pointer: str
    code: str
    detail: str


class Problem(BaseModel):
    type: str
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    code: str
    detail: str
    errors: list[FieldError] = []
