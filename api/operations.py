"""What operators do over REST: each view checks who asks, parses an instruction, and calls its verb."""

from collections.abc import Callable
from typing import Any, Literal

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers
from api.authentication import OperatorAuthentication
from api.base import HEADERS, View, query_of, refusals
from api.permissions import operator
from api.schema import parameters_of
from notifier import audit, ids, instructions, operating
from notifier.names import OneLine
from notifier.operating import ACTIONS
from notifier.operator_models import ACTOR_MAX, TARGET_MAX
from notifier.roles import VIEW


class ActQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    preview: Literal["true", "false"] = Field(
        "false", description="`true`: do nothing, and say how many it would touch"
    )


class AuditQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    cursor: answers.Cursor | None = Field(None, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=audit.PAGE_MAX, description="How many at most")
    action: OneLine = Field("", max_length=32, description="Only this action")
    actor: OneLine = Field("", max_length=ACTOR_MAX, description="Only what this one did")
    target: OneLine = Field("", max_length=TARGET_MAX, description="Only what concerns this")


Method = Callable[[Any, Request], Response]


def _described(action: str, summary: str, model: type[instructions.Instruction]) -> Callable[[Method], Method]:
    described: Callable[[Method], Method] = extend_schema(
        operation_id=f"ops_{action}",
        summary=summary,
        request={"application/json": model},
        parameters=[*parameters_of(ActQuery), *HEADERS],
        responses={200: answers.Operated, **refusals(415, 422, 429)},
    )
    return described


class _Operation(View):
    authentication_classes = [OperatorAuthentication]

    def carry_out(self, request: Request, name: str) -> Response:
        """Do it, or say what it would touch."""
        action = ACTIONS[name]
        actor = operator(request, action.permission)
        wants_preview = query_of(ActQuery, request).preview == "true"
        given = action.instruction.parse(request.data)
        done = None if wants_preview else action.verb(actor, given)
        reach = operating.preview(given, actor) if done is None else done.reach
        sent = done.notification if done is not None else None
        return Response(
            {
                "action": name,
                "done": done is not None,
                "people": reach.people,
                "connections": reach.connections,
                "notification": ids.show_notification_id(sent) if sent else None,
            }
        )


class Disconnect(_Operation):
    @_described("disconnect", "Close connections, which come back", instructions.Disconnect)
    def post(self, request: Request) -> Response:
        """A connection, or all that a person has now, on every server: closed with 4007 within 3 s."""
        return self.carry_out(request, "disconnect")


class Block(_Operation):
    @_described("block", "Block a person", instructions.Block)
    def post(self, request: Request) -> Response:
        """Until a moment, or for good. Sockets are closed with 4508 and refused, and so is the inbox; what is sent is stored."""
        return self.carry_out(request, "block")


class Unblock(_Operation):
    @_described("unblock", "End a block", instructions.Person)
    def post(self, request: Request) -> Response:
        """Who is not blocked stays so: `people` is then 0."""
        return self.carry_out(request, "unblock")


class Revoke(_Operation):
    @_described("revoke", "Void a person's connection tokens", instructions.Person)
    def post(self, request: Request) -> Response:
        """All that were issued until now. Sockets opened with them are closed with 4501 within 5 s."""
        return self.carry_out(request, "revoke")


class Drain(_Operation):
    @_described("drain", "Empty a server", instructions.Server)
    def post(self, request: Request) -> Response:
        """It takes no new sockets and lets its own go; the process stays up."""
        return self.carry_out(request, "drain")


class Resume(_Operation):
    @_described("resume", "Let a drained server take sockets again", instructions.Server)
    def post(self, request: Request) -> Response:
        """The opposite of drain."""
        return self.carry_out(request, "resume")


class Banner(_Operation):
    @_described("banner", "Show a line to everyone", instructions.Banner)
    def post(self, request: Request) -> Response:
        """On every page that is or comes online; `text` null takes it down."""
        return self.carry_out(request, "banner")


class Test(_Operation):
    @_described("test", "Send a test notification", instructions.Test)
    def post(self, request: Request) -> Response:
        """Stored and delivered as any other, with the category `test`."""
        return self.carry_out(request, "test")


class Audit(View):
    authentication_classes = [OperatorAuthentication]

    @extend_schema(
        operation_id="ops_audit",
        summary="Read the audit log, newest first",
        parameters=[*parameters_of(AuditQuery), *HEADERS],
        responses={200: answers.Audit, **refusals(422, 429)},
    )
    def get(self, request: Request) -> Response:
        """What operators did, when, to whom and from where. Filters compare letter for letter."""
        operator(request, VIEW)
        query = query_of(AuditQuery, request)
        page = audit.page(
            action=query.action, actor=query.actor, target=query.target, before=query.cursor, limit=query.limit
        )
        return Response({"entries": [audit.as_dict(entry) for entry in page.entries], "next": page.next})
