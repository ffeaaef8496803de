"""REST: who is connected now."""

from typing import Annotated

from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, WithJsonSchema
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers
from api.base import HEADERS, View, query_of, refusals
from api.permissions import require
from api.schema import CONTROL, described, parameters_of
from notifier import presence
from notifier.access import Scope
from notifier.errors import Invalid
from notifier.names import Recipient

_MAX_USERS = 100

_recipient: TypeAdapter[str] = TypeAdapter(Recipient)
_ID = f"[^,{CONTROL}]{{1,128}}"


def _users(text: str) -> str:
    users = text.split(",")
    if len(users) > _MAX_USERS:
        raise ValueError(f"names more than {_MAX_USERS} people")
    try:
        for user in users:
            _recipient.validate_python(user)
    except ValidationError:
        raise ValueError("is one id or more, of 1 to 128 characters each, separated by commas") from None
    return text


Users = Annotated[
    str,
    AfterValidator(_users),
    WithJsonSchema({"type": "string", "pattern": f"^{_ID}(,{_ID}){{0,{_MAX_USERS - 1}}}$"}),
]


def _recipient_of(user: str) -> str:
    try:
        return _recipient.validate_python(user)
    except ValidationError as error:
        raise Invalid.field("user", error.errors()[0]["msg"].removeprefix("Value error, ")) from None


class PresenceQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    users: Users | None = Field(
        None, description="Only these people, online or not: up to 100 ids, separated by commas. Stands alone"
    )
    prefix: str = Field("", max_length=128, description="Only people whose ids begin so, letter for letter")
    cursor: answers.PresenceCursor | None = Field(None, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=100, description="How many people at most")


class Presence(View):
    @extend_schema(
        operation_id="presence",
        summary="Who is connected now",
        parameters=[*parameters_of(PresenceQuery), *HEADERS],
        responses={200: answers.Presence, **refusals(422, 429)},
    )
    def get(self, request: Request) -> Response:
        """With `users`, whether each of these people is online. Otherwise a page of those who are, with their connections; `people` and `total` count all."""
        require(request, Scope.OPS)
        query = query_of(PresenceQuery, request)
        if query.users is not None:
            if query.model_fields_set != {"users"}:
                raise Invalid.field("users", "stands alone: without prefix, cursor and limit")
            counts = presence.connection_counts(query.users.split(","))
            return Response(
                {
                    "users": [
                        {"user": user, "online": bool(count), "connections": count} for user, count in counts.items()
                    ]
                }
            )
        page, totals = presence.page(prefix=query.prefix, cursor=query.cursor, limit=query.limit), presence.totals()
        connections = [facts.as_dict() for person in page.people for facts in person.connections]
        return Response(
            {"people": totals.people, "total": totals.connections, "connections": connections, "next": page.next}
        )


class PresenceOfOne(View):
    @extend_schema(
        operation_id="presence_of_one",
        summary="A person's connections",
        parameters=[
            OpenApiParameter("user", described(Recipient), OpenApiParameter.PATH),
            *HEADERS,
        ],
        responses={200: answers.PresenceOfOne, **refusals(404, 422, 429)},
    )
    def get(self, request: Request, user: str) -> Response:
        """None when the person is offline. At most 500 are listed; `total` counts all."""
        require(request, Scope.OPS)
        found = presence.of_person(_recipient_of(user))
        return Response(
            {
                "user": user,
                "online": found.count > 0,
                "total": found.count,
                "connections": [facts.as_dict() for facts in found.connections],
            }
        )
