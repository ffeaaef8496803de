"""Who may: denied unless granted."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from notifier import roles
from notifier.access import Caller, Person, Scope
from notifier.audit import Actor
from notifier.errors import Forbidden, Invalid, Unauthenticated
from notifier.rates import check_rate


class Denied(BasePermission):
    """For a view that forgot to say who may."""

    def has_permission(self, request: Request, view: object) -> bool:
        return False


class AskedForInEachMethod(BasePermission):
    """Everybody gets as far as the view, which then calls `require`, `the_person` or `person_behind`."""


def require(request: Request, scope: Scope) -> Caller:
    """The backend that calls, if its key has the scope and does not ask too often.

    Unauthenticated, Forbidden, which names the scope, or TooMany if not.
    """
    caller: Any = request.user
    if not isinstance(caller, Caller):
        raise Unauthenticated("Present an API key: Authorization: Bearer nk_…", code="missing_key")
    if scope not in caller.scopes:
        raise Forbidden(f"This API key lacks the scope {scope}.", code="missing_scope")
    check_rate(caller.key_id)
    return caller


def the_person(request: Request) -> Person:
    """The person who calls. Unauthenticated or Forbidden when it is nobody, or a backend."""
    asking: Any = request.user
    if isinstance(asking, Caller):
        raise Forbidden("An API key may not do this for a person.", code="forbidden")
    if not isinstance(asking, Person):
        raise Unauthenticated("Sign in, or present a connection token: Authorization: Bearer <token>")
    return asking


def person_of(request: Request, named: str | None) -> Person:
    """The person who calls; Forbidden when another one is named in the address."""
    person = the_person(request)
    if named not in {None, person.recipient}:
        raise Forbidden("You may read your own inbox only.", code="forbidden")
    return person


def recipient_for(request: Request, named: str | None) -> str:
    """The person whose inbox a backend asks for. Forbidden without the scope, Invalid when it names nobody."""
    require(request, Scope.INBOX)
    if named is None:
        raise Invalid.field("user", "With an API key, name the person: ?user=alice", code="missing")
    return named


_SCOPES = {roles.VIEW: Scope.OPS, roles.ACT: Scope.ACT, roles.MANAGE: Scope.MANAGE}


def operator(request: Request, permission: str) -> Actor:
    """Who acts, for the audit log: a backend whose key has the scope that stands for this permission, or a user who has it.

    Unauthenticated, Forbidden, which names the scope or the permission, or TooMany if not.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    asking: Any = request.user
    if isinstance(asking, Caller):
        return Actor.key(require(request, _SCOPES[permission]), address)
    if not getattr(asking, "is_authenticated", False):
        raise Unauthenticated("Present an API key: Authorization: Bearer nk_…, or sign in.", code="missing_key")
    roles.require(asking, permission)
    return Actor.user(asking, address)
