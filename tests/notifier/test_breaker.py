"""The breaker: a failure costs one caller time, and not each."""

import time
from concurrent.futures import ThreadPoolExecutor

from notifier.breaker import Breaker


def test_nobody_is_held_back_while_all_is_well() -> None:
    breaker = Breaker(pause=60)
    assert all(breaker.allows() for _ in range(1000))
    assert not breaker.succeeded(), "that it works is no news"
    assert not breaker.failed_within(1e9)


def test_after_a_failure_one_caller_in_each_pause_tries() -> None:
    breaker = Breaker(pause=0.2)
    assert breaker.failed()
    assert not breaker.failed(), "the second failure is no news"
    assert not breaker.allows()
    time.sleep(0.21)
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: breaker.allows(), range(200))) == 1
    assert breaker.succeeded()
    assert breaker.allows() and not breaker.is_open
    assert breaker.failed_within(10)


def test_a_loss_is_remembered_and_stops_nobody() -> None:
    breaker = Breaker(pause=60)
    breaker.note_failure()
    assert breaker.allows() and breaker.failed_within(10)
