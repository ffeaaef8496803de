"""What operators fill in before an action, and how it becomes the instruction that the domain checks once more."""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from notifier import history, orders
from notifier.content import LEVELS
from notifier.names import NAME_MAX
from notifier.operator_models import REASON_MAX

_LEVELS = [(level, level.capitalize()) for level in LEVELS]
_FOREVER = "until it is lifted"
_LENGTHS = {"1h": ("1 hour", 1), "8h": ("8 hours", 8), "1d": ("1 day", 24), "7d": ("7 days", 168)}


class _Duration(forms.ChoiceField):
    """For how long; cleaned to the moment when it ends, as a text, or None."""

    def __init__(self, **options: Any) -> None:
        choices = [*((key, words) for key, (words, _) in _LENGTHS.items()), ("", _FOREVER)]
        super().__init__(label="For how long", choices=choices, required=False, **options)

    def clean(self, value: Any) -> str | None:
        key = super().clean(value)
        return (timezone.now() + timedelta(hours=_LENGTHS[key][1])).isoformat() if key else None


class ActionForm(forms.Form):
    """`instruction` is what the verb takes, from cleaned fields; `standing_for` names the field behind a part of it that has another name.

    `button` is what is pressed to do it, where that depends on what was filled in.
    """

    button = ""
    standing_for: ClassVar[dict[str, str]] = {}

    def instruction(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

    def body(self) -> dict[str, Any]:
        """What the API is sent for the same: without what is not said."""
        return {name: value for name, value in self.instruction().items() if value not in (None, "")}

    def said(self) -> list[tuple[str, str]]:
        """What was filled in, for people: (label, value), of a choice its words."""
        found = []
        for bound in self:
            value = str(bound.data or "")
            choices = getattr(bound.field, "choices", ())
            words = dict(choices).get(value, value)
            if words:
                found.append((str(bound.label), str(words)))
        return found


class PersonForm(ActionForm):
    user = forms.CharField(label="Person", max_length=NAME_MAX, strip=False)


class DisconnectForm(ActionForm):
    """A person, or one connection."""

    user = forms.CharField(label="Person", max_length=NAME_MAX, strip=False, required=False)
    connection = forms.CharField(
        label="Connection",
        max_length=64,
        required=False,
        help_text="To close only this one. Leave the person empty then.",
    )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if bool(found.get("user")) == bool(found.get("connection")):
            self.add_error("user", "Name a person or a connection, and not both.")
        return found

    def instruction(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value}


class BlockForm(PersonForm):
    until = _Duration()
    reason = forms.CharField(
        max_length=REASON_MAX, required=False, help_text="For the audit log; the person does not see it."
    )


def _running() -> list[tuple[str, str]]:
    drained = set(orders.drained())
    return [
        (run.server, f"{run.server} on {run.host} ({run.kind}{', drained' if run.server in drained else ''})")
        for run in history.runs()
        if run.ended is None
    ]


def _first_drained() -> str | None:
    return next(iter(orders.drained()), None)


class ServerForm(ActionForm):
    server = forms.ChoiceField(label="Server", choices=_running)


class ResumeForm(ActionForm):
    server = forms.ChoiceField(label="Server", choices=_running, initial=_first_drained)


class BannerForm(ActionForm):
    """A text to show, or nothing to take down what is shown."""

    text = forms.CharField(label="Text", max_length=200, required=False, help_text="Empty: take down what is shown.")
    level = forms.ChoiceField(label="Level", choices=_LEVELS, initial="info")
    until = _Duration()

    def instruction(self) -> dict[str, Any]:
        text = self.cleaned_data["text"] or None
        self.button = "" if text else "Take it down"
        return {**self.cleaned_data, "text": text, "until": self.cleaned_data["until"] if text else None}

    def body(self) -> dict[str, Any]:
        # Here no text says something: take down what is shown.
        return super().body() if self.cleaned_data["text"] else {"text": None}

    def said(self) -> list[tuple[str, str]]:
        return super().said() if self.cleaned_data["text"] else [("Text", "None: what is shown is taken down")]


class TestForm(ActionForm):
    """A notification to see whether it arrives."""

    standing_for = {"user": "target", "topic": "target", "me": "to"}

    to = forms.ChoiceField(
        label="To", choices=[("me", "Me"), ("user", "A person"), ("topic", "A topic"), ("everyone", "Everyone")]
    )
    target = forms.CharField(
        label="Which person or topic",
        required=False,
        max_length=NAME_MAX,
        strip=False,
        help_text="Only for a person or a topic.",
    )
    title = forms.CharField(label="Title", max_length=200, initial="Test notification")

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("to") in {"user", "topic"} and not found.get("target"):
            self.add_error("target", "Say which.")
        return found

    def instruction(self) -> dict[str, Any]:
        to = self.cleaned_data["to"]
        value = self.cleaned_data["target"] if to in {"user", "topic"} else True
        return {to: value, "title": self.cleaned_data["title"]}

    def body(self) -> dict[str, Any]:
        # A key is nobody who could be sent something.
        return {} if self.cleaned_data["to"] == "me" else super().body()
