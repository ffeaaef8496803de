"""Counting: what was added, and how long things took."""

import random

import pytest

from notifier.metrics import LATENCY_BOUNDS, Metrics, increase, percentile


def test_increase_is_what_was_added() -> None:
    metrics = Metrics()
    metrics.count_published(3)
    metrics.closed[1006] += 1
    before = metrics.totals()
    metrics.count_published(2)
    metrics.closed[4000] += 2
    metrics.observe(0.004)
    added = increase(metrics.totals(), before)
    assert (added["published"], added["addressed"], added["closed"]) == (1, 2, {"4000": 2})
    assert sum(added["latency"]) == 1
    assert added["errors"] == 0


@pytest.mark.parametrize("share", [0.01, 0.5, 0.9, 0.99])
def test_percentile_is_within_its_bound(share: float) -> None:
    """The true one and the estimate lie between the same two bounds."""
    random.seed(3)
    metrics, values = Metrics(), sorted(random.lognormvariate(3, 1.5) for _ in range(2000))
    for value in values:
        metrics.observe(value / 1000)
    true = values[round(share * len(values)) - 1]
    found = percentile(metrics.latency, share)
    bounds = (0, *LATENCY_BOUNDS)
    upper = next(bound for bound in bounds if bound >= true)
    lower = bounds[bounds.index(upper) - 1]
    assert found is not None and lower <= found <= upper


def test_percentile_of_nothing_and_of_what_took_too_long() -> None:
    metrics = Metrics()
    assert percentile(metrics.latency, 0.5) is None
    metrics.observe(1000)
    assert percentile(metrics.latency, 0.99) == LATENCY_BOUNDS[-1]
