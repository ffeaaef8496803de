"""The shapes of answers, for the OpenAPI schema."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, RootModel

from notifier.clientframes import NotificationId
from notifier.content import Level
from notifier.explaining import Reason
from notifier.outcomes import State

Count = Annotated[int, Field(ge=0)]
Cursor = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
RecipientCursor = Annotated[str, Field(pattern="^([0-9a-f]{2}){1,512}$")]
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
    delivered: Count
    seen: Count
    read: Count


class Receipt(BaseModel):
    user: str
    state: State
    sent: datetime | None
    delivered: datetime | None
    seen: datetime | None
    read: datetime | None


class Receipts(BaseModel):
    receipts: list[Receipt]
    next: RecipientCursor | None


class Why(BaseModel):
    code: Reason
    detail: str
    state: State | None
    published: datetime | None
    sent: datetime | None
    delivered: datetime | None
    seen: datetime | None
    read: datetime | None
    since: datetime | None
    last_ack: datetime | None


class Item(Shown):
    read: bool
    archived: bool


class Inbox(BaseModel):
    notifications: list[Item]
    next: Cursor | None
    unread: Count


class Me(BaseModel):
    user: str


class Seen(BaseModel):
    seen: Count


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


class Operated(BaseModel):
    action: str
    done: bool
    people: Count | None
    connections: Count | None
    notification: NotificationId | None


class AuditEntry(BaseModel):
    id: Cursor
    at: datetime
    actor_kind: Literal["user", "key", "command"]
    actor: str
    action: str
    target: str
    details: dict[str, Any]
    address: str


class Audit(BaseModel):
    entries: list[AuditEntry]
    next: Cursor | None


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
