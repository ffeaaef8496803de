"""The audit log: which operator did what, when, to whom, and from where. Added to, and never changed.

`record` runs inside the transaction of the action, so that there is neither an action without its entry nor an entry
without its action.
"""

import getpass
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import connection, transaction
from django.utils import timezone

from notifier import wire
from notifier.access import Caller
from notifier.errors import Invalid
from notifier.operator_models import ACTOR_MAX, TARGET_MAX, AuditEntry

KEPT_DAYS = 365
"""The database itself refuses to remove what is younger."""

PAGE_MAX = 200


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a Django user, an API key, or the command line with the user of the operating system. `address` is where from."""

    kind: Literal["user", "key", "command"]
    name: str
    address: str = ""

    @classmethod
    def user(cls, user: Any, address: str) -> "Actor":
        return cls("user", user.get_username(), address)

    @classmethod
    def key(cls, caller: Caller, address: str) -> "Actor":
        return cls("key", caller.name, address)

    @classmethod
    def command(cls) -> "Actor":
        try:
            name = getpass.getuser()
        except (KeyError, OSError):  # a container's user may have no name
            name = f"uid {os.getuid()}"
        return cls("command", name)


def record(actor: Actor, action: str, target: str = "", /, **details: Any) -> AuditEntry:
    """Write what is being done. Inside the transaction of the action; RuntimeError outside of one. No secret belongs in `details`."""
    if not connection.in_atomic_block:
        raise RuntimeError("an audit entry is written in the transaction of its action")
    return AuditEntry.objects.create(
        at=timezone.now(),
        actor_kind=actor.kind,
        actor=actor.name[:ACTOR_MAX],
        action=action,
        target=target[:TARGET_MAX],
        details=details,
        address=actor.address[:64],
    )


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, newest first; `next` is the cursor of the page after it, or None at the end."""

    entries: list[AuditEntry]
    next: str | None


def page(*, action: str = "", actor: str = "", target: str = "", before: str | None = None, limit: int = 50) -> Page:
    """Those of this action, actor and target, each letter for letter, empty for any. Invalid when `before` is no cursor."""
    wanted = {name: value for name, value in (("action", action), ("actor", actor), ("target", target)) if value}
    found = AuditEntry.objects.filter(**wanted)
    if before is not None:
        found = found.filter(pk__lt=_parse_cursor(before))
    rows = list(found.order_by("-pk")[: min(limit, PAGE_MAX) + 1])
    return Page(rows[:limit], f"{rows[limit - 1].pk:032x}" if len(rows) > limit else None)


def actions() -> list[str]:
    """Which actions there are entries of, in alphabetical order."""
    return list(AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct())


def prune(actor: Actor, days: float = KEPT_DAYS) -> int:
    """Remove entries that are older than so many days, a year or more, and say so in an entry. How many were removed."""
    if days < KEPT_DAYS:
        raise Invalid.field("days", f"at least {KEPT_DAYS}: the audit log is kept for a year")
    # An hour more, for the database goes by its own clock.
    before = timezone.now() - timedelta(days=days, hours=1)
    with transaction.atomic(), connection.cursor() as cursor:
        table = connection.ops.quote_name(AuditEntry._meta.db_table)
        moment = connection.ops.adapt_datetimefield_value(before)
        cursor.execute(f"DELETE FROM {table} WHERE at < %s", [moment])  # noqa: S608 -- no input in it
        removed = int(cursor.rowcount)
        record(actor, "prune_audit", before=wire.timestamp(before), removed=removed)
    return removed


def as_dict(entry: AuditEntry) -> dict[str, Any]:
    """As the API shows it."""
    at: datetime = entry.at
    return {
        "id": f"{entry.pk:032x}",
        "at": wire.timestamp(at),
        "actor_kind": entry.actor_kind,
        "actor": entry.actor,
        "action": entry.action,
        "target": entry.target,
        "details": entry.details,
        "address": entry.address,
    }


def _parse_cursor(text: str) -> int:
    try:
        number = int(text, 16)
    except ValueError:
        number = -1
    if number < 0 or len(text) != 32:
        raise Invalid.field("cursor", "is not a cursor that this log gave out; begin without one")
    return min(number, 2**63 - 1)
