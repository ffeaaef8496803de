"""Credentials that ended before their time: revoked tokens, closed sessions, deactivated users, changed passwords; and blocked people.

An open socket was authenticated once, so the hub asks here every few seconds about all of its people at a time.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from notifier.access import Person
from notifier.blocking import blocked_among, few_of
from notifier.errors import Unauthenticated
from notifier.models import Revocation
from notifier.wire import CloseCode

# SQLite takes at most 32,766 parameters in a statement.
_CHUNK = 5000


def revoke_tokens(recipient: str) -> datetime:
    """Void every connection token that was issued to this person until now. Their sockets are closed within seconds."""
    now = timezone.now()
    Revocation.objects.update_or_create(recipient=recipient, defaults={"before": now})
    return now


def check_token(person: Person) -> None:
    """Unauthenticated, with `revoked_token`, when the person's token was revoked."""
    if revoked_among([person]):
        raise Unauthenticated("This connection token was revoked; get a new one.", code="revoked_token")


def ended_among(people: Collection[Person]) -> dict[Person, CloseCode]:
    """Those whose credential is no longer in force, or who are blocked, with the code to close their sockets with.

    A session that is gone may have been replaced by another in the same browser: its page is told to come back, and is
    refused then if it has none.
    """
    asked = list(people)
    found: dict[Person, CloseCode] = {}
    for start in range(0, len(asked), _CHUNK):
        chunk = asked[start : start + _CHUNK]
        found |= dict.fromkeys(revoked_among([person for person in chunk if not person.session]), CloseCode.REVOKED)
        found |= _ended_sessions([person for person in chunk if person.session])
        blocked = blocked_among({person.recipient for person in chunk})
        found |= {person: CloseCode.BLOCKED for person in chunk if person.recipient in blocked}
    return found


def revoked_among(people: Collection[Person]) -> list[Person]:
    """Those whose connection token was revoked after it was issued."""
    if not people:
        return []
    oldest = datetime.fromtimestamp(min(person.issued for person in people), UTC)
    relevant = Revocation.objects.filter(before__gt=oldest)
    before = dict(few_of(relevant, {person.recipient for person in people}, "recipient", "before"))
    return [
        person
        for person in people
        if person.recipient in before and person.issued < before[person.recipient].timestamp()
    ]


def _ended_sessions(people: list[Person]) -> dict[Person, CloseCode]:
    if not people:
        return {}
    keys = {person.session for person in people}
    sessions = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    contents: dict[str, dict[str, Any]] = {session.session_key: session.get_decoded() for session in sessions}
    users = get_user_model().objects.in_bulk([int(content.get(SESSION_KEY, 0)) for content in contents.values()])
    ended: dict[Person, CloseCode] = {}
    for person in people:
        content = contents.get(person.session, {})
        if SESSION_KEY not in content:
            ended[person] = CloseCode.TOKEN_EXPIRED
        elif not _is_in_force(users.get(int(content[SESSION_KEY])), content.get(HASH_SESSION_KEY, "")):
            ended[person] = CloseCode.REVOKED
    return ended


def _is_in_force(user: Any, session_hash: str) -> bool:
    """As `django.contrib.auth.get_user` decides: the user is active, and the password that of the sign-in."""
    return (
        user is not None
        and user.is_active
        and any(
            constant_time_compare(session_hash, known)
            for known in (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
        )
    )
