"""A key may ask so often and no more, on one process and on several."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from notifier.buckets import Buckets
from notifier.rates import SharedBuckets
from tests.conftest import scaled_out
from tests.real.postgres import Postgres
from tests.real.redis import Redis
from tests.real.server import Server


def test_bucket_lets_a_burst_pass_and_fills_at_its_rate() -> None:
    buckets = Buckets(rate=10, capacity=20)
    assert [buckets.take(1, now=0) for _ in range(20)] == [0] * 20
    assert buckets.take(1, now=0) == pytest.approx(0.1)
    assert buckets.take(2, now=0) == 0
    assert buckets.take(1, now=0.1) == 0
    assert buckets.take(1, now=0.1) > 0
    assert [buckets.take(1, now=100) for _ in range(20)] == [0] * 20
    assert buckets.take(1, now=100) > 0


def test_buckets_of_thousands_who_came_once_are_forgotten() -> None:
    buckets = Buckets(rate=1, capacity=2)
    for number in range(100_000):
        buckets.take(number, now=number / 1000)
    assert len(buckets._buckets) < 25_000
    assert [buckets.take("x", 101), buckets.take("x", 101)] == [0, 0]
    assert buckets.take("x", 101) > 0


def test_shared_bucket_is_atomic_and_works_without_redis() -> None:
    """Two processes that ask at once share what there is; while Redis is away each counts for itself."""
    redis = Redis()
    try:
        here, there = (SharedBuckets(redis.url, "t", rate=1) for _ in range(2))
        with ThreadPoolExecutor(8) as pool:
            waits = list(pool.map(lambda number: (here, there)[number % 2].take(1, 0), range(40)))
        assert waits.count(0) in {2, 3}  # a third one if a second passed
        redis.kill()
        assert [here.take(1, 10), here.take(1, 10)] == [0, 0]
        assert here.take(1, 10) > 0
    finally:
        redis.stop()


@pytest.mark.xdist_group("rates")
@pytest.mark.parametrize("size", ["embedded", "scaled"])
def test_key_that_asks_too_often_is_told_when_to_come_back(
    new_server: Callable[..., Server], request: pytest.FixtureRequest, size: str
) -> None:
    """429 with Retry-After; what was answered with 201 is stored."""
    environment = {}
    if size == "scaled":
        postgres: Postgres = request.getfixturevalue("postgres")
        environment = scaled_out(postgres, request.getfixturevalue("redis"))
    server = new_server("uvicorn", NOTIFIER_POSTS_PER_SECOND="2", **environment)
    body = {"to": {"users": ["alice"]}, "title": "again"}
    answers = [server.http.post("/api/v1/notifications", json=body) for _ in range(12)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) >= 4
    assert refused[0].json()["code"] == "rate_limited"
    assert int(refused[0].headers["retry-after"]) >= 1
    assert {answer.status_code for answer in answers} == {201, 429}
