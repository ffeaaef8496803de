"""The benchmark measures what it says, and notices what is lost. Tiny sizes: whether the figures are good is not the question."""

from collections import Counter
from collections.abc import Iterator

import pytest
import uvloop

from bench import soak, workloads
from bench.cores import divide
from bench.stacks.base import Machine, Stack
from bench.stacks.ours import Ours
from bench.stacks.tutorial import Tutorial
from bench.stage import people, staged
from tests.real.postgres import Postgres

pytestmark = pytest.mark.xdist_group("bench")

USERS = people(20)


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """No repetition for the sake of exactness; longer than `ACK_SECONDS`, for what is not acknowledged comes again."""
    monkeypatch.setattr("bench.workloads._ENOUGH_SECONDS", 0)
    monkeypatch.setattr("bench.workloads._FANOUT_SECONDS", 0)
    monkeypatch.setattr("bench.workloads._SETTLE_SECONDS", 0.25)


class SharedMachine(Machine):
    """On the database of the other tests."""

    def __init__(self, postgres: Postgres) -> None:
        super().__init__(divide())
        self._postgres = postgres


@pytest.fixture(scope="module")
def ours(postgres: Postgres) -> Iterator[Stack]:
    stack = Ours(SharedMachine(postgres), embedded=True)
    stack.start(USERS)
    yield stack
    stack.stop()
    stack.forget()


@pytest.fixture(scope="module")
def tutorial(postgres: Postgres) -> Iterator[Stack]:
    stack = Tutorial(SharedMachine(postgres))
    stack.start(USERS)
    yield stack
    stack.stop()
    stack.forget()


@pytest.fixture(params=["ours", "tutorial"])
def stack(request: pytest.FixtureRequest) -> Stack:
    chosen: Stack = request.getfixturevalue(request.param)
    return chosen


def test_a_fan_out_costs_cpu_and_loses_nothing(stack: Stack) -> None:
    measured = uvloop.run(workloads.fanout(stack, clients=10, rounds=5))
    assert measured.value > 0
    assert measured.more["frames"] >= 50
    assert (measured.lost, measured.strangers) == (0, 0)


def test_a_post_reaches_its_user_alone(stack: Stack) -> None:
    measured = uvloop.run(workloads.latency(stack, clients=5, rate=50, seconds=0.5))
    assert 0 < measured.value <= measured.more["p99"] <= measured.more["worst"]
    assert (measured.lost, measured.strangers) == (0, 0)


def test_who_comes_back_gets_what_was_missed(ours: Stack) -> None:
    measured = uvloop.run(workloads.reconnect(ours, clients=5, missed=3))
    assert (measured.lost, measured.strangers) == (0, 0)


def test_what_does_not_arrive_is_counted(ours: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.stage.LOST_SECONDS", 0.3)

    async def one_is_gone() -> tuple[int, int]:
        async with staged(ours, USERS[15:18]) as stage:
            await stage.to_everyone(1)
            await stage.arrivals()
            assert stage.tally.lost == 0
            stage.crowd.clients[0].transport.abort()
            await stage.to_everyone(2)
            await stage.arrivals()
            return stage.tally.lost, stage.failures

    assert uvloop.run(one_is_gone()) == (1, 1)


def test_what_nobody_waits_for_is_counted(ours: Stack) -> None:
    async def unexpected() -> tuple[int, int]:
        async with staged(ours, USERS[10:12]) as stage:
            await stage.backend.post(ours.to_users(USERS[10:11], 1).encode())
            await stage.to_users(USERS[10:11], 2)
            await stage.arrivals()
            return stage.tally.lost, stage.tally.strangers

    assert uvloop.run(unexpected()) == (0, 1)


def test_a_request_that_is_refused_is_counted(ours: Stack) -> None:
    async def refused() -> int:
        async with staged(ours, USERS[:1]) as stage:
            await stage.request(ours.to_users([], 1).encode())  # to nobody: 400
            return stage.failures

    assert uvloop.run(refused()) == 1


def test_a_soak_loses_nothing_and_sees_what_grows(ours: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.soak._SLICES", 4)
    slices = uvloop.run(soak.soak(ours, clients=5, rate=50, seconds=2, churn=0.4))
    # What other tests left unacknowledged comes first, and is not in the books.
    assert not any(each.lost for each in slices[1:])
    assert all(0 < each.p50 <= each.p99 for each in slices)
    leaking = [soak.Slice(100 + number, 0.1, 1, 1, Counter()) for number in range(20)]
    memory, cpu = soak.growth(leaking)
    assert memory == pytest.approx(10 / 107)
    assert cpu == 0
