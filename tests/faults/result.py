"""What came of a scenario: its history, the checker's verdict, what else was demanded, and figures to read."""

from collections import Counter
from dataclasses import dataclass, field

from tests.faults.checker import Verdict, check, percentile
from tests.faults.history import History, Outcome, now
from tests.faults.stage import Stage

# Clients that are slower than this spoil the figures, and the reader is told.
_LAG_SECONDS = 0.5


@dataclass
class Result:
    scenario: str
    kind: str
    history: History
    verdict: Verdict
    seconds: float
    figures: dict[str, str] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    """What the scenario itself demands and did not get."""

    @property
    def objections(self) -> list[str]:
        return self.verdict.objections + [f"client: {line}" for line in self.history.complaints] + self.complaints

    def demand(self, true: bool, otherwise: str) -> None:
        if not true:
            self.complaints.append(otherwise)


def judge(stage: Stage, scenario: str, *, bound: float | None, settle: float, resets: int = 0) -> Result:
    """Let everything arrive, and judge.

    `bound` is the longest delay in time; what takes longer than `settle` after the last POST is lost. `resets` is how many
    the clients are to be told.
    """
    stage.crowd.settle(seconds=settle)
    history = stage.history
    began = min(attempt.started for attempt in history.attempts)
    result = Result(scenario, stage.kind, history, check(history, bound=bound), now() - began)
    outcomes = Counter(attempt.outcome for attempt in history.attempts)
    posts = sorted(attempt.finished - attempt.started for attempt in history.attempts if attempt.outcome is Outcome.OK)
    result.figures = {
        "POSTs": " / ".join(str(outcomes[outcome]) for outcome in Outcome),
        "handed over": str(len(history.observations)),
        "reconnects": str(len(history.parted)),
        "POST p50 / p99": f"{percentile(posts, 0.5) * 1000:.0f} / {percentile(posts, 0.99) * 1000:.0f} ms",
        "delay p50 / p99 / max": " / ".join(f"{result.verdict.delay(share):.2f}" for share in (0.5, 0.99, 1)) + " s",
    }
    if stage.crowd.lag > _LAG_SECONDS:
        result.figures["the harness itself was late by up to"] = f"{stage.crowd.lag:.1f} s"
    statuses = Counter(attempt.status for attempt in history.attempts if attempt.status not in {None, 201})
    if statuses:
        result.figures["refusals"] = ", ".join(f"{number} × {status}" for status, number in statuses.items())
    if tracebacks := stage.tracebacks():
        result.figures["tracebacks"] = ", ".join(f"{number} × {what}" for what, number in tracebacks.most_common(3))
    result.demand(outcomes[Outcome.OK] > 0, "no POST succeeded, so nothing was shown")
    result.demand(not (statuses.keys() - {503}), f"answers other than 201 and 503: {statuses}")
    result.demand(len(history.resets) == resets, f"{len(history.resets)} resets instead of {resets}")
    result.complaints += [f"a client broke down: {failure}" for failure in stage.crowd.failures()]
    return result
