"""Orders to the servers: given by operators, stored, and carried out by each hub (`notifier.enforcement`).

The database carries them, so that one reaches every server whatever becomes of the channel layer, and a command
reaches the embedded server, which has none to share. The layer hastens them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import Now
from django.utils import timezone

from notifier import bus
from notifier.operator_models import Order
from notifier.wire import Banner, CloseCode

# A server that cannot ask the database for so long misses an order to close connections.
_WINDOW = timedelta(seconds=60)
_DRAINS_KEPT = timedelta(days=7)
_CLOSING = ["close_person", "close_connection"]


@dataclass(frozen=True, slots=True)
class Closing:
    """Close those connections of a person, or that one connection, that were open `age` seconds ago."""

    id: int
    person: str
    connection: str
    code: CloseCode
    age: float


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds now for one server."""

    drained: bool
    banner: Banner | None
    closings: list[Closing]


def close_person(recipient: str, code: CloseCode) -> int:
    """Close the connections that this person has now, on every server. The order's id."""
    return _give("close_person", recipient, code)


def close_connection(connection: str, code: CloseCode) -> int:
    """Close this connection, wherever it is. The order's id."""
    return _give("close_connection", connection, code)


def drain(server: str) -> None:
    """Let this server take no new sockets, and let its sockets go, until `resume`."""
    Order.objects.update_or_create(kind="drain", target=server)
    _hasten()


def resume(server: str) -> bool:
    """Let it take sockets again. Whether it was drained."""
    removed, _ = Order.objects.filter(kind="drain", target=server).delete()
    _hasten()
    return removed > 0


def show(banner: Banner | None) -> None:
    """Show this to everyone, in place of what is shown, or nothing."""
    if banner is None:
        Order.objects.filter(kind="banner").delete()
    else:
        content = {"text": banner.text, "level": banner.level}
        Order.objects.update_or_create(kind="banner", target="", defaults={"content": content, "ends_at": banner.until})
    _hasten()


def shown() -> Banner | None:
    """The banner that is shown now."""
    order = Order.objects.filter(kind="banner").first()
    return _banner(order)


def drained() -> list[str]:
    """The servers that were asked to drain, some of which may have been stopped since."""
    return list(Order.objects.filter(kind="drain").order_by("pk").values_list("target", flat=True))


def read(server: str, since: float) -> Standing:
    """What this server is to do, given that it knows the closings that were ordered over so many seconds ago. One query."""
    window = min(timedelta(seconds=since), _WINDOW)
    rows = (
        Order.objects.filter(
            Q(kind__in=_CLOSING, created_at__gt=Now() - window) | Q(kind="drain", target=server) | Q(kind="banner")
        )
        .order_by("pk")
        .annotate(age=ExpressionWrapper(Now() - F("created_at"), output_field=DurationField()))
    )
    by_kind: dict[str, list[Any]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    closings = [
        Closing(
            row.pk,
            row.target if kind == "close_person" else "",
            row.target if kind == "close_connection" else "",
            CloseCode(row.content["code"]),
            row.age.total_seconds(),
        )
        for kind in _CLOSING
        for row in by_kind.get(kind, [])
    ]
    return Standing("drain" in by_kind, _banner(next(iter(by_kind.get("banner", [])), None)), closings)


def note_closed(closed: dict[int, int]) -> None:
    """Add to each order how many connections a server closed for it."""
    for order, number in closed.items():
        Order.objects.filter(pk=order).update(closed=F("closed") + number)


def closed_for(order: int) -> int:
    """How many connections servers have closed for this order until now."""
    found = Order.objects.filter(pk=order).values_list("closed", flat=True).first()
    return found or 0


def forget_old() -> None:
    """Remove orders that were carried out, or have ended, or concern servers that are hardly there any more."""
    Order.objects.filter(
        Q(kind__in=_CLOSING, created_at__lt=Now() - 2 * _WINDOW)
        | Q(kind="banner", ends_at__lt=timezone.now())
        | Q(kind="drain", created_at__lt=Now() - _DRAINS_KEPT)
    ).delete()


def _give(kind: str, target: str, code: CloseCode) -> int:
    order = Order.objects.create(kind=kind, target=target, content={"code": int(code)})
    _hasten()
    return order.pk


def _hasten() -> None:
    transaction.on_commit(bus.hasten_orders, robust=True)


def _banner(order: Order | None) -> Banner | None:
    if order is None or _has_ended(order.ends_at):
        return None
    return Banner(order.content["text"], order.content["level"], order.ends_at)


def _has_ended(moment: datetime | None) -> bool:
    return moment is not None and moment <= timezone.now()
