"""What a workload comes to."""

from dataclasses import dataclass, field

from bench.stage import Stage
from bench.usage import Used


@dataclass
class Measured:
    """`value` is what the row is about, in the row's unit; `more` are further figures."""

    value: float
    client_share: float
    server_share: float
    others_share: float
    stores_share: float = 0
    lost: int = 0
    """Frames that did not come, connections that failed or were dropped, requests that were refused."""
    strangers: int = 0
    """Frames that came twice, or to somebody else."""
    more: dict[str, float] = field(default_factory=dict)
    pace: float | None = None
    """How many seconds of CPU a fixed computation took meanwhile; see `bench.pace`."""


def measured_of(value: float, used: Used, *stages: Stage, **more: float) -> Measured:
    """The stages share one tally."""
    tally = stages[0].tally
    lost = tally.lost + sum(stage.failures for stage in stages)
    if tally.late:
        more["late"] = tally.late
    if used.laps:
        more |= {"laps": used.laps, "counted": used.counted}
    return Measured(
        value,
        client_share=used.client_share,
        server_share=used.server_share,
        others_share=used.others_share,
        stores_share=used.stores_share,
        lost=lost,
        strangers=tally.strangers,
        more=more,
        pace=used.pace,
    )
