"""Who is connected: searched, filtered and sorted by what stands in the address; and who is blocked."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notifier import blocking, history, inbox, presence
from notifier.errors import Invalid, Unavailable
from notifier.names import NAME_MAX
from notifier.presence import Facts, PersonPresence, Totals
from ops.permissions import ACT, VIEW, may, operators_page

SORTS = {"": "Id", "newest": "Newest connection", "tabs": "Most connections", "unread": "Most unread"}
_SHOWN = 50
_TABS_SHOWN = 5
# To sort or to filter by server takes everybody at hand: so many people at most, the first by id.
_GATHERED = 1000
_GATHERED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. `cursor` goes on in the order of ids; `start` is the number of the first row in any other."""

    query: str
    sort: str
    server: str
    cursor: str | None
    start: int

    @classmethod
    def of(cls, given: QueryDict) -> "Asked":
        sort, start = given.get("sort", ""), given.get("from", "")
        return cls(
            given.get("q", "")[:NAME_MAX],
            sort if sort in SORTS else "",
            given.get("server", "")[:64],
            given.get("cursor") or None,
            min(int(start), _GATHERED) if start.isdecimal() and len(start) < 6 else 0,
        )

    @property
    def gathers(self) -> bool:
        return bool(self.sort or self.server)

    def address(self, **more: str) -> str:
        """The same with another beginning, as a query string."""
        given = {"q": self.query, "sort": self.sort, "server": self.server, **more}
        return urlencode({name: value for name, value in given.items() if value})


@dataclass(frozen=True, slots=True)
class Row:
    """One person, with the tabs that are listed and how many more there are."""

    recipient: str
    count: int
    tabs: list[Facts]
    unread: int

    @property
    def more(self) -> int:
        return self.count - len(self.tabs)


@dataclass(frozen=True, slots=True)
class Found:
    """`next` is the query string of the next page; `cut` says that not everybody could be looked at."""

    rows: list[Row]
    next: str = ""
    cut: bool = False


@require_safe
@operators_page(VIEW)
def people(request: HttpRequest) -> HttpResponse:
    """`/ops/people/?q=&sort=&server=`."""
    asked, problem = Asked.of(request.GET), ""
    try:
        totals, found = presence.totals(), _gathered(asked) if asked.gathers else _by_id(asked)
    except Invalid:
        raise BadRequest("no page named this cursor") from None
    except Unavailable as error:
        totals, found, problem = Totals(0, 0), Found([]), error.detail
    page: dict[str, Any] = {
        "totals": totals,
        "asked": asked,
        "found": found,
        "first": asked.address() if asked.cursor or asked.start else None,
        "filtered": bool(asked.query or asked.server),
        "sorts": SORTS.items(),
        "servers": [run for run in history.runs() if run.ended is None],
        "blocked": blocking.in_force().count(),
        "problem": problem,
        "gathered": _GATHERED,
    }
    return render(request, "ops/people.html", page)


@require_safe
@operators_page(VIEW)
def blocks(request: HttpRequest) -> HttpResponse:
    """`/ops/blocks/?q=&from=`: the blocks in force, the newest first."""
    asked = Asked.of(request.GET)
    rows = blocking.in_force().filter(recipient__startswith=asked.query).order_by("-created_at", "recipient")
    shown = list(rows[asked.start : asked.start + _SHOWN + 1])
    page: dict[str, Any] = {
        "asked": asked,
        "blocks": shown[:_SHOWN],
        "first": asked.address() if asked.start else None,
        "next": asked.address(**{"from": str(asked.start + _SHOWN)}) if len(shown) > _SHOWN else "",
        "blocked": blocking.in_force().count(),
        "may_act": may(request.user, ACT),
    }
    return render(request, "ops/blocks.html", page)


def _by_id(asked: Asked) -> Found:
    page = presence.page(prefix=asked.query, cursor=asked.cursor, limit=_SHOWN)
    unread = inbox.unread_of([person.recipient for person in page.people])
    rows = [_row(person, unread) for person in page.people]
    return Found(rows, asked.address(cursor=page.next) if page.next else "")


def _gathered(asked: Asked) -> Found:
    """Everybody at hand, filtered and sorted, and of these one page."""
    people: list[PersonPresence] = []
    cursor: str | None = None
    while True:
        page = presence.page(prefix=asked.query, cursor=cursor, limit=_GATHERED_AT_ONCE)
        people += page.people
        cursor = page.next
        if cursor is None or len(people) >= _GATHERED:
            break
    if asked.server:
        people = [person for person in people if any(tab.server == asked.server for tab in person.connections)]
    unread = inbox.unread_of([person.recipient for person in people]) if asked.sort == "unread" else {}
    people.sort(key=lambda person: _rank(person, asked.sort, unread))
    shown = people[asked.start : asked.start + _SHOWN]
    unread = unread or inbox.unread_of([person.recipient for person in shown])
    end = asked.start + _SHOWN
    following = asked.address(**{"from": str(end)}) if end < len(people) else ""
    return Found([_row(person, unread) for person in shown], following, cursor is not None)


def _rank(person: PersonPresence, sort: str, unread: dict[str, int]) -> tuple[float, str]:
    match sort:
        case "newest":
            return -max((tab.since.timestamp() for tab in person.connections), default=0), person.recipient
        case "tabs":
            return -person.count, person.recipient
        case "unread":
            return -unread.get(person.recipient, 0), person.recipient
        case _:
            return 0, person.recipient


def _row(person: PersonPresence, unread: dict[str, int]) -> Row:
    tabs = person.connections[:_TABS_SHOWN]
    return Row(person.recipient, person.count, tabs, unread.get(person.recipient, 0))
