"""Work handed over by the event loop: what comes back, who does it, and how it ends."""

import asyncio
import gc
import subprocess
import sys
import threading
import weakref

import pytest

from notifier.threads import Threads

WAIT_SECONDS = 10
# Until a thread whose work was answered rests.
REST_SECONDS = 0.05


class Work:
    """Goes on until it is let go, and notes on which thread."""

    def __init__(self, *, released: bool = False) -> None:
        self.begun, self.released = threading.Event(), threading.Event()
        self.thread = 0
        if released:
            self.released.set()

    def __call__(self) -> "Work":
        self.thread = threading.get_ident()
        self.begun.set()
        assert self.released.wait(WAIT_SECONDS)
        return self


async def begin(threads: Threads, *works: Work) -> list[asyncio.Task[Work]]:
    tasks = [asyncio.create_task(threads.run(work)) for work in works]
    await asyncio.sleep(0)
    return tasks


async def until(event: threading.Event) -> None:
    assert await asyncio.to_thread(event.wait, WAIT_SECONDS)


def test_what_it_returns_is_returned() -> None:
    assert asyncio.run(Threads(1, "test").run(threading.get_ident)) != threading.get_ident()


def test_what_it_raises_is_raised() -> None:
    def fail() -> None:
        raise LookupError("this one")

    threads = Threads(1, "test")
    with pytest.raises(LookupError, match="this one"):
        asyncio.run(threads.run(fail))
    assert asyncio.run(threads.run(lambda: "goes on")) == "goes on"


def test_so_many_are_at_work_and_the_others_wait_for_their_turn() -> None:
    async def observe() -> None:
        works = [Work() for _ in range(5)]
        running = await begin(Threads(2, "test"), *works)
        await until(works[0].begun)
        await until(works[1].begun)
        await asyncio.sleep(REST_SECONDS)
        assert [work.begun.is_set() for work in works] == [True, True, False, False, False]
        for work in works:
            work.released.set()
        assert await asyncio.wait_for(asyncio.gather(*running), WAIT_SECONDS) == works
        assert len({work.thread for work in works}) == 2

    asyncio.run(observe())


def test_a_lone_one_is_done_by_the_thread_that_rested_last() -> None:
    async def observe() -> None:
        threads = Threads(3, "test")
        works = [Work() for _ in range(3)]
        running = await begin(threads, *works)
        for work in works:
            await until(work.begun)
        for number in (1, 0, 2):
            works[number].released.set()
            await running[number]
            await asyncio.sleep(REST_SECONDS)
        for _ in range(20):
            assert await threads.run(threading.get_ident) == works[2].thread
            await asyncio.sleep(0.001)

    asyncio.run(observe())


def test_one_that_was_given_up_disturbs_nobody() -> None:
    async def observe() -> None:
        threads, first = Threads(1, "test"), Work()
        running = await begin(threads, first, Work(released=True))
        await until(first.begun)
        for task in running:
            task.cancel()
        first.released.set()
        assert await asyncio.wait_for(threads.run(lambda: "goes on"), WAIT_SECONDS) == "goes on"

    asyncio.run(observe())


def test_nothing_of_the_work_lives_on_while_its_thread_rests() -> None:
    async def observe() -> None:
        threads = Threads(1, "test")
        for _ in range(2):
            work = Work(released=True)
            seen = weakref.ref(work)
            await threads.run(work)
            del work
            await asyncio.sleep(REST_SECONDS)
            gc.collect()
            assert seen() is None

    asyncio.run(observe())


def test_a_loop_that_ended_meanwhile() -> None:
    threads, work = Threads(1, "test"), Work()

    async def give_up() -> None:
        (task,) = await begin(threads, work)
        await until(work.begun)
        task.cancel()

    asyncio.run(give_up())
    work.released.set()
    assert asyncio.run(asyncio.wait_for(threads.run(lambda: "goes on"), WAIT_SECONDS)) == "goes on"


def test_the_process_ends_when_all_is_done() -> None:
    program = """
import asyncio, time
from notifier.threads import Threads

threads = Threads(1, "test")

def work(number):
    time.sleep(0.3)
    print(number, flush=True)

async def begin():
    tasks = [asyncio.create_task(threads.run(lambda number=number: work(number))) for number in range(2)]
    await asyncio.sleep(0.1)

asyncio.run(begin())
"""
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=WAIT_SECONDS, check=False)
    assert (ran.stdout.split(), ran.stderr, ran.returncode) == (["0", "1"], "", 0)
