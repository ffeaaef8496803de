"""What a person changes by a frame: what is read, what is archived, what is followed."""

from notifier import clientframes, following, marking
from notifier.access import Person
from notifier.changes import Change
from notifier.database import in_database

Verb = (
    clientframes.Read
    | clientframes.Unread
    | clientframes.Archive
    | clientframes.Unarchive
    | clientframes.Follow
    | clientframes.Unfollow
)


async def carry_out(person: Person, frame: Verb) -> Change:
    """Do as the frame says. Returns what changed; Forbidden, Invalid or Unavailable when it may not or cannot be."""
    match frame:
        case clientframes.Follow(topic=topic):
            change = await in_database(following.follow, person, topic)
        case clientframes.Unfollow(topic=topic):
            change = await in_database(following.unfollow, person, topic)
        case clientframes.Read(ids=None):
            change = await in_database(marking.mark_all_read, person)
        case clientframes.Read(ids=list(wanted)):
            change = await in_database(marking.mark_read, person, wanted)
        case clientframes.Unread(ids=wanted):
            change = await in_database(marking.mark_unread, person, wanted)
        case clientframes.Archive(ids=wanted):
            change = await in_database(marking.archive, person, wanted)
        case clientframes.Unarchive(ids=wanted):
            change = await in_database(marking.unarchive, person, wanted)
    return change
