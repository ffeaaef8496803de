"""What is not well, in sentences: for the head of the overview."""

from datetime import UTC, datetime, timedelta
from typing import Any

# More deaths than these are one sentence.
_NAMED = 2
# So long is a death told.
_TOLD = timedelta(minutes=15)


def problems(state: dict[str, Any], *, now: datetime | None = None) -> list[str]:
    """One sentence for each thing that an operator should know; empty when all is well. `state` is a board's."""
    found = []
    if state.get("database", {}).get("state") == "away":
        found.append("The database does not answer: new notifications are refused with 503 until it does.")
    if state.get("redis") == "away":
        found.append("Redis does not answer: delivery goes on from the database, and who is connected is not known.")
    else:
        found += _servers(state, now or datetime.now(UTC))
    if storm := state.get("storm"):
        found.append(
            f"Reconnect storm: {storm['opened']:.0f} connections are opened a second, and {storm['normal']:.1f} are normal."
        )
    return found


def _servers(state: dict[str, Any], now: datetime) -> list[str]:
    found, dead, beats = [], [], state.get("servers", {})
    for run in state.get("runs", []):
        name = f"Server {run['server']} on {run['host']}"
        if run["died"]:
            ended = datetime.fromisoformat(run["ended"])
            if now - ended < _TOLD:
                dead.append(f"{name} died at {ended:%H:%M:%S} UTC: nobody stopped it.")
        elif run["ended"] is None and beats.get(run["server"], {}).get("silent"):
            found.append(f"{name} says nothing any more: it died, or cannot reach Redis.")
    if len(dead) > _NAMED:
        dead = [f"{len(dead)} servers died in the last 15 minutes. The last: {dead[-1]}"]
    return found + dead
