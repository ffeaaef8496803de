"""PostgreSQL that is restarted, or that is there and answers nothing."""

from functools import partial

from tests.faults.history import History, Outcome, now
from tests.faults.measures import attempts_during, shown
from tests.faults.result import Result, judge
from tests.faults.scenarios.playing import Length, patiently
from tests.faults.stage import Stage
from tests.real.postgres import Postgres

_DOWN, _SILENT = "PostgreSQL down", "PostgreSQL unreachable"
_RECOVERED_SECONDS = 5.0


def postgres_restarted(kind: str, length: Length, _postgres: Postgres | None = None) -> Result:
    """PostgreSQL down, again and again, and then black-holed: POSTs are refused, sockets stay, and soon after its return all goes on.

    On a PostgreSQL of its own, for others need theirs.
    """
    times, down, silent = {"short": (1, 1.0, 3.0), "long": (5, 10.0, 10.0)}[length]
    with Stage(kind, line_to_postgres=True) as stage:
        with stage.publishers():
            stage.calm(0.5)
            recoveries: list[float] = []
            for _ in range(times):
                began = now()
                with stage.fault(_DOWN):
                    stage.postgres.halt()
                    stage.calm(down)
                    patiently(partial(_refused, stage.history, since=began), seconds=30)
                    stage.postgres.start()
                recoveries.append(_recovery(stage))
                stage.calm(1)
            with stage.fault(_SILENT):
                stage.postgres_line.black_hole()
                stage.calm(silent)
                stage.postgres_line.restore()
            recoveries.append(_recovery(stage))
            stage.calm(1)
        result = judge(stage, "PostgreSQL restarted", bound=30, settle=25)
        result.demand(not stage.history.parted, "sockets were closed")
        for name in (_DOWN, _SILENT):
            during = attempts_during(stage.history, name)
            waits = [one.finished - one.started for one in during if one.status == 503]
            answers = ", ".join(f"{sum(one.outcome is outcome for one in during)} {outcome}" for outcome in Outcome)
            result.figures[f"{name}: POSTs begun"] = answers
            result.figures[f"{name}: a 503 takes p50 / p99 / max"] = shown(waits, 0.5, 0.99, 1)
        result.demand(_refused(stage.history, since=0), "no POST was refused while the database was down")
        result.figures["until a POST succeeds again"] = ", ".join(f"{seconds:.1f}" for seconds in recoveries) + " s"
        longest = max(recoveries)
        result.demand(longest <= _RECOVERED_SECONDS, f"it took {longest:.1f} s until a POST succeeded again")
        return result


def _recovery(stage: Stage) -> float:
    """The time from now, when the database is back, until a POST has been answered well."""
    back = now()
    patiently(partial(_accepted, stage.history, since=back), seconds=60)
    return now() - back


def _accepted(history: History, *, since: float) -> bool:
    return any(one.outcome is Outcome.OK and one.finished >= since for one in tuple(history.attempts))


def _refused(history: History, *, since: float) -> bool:
    return any(one.status == 503 and one.started >= since for one in tuple(history.attempts))
