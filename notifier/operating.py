"""What operators do. Each verb takes an `Actor` and an instruction, acts, and writes the audit log in the same transaction.

Whether the actor may is decided before, by `notifier.roles` for people and by scopes for API keys: `PERMISSIONS` says
which permission an action takes. `preview` says how many people and connections an instruction touches, for confirmations; it is asked before the transaction begins.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from notifier import audit, blocking, instructions, orders, presence, publishing, wire
from notifier.audit import Actor
from notifier.content import Draft
from notifier.errors import Invalid, Unavailable
from notifier.instructions import Instruction
from notifier.publishing import Published
from notifier.revocation import revoke_tokens
from notifier.roles import ACT, MANAGE
from notifier.wire import Banner, CloseCode

TEST_CATEGORY = "test"


@dataclass(frozen=True, slots=True)
class Reach:
    """How many an instruction touches; None where it cannot be known: presence does not answer, is another process's, or counts no people (of a server)."""

    people: int | None
    connections: int | None


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, and how many it touched as far as presence knew at that moment.

    `order` is the order that closes connections, for `orders.closed_for`; `notification` is the test that was sent.
    """

    action: str
    target: str
    reach: Reach
    order: int | None = None
    notification: uuid.UUID | None = None


def disconnect(actor: Actor, given: instructions.Disconnect) -> Done:
    """Close a connection, or all that a person has now, with 4007. Their clients come back after a while."""
    reach = preview(given)
    with transaction.atomic():
        if given.user is not None:
            order = orders.close_person(given.user, CloseCode.DISCONNECTED)
        else:
            order = orders.close_connection(given.connection or "", CloseCode.DISCONNECTED)
        target = given.user or given.connection or ""
        audit.record(actor, "disconnect", target, **_numbers(reach))
    return Done("disconnect", target, reach, order)


def block(actor: Actor, given: instructions.Block) -> Done:
    """Let a person neither connect nor read the inbox, and close what is open with 4508. A block that there is gets this end and reason."""
    reach = preview(given)
    with transaction.atomic():
        blocking.put(given.user, until=given.until, reason=given.reason, by=actor.name)
        order = orders.close_person(given.user, CloseCode.BLOCKED)
        until = wire.timestamp(given.until) if given.until else None
        audit.record(actor, "block", given.user, until=until, reason=given.reason, **_numbers(reach))
    return Done("block", given.user, reach, order)


@transaction.atomic
def unblock(actor: Actor, given: instructions.Person) -> Done:
    """End a block. The person's pages connect again when they are loaded anew. Who is not blocked stays so."""
    was_blocked = blocking.remove(given.user)
    audit.record(actor, "unblock", given.user, was_blocked=was_blocked)
    return Done("unblock", given.user, Reach(int(was_blocked), 0))


def revoke(actor: Actor, given: instructions.Person) -> Done:
    """Void every connection token that was issued to this person until now. Sockets opened with them are closed within 5 s."""
    reach = preview(given)
    with transaction.atomic():
        before = revoke_tokens(given.user)
        audit.record(actor, "revoke", given.user, before=wire.timestamp(before), **_numbers(reach))
    return Done("revoke", given.user, reach)


def drain(actor: Actor, given: instructions.Server) -> Done:
    """Let a server take no new sockets and let its own go, with 4000. The process stays up until it is stopped, or `resume`."""
    reach = preview(given)
    with transaction.atomic():
        orders.drain(given.server)
        audit.record(actor, "drain", given.server, **_numbers(reach))
    return Done("drain", given.server, reach)


@transaction.atomic
def resume(actor: Actor, given: instructions.Server) -> Done:
    """Let a drained server take sockets again."""
    was_drained = orders.resume(given.server)
    audit.record(actor, "resume", given.server, was_drained=was_drained)
    return Done("resume", given.server, Reach(0, 0))


def banner(actor: Actor, given: instructions.Banner) -> Done:
    """Show a text on every page that is or comes online, in place of what is shown; or take down what is shown."""
    reach = preview(given)
    with transaction.atomic():
        shown = Banner(given.text, given.level, given.until) if given.text is not None else None
        orders.show(shown)
        said = shown.as_dict() if shown else {"taken_down": True}
        audit.record(actor, "banner", **said, **_numbers(reach))
    return Done("banner", "", reach)


def test(actor: Actor, given: instructions.Test) -> Done:
    """Send a notification with the category `test`, as any other: stored, and to be read. Invalid with `me` when nobody is signed in."""
    reach = preview(given, actor)
    with transaction.atomic():
        draft = _draft(given, actor)
        published: Published = publishing.publish(draft)
        target = given.topic or ("everyone" if given.everyone else draft.to.users[0])
        audit.record(actor, "test", target, title=given.title, addressed=published.addressed)
    return Done("test", target, Reach(published.addressed, reach.connections), notification=published.id)


@dataclass(frozen=True, slots=True)
class Action:
    """`verb` takes what `instruction` checks, from whoever has the `permission`."""

    verb: Callable[[Actor, Any], Done]
    instruction: type[Instruction]
    permission: str


ACTIONS = {
    "disconnect": Action(disconnect, instructions.Disconnect, ACT),
    "block": Action(block, instructions.Block, ACT),
    "unblock": Action(unblock, instructions.Person, ACT),
    "banner": Action(banner, instructions.Banner, ACT),
    "test": Action(test, instructions.Test, ACT),
    "revoke": Action(revoke, instructions.Person, MANAGE),
    "drain": Action(drain, instructions.Server, MANAGE),
    "resume": Action(resume, instructions.Server, MANAGE),
}


# ------------------------------------------------------------------ how many it touches


def preview(given: Instruction, actor: Actor | None = None) -> Reach:
    """How many people and connections this touches now. For a test `people` are those addressed, online or not.

    Unblocking and resuming touch nobody who is connected. `actor` says who `me` is.
    """
    if presence.count_online(None) is None:
        return Reach(None, None)
    try:
        return _reach(given, actor)
    except Unavailable:
        return Reach(None, None)


def _reach(given: Instruction, actor: Actor | None) -> Reach:
    match given:
        case instructions.Test():
            people, recipients = publishing.addressees(_draft(given, actor).to)
            if recipients is None:
                return Reach(people, presence.totals().connections)
            return Reach(people, sum(presence.connection_counts(recipients).values()))
        case instructions.Disconnect(connection=str(connection)):
            there = int(presence.find(connection) is not None)
            return Reach(there, there)
        case instructions.Disconnect(user=str(user)) | instructions.Block(user=user) | instructions.Person(user=user):
            count = presence.of_person(user).count
            return Reach(min(count, 1), count)
        case instructions.Server(server=server):
            return Reach(None, presence.on_server(server))
        case _:
            totals = presence.totals()
            return Reach(totals.people, totals.connections)


def _draft(given: instructions.Test, actor: Actor | None) -> Draft:
    user = given.user
    if given.me:
        if actor is None or actor.kind != "user":
            raise Invalid.field("me", "is for who is signed in; name a user, a topic or everyone")
        user = actor.name
    to = {
        "users": [user] if user is not None else [],
        "topics": [given.topic] if given.topic is not None else [],
        "everyone": bool(given.everyone),
    }
    body = f"Sent by {actor.name} to see whether notifications arrive." if actor else ""
    return Draft.parse({"to": to, "title": given.title, "body": body, "category": TEST_CATEGORY})


def _numbers(reach: Reach) -> dict[str, int | None]:
    return {"people": reach.people, "connections": reach.connections}
