"""When so many connections are opened at once that it is a reconnect storm.

The rule: at least 10 a second over the last 10 s, and at least five times what is normal. Normal is the median of the
last 15 minutes' points, which a storm of up to half that time leaves as it was.
"""

from collections.abc import Collection
from statistics import median

_LEAST = 10.0
_TIMES = 5.0


def storm(opened: float, before: Collection[float]) -> dict[str, float] | None:
    """`opened`: connections opened a second now; `before`: the same of each point. `{"opened", "normal"}`, or None when all is calm."""
    normal = median(before) if before else 0.0
    if opened < max(_LEAST, _TIMES * normal):
        return None
    return {"opened": round(opened, 1), "normal": round(normal, 1)}
