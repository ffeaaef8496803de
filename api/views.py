"""REST, version 1: each view parses, calls one verb of the domain, and answers."""

from django.http import HttpRequest, JsonResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers
from api.base import HEADERS, View, refusals, visible_notification
from api.permissions import require
from api.schema import Generator
from api.sending import answer_to, sending_of
from notifier import idempotency, outcomes, publishing, wire
from notifier.access import RevokeRequest, Scope, TokenRequest, issue_token
from notifier.content import Draft
from notifier.process import takes_connections
from notifier.revocation import revoke_tokens

# Printable ASCII without a space at an end, which does not survive in a header; anything of that in quotes; and not just
# a pair of quotes, since there would be no key in it.
_BARE_KEY = """[!-~]|[!#-~][ -~]{0,253}[!-~]|"[ -~]{0,253}[!#-~]"""
_QUOTED_KEY = '"[ -~]{1,255}"'


class Notifications(View):
    @extend_schema(
        operation_id="send",
        summary="Send a notification",
        request={"application/json": Draft},
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                {
                    "type": "string",
                    "maxLength": idempotency.MAX_LENGTH + 2,
                    "pattern": f"^({_BARE_KEY}|{_QUOTED_KEY})$",
                },
                OpenApiParameter.HEADER,
                description="Repeat a request with the same key within 24 hours, and it has its effect once",
            ),
            OpenApiParameter(
                "Location",
                {"type": "string", "pattern": "^/api/v1/notifications/ntf_[0-9a-f]{32}$"},
                OpenApiParameter.HEADER,
                required=True,
                description="Where it can be looked up",
                response=[201],
            ),
            OpenApiParameter(
                "Idempotent-Replayed",
                {"type": "string", "const": "true"},
                OpenApiParameter.HEADER,
                description="The request was stored before; this is its answer",
                response=[201],
            ),
            *HEADERS,
        ],
        responses={201: answers.Sent, **refusals(409, 415, 422, 429)},
    )
    def post(self, request: Request) -> Response:
        """201 means: stored, and every addressed browser that is or comes online gets it, once, in order."""
        caller = require(request, Scope.SEND)
        sending = sending_of(caller, request.data, request.headers.get("Idempotency-Key"))
        body, headers = answer_to(publishing.send(sending))
        return Response(body, status=201, headers=headers)


class OneNotification(View):
    @extend_schema(
        operation_id="get",
        summary="Look up a notification",
        parameters=[
            OpenApiParameter(
                "notification_id", {"type": "string", "pattern": "^ntf_[0-9a-f]{32}$"}, OpenApiParameter.PATH
            ),
            *HEADERS,
        ],
        responses={200: answers.Looked, **refusals(404, 429)},
    )
    def get(self, request: Request, notification_id: str) -> Response:
        """A key sees what it sent itself, and with `ops:read` everything. The numbers are of people."""
        notification = visible_notification(request, notification_id, Scope.SEND)
        reached = outcomes.counts(notification.pk)
        return Response(
            {
                **notification.content(),
                "addressed": notification.addressed,
                "delivered": reached.delivered,
                "seen": reached.seen,
                "read": reached.read,
            }
        )


class Tokens(View):
    @extend_schema(
        operation_id="issue_token",
        summary="Mint a connection token for a user",
        request={"application/json": TokenRequest},
        parameters=HEADERS,
        responses={201: answers.Token, **refusals(415, 422, 429)},
    )
    def post(self, request: Request) -> Response:
        """Hand it to that person's browser, which connects with it. It cannot be looked up again."""
        require(request, Scope.TOKEN)
        token, expires = issue_token(TokenRequest.parse(request.data))
        return Response({"token": token, "expires": wire.timestamp(expires)}, status=201)


class RevokedTokens(View):
    @extend_schema(
        operation_id="revoke_tokens",
        summary="Void a user's connection tokens",
        request={"application/json": RevokeRequest},
        parameters=HEADERS,
        responses={200: answers.Revoked, **refusals(415, 422, 429)},
    )
    def post(self, request: Request) -> Response:
        """All that were issued to this user until now. Sockets opened with them are closed within 5 s, on every server."""
        require(request, Scope.TOKEN)
        user = RevokeRequest.parse(request.data).user
        return Response({"user": user, "before": wire.timestamp(revoke_tokens(user))})


def health(request: HttpRequest) -> JsonResponse:
    """For a load balancer: this process answers."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """For a load balancer: whether to send connections here. 503 while an operator has drained this process."""
    if takes_connections():
        return JsonResponse({"status": "ready"})
    return JsonResponse({"status": "drained"}, status=503)


class Schema(SpectacularAPIView):
    """The OpenAPI schema, for everyone: it holds no secret."""

    generator_class = Generator
    permission_classes = [AllowAny]
    authentication_classes = []


class Docs(SpectacularSwaggerSplitView):
    """A page to try the API."""

    permission_classes = [AllowAny]
    authentication_classes = []
    template_name = "api/docs.html"
