"""What views share: how they take a request, what they refuse, and how the schema tells that."""

import uuid
from typing import Any, TypeVar

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from pydantic import BaseModel, TypeAdapter, ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from api import answers
from api.authentication import KeyAuthentication
from api.permissions import AskedForInEachMethod, require
from api.problems import CONTENT_TYPE
from notifier import clientframes, ids
from notifier.access import Scope
from notifier.errors import Invalid, NotFound
from notifier.models import Notification

_PROBLEM = OpenApiResponse(answers.Problem, description="A problem document (RFC 9457)")


def refusals(*statuses: int) -> dict[tuple[int, str], Any]:
    """These, and those that every address knows."""
    return {(status, CONTENT_TYPE): _PROBLEM for status in sorted({400, 401, 403, 406, 413, 500, 503, *statuses})}


# With each answer of one of these statuses.
HEADERS = [
    OpenApiParameter("WWW-Authenticate", str, OpenApiParameter.HEADER, required=True, response=[401]),
    OpenApiParameter(
        "Retry-After",
        {"type": "integer", "minimum": 1},
        OpenApiParameter.HEADER,
        required=True,
        description="Seconds to wait",
        response=[409, 429, 503],
    ),
]


class ByHeaderAlone(DefaultContentNegotiation):
    """The Accept header decides on the answer's form. `format` in an address is a parameter like any other."""

    def filter_renderers(self, renderers: Any, format: str) -> Any:  # noqa: A002 -- DRF's name
        return renderers


class View(APIView):
    content_negotiation_class = ByHeaderAlone
    authentication_classes = [KeyAuthentication]
    permission_classes = [AskedForInEachMethod]

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        # DRF takes a body without an announced length for an empty one. One that was sent in chunks is here as a whole.
        if not request.META.get("CONTENT_LENGTH"):
            request.META["CONTENT_LENGTH"] = str(len(request.body))
        return super().initialize_request(request, *args, **kwargs)


Q = TypeVar("Q", bound=BaseModel)


def query_of(model: type[Q], request: Request) -> Q:
    """What stands in the address, checked by this model. Invalid names what is wrong."""
    given: dict[str, Any] = {}
    for name, values in request.query_params.lists():
        if len(values) > 1:
            raise Invalid.field(name, "is given twice in the address", code="duplicate")
        given[name] = values[0]
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise Invalid.of(error) from None


_notification_id: TypeAdapter[str] = TypeAdapter(clientframes.NotificationId)


def visible_notification(request: Request, notification_id: str, scope: Scope) -> Notification:
    """The notification, for a key with `ops:read`, or one with this scope that sent it itself. Forbidden or NotFound if not."""
    caller = require(request, Scope.OPS if Scope.OPS in getattr(request.user, "scopes", ()) else scope)
    found = Notification.objects.filter(pk=check_id(notification_id))
    if Scope.OPS not in caller.scopes:
        found = found.filter(sender_id=caller.key_id)
    notification = found.first()
    if notification is None:
        raise NotFound("There is no such notification.")
    return notification


def check_id(text: str) -> uuid.UUID:
    """The notification's number. NotFound for what is no id."""
    try:
        return ids.parse_notification_id(_notification_id.validate_python(text))
    except ValueError:  # pydantic's is one, too
        raise NotFound("There is no such notification.") from None
