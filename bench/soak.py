"""`python -m bench.soak`: steady load for an hour, or less; memory and CPU must stay where they are.

People who stay, people who come and go, notifications to one and to everyone. Each line is one slice of the time. At the end the
last quarter is held against the second one: what a server fills once (pools, caches) is full by then.
"""

import argparse
import asyncio
import gc
import random
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass

import uvloop

from bench.cores import divide, raise_file_limit
from bench.run import prepare
from bench.stacks.base import Machine, Stack
from bench.stacks.ours import Ours
from bench.stage import LATE_SECONDS, Stage, people, staged
from bench.usage import Meter, memory_bytes

_SLICES = 20
_TO_EVERYONE_SECONDS = 10.0
_MOST_GROWTH = 0.05
# Noise of a shared machine; a leak of work is more than that.
_MOST_CPU_GROWTH = 0.15


@dataclass(frozen=True)
class Slice:
    """`cpu` is a share of one core; times are in ms. `lost` says what went wrong in it, and how often: nothing at best."""

    memory_mib: float
    cpu: float
    p50: float
    p99: float
    lost: Counter[str]

    def __str__(self) -> str:
        return f"{self.memory_mib:9.1f} MiB  {self.cpu:6.1%} of a core  p50 {self.p50:6.2f} ms  p99 {self.p99:7.2f} ms  {told(self.lost)}"


def told(lost: Counter[str]) -> str:
    return "lost nothing" if not lost else "  ".join(f"{what} {count}" for what, count in lost.items())


async def soak(stack: Stack, *, clients: int, rate: float, seconds: float, churn: float) -> list[Slice]:
    """`churn` of the clients leave and come back in each slice, while the others get `rate` notifications a second."""
    users = people(clients)
    slices = []
    leaving = int(clients * churn)
    async with staged(stack, users) as stage:
        mark, before = 1, _books(stage)
        for number in range(_SLICES):
            stage.tally.arrived_at.clear()
            stage.tally.timed = True
            meter, until = stage.meter(), time.monotonic() + seconds / _SLICES
            goes = asyncio.create_task(_come_and_go(stack, people(leaving, clients)))
            sent = await _load(stage, users, first=mark, until=until, rate=rate)
            mark += len(sent)
            await goes
            await stage.arrivals()
            await stage.tally.late_comers(seconds=LATE_SECONDS)
            books = _books(stage)
            slices.append(_slice(stage, meter, sent, books - before))
            before = books
            print(f"{(number + 1) / _SLICES:5.0%} {slices[-1]}", flush=True)
            gc.collect()
    return slices


async def _load(stage: Stage, users: list[str], *, first: int, until: float, rate: float) -> dict[int, float]:
    """Returns the marks, from the first on, and when each was sent."""
    sent: dict[int, float] = {}
    under_way: set[asyncio.Task[None]] = set()
    everyone_at = time.monotonic()
    begin = time.monotonic()
    due = begin
    while due < until:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        mark = first + len(sent)
        sent[mark] = time.perf_counter()
        if due >= everyone_at:
            everyone_at += _TO_EVERYONE_SECONDS
            work = stage.to_everyone(mark)
        else:
            work = stage.to_users([random.choice(users)], mark)
        under_way.add(task := asyncio.create_task(work))
        task.add_done_callback(under_way.discard)
        due += 1 / rate
    if under_way:
        await asyncio.wait(under_way)
    return sent


async def _come_and_go(stack: Stack, users: list[str]) -> None:
    """These connect, and leave again; what goes to everyone meanwhile is not in the books."""
    stage = Stage(stack)
    await stage.crowd.open(users)
    await asyncio.sleep(1)
    await stage.crowd.close()
    stage.backend.close()


def _books(stage: Stage) -> Counter[str]:
    """What went wrong so far."""
    tally, crowd = stage.tally, stage.crowd
    wrong = {"lost": tally.lost, "strangers": tally.strangers, "not connected": crowd.failed, "dropped": crowd.dropped}
    return Counter(wrong) + stage.refused


def _slice(stage: Stage, meter: Meter, sent: dict[int, float], lost: Counter[str]) -> Slice:
    used = meter.stop()
    waits = sorted((at - sent[mark]) * 1000 for mark, at in stage.tally.arrived_at.items() if mark in sent)
    p99 = waits[int(len(waits) * 0.99)]
    return Slice(memory_bytes(stage.stack.pids) / 2**20, used.server_share, statistics.median(waits), p99, lost)


def growth(slices: list[Slice]) -> tuple[float, float]:
    """Of memory and CPU: the last quarter over the second one, less 1."""
    quarter = len(slices) // 4
    second, last = slices[quarter : 2 * quarter], slices[-quarter:]
    return (
        statistics.mean(each.memory_mib for each in last) / statistics.mean(each.memory_mib for each in second) - 1,
        statistics.median(each.cpu for each in last) / statistics.median(each.cpu for each in second) - 1,
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=50, help="notifications a second")
    parser.add_argument("--churn", type=float, default=0.1, help="which part of them comes and goes in each slice")
    parser.add_argument("--server", choices=["uvicorn", "daphne"], default="uvicorn")
    parser.add_argument("--embedded", action="store_true", help="SQLite and in memory, instead of PostgreSQL and Redis")
    options = parser.parse_args()
    raise_file_limit()
    machine = Machine(divide())
    prepare(machine)
    stack = Ours(machine, server=options.server, embedded=options.embedded)
    try:
        stack.start(people(2 * options.clients))
        load = {"clients": options.clients, "rate": options.rate, "churn": options.churn}
        slices = uvloop.run(soak(stack, seconds=options.minutes * 60, **load))
    finally:
        stack.stop()
        stack.forget()
        machine.stop()
    memory, cpu = growth(slices)
    lost = sum((each.lost for each in slices), Counter[str]())
    print(f"memory {memory:+.1%}, CPU {cpu:+.1%} from the second to the last quarter; {told(lost)}")
    return 1 if memory > _MOST_GROWTH or cpu > _MOST_CPU_GROWTH or lost else 0


if __name__ == "__main__":
    sys.exit(main())
