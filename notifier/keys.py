"""API keys, as operators handle them: create, rotate, revoke, list. Each change is in the audit log, without the secret."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from pydantic import AfterValidator, Field

from notifier import audit, ids, wire
from notifier.access import Scope, create_key, forget_known_keys
from notifier.audit import Actor
from notifier.errors import Conflict, NotFound
from notifier.instructions import Instruction
from notifier.models import ApiKey, Notification
from notifier.names import one_line

MAX_DAYS = 3650
LISTED = 500
MAX_GRACE_HOURS = 24 * 90
DEFAULT_GRACE_HOURS = 24

State = Literal["active", "retiring", "expired", "revoked"]


def _visible(value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise ValueError("must have 1 to 100 characters that can be printed")
    return value


class NewKey(Instruction):
    """What a key is to be called and may do, and its life in days; without `days` it does not expire."""

    name: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(one_line), AfterValidator(_visible)]
    scopes: Annotated[list[Annotated[Scope, Field(strict=False)]], Field(min_length=1, max_length=len(Scope))]
    days: Annotated[int, Field(ge=1, le=MAX_DAYS)] | None = None


class Rotation(Instruction):
    """For how many hours the old key stays valid beside the new one; 0 ends it at once."""

    hours: Annotated[float, Field(ge=0, le=MAX_GRACE_HOURS, allow_inf_nan=False)] = DEFAULT_GRACE_HOURS


@dataclass(frozen=True, slots=True)
class Made:
    """A new key and its text, which is not stored: show it once."""

    key: ApiKey
    text: str


@transaction.atomic
def create(actor: Actor, given: NewKey) -> Made:
    expires = None if given.days is None else timezone.now() + timedelta(days=given.days)
    key, text = create_key(given.name, list(dict.fromkeys(given.scopes)), expires_at=expires)
    audit.record(actor, "create_key", shown_as(key), scopes=key.scopes, expires=_text(expires))
    return Made(key, text)


@transaction.atomic
def rotate(actor: Actor, prefix: str, given: Rotation) -> Made:
    """A new key with the same name, scopes and length of life; the old one ends after the given hours.

    NotFound; Conflict when the key is no longer in force, was rotated already, or is itself so new that the key
    before it is still valid: two at a time, and no more.
    """
    old = _key(prefix)
    now = timezone.now()
    if state_of(old) in {"revoked", "expired"}:
        raise Conflict("This key is no longer valid; create a new one.", code="key_not_in_force")
    if ApiKey.objects.filter(replaces=old).exists():
        raise Conflict("This key was rotated already.", code="key_rotated")
    if old.replaces is not None and state_of(old.replaces) not in {"revoked", "expired"}:
        raise Conflict("The key before this one is still valid; revoke it first, or wait.", code="key_rotated")
    ends = now + timedelta(hours=given.hours)
    expires = None if old.expires_at is None else now + (old.expires_at - old.created_at)
    new, text = create_key(old.name, [Scope(scope) for scope in old.scopes], expires_at=expires)
    ApiKey.objects.filter(pk=new.pk).update(replaces=old)
    old.expires_at = ends if old.expires_at is None else min(ends, old.expires_at)
    old.save(update_fields=["expires_at"])
    _look_up_again()
    audit.record(actor, "rotate_key", shown_as(old), new=new.prefix, old_ends=_text(old.expires_at))
    return Made(new, text)


@transaction.atomic
def revoke(actor: Actor, prefix: str) -> ApiKey:
    """End a key: here at once, on other servers within a second. NotFound; one that was revoked before stays as it is."""
    key = _key(prefix)
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        _look_up_again()
        audit.record(actor, "revoke_key", shown_as(key))
    return key


def listed() -> list[ApiKey]:
    """The newest keys, at most `LISTED`: those in force first."""
    found = ApiKey.objects.select_related("replaces", "successor").order_by("-pk")[:LISTED]
    return sorted(found, key=lambda key: state_of(key) in {"revoked", "expired"})


def sent_lately() -> dict[int, int]:
    """How many notifications each key, by its primary key, has sent in the last minute; those that sent none are left out."""
    first = ids.first_notification_id(timezone.now() - timedelta(minutes=1))
    sent = Notification.objects.filter(pk__gte=first, sender__isnull=False).order_by()
    return dict(sent.values_list("sender").annotate(number=Count("pk")))


def find(prefix: str) -> ApiKey:
    """The key with this prefix, as in `nk_<prefix>_…`. NotFound."""
    found = ApiKey.objects.filter(prefix=prefix).first()
    if found is None:
        raise NotFound("There is no such API key.")
    return found


def state_of(key: ApiKey) -> State:
    """`retiring` is one that was rotated, and is valid until it expires."""
    now = timezone.now()
    if key.revoked_at is not None and key.revoked_at <= now:
        return "revoked"
    if key.expires_at is not None and key.expires_at <= now:
        return "expired"
    return "retiring" if hasattr(key, "successor") else "active"


def shown_as(key: ApiKey) -> str:
    """A key as people and the audit log name it: never with its secret."""
    return f"{key.name} (nk_{key.prefix}_…)"


def _key(prefix: str) -> ApiKey:
    find(prefix)
    return ApiKey.objects.select_for_update().get(prefix=prefix)


def _text(moment: datetime | None) -> str | None:
    return wire.timestamp(moment) if moment else None


def _look_up_again() -> None:
    forget_known_keys()
    transaction.on_commit(forget_known_keys)  # what was looked up before the commit is old
