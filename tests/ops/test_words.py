"""What the overview says in words and numbers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notifier import wire
from notifier.wire import CloseCode
from ops.closings import CLOSINGS
from ops.figures import count, duration, rate
from ops.health import problems
from ops.overview import disconnects
from ops.storms import storm

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize("code", CloseCode, ids=lambda code: code.name)
def test_close_code_has_its_name_and_a_meaning(code: CloseCode) -> None:
    assert CLOSINGS[code].name == code.reason
    assert CLOSINGS[code].meaning.endswith(".")


def test_disconnects_are_summed_the_most_frequent_first() -> None:
    points = [{"closed": {"1006": 1, "4002": 5}}, {"closed": {"1006": 2}}, {"closed": {"3999": 1}}]
    found = [(each["code"], each["number"], each["name"]) for each in disconnects(points)]
    assert found == [(4002, 5, "slow consumer"), (1006, 3, "lost"), (3999, 1, "of the client")]


@pytest.mark.parametrize(
    ("opened", "before", "stormy"),
    [
        pytest.param(9.9, [], False, id="few"),
        pytest.param(10.0, [], True, id="many, and nothing known of before"),
        pytest.param(10.0, [0.0] * 180, True, id="many after silence"),
        pytest.param(40.0, [10.0] * 180, False, id="busy as ever, and more"),
        pytest.param(50.0, [10.0] * 180, True, id="five times as many"),
        pytest.param(50.0, [2.0] * 100 + [200.0] * 80, True, id="the storm itself is not normal"),
        pytest.param(0.0, [10.0] * 180, False, id="nothing"),
    ],
)
def test_storm(opened: float, before: list[float], stormy: bool) -> None:
    assert (storm(opened, before) is not None) is stormy


def run(name: str, *, ended: timedelta | None = None, died: bool = False) -> dict[str, Any]:
    """A server that ended so long ago, or runs."""
    end = wire.timestamp(NOW - ended) if ended is not None else None
    return {"server": name, "host": "web-1", "ended": end, "died": died}


def test_all_is_well() -> None:
    state = {
        "runs": [run("a"), run("stopped", ended=timedelta(minutes=1))],
        "servers": {"a": {"silent": False}, "stopped": {"silent": True}},
        "database": {"state": "well"},
        "redis": "well",
        "storm": None,
    }
    assert problems(state, now=NOW) == []
    assert problems({}, now=NOW) == []


def test_each_problem_is_a_sentence() -> None:
    state = {
        "runs": [
            run("quiet"),
            run("dead", ended=timedelta(minutes=14), died=True),
            run("past", ended=timedelta(hours=1), died=True),
        ],
        "servers": {"quiet": {"silent": True}},
        "database": {"state": "away"},
        "redis": "well",
        "storm": {"opened": 50.0, "normal": 2.0},
    }
    said = problems(state, now=NOW)
    assert [word for word in ("database", "quiet", "dead", "storm") if any(word in each for each in said)] == [
        "database",
        "quiet",
        "dead",
        "storm",
    ]
    assert len(said) == 4
    assert any("11:46:00 UTC" in each for each in said)


def test_without_redis_no_server_is_blamed() -> None:
    """Their beats travel through it."""
    state = {"runs": [run("a")], "servers": {"a": {"silent": True}}, "redis": "away"}
    (said,) = problems(state, now=NOW)
    assert said.startswith("Redis does not answer")


def test_many_deaths_are_one_sentence() -> None:
    state = {"runs": [run(str(number), ended=timedelta(minutes=1), died=True) for number in range(30)], "redis": "none"}
    (said,) = problems(state, now=NOW)
    assert said.startswith("30 servers died")


def test_numbers_as_people_read_them() -> None:
    assert [count(None), count(0), count(1234567)] == ["–", "0", "1,234,567"]
    assert [rate(None), rate(0), rate(0.2), rate(9.9), rate(10.4), rate(12345)] == [
        "–",
        "0",
        "0.2",
        "9.9",
        "10",
        "12,345",
    ]
    assert [duration(None), duration(0.4), duration(42.2), duration(1250)] == [
        ("–", ""),
        ("0.4", "ms"),
        ("42", "ms"),
        ("1.2", "s"),
    ]
