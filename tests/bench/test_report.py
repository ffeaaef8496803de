"""What is written down of a run."""

import time
from dataclasses import replace
from typing import cast
from xml.etree import ElementTree

import pytest

from bench import chart, pace, report
from bench.cores import divide
from bench.measured import Measured
from bench.rows import ROWS, Bound
from bench.run import Outcome, Runner, compare
from bench.stacks.base import Machine

ROW = next(row for row in ROWS if row.name == "connect")
OURS = Measured(0.3, client_share=0.2, server_share=0.9, others_share=0.1, lost=2, strangers=1)
OUTCOMES = [Outcome(ROW, OURS, 0.3, [compare(0.3, 2.0, ROW.bounds[0]), compare(0.3, None, ROW.bounds[1])])]


def runner() -> Runner:
    return Runner(Machine(divide()), quick=True, say=print)


def test_the_bounds_say_what_is_met() -> None:
    assert compare(5.0, 10.0, Bound(0.5, "peer")).met is True
    assert compare(6.0, 10.0, Bound(0.5, "peer")).met is False
    assert compare(6.0, None, Bound(0.5, "peer")).met is None, "the peer was left out"
    assert compare(1.9, None, Bound(1.8, least=True)).met is True


def test_the_result_has_a_row_for_each_comparison_and_the_sum_of_what_was_lost() -> None:
    first, second, losses = report.as_json(OUTCOMES, runner(), quick=True)["rows"]
    facts = ("row", "ours", "unit", "peer", "peer_value", "ratio", "to_reach", "met")
    assert [first[name] for name in facts] == ["connect", 0.3, "ms", "tutorial", 2.0, 0.15, "≤ 0.2 ×", True]
    assert [second[name] for name in facts] == ["connect", 0.3, "ms", None, None, None, "≤ 0.15 ms (stretch)", False]
    assert (losses["row"], losses["ours"], losses["met"]) == ("losses", 3, False)


def test_the_table_shows_what_was_lost() -> None:
    assert "LOST 3" in report.table(OUTCOMES, runner())


def test_the_chart_is_an_image_with_a_bar_for_each_ratio() -> None:
    image = ElementTree.fromstring(chart.draw(OUTCOMES, subtitle="2 × <CPU>"))
    assert len(image.findall("{http://www.w3.org/2000/svg}rect")) == 1


def test_what_was_measured_while_the_machine_was_slow_is_measured_again_and_all_that_was_lost_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Pace:
        best = 1.0

        def wait_until_good(self, _seconds: float) -> float:
            return 0.0

    tries = iter(
        [replace(OURS, value=9.0, pace=1.5), replace(OURS, value=8.0, pace=1.3), replace(OURS, value=7.0, pace=1.4)]
    )
    slow = Runner(Machine(divide()), quick=True, say=print, pace=cast("pace.Pace", Pace()))
    monkeypatch.setattr(slow, "_try", lambda _name, _work: next(tries))
    kept = slow._measure("notifier", ROW.quick)
    assert kept is not None
    assert (kept.value, kept.lost, kept.strangers) == (8.0, 6, 3), "the one at the best pace, whatever it came to"
    assert (
        report.as_json([Outcome(ROW, kept, 8.0, [])], slow, quick=True)["measured"]["connect"]["ours"]["slower"] == 1.3
    )


def test_the_pace_of_the_machine_is_taken_on_the_side() -> None:
    begin = time.monotonic()
    sampled = pace.Pace(divide().server)
    try:
        took = sampled.between(begin, time.monotonic())
        assert took is not None
        assert 0 < sampled.best <= took
        assert sampled.between(0, 1) is None
        assert 0 <= sampled.wait_until_good(0.1) < 3
    finally:
        sampled.stop()
    assert sampled._process.returncode is not None
