"""Ids as users meet them: a prefix that says what it is, then hexadecimal digits."""

import secrets
import uuid
from datetime import UTC, datetime

from uuid_utils.compat import uuid7

_NOTIFICATION = "ntf_"


def new_notification_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): ids made later sort later, which keeps inserts at one end of the index."""
    return uuid7()


def first_notification_id(moment: datetime) -> uuid.UUID:
    """Ids made before this moment are below it, and those made from then on are not. In whole milliseconds."""
    return uuid.UUID(int=max(0, int(moment.timestamp() * 1000)) << 80)


def moment_of(value: uuid.UUID) -> datetime | None:
    """When an id was made, in whole milliseconds; None for a time that no clock shows."""
    try:
        return datetime.fromtimestamp((value.int >> 80) / 1000, UTC)
    except (ValueError, OverflowError):
        return None


def show_notification_id(value: uuid.UUID) -> str:
    return _NOTIFICATION + value.hex


def parse_notification_id(text: str) -> uuid.UUID:
    """ValueError when this cannot be the id of a notification."""
    if not text.startswith(_NOTIFICATION) or len(text) != len(_NOTIFICATION) + 32:
        raise ValueError("not the id of a notification")
    return uuid.UUID(hex=text.removeprefix(_NOTIFICATION))


def new_connection_id() -> str:
    return "con_" + secrets.token_hex(8)


def new_server_id() -> str:
    return "srv_" + secrets.token_hex(4)
