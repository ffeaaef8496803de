"""What became of a notification: for each recipient, and for one of them in words."""

from datetime import datetime

from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import BaseModel, ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers
from api.base import HEADERS, View, check_id, query_of, refusals, visible_notification
from api.permissions import require
from api.schema import parameters_of
from notifier import outcomes, tracing, wire
from notifier.access import Scope
from notifier.names import Recipient

_ID = OpenApiParameter("notification_id", {"type": "string", "pattern": "^ntf_[0-9a-f]{32}$"}, OpenApiParameter.PATH)
# A wrong one gets an answer, too.
_ANY_ID = OpenApiParameter("notification_id", {"type": "string", "minLength": 1}, OpenApiParameter.PATH)


class ReceiptsQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    cursor: answers.RecipientCursor | None = Field(None, description="`next` of the page before")
    limit: int = Field(100, ge=1, le=1000, description="How many at most")


class WhyQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    user: Recipient = Field(description="Who did not get it")


class Receipts(View):
    @extend_schema(
        operation_id="receipts",
        summary="What became of a notification for each recipient",
        parameters=[_ID, *parameters_of(ReceiptsQuery), *HEADERS],
        responses={200: answers.Receipts, **refusals(404, 422, 429)},
    )
    def get(self, request: Request, notification_id: str) -> Response:
        """In the order of recipients. A key with `inbox:read` sees what it sent itself, and with `ops:read` everything.

        `state` is the furthest step; the times are those that are known.
        """
        query = query_of(ReceiptsQuery, request)
        notification = visible_notification(request, notification_id, Scope.INBOX)
        page, last = outcomes.outcomes(notification.pk, after=_recipient_of(query.cursor or ""), limit=query.limit)
        return Response(
            {
                "receipts": [
                    {
                        "user": outcome.recipient,
                        "state": outcome.state,
                        "sent": _shown(outcome.sent),
                        "delivered": _shown(outcome.delivered),
                        "seen": _shown(outcome.seen),
                        "read": _shown(outcome.read),
                    }
                    for outcome in page
                ],
                "next": None if last is None else last.encode().hex(),
            }
        )


class Why(View):
    @extend_schema(
        operation_id="why",
        summary="Why a notification did not arrive",
        parameters=[_ID, *parameters_of(WhyQuery), *HEADERS],
        responses={200: answers.Why, **refusals(404, 422, 429)},
    )
    def get(self, request: Request, notification_id: str) -> Response:
        """An answer in words, with a stable `code`; also for an id that nothing has. 404 for what is no id."""
        require(request, Scope.OPS)
        check_id(notification_id)
        answer = tracing.why(query_of(WhyQuery, request).user, notification_id)
        return Response(
            {
                "code": answer.code,
                "detail": answer.detail,
                "state": answer.state,
                "published": _shown(answer.published),
                "sent": _shown(answer.sent),
                "delivered": _shown(answer.delivered),
                "seen": _shown(answer.seen),
                "read": _shown(answer.read),
                "since": _shown(answer.since),
                "last_ack": _shown(answer.last_ack),
            }
        )


def _recipient_of(cursor: str) -> str:
    """Whatever it holds: one that was made up begins somewhere, too."""
    return bytes.fromhex(cursor).decode(errors="replace").replace("\0", "")


def _shown(moment: datetime | None) -> str | None:
    return None if moment is None else wire.timestamp(moment)
