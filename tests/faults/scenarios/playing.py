"""What scenarios share: their lengths, and waiting for what is demanded later."""

import contextlib
from collections.abc import Callable
from typing import Literal

from tests.faults.history import Outcome
from tests.faults.result import Result
from tests.real.processes import wait_until

Length = Literal["short", "long"]


def patiently(true: Callable[[], bool], *, seconds: float) -> None:
    """Wait for what is demanded later, when the history tells more than that it did not come."""
    with contextlib.suppress(AssertionError):
        wait_until(true, what="it", seconds=seconds)


def demand_that_nobody_noticed(result: Result) -> None:
    """Redis is a wake-up and no store: without it every POST succeeds and every socket stays."""
    failed = [attempt for attempt in result.history.attempts if attempt.outcome is not Outcome.OK]
    result.demand(not failed, f"{len(failed)} POSTs did not succeed")
    result.demand(not result.history.parted, f"{len(result.history.parted)} sockets were closed")
