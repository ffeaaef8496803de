"""Moments, as people want them: how long ago, and exactly when."""

from datetime import UTC, datetime

from django import template
from django.utils import timezone
from django.utils.html import conditional_escape, format_html

from notifier.outcomes import Outcome, State

register = template.Library()

_MOMENT = (
    '<time class="moment" datetime="{}"><span data-ago>{}</span><span class="table-detail">{}&nbsp;UTC</span></time>'
)
# In seconds, with how many of the unit are said before the next larger one is.
_UNITS = (
    ("minute", 60, 60),
    ("hour", 3600, 36),
    ("day", 86_400, 100),
    ("month", 2_629_746, 24),
    ("year", 31_556_952, 0),
)


@register.simple_tag
def step(outcome: Outcome, name: str) -> str:
    """When a notification came to this step with a person. It may have come there without that a time is known."""
    reached = list(State).index(outcome.state) >= list(State).index(State(name))
    return moment(getattr(outcome, name), otherwise="yes" if reached else "–")


# No template of its own: a page has hundreds of them.
@register.simple_tag
def moment(value: datetime | None, otherwise: str = "–") -> str:
    """`3 minutes ago`, with `2026-11-22 09:30:00 UTC` below it; without a moment what stands for none."""
    if value is None:
        return conditional_escape(otherwise)
    seconds = (value - timezone.now()).total_seconds()
    if abs(seconds) < 60:
        words = "just now" if seconds <= 0 else "in less than a minute"
    else:
        words = f"{_rounded(-seconds)} ago" if seconds <= 0 else f"in {_rounded(seconds)}"
    value = value.astimezone(UTC)
    return format_html(_MOMENT, value.isoformat(timespec="milliseconds"), words, value.isoformat(" ", "seconds")[:19])


def _rounded(seconds: float) -> str:
    for unit, length, most in _UNITS:
        number = round(seconds / length)
        if number < most or not most:
            return f"{number} {unit}" + ("" if number == 1 else "s")
    raise AssertionError("the last unit has no bound")
