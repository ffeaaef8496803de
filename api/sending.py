"""One request to send: what it asks for, and what it is answered; the same on each way that leads here."""

from typing import Any

from notifier import idempotency, ids, wire
from notifier.access import Caller, Scope
from notifier.content import Draft
from notifier.errors import Forbidden
from notifier.publishing import Published, Sending


def sending_of(caller: Caller, body: Any, idempotency_key: str | None) -> Sending:
    """What a backend asks for with this JSON value. Invalid, or Forbidden for a key that may not send to everyone."""
    draft = Draft.parse(body)
    if draft.to.everyone and Scope.BROADCAST not in caller.scopes:
        raise Forbidden(f"To everyone takes the scope {Scope.BROADCAST}.", code="missing_scope")
    once = None if idempotency_key is None else idempotency.once(caller.key_id, idempotency_key, draft)
    return Sending(draft, caller.key_id, once)


def answer_to(published: Published) -> tuple[dict[str, Any], dict[str, str]]:
    """The body and the headers of a 201."""
    name = ids.show_notification_id(published.id)
    body = {
        "id": name,
        "created": wire.timestamp(published.created_at),
        "addressed": published.addressed,
        "online": published.online,
    }
    headers = {"Location": f"/api/v1/notifications/{name}"}
    return body, {**headers, "Idempotent-Replayed": "true"} if published.repeated else headers
