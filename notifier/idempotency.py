"""One request, one notification, however often it is sent: `Idempotency-Key`.

After the IETF draft draft-ietf-httpapi-idempotency-key-header. A key belongs to the API key that sends it and holds
for 24 hours. It is stored in the transaction of the notification, so that the two exist together or not at all:
a backend that got no answer repeats its request and cannot notify twice.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from notifier.content import Draft
from notifier.errors import Conflict, Invalid
from notifier.models import IdempotencyKey

LIFE = timedelta(hours=24)
MAX_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Once:
    """A request that is to have its effect once: whose it is, its key, and what was asked."""

    sender_id: int
    key: str
    fingerprint: bytes


def once(sender_id: int, key: str, draft: Draft) -> Once:
    """The request behind an `Idempotency-Key` header, quoted as the draft has it or bare. Invalid when it is no key."""
    bare = key[1:-1] if len(key) >= 2 and key[0] == key[-1] == '"' else key
    if not 1 <= len(bare) <= MAX_LENGTH or not bare.isascii() or not bare.isprintable():
        raise Invalid.field(
            "Idempotency-Key", f"is 1 to {MAX_LENGTH} printable ASCII characters", code="idempotency_key"
        )
    asked = json.dumps(draft.model_dump(mode="json"), sort_keys=True)
    return Once(sender_id, bare, hashlib.sha256(asked.encode()).digest())


def earlier(request: Once) -> IdempotencyKey | None:
    """What became of this request when it was sent before; None for the first time. Inside the transaction of its effect.

    Conflict when it is being worked on at this moment, Invalid when the key was used for another request.
    """
    _hold(request)
    known = IdempotencyKey.objects.filter(sender_id=request.sender_id, key=request.key)
    found = known.select_related("notification").first()
    if found is None:
        return None
    if found.created_at < timezone.now() - LIFE:
        known.delete()
        return None
    if bytes(found.fingerprint) != request.fingerprint:
        raise Invalid.field(
            "Idempotency-Key", "was used within 24 hours for another request", code="idempotency_mismatch"
        )
    return found


def forget_old() -> None:
    """Remove the keys that hold no longer."""
    IdempotencyKey.objects.filter(created_at__lt=timezone.now() - LIFE).delete()


def _hold(request: Once) -> None:
    """Keep the same request out until this transaction ends. SQLite lets one writer in at a time anyway."""
    if connection.vendor != "postgresql":
        return
    name = hashlib.sha256(f"{request.sender_id}:{request.key}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(name[:8], signed=True)])
        row = cursor.fetchone()
    if row is None or not row[0]:
        raise Conflict("The same request is being worked on at this moment.", code="idempotency_in_flight")
