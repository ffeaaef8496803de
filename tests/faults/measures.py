"""What a history tells besides right or wrong: how long clients were away, how soon they had caught up, how POSTs went."""

import math

from tests.faults.checker import percentile
from tests.faults.history import Attempt, Fault, History, Outcome


def gaps(history: History, *, since: float = 0.0, until: float = math.inf) -> list[float]:
    """For how long clients that lost their connection in this time were without one, sorted; infinite for who never came back."""
    back = _welcomes(history)
    return sorted(_first_after(back, client, left) - left for left, client in history.parted if since <= left <= until)


def returns(history: History, *, since: float, until: float) -> list[float]:
    """When the clients that lost their connection in this time had one again, sorted."""
    back = _welcomes(history)
    return sorted(_first_after(back, client, left) for left, client in history.parted if since <= left <= until)


def caught_up(history: History, fault: Fault, *, sockets_kept: bool = False) -> dict[str, float]:
    """For each client the seconds from the end of the fault until it was connected and had been handed everything that was answered before.

    0 for who lacked nothing. With `sockets_kept` nobody had to connect again.
    """
    owed = {one.title for one in history.attempts if one.outcome is Outcome.OK and one.finished <= fault.ended}
    back = _welcomes(history)
    ready = {client: 0.0 if sockets_kept else _first_after(back, client, fault.began) for client in history.carried}
    for one in history.observations:
        if one.at > fault.ended and one.title in owed:
            ready[one.client] = max(ready[one.client], one.at)
    return {client: max(0.0, at - fault.ended) for client, at in ready.items()}


def attempts_during(history: History, name: str) -> list[Attempt]:
    """Those that began while a fault of this name lasted."""
    faults = [fault for fault in history.faults if fault.name == name]
    return [one for one in history.attempts if any(fault.began <= one.started <= fault.ended for fault in faults)]


def delays_of(history: History, attempts: list[Attempt]) -> list[float]:
    """From the start of each of these POSTs to each hand-over, sorted."""
    started = {attempt.title: attempt.started for attempt in attempts}
    return sorted(one.at - started[one.title] for one in history.observations if one.title in started)


def share_within(values: list[float], bound: float) -> float:
    """
    >>> share_within([0.1, 0.2, 0.3, 9.0], 5)
    0.75
    """
    return sum(value <= bound for value in values) / len(values) if values else 0.0


def shown(values: list[float], *shares: float) -> str:
    """These percentiles of the values, for a figure.

    >>> shown([0.1, 0.25], 0.5, 1)
    '0.10 / 0.25 s'
    """
    ordered = sorted(values)
    return " / ".join(f"{percentile(ordered, share):.2f}" for share in shares) + " s"


def shown_ms(values: list[float], *shares: float) -> str:
    """The same in milliseconds."""
    ordered = sorted(values)
    return " / ".join(f"{percentile(ordered, share) * 1000:.0f}" for share in shares) + " ms"


def _welcomes(history: History) -> dict[str, list[float]]:
    welcomes: dict[str, list[float]] = {}
    for at, client in history.welcomed:
        welcomes.setdefault(client, []).append(at)
    return welcomes


def _first_after(welcomes: dict[str, list[float]], client: str, moment: float) -> float:
    return next((at for at in welcomes.get(client, ()) if at > moment), math.inf)
