"""Who calls: a backend with an API key, or a person with a connection token or a session."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from notifier.access import Caller, Person, caller_of_key, person_of_session, person_of_token
from notifier.blocking import check_not_blocked
from notifier.errors import Unauthenticated
from notifier.revocation import check_token

_SCHEME = "bearer"


def _bearer(request: Request) -> str | None:
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if not header:
        return None
    scheme, _, credential = header.partition(" ")
    if scheme.lower() != _SCHEME or not credential.strip():
        raise Unauthenticated("Authorization must be: Bearer <API key or connection token>", code="bad_authorization")
    return str(credential.strip())


def _is_key(credential: str) -> bool:
    return credential.startswith("nk_")


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer nk_…`. `request.user` is a `Caller`."""

    def authenticate(self, request: Request) -> tuple[Caller, None] | None:
        credential = _bearer(request)
        if credential is None:
            return None
        if not _is_key(credential):
            raise Unauthenticated("An API key (nk_…) is needed here.", code="unknown_key")
        return caller_of_key(credential), None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class PersonAuthentication(SessionAuthentication):
    """A connection token, `Authorization: Bearer <jwt>`, or else the session cookie, with CSRF. `request.user` is a `Person`.

    An API key is taken too: `request.user` is then a `Caller`, who names the person in the address.
    """

    def authenticate(self, request: Request) -> tuple[Person | Caller, None] | None:
        credential = _bearer(request)
        if credential is not None:
            if _is_key(credential):
                return caller_of_key(credential), None
            person = person_of_token(credential)
            check_token(person)
            check_not_blocked(person.recipient)
            return person, None
        user = getattr(request._request, "user", AnonymousUser())
        if not user.is_authenticated:
            return None
        person = person_of_session(user)
        self.enforce_csrf(request)
        check_not_blocked(person.recipient)
        return person, None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class OperatorAuthentication(SessionAuthentication):
    """An API key, or else the session cookie, with CSRF. `request.user` is a `Caller`, or a user of Django's."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        credential = _bearer(request)
        if credential is not None:
            if not _is_key(credential):
                raise Unauthenticated("An API key (nk_…) is needed here, or a session.", code="unknown_key")
            return caller_of_key(credential), None
        user = getattr(request._request, "user", AnonymousUser())
        if not user.is_authenticated:
            return None
        self.enforce_csrf(request)
        return user, None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
