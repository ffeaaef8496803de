"""`manage.py who`: who is connected now."""

import contextlib
import http.client
import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from notifier import presence
from notifier.access import Scope, create_key
from notifier.errors import Unavailable
from notifier.management.base import DatabaseCommand
from notifier.process import running_server

_WATCH_SECONDS = 2.0
_PAGE = 100
_CLEAR = "\x1b[H\x1b[2J"

Found = dict[str, Any]


class Command(DatabaseCommand):
    help = "Show who is connected now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", default="", help="only people whose ids begin with this")
        parser.add_argument("--json", action="store_true", help="as JSON: one document, or with --watch one a line")
        parser.add_argument(
            "--limit", type=int, default=1000, help="connections to show, of people in the order of their ids"
        )
        parser.add_argument(
            "--watch",
            action="store_true",
            help="go on until Ctrl-C: drawn anew every 2 s, or what changed where it is no terminal",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        prefix, limit, as_json = options["user"], options["limit"], options["json"]
        if limit < 1:
            raise CommandError("--limit: at least 1")
        try:
            prefix.encode()
        except UnicodeEncodeError:
            raise CommandError("--user: is no text") from None
        ask = _of_redis if settings.ENVIRONMENT.redis_url else _of_server
        if not options["watch"]:
            self._show(ask(prefix, limit), as_json=as_json)
            return
        with contextlib.suppress(KeyboardInterrupt):
            self._watch(lambda: ask(prefix, limit), as_json=as_json)

    def _show(self, found: Found, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(found))
            return
        self.stdout.write(f"{found['people']} people online, {found['total']} connections")
        for facts in found["connections"]:
            self.stdout.write(_line(facts))
        if found["more"]:
            self.stdout.write(f"… and more: --limit {2 * len(found['connections'])} shows them, --user fewer")

    def _watch(self, ask: Callable[[], Found], *, as_json: bool) -> None:
        drawn = self.stdout.isatty() and not as_json
        before: dict[str, Found] = {}
        while True:
            try:
                found = ask()
            except CommandError as error:  # it may answer the next time
                self.stderr.write(str(error))
                time.sleep(_WATCH_SECONDS)
                continue
            if drawn:
                self.stdout.write(_CLEAR, ending="")
                self._show(found, as_json=False)
            else:
                now = {facts["connection"]: facts for facts in found["connections"]}
                for sign, facts in _changes(before, now):
                    change = {"+": "came", "-": "went"}[sign]
                    self.stdout.write(json.dumps({"change": change, **facts}) if as_json else f"{sign} {_line(facts)}")
                before = now
            self.stdout.flush()
            time.sleep(_WATCH_SECONDS)


def _changes(before: dict[str, Found], now: dict[str, Found]) -> Iterator[tuple[str, Found]]:
    yield from (("-", facts) for connection, facts in before.items() if connection not in now)
    yield from (("+", facts) for connection, facts in now.items() if connection not in before)


def _line(facts: Found) -> str:
    page = f"{facts['page']}{'' if facts['visible'] is not False else ' (hidden)'}"
    parts = [
        f"{facts['recipient']:<24} {facts['address']:<16} {facts['since'][:19]}Z ",
        f"{facts['connection']}  {facts['server']}  {facts['browser'][:40]}",
    ]
    return "  ".join(filter(None, [*parts, page])).rstrip()


def _all_pages(page: Callable[[str | None], Found], limit: int) -> Found:
    """Pages put together: as many connections as that."""
    found = page(None)
    cursor = found.pop("next")
    while cursor is not None and len(found["connections"]) < limit:
        another = page(cursor)
        found["connections"] += another["connections"]
        cursor = another["next"]
    more = cursor is not None or len(found["connections"]) > limit
    return {**found, "connections": found["connections"][:limit], "more": more}


def _of_redis(prefix: str, limit: int) -> Found:
    def page(cursor: str | None) -> Found:
        totals, found = presence.totals(), presence.page(prefix=prefix, cursor=cursor, limit=_PAGE)
        facts = [facts.as_dict() for person in found.people for facts in person.connections]
        return {"people": totals.people, "total": totals.connections, "connections": facts, "next": found.next}

    try:
        return _all_pages(page, limit)
    except Unavailable as error:
        raise CommandError(error.detail) from None


def _of_server(prefix: str, limit: int) -> Found:
    """Without Redis the server alone knows: it is asked, with a key that lives for this question."""
    address = running_server()
    key, text = create_key("manage.py who", [Scope.OPS], expires_at=timezone.now() + timedelta(minutes=1))
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def page(cursor: str | None) -> Found:
        asked = {"prefix": prefix, "limit": _PAGE} | ({"cursor": cursor} if cursor else {})
        request = urllib.request.Request(  # noqa: S310 -- the address is the server's own, from the data folder
            f"{address}/api/v1/presence?{urlencode(asked)}",
            headers={"Authorization": f"Bearer {text}", "X-Forwarded-Proto": "https"},
        )
        with direct.open(request, timeout=10) as answer:
            found: Found = json.load(answer)
        return found

    try:
        return _all_pages(page, limit)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise CommandError(f"The server at {address} does not answer: {error}") from None
    finally:
        key.delete()
