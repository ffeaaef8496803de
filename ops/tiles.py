"""The tiles of the overview, as the server renders them first. `clients/js/ops/tiles.ts` keeps them up to date."""

from typing import Any, NamedTuple

from ops.figures import count, duration, rate


class Tile(NamedTuple):
    name: str
    label: str
    value: str
    unit: str
    note: str


def tiles(state: dict[str, Any]) -> list[Tile]:
    """Of a board's state."""
    (p50, p50_unit), (p99, p99_unit) = duration(state["p50"]), duration(state["p99"])
    people, connections = state["people"], state["connections"]
    return [
        Tile("people", "People online", count(people), "", _each(people, connections)),
        Tile(
            "connections",
            "Connections",
            count(connections),
            "",
            f"{rate(state['opened'])} opened, {rate(state['closed'])} closed a second",
        ),
        Tile("published", "Published", rate(state["published"]), "/s", "notifications stored"),
        Tile("delivered", "Delivered", rate(state["delivered"]), "/s", "acknowledged by browsers"),
        Tile(
            "latency",
            "Acknowledged in",
            p50,
            p50_unit,
            "no acknowledgement in the last 10 s" if state["p50"] is None else f"p50, from POST · p99 {p99} {p99_unit}",
        ),
        Tile("backlog", "Backlog", count(state["waiting"]), "on their way", _behind(state["behind"])),
        Tile("errors", "Errors", rate(state["errors"]), "/s", "requests answered with 5xx"),
        Tile(
            "health",
            "Health",
            "Well" if not state["problems"] else _problems(len(state["problems"])),
            "",
            _parts(state),
        ),
    ]


def _each(people: int | None, connections: int | None) -> str:
    if people is None or connections is None:
        return "not known while Redis is away"
    return f"{connections / people:.1f} connections each" if people else "nobody is connected"


def _behind(behind: int) -> str:
    return "no connection is behind" if not behind else f"{behind:,} connection{'s' * (behind > 1)} behind"


def _problems(number: int) -> str:
    return f"{number} problem{'s' * (number > 1)}"


def _parts(state: dict[str, Any]) -> str:
    running = sum(run["ended"] is None for run in state["runs"])
    redis = {"none": "", "well": " · Redis", "away": " · no Redis"}[state["redis"]]
    return f"{running} server{'s' * (running != 1)} · database{redis}"
