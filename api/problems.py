"""Errors as problem documents: RFC 9457, `application/problem+json`, with a stable `code`.

{"type": "about:blank", "title": "Unprocessable Content", "status": 422, "code": "invalid",
 "detail": "…", "errors": [{"pointer": "#/to/users/3", "code": "string_too_long", "detail": "…"}]}
"""

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework import exceptions

from notifier.errors import Conflict, Invalid, NotFound, NotifierError, TooMany, Unauthenticated, Unavailable

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"


def document(error: NotifierError) -> dict[str, Any]:
    """The problem document of an error of the domain."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
    }
    if isinstance(error, Invalid):
        body["errors"] = [
            {"pointer": problem.pointer, "code": problem.code, "detail": problem.detail} for problem in error.problems
        ]
    return body


def problem_response(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's exception handler. None for what is a fault of ours: Django logs it and answers 500.

    JSON whatever the view renders otherwise: the schema is YAML, and the documentation a page.
    """
    known = _known(error)
    if known is None:
        return None
    response = JsonResponse(document(known), status=known.status, content_type=CONTENT_TYPE)
    if isinstance(known, Unauthenticated):
        response["WWW-Authenticate"] = 'Bearer realm="notifier"'
    if isinstance(known, Unavailable | Conflict | TooMany):
        response["Retry-After"] = str(known.retry_after)
    if isinstance(error, exceptions.MethodNotAllowed) and "view" in context:
        response["Allow"] = ", ".join(context["view"].allowed_methods)
    return response


def _known(error: Exception) -> NotifierError | None:
    match error:
        case NotifierError():
            return error
        case DatabaseError() | InterfaceError():
            logger.warning("answered 503: %s", error)
            return Unavailable("The database does not answer; try again.")
        case Http404():
            return NotFound("There is nothing at this address.")
        case PermissionDenied():
            return _translated(exceptions.PermissionDenied())
        case exceptions.APIException():
            return _translated(error)
    return None


def _translated(error: exceptions.APIException) -> NotifierError:
    """DRF's own refusals, under our names: the method, the media type, CSRF."""
    codes = {
        "not_authenticated": "unauthenticated",
        "authentication_failed": "unauthenticated",
        "permission_denied": "forbidden",
    }
    code = error.get_codes()
    known = NotifierError(str(error.detail), code=codes.get(str(code), str(code)))
    known.status = error.status_code
    return known


def bad_request_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400: a problem document below /api/, a page elsewhere. A wrong Host header ends here."""
    if not request.path.startswith("/api/"):
        return defaults.bad_request(request, exception)
    error = NotifierError(
        "The request cannot be understood; is the Host header a name of this service?", code="bad_request"
    )
    error.status = 400
    return JsonResponse(document(error), status=400, content_type=CONTENT_TYPE)


def not_found_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404: a problem document below /api/, a page elsewhere."""
    if not request.path.startswith("/api/"):
        return defaults.page_not_found(request, exception)
    return JsonResponse(document(NotFound("There is nothing at this address.")), status=404, content_type=CONTENT_TYPE)


def server_error_page(request: HttpRequest) -> HttpResponse:
    """Django's handler500, likewise; it says nothing of the inside."""
    if not request.path.startswith("/api/"):
        return defaults.server_error(request)
    return internal_error()


def internal_error() -> HttpResponse:
    """For a fault of ours."""
    error = NotifierError("This is a fault of the server. It was logged.", code="internal")
    return JsonResponse(document(error), status=500, content_type=CONTENT_TYPE)
