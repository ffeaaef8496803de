"""When people were here, one row for each person, written for many at once."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from notifier.models import Visitor
from notifier.rowsets import TIME, moment, pack, rowset, table


@dataclass(frozen=True, slots=True)
class Visit:
    """A person was connected from one time to another, in Unix seconds, with a credential that grants these topics."""

    first: float
    last: float
    topics: tuple[str, ...]


def write_visits(visits: Mapping[str, Visit], *, server: str) -> None:
    """Remember the people, by recipient, who were connected to this server. Neither time moves inwards."""
    visitor = table(Visitor)
    source = rowset("visit", recipient="text", first=TIME, last=TIME, topics="jsonb")
    statement = (
        f"INSERT INTO {visitor} (recipient, first_seen, last_seen, last_server, topics)"  # noqa: S608 -- no input in it
        f" SELECT visit.recipient, visit.first, visit.last, %s, visit.topics FROM {source}"
        " WHERE TRUE ORDER BY visit.recipient"
        " ON CONFLICT (recipient) DO UPDATE SET last_seen = excluded.last_seen, last_server = excluded.last_server,"
        f" topics = excluded.topics WHERE excluded.last_seen >= {visitor}.last_seen"
    )
    rows = [
        {
            "recipient": recipient,
            "first": moment(visit.first),
            "last": moment(visit.last),
            "topics": list(visit.topics),
        }
        for recipient, visit in visits.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, [server, pack(rows)])
