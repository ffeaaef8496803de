"""The figures are what the histories say."""

import math

import pytest

from tests.faults import measures
from tests.faults.history import Attempt, Fault, History, Observation, Outcome

KILL = Fault("kill -9", began=10.0, ended=12.0)


@pytest.fixture
def history() -> History:
    """Both clients are cut off by a kill; ann is back soon and then lacks one, which comes later; ben never comes back."""
    return History(
        carried={"ann": frozenset({"everyone"}), "ben": frozenset({"everyone"})},
        welcomed=[(1.0, "ann"), (1.0, "ben"), (13.0, "ann")],
        parted=[(10.1, "ann"), (10.1, "ben")],
        attempts=[
            Attempt("everyone", "before", 9.9, 9.95, Outcome.OK),
            Attempt("everyone", "unknown", 10.0, 11.0, Outcome.UNKNOWN),
            Attempt("everyone", "after", 12.5, 12.6, Outcome.OK),
        ],
        observations=[
            Observation("ann", "everyone", 1, "before", 15.0),
            Observation("ann", "everyone", 2, "unknown", 16.0),
            Observation("ann", "everyone", 3, "after", 17.0),
        ],
        faults=[KILL],
    )


def test_caught_up_is_connected_and_handed_what_was_answered_before(history: History) -> None:
    assert measures.caught_up(history, KILL) == {"ann": 3.0, "ben": math.inf}
    assert measures.caught_up(history, KILL, sockets_kept=True) == {"ann": 3.0, "ben": 0.0}


def test_gap_lasts_until_the_next_welcome(history: History) -> None:
    assert measures.gaps(history) == pytest.approx([2.9, math.inf])
    assert measures.gaps(history, since=11) == []


def test_share_within_a_bound() -> None:
    assert measures.share_within([0.1, 0.2, 0.3, math.inf], 5) == 0.75
    assert measures.share_within([], 5) == 0


def test_attempts_and_delays_of_a_fault(history: History) -> None:
    during = measures.attempts_during(history, "kill -9")
    assert [attempt.title for attempt in during] == ["unknown"]
    assert measures.delays_of(history, during) == [6.0]
