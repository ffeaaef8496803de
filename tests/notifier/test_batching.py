"""Many wants at once, few calls; each gets its own answer or its own error."""

import asyncio
import threading
from collections.abc import Collection

import pytest

from notifier.batching import Batcher
from notifier.errors import NotFound

# Its threads are those of the database, which look after their connections.
pytestmark = pytest.mark.django_db(transaction=True)


class Squares:
    """A verb that squares, once it may; odd numbers beyond 10 are not found."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.may_go = threading.Event()

    def __call__(self, numbers: Collection[int]) -> dict[int, int | Exception]:
        self.may_go.wait(10)
        self.batches.append(list(numbers))
        return {number: NotFound("odd") if number % 2 and number > 10 else number**2 for number in numbers}


def test_a_crowd_shares_few_calls_and_equal_wants_share_an_answer() -> None:
    verb = Squares()

    async def ask() -> list[int]:
        batcher = Batcher(verb, at_a_time=100)
        asked = [asyncio.create_task(batcher.ask(number % 150 * 2)) for number in range(300)]
        await asyncio.sleep(0.05)
        verb.may_go.set()
        return await asyncio.gather(*asked)

    assert asyncio.run(ask()) == [(number % 150 * 2) ** 2 for number in range(300)]
    assert [len(batch) for batch in verb.batches] == [100, 50]


def test_each_gets_its_own_error_and_one_that_goes_away_disturbs_nobody() -> None:
    verb = Squares()

    async def ask() -> tuple[int, BaseException | None]:
        batcher = Batcher(verb, at_a_time=100)
        gone, refused, other = (asyncio.create_task(batcher.ask(number)) for number in (4, 11, 4))
        await asyncio.sleep(0.05)
        gone.cancel()
        verb.may_go.set()
        await asyncio.wait([gone, refused, other])
        return other.result(), refused.exception()

    answer, error = asyncio.run(ask())
    assert answer == 16
    assert isinstance(error, NotFound)


def test_who_asks_during_a_call_gets_an_answer_that_is_newer() -> None:
    """What was asked before a change may not answer what is asked after it."""
    verb = Squares()

    async def ask() -> None:
        batcher = Batcher(verb, at_a_time=100)
        first = asyncio.create_task(batcher.ask(2))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(batcher.ask(2))
        await asyncio.sleep(0)
        verb.may_go.set()
        await asyncio.gather(first, second)

    asyncio.run(ask())
    assert verb.batches == [[2], [2]]


def test_a_verb_that_fails_fails_for_all_who_asked_and_the_next_go_on() -> None:
    calls = iter([ValueError("broken"), None])

    def verb(numbers: Collection[int]) -> dict[int, int]:
        if error := next(calls):
            raise error
        return dict.fromkeys(numbers, 1)

    async def ask() -> None:
        batcher = Batcher(verb, at_a_time=100)
        asked = [asyncio.create_task(batcher.ask(number)) for number in range(3)]
        await asyncio.wait(asked)
        assert {type(task.exception()) for task in asked} == {ValueError}
        assert await batcher.ask(1) == 1

    asyncio.run(ask())


@pytest.mark.parametrize("crowd", [1, 1000])
def test_alone_or_in_a_crowd_every_want_is_answered(crowd: int) -> None:
    async def ask() -> int:
        batcher: Batcher[int, int] = Batcher(lambda wants: dict.fromkeys(wants, 1), at_a_time=7)
        return sum(await asyncio.gather(*(batcher.ask(number) for number in range(crowd))))

    assert asyncio.run(ask()) == crowd


def test_alone_nobody_waits_and_a_crowd_gathers() -> None:
    verb = Squares()
    verb.may_go.set()

    async def ask() -> float:
        batcher = Batcher(verb, at_a_time=100, pause=0.5)
        begin = asyncio.get_running_loop().time()
        await batcher.ask(2)
        await batcher.ask(4)
        alone = asyncio.get_running_loop().time() - begin
        await asyncio.gather(batcher.ask(6), batcher.ask(8))
        first = asyncio.create_task(batcher.ask(10))
        await asyncio.sleep(0.05)
        await asyncio.gather(first, batcher.ask(12), batcher.ask(14))
        return alone

    assert asyncio.run(ask()) < 0.5
    assert verb.batches == [[2], [4], [6, 8], [10, 12, 14]]
