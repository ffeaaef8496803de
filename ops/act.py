"""An action of an operator, in two steps: what it is to be, and, once it was said how many it touches, the doing.

Works without a script. Step one is a GET, so that an action can be prepared by a link; only the POST acts.
"""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from notifier import operating
from notifier.errors import Invalid
from notifier.instructions import Instruction
from notifier.operating import ACTIONS, Reach
from ops.forms import ActionForm, BannerForm, BlockForm, DisconnectForm, PersonForm, ResumeForm, ServerForm, TestForm
from ops.permissions import actor_of, operators_page


@dataclass(frozen=True, slots=True)
class Text:
    """How an action is put to people. `destructive` actions look it."""

    title: str
    about: str
    button: str
    done: str
    form: type[ActionForm]
    destructive: bool = False
    note: str = ""


TEXTS = {
    "test": Text(
        "Send a test", "A notification as any other: stored, and shown to whom it is for.", "Send it", "Sent", TestForm
    ),
    "disconnect": Text(
        "Disconnect",
        "Closes what is open now. The pages come back by themselves a moment later.",
        "Disconnect",
        "Asked to leave",
        DisconnectForm,
        destructive=True,
    ),
    "block": Text(
        "Block a person",
        "Closes the person's connections and lets none in, nor their inbox be read. What is sent to them is kept.",
        "Block",
        "Blocked",
        BlockForm,
        destructive=True,
    ),
    "unblock": Text(
        "Unblock a person",
        "Lets the person connect again, and read the inbox.",
        "Unblock",
        "Unblocked",
        PersonForm,
        note="Pages that were open when the block began have to be loaded anew.",
    ),
    "revoke": Text(
        "Revoke tokens",
        "Voids every connection token that this person has. Their pages need a new one from your backend.",
        "Revoke",
        "Revoked",
        PersonForm,
        destructive=True,
    ),
    "drain": Text(
        "Drain a server",
        "Lets it take no new connections and asks its own to go elsewhere. It runs on, and can be resumed.",
        "Drain",
        "Drained",
        ServerForm,
        destructive=True,
    ),
    "resume": Text("Resume a server", "Lets a drained server take connections again.", "Resume", "Resumed", ResumeForm),
    "banner": Text(
        "Banner to everyone",
        "One line above every page that is or comes online, in place of the banner that is shown now.",
        "Show it",
        "The banner is changed",
        BannerForm,
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, name: str) -> HttpResponse:
    """`/ops/act/<name>/`, for whoever has the action's permission."""
    if name not in TEXTS:
        raise Http404
    return operators_page(ACTIONS[name].permission)(_act)(request, name)


def _act(request: HttpRequest, name: str) -> HttpResponse:
    text, action = TEXTS[name], ACTIONS[name]
    given = request.POST if request.method == "POST" else request.GET
    asked = request.method == "POST" or any(field in given for field in text.form.base_fields)
    form = text.form(given) if asked else text.form()
    back = _back(request)
    instruction = _instruction(form, action.instruction) if asked and form.is_valid() else None
    if instruction is not None and request.method == "POST":
        done = action.verb(actor_of(request), instruction)
        messages.success(request, f"{text.done}: {_in_words(done.reach)}.")
        return redirect(back)
    reach = operating.preview(instruction, actor_of(request)) if instruction is not None else None
    page = {
        "action": name,
        "text": text,
        "form": form,
        "said": form.said() if instruction is not None else [],
        "reach": _in_words(reach) if reach is not None else "",
        "command": {"path": f"/api/v1/ops/{name}", "body": form.body() if instruction is not None else {}},
        "fields": [(field, value) for field, values in given.lists() for value in values if field in form.fields],
        "back": back,
    }
    return render(request, "ops/act.html", page, status=422 if asked and instruction is None else 200)


def _instruction(form: ActionForm, model: type[Instruction]) -> Instruction | None:
    """What the domain makes of it; its objections are put beside the fields."""
    try:
        return model.parse(form.instruction())
    except Invalid as error:
        for problem in error.problems:
            part = problem.pointer.rsplit("/", 1)[-1]
            field = form.standing_for.get(part, part)
            form.add_error(field if field in form.fields else None, problem.detail)
        return None


def _in_words(reach: Reach) -> str:
    if reach.people == reach.connections == 0:
        return "nobody"
    if reach.connections is None:
        return "nobody can tell at this moment how many"
    connections = "1 connection" if reach.connections == 1 else f"{reach.connections:,} connections"
    if reach.people is None:
        return connections
    people = "1 person" if reach.people == 1 else f"{reach.people:,} people"
    return f"{people}, {connections}"


def _back(request: HttpRequest) -> str:
    """Where it came from: only an address of this service."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return asked if ours else reverse("ops")
