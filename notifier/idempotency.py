"""One request, one notification, however often it is sent: `Idempotency-Key`.

After the IETF draft draft-ietf-httpapi-idempotency-key-header. A key belongs to the API key that sends it and holds
for 24 hours. It is stored in the transaction of the notification, so that the two exist together or not at all:
a backend that got no answer repeats its request and cannot notify twice.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from notifier.content import Draft
from notifier.errors import Conflict, Invalid, NotifierError
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


def earlier(requests: Collection[Once]) -> dict[Once, IdempotencyKey | NotifierError]:
    """What became of these requests when they were sent before; those that come for the first time are not in it. Inside the transaction of their effect.

    Conflict for one that is being worked on at this moment, Invalid when its key was used for another request.
    """
    answers: dict[Once, IdempotencyKey | NotifierError] = {}
    free = _hold(requests)
    for request in requests:
        if request not in free:
            answers[request] = Conflict(
                "The same request is being worked on at this moment.", code="idempotency_in_flight"
            )
    asked = {(request.sender_id, request.key): request for request in free}
    if not asked:
        return answers
    condition = reduce(or_, (Q(sender_id=sender_id, key=key) for sender_id, key in asked))
    for found in IdempotencyKey.objects.filter(condition).select_related("notification"):
        request = asked[found.sender_id, found.key]
        if found.created_at < timezone.now() - LIFE:
            found.delete()
        elif bytes(found.fingerprint) != request.fingerprint:
            answers[request] = Invalid.field(
                "Idempotency-Key", "was used within 24 hours for another request", code="idempotency_mismatch"
            )
        else:
            answers[request] = found
    return answers


def forget_old() -> None:
    """Remove the keys that hold no longer."""
    IdempotencyKey.objects.filter(created_at__lt=timezone.now() - LIFE).delete()


def _hold(requests: Collection[Once]) -> set[Once]:
    """Keep the same requests out until this transaction ends. Returns those that nobody else holds: one for each key.

    SQLite lets one writer in at a time anyway.
    """
    first = {(request.sender_id, request.key): request for request in reversed(list(requests))}
    free = list(first.values())
    if connection.vendor == "postgresql" and free:
        locks = ", ".join(["pg_try_advisory_xact_lock(%s)"] * len(free))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {locks}", [_number_of(request) for request in free])
            free = [request for request, is_free in zip(free, cursor.fetchone() or (), strict=True) if is_free]
    return set(free)


def _number_of(request: Once) -> int:
    name = hashlib.sha256(f"{request.sender_id}:{request.key}".encode()).digest()
    return int.from_bytes(name[:8], signed=True)
