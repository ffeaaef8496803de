"""What a person changes by a frame: what is read, what is archived, what is followed."""

from notifier import following, marking, wire
from notifier.access import Person
from notifier.changes import Change
from notifier.database import in_database

Verb = wire.Read | wire.Unread | wire.Archive | wire.Unarchive | wire.Follow | wire.Unfollow


async def carry_out(person: Person, frame: Verb) -> Change:
    """Do as the frame says. Returns what changed; Forbidden, Invalid or Unavailable when it may not or cannot be."""
    match frame:
        case wire.Follow(topic=topic):
            change = await in_database(following.follow, person, topic)
        case wire.Unfollow(topic=topic):
            change = await in_database(following.unfollow, person, topic)
        case wire.Read(ids=None):
            change = await in_database(marking.mark_all_read, person)
        case wire.Read(ids=list(wanted)):
            change = await in_database(marking.mark_read, person, wanted)
        case wire.Unread(ids=wanted):
            change = await in_database(marking.mark_unread, person, wanted)
        case wire.Archive(ids=wanted):
            change = await in_database(marking.archive, person, wanted)
        case wire.Unarchive(ids=wanted):
            change = await in_database(marking.unarchive, person, wanted)
    return change
