"""Moments, as people want them: how long ago, and exactly when."""

from datetime import datetime

from django import template
from django.utils import timezone

from notifier.outcomes import Outcome, State

register = template.Library()

# In seconds, with how many of the unit are said before the next larger one is.
_UNITS = (
    ("minute", 60, 60),
    ("hour", 3600, 36),
    ("day", 86_400, 100),
    ("month", 2_629_746, 24),
    ("year", 31_556_952, 0),
)


@register.inclusion_tag("ops/moment.html")
def step(outcome: Outcome, name: str) -> dict[str, object]:
    """When a notification came to this step with a person. It may have come there without that a time is known."""
    reached = list(State).index(outcome.state) >= list(State).index(State(name))
    return moment(getattr(outcome, name), otherwise="yes" if reached else "–")


@register.inclusion_tag("ops/moment.html")
def moment(value: datetime | None, otherwise: str = "–") -> dict[str, object]:
    """`3 minutes ago`, with `2026-11-22 09:30:00 UTC` below it; without a moment what stands for none."""
    if value is None:
        return {"value": None, "otherwise": otherwise}
    now = timezone.now()
    seconds = (value - now).total_seconds()
    if abs(seconds) < 60:
        words = "just now" if seconds <= 0 else "in less than a minute"
    else:
        words = f"{_rounded(-seconds)} ago" if seconds <= 0 else f"in {_rounded(seconds)}"
    return {"value": value, "words": words}


def _rounded(seconds: float) -> str:
    for unit, length, most in _UNITS:
        number = round(seconds / length)
        if number < most or not most:
            return f"{number} {unit}" + ("" if number == 1 else "s")
    raise AssertionError("the last unit has no bound")
