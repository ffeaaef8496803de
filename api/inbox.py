"""A person's inbox over REST: what is in it, and what the person does with it."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers
from api.authentication import PersonAuthentication
from api.base import HEADERS, View, query_of, refusals
from api.permissions import person_of, recipient_for, the_person
from api.schema import parameters_of
from notifier import clientframes, inbox, marking
from notifier.access import Caller
from notifier.errors import Invalid
from notifier.names import Recipient


class InboxQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    cursor: answers.Cursor | None = Field(None, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=100, description="How many at most")
    view: inbox.View = Field(
        inbox.View.ALL, description="All that is not archived, what of it is unread, or the archive"
    )
    user: Recipient | None = Field(None, description="Whose, when an API key asks, which has to say so")


class Me(View):
    authentication_classes = [PersonAuthentication]

    @extend_schema(
        operation_id="me",
        summary="Whom a credential speaks for",
        parameters=HEADERS,
        responses={200: answers.Me, **refusals()},
    )
    def get(self, request: Request) -> Response:
        """The recipient. A browser's tabs share a socket only when it is the same person's in each."""
        return Response({"user": the_person(request).recipient})


class Inbox(View):
    authentication_classes = [PersonAuthentication]
    for_backends = True

    @extend_schema(
        operation_id="inbox",
        summary="Read the inbox, newest first",
        parameters=[*parameters_of(InboxQuery), *HEADERS],
        responses={200: answers.Inbox, **refusals(422, 429)},
    )
    def get(self, request: Request) -> Response:
        """Follow `next` to its end to have all of it: what comes meanwhile shifts nothing."""
        query = query_of(InboxQuery, request)
        wanted: dict[str, Any] = {"before": query.cursor, "limit": query.limit, "view": query.view}
        if isinstance(request.user, Caller):
            page = inbox.look(recipient_for(request, query.user), **wanted)
        else:
            page = inbox.page(person_of(request, query.user), **wanted)
        return Response({"notifications": page.items, "next": page.next, "unread": page.unread})


M = TypeVar("M", bound=BaseModel)


def _marks(model: type[M], request: Request) -> M:
    """The body, checked by this model. Invalid names what is wrong."""
    try:
        return model.model_validate(request.data)
    except ValidationError as error:
        raise Invalid.of(error) from None


def _marking(operation_id: str, summary: str, body: type[BaseModel]) -> Callable[[Any], Any]:
    return extend_schema(
        operation_id=operation_id,
        summary=summary,
        request={"application/json": body},
        parameters=HEADERS,
        responses={200: answers.Unread, **refusals(415, 422)},
    )


class InboxRead(View):
    authentication_classes = [PersonAuthentication]

    @_marking("mark_read", "Mark notifications as read", clientframes.ReadMarks)
    def post(self, request: Request) -> Response:
        """Ids that are not in the inbox are ignored. Every connected browser of the person is told."""
        person = the_person(request)
        wanted = _marks(clientframes.ReadMarks, request)
        if wanted.ids is None:
            marking.mark_all_read(person)
        else:
            marking.mark_read(person, wanted.ids)
        return Response({"unread": inbox.count(person).unread})


class InboxUnread(View):
    authentication_classes = [PersonAuthentication]

    @_marking("mark_unread", "Mark notifications as unread again", clientframes.Marks)
    def post(self, request: Request) -> Response:
        """Ids that are not in the inbox, or in its archive, are ignored. Every connected browser of the person is told. Receipts stay as they are."""
        person = the_person(request)
        marking.mark_unread(person, _marks(clientframes.Marks, request).ids)
        return Response({"unread": inbox.count(person).unread})


class InboxArchive(View):
    authentication_classes = [PersonAuthentication]

    @_marking("archive", "Put notifications into the archive", clientframes.Marks)
    def post(self, request: Request) -> Response:
        """What is unread of them becomes read. Ids that are not in the inbox are ignored. Every connected browser of the person is told."""
        person = the_person(request)
        marking.archive(person, _marks(clientframes.Marks, request).ids)
        return Response({"unread": inbox.count(person).unread})


class InboxUnarchive(View):
    authentication_classes = [PersonAuthentication]

    @_marking("unarchive", "Take notifications out of the archive", clientframes.Marks)
    def post(self, request: Request) -> Response:
        """They stay read. Ids that are not in the archive are ignored. Every connected browser of the person is told."""
        person = the_person(request)
        marking.unarchive(person, _marks(clientframes.Marks, request).ids)
        return Response({"unread": inbox.count(person).unread})


class InboxSeen(View):
    authentication_classes = [PersonAuthentication]

    @extend_schema(
        operation_id="mark_seen",
        summary="Note that notifications were seen",
        request={"application/json": clientframes.Marks},
        parameters=HEADERS,
        responses={200: answers.Seen, **refusals(415, 422)},
    )
    def post(self, request: Request) -> Response:
        """They were before the person's eyes, and are not read by that. For pages without a socket: a socket has a frame for it.

        Ids that are not in the inbox are ignored, and so is what was seen before; `seen` counts the rest.
        """
        person = the_person(request)
        return Response({"seen": marking.mark_seen(person, _marks(clientframes.Marks, request).ids)})
