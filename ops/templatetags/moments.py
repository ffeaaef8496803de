"""Moments, as people want them: how long ago, and exactly when."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.timesince import timesince, timeuntil

from notifier.outcomes import Outcome, State

register = template.Library()


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
    if abs((value - now).total_seconds()) < 60:
        words = "just now" if value <= now else "in less than a minute"
    else:
        words = f"{timesince(value, now, depth=1)} ago" if value <= now else f"in {timeuntil(value, now, depth=1)}"
    return {"value": value, "words": words}
