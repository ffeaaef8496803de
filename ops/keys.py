"""The pages of API keys: a list, and a form each to create, rotate and revoke. They work without a script."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from notifier import keys as domain
from notifier.access import Scope
from notifier.errors import Conflict, Invalid, NotFound
from notifier.keys import DEFAULT_GRACE_HOURS, Made, NewKey, Rotation
from notifier.models import ApiKey
from ops.permissions import MANAGE, actor_of, operators_page

_FORMS = "key_forms"
_FORMS_KEPT = 20

SCOPES = {
    Scope.SEND: "Send notifications to people and topics",
    Scope.BROADCAST: "Send notifications to everyone, too",
    Scope.TOKEN: "Mint and void connection tokens",
    Scope.INBOX: "Read anybody's inbox",
    Scope.OPS: "See who is connected, any notification, and the audit log",
    Scope.ACT: "Disconnect, block, show a banner, send tests",
    Scope.MANAGE: "Void tokens and drain servers, as an operator",
}
# The old key's further life.
_GRACE = ((0, "End it at once"), (1, "1 hour"), (24, "1 day"), (24 * 7, "1 week"), (24 * 30, "30 days"))
_LIVES = ((30, "30 days"), (90, "90 days"), (365, "1 year"), (0, "It does not expire"))


@require_safe
@operators_page(MANAGE)
def keys(request: HttpRequest) -> HttpResponse:
    """Every key, with its last use and what it sends now."""
    sent = domain.sent_lately()
    rows = [{"key": key, "state": domain.state_of(key), "sent": sent.get(key.pk, 0)} for key in domain.listed()]
    return render(request, "ops/keys.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@operators_page(MANAGE)
def new(request: HttpRequest) -> HttpResponse:
    """Create a key, which is shown once."""
    given = {"name": "", "scopes": [str(Scope.SEND)], "days": "90"}
    problems: dict[str, str] = {}
    if request.method == "POST":
        days = request.POST.get("days", "")
        given = {"name": request.POST.get("name", "").strip(), "scopes": request.POST.getlist("scope"), "days": days}
        try:
            parsed = NewKey.parse({**given, "days": int(days) or None if days.isdecimal() else days})
            if _is_first(request):
                return _made(request, domain.create(actor_of(request), parsed))
            return _used(request)
        except Invalid as error:
            problems = {problem.pointer.split("/")[1]: problem.detail for problem in error.problems}
    lives = [(days, words, str(days) == str(given["days"])) for days, words in _LIVES]
    scopes = [(scope, about, scope in given["scopes"]) for scope, about in SCOPES.items()]
    context = {"given": given, "problems": problems, "lives": lives, "scopes": scopes, "once": _once(request)}
    return render(request, "ops/key_new.html", context, status=422 if problems else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@operators_page(MANAGE)
def rotate(request: HttpRequest, prefix: str) -> HttpResponse:
    """Replace a key by a new one; both are valid for a while."""
    key = _key(prefix)
    problem = ""
    if request.method == "POST":
        hours = request.POST.get("hours", "")
        try:
            parsed = Rotation.parse({"hours": int(hours) if hours.isdecimal() else hours})
            if _is_first(request):
                return _made(request, domain.rotate(actor_of(request), key.prefix, parsed), key)
            return _used(request)
        except (Invalid, Conflict) as error:
            problem = error.detail
    context = {"key": key, "problem": problem, "grace": _GRACE, "chosen": DEFAULT_GRACE_HOURS, "once": _once(request)}
    return render(request, "ops/key_rotate.html", context, status=409 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@operators_page(MANAGE)
def revoke(request: HttpRequest, prefix: str) -> HttpResponse:
    """End a key at once."""
    key = _key(prefix)
    if request.method == "POST":
        domain.revoke(actor_of(request), key.prefix)
        messages.success(
            request, f"The key {domain.shown_as(key)} was revoked. Requests with it are refused from now on."
        )
        return redirect("ops-keys")
    return render(request, "ops/key_revoke.html", {"key": key, "state": domain.state_of(key)})


def _made(request: HttpRequest, made: Made, old: ApiKey | None = None) -> HttpResponse:
    # Answered here, and not after a redirect: the text is kept nowhere, not even in the session.
    if old is not None:
        old.refresh_from_db()
    return render(request, "ops/key_made.html", {"key": made.key, "text": made.text, "old": old}, status=201)


def _used(request: HttpRequest) -> HttpResponse:
    messages.warning(request, "That form was sent before, and its key was shown then. Nothing was made anew.")
    return redirect("ops-keys")


def _once(request: HttpRequest) -> str:
    """A mark for a form, so that a page that is loaded again does not make a second key."""
    mark = secrets.token_urlsafe(12)
    request.session[_FORMS] = [*request.session.get(_FORMS, []), mark][-_FORMS_KEPT:]
    return mark


def _is_first(request: HttpRequest) -> bool:
    marks: list[Any] = request.session.get(_FORMS, [])
    mark = request.POST.get("once", "")
    if mark not in marks:
        return False
    request.session[_FORMS] = [other for other in marks if other != mark]
    return True


def _key(prefix: str) -> ApiKey:
    try:
        return domain.find(prefix)
    except NotFound:
        raise Http404 from None
