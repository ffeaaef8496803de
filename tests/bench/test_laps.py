"""Which laps of a measurement count."""

from typing import cast

import pytest

from bench.laps import Lap, counted
from bench.pace import Pace


class Neighbour:
    """Somebody is at work on the same core from the second to the fourth second, and nothing is known of what comes after the tenth."""

    best = 1.0

    def between(self, begin: float, end: float) -> float | None:
        if begin >= 10:
            return None
        return 2.0 if begin < 4 and end > 2 else 1.1


PACE = cast("Pace", Neighbour())


def laps(*seconds: float) -> list[Lap]:
    """A lap begins at each of these and lasts one: what takes a second of CPU there does two units, or one beside the neighbour."""
    return [Lap(at, at + 1, 1, 1 if 2 <= at < 4 else 2) for at in seconds]


def test_laps_beside_a_neighbour_do_not_count() -> None:
    found = counted(laps(0, 1, 2, 3, 4), PACE)
    assert [lap.begin for lap in found.laps] == [0, 1, 4]
    assert (found.a_unit, found.good) == (0.5, 3)
    assert found.pace == pytest.approx(1.1)


def test_the_best_quarter_counts_where_there_is_nothing_better() -> None:
    found = counted(laps(2, 2.25, 2.5, 2.75, 3), PACE)
    assert (len(found.laps), found.a_unit, found.good, found.pace) == (2, 1, 0, 2)


def test_what_the_pace_is_not_known_of_comes_last() -> None:
    assert [lap.begin for lap in counted(laps(10, 0), PACE).laps] == [0]
    assert counted(laps(10), PACE).pace is None


def test_all_count_without_a_pace() -> None:
    found = counted(laps(0, 2), None)
    assert (len(found.laps), found.good, found.a_unit) == (2, 2, 2 / 3)
