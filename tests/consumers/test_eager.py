"""Coroutines that run without a task until they wait."""

import asyncio
from contextvars import ContextVar

import pytest

from routing import eager

said: ContextVar[str] = ContextVar("said", default="nothing")


def test_what_never_waits_is_done_at_once() -> None:
    async def main() -> None:
        done: list[int] = []

        async def work() -> None:
            done.append(1)

        assert eager.start(work()) is None
        assert done == [1]

    asyncio.run(main())


def test_the_rest_goes_on_in_a_task() -> None:
    async def main() -> None:
        steps: list[str] = []
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        async def work() -> None:
            steps.append("begun")
            steps.append(await answer)
            await asyncio.sleep(0)
            async with asyncio.timeout(1):
                await asyncio.sleep(0.01)
            steps.append("done")

        task = eager.start(work())
        assert (task is not None, steps) == (True, ["begun"])
        answer.set_result("answered")
        assert task is not None
        await task
        assert steps == ["begun", "answered", "done"]

    asyncio.run(main())


def test_what_is_set_before_the_first_wait_stays_with_the_work() -> None:
    """Or what one connection sets would hold for all that come after it."""

    async def main() -> None:
        async def work() -> None:
            said.set("by the work")
            await asyncio.sleep(0)
            assert said.get() == "by the work"

        task = eager.start(work())
        assert said.get() == "nothing"
        assert task is not None
        await task
        assert said.get() == "nothing"

    asyncio.run(main())


def test_errors_and_cancellation_reach_it() -> None:
    async def main() -> None:
        caught: list[type[BaseException]] = []

        async def work(waits_for: "asyncio.Future[None]") -> None:
            try:
                await waits_for
            except BaseException as error:
                caught.append(type(error))
                raise

        failing: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        task = eager.start(work(failing))
        failing.set_exception(KeyError())
        assert task is not None
        with pytest.raises(KeyError):
            await task
        task = eager.start(work(asyncio.get_running_loop().create_future()))
        assert task is not None
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert caught == [KeyError, asyncio.CancelledError]

    asyncio.run(main())
