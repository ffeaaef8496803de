"""What is done to a stack, and what is measured of it. Each workload starts with a running stack and fresh clients."""

import asyncio
import itertools
import random
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from bench.crowd import Tally
from bench.measured import Measured, measured_of
from bench.stacks.base import Stack
from bench.stage import LATE_SECONDS, LOST_SECONDS, Stage, people, staged
from bench.usage import Meter, Used, memory_bytes

# For what a server still has to do after the last frame, and clients to acknowledge: a part of the cost.
_SETTLE_SECONDS = 0.5
# For what a server still has to do after clients went, none of which belongs to what comes next.
_GONE_SECONDS = 2.0
_POSTS_AT_ONCE = 8
# How often one process and two take turns, and how often both work before: the first thousands of POSTs to a process take
# half as much again.
_TURNS, _WARM_TURNS = 5, 3
# The operating system counts CPU time in steps of 10 ms: a workload goes on until the laps that count have enough of them.
_ENOUGH_SECONDS = 1.0
# In a fan-out for longer: what is still done for clients that came a moment ago, and what is done once a second, is to be a small part.
_FANOUT_SECONDS = 3.0
# How often all connect again, at most: that they go takes longer.
_REPEATS = 5
# So many connect before it is looked at what that took.
_LOOK_CLIENTS = 250
# Where clients come back, it is looked so often how many did.
_LOOK_SECONDS = 1.0
# Recipients of one request, where many are to get something that is not measured.
_LOT = 5000
_MICRO, _MILLI = 1e6, 1e3


# ---------------------------------------------------------------------- connections


async def connect(stack: Stack, *, clients: int, known: bool) -> Measured:
    """CPU a connect, until the client would get notifications, in ms: of people who were here before, or of others."""
    async with staged(stack, people(clients) if known else people(clients // 10, clients)):
        pass
    await asyncio.sleep(_GONE_SECONDS)
    stage, users = Stage(stack), people(clients)
    meter = stage.meter()
    for _ in range(_REPEATS if known else 1):
        for first in range(0, clients, _LOOK_CLIENTS):
            lot = users[first : first + _LOOK_CLIENTS]
            await stage.crowd.open(lot, first=first)
            meter.add(len(lot))
        meter.lap()
        if meter.has(_ENOUGH_SECONDS):
            break
        await stage.crowd.close()
        await asyncio.sleep(_GONE_SECONDS)
        meter.skip()
    used = meter.stop()
    measured = measured_of(used.a_unit * _MILLI, used, stage)
    await stage.crowd.close()
    return measured


async def idle(stack: Stack, *, clients: int, seconds: float) -> Measured:
    """Memory of an idle connection, in KiB; and the CPU that so many of them take, in percent of a core."""
    async with staged(stack, people(200, clients)):
        pass
    before = memory_bytes(stack.pids)
    async with staged(stack, people(clients)) as stage:
        await asyncio.sleep(5)  # what connecting left to do
        grown = memory_bytes(stack.pids) - before
        meter = stage.meter()
        await asyncio.sleep(seconds)
        used = meter.stop()
        measured = measured_of(
            grown / 1024 / max(1, len(stage.crowd.clients)),
            used,
            stage,
            process_mib=before / 2**20,
            idle_cpu_percent=used.server_share * 100,
        )
        return replace(measured, pace=None)  # it is about memory


async def reconnect(stack: Stack, *, clients: int, missed: int) -> Measured:
    """CPU a client that comes back and gets what it missed, in ms. For a stack that resumes: Notifier alone."""
    users = people(clients)
    async with staged(stack, users) as stage:
        for client in stage.crowd.clients:
            stack.remember(client)
    stage = Stage(stack)
    for mark in range(1, missed + 1):
        for first in range(0, clients, _LOT):
            await stage.to_users(users[first : first + _LOT], mark)
    await asyncio.sleep(1)  # what the disconnects left to do
    meter, frames = stage.meter(), 0

    async def come_back() -> None:
        await stage.crowd.open(users)
        await stage.arrivals()
        await stage.tally.late_comers(seconds=LATE_SECONDS)
        await asyncio.sleep(_SETTLE_SECONDS)

    coming = asyncio.create_task(come_back())
    while not coming.done():
        await asyncio.wait([coming], timeout=_LOOK_SECONDS)
        meter.add((stage.tally.frames - frames) / missed)
        frames = stage.tally.frames
    await coming
    used = meter.stop()
    measured = measured_of(used.a_unit * _MILLI, used, stage, wall_s=used.wall)
    stage.backend.close()
    await stage.crowd.close()
    return measured


# ---------------------------------------------------------------------- sending


async def fanout(stack: Stack, *, clients: int, rounds: int, acks_after: int = 40, pause: float = 0) -> Measured:
    """CPU a frame, when one notification goes to everybody, in µs. The next is sent when all have the one before, and after a pause in seconds.

    Clients that acknowledge do so once for so many, and not by the clock, so that a slower machine does not see more of it.
    """
    async with staged(stack, people(clients)) as stage:
        stage.crowd.acks_after = acks_after
        warm = acks_after if stack.acknowledges else 3
        for mark in range(1, warm + 1):
            await stage.to_everyone(mark)
            await stage.arrivals()
        frames = stage.tally.frames
        meter = stage.meter()
        for number in itertools.count(1):
            await stage.to_everyone(warm + number)
            await stage.arrivals()
            await asyncio.sleep(pause)
            meter.add(clients)
            if number >= rounds and meter.has(_FANOUT_SECONDS):
                break
        await stage.tally.late_comers(seconds=LATE_SECONDS)
        for client in stage.crowd.clients:
            client.acknowledge()
        await asyncio.sleep(_SETTLE_SECONDS)
        used = meter.stop()
        frames = stage.tally.frames - frames
        return measured_of(used.a_unit * _MICRO, used, stage, frames=frames, frames_a_second=frames / used.wall)


async def post(stack: Stack, *, clients: int, posts: int) -> Measured:
    """CPU a POST to one user, stored and delivered, in µs: so many requests at once, the next when one is answered."""
    users = people(clients)
    async with staged(stack, users) as stage:
        await _posts(stage, users, range(1, 1 + posts // 10))
        meter = stage.meter()
        took, done = 0.0, 0
        while not meter.has(_ENOUGH_SECONDS) or not done:
            took += await _posts(stage, users, range(posts + done, 2 * posts + done))
            done += posts
            meter.add(posts)
        used = meter.stop()
        return measured_of(used.a_unit * _MICRO, used, stage, posts_a_second=done / took)


async def _posts(stage: Stage, users: list[str], marks: Iterable[int]) -> float:
    """Returns the seconds until all were answered."""
    coming, begin = iter(marks), time.perf_counter()

    async def some() -> None:
        for mark in coming:
            await stage.to_users([random.choice(users)], mark)

    await asyncio.gather(*(some() for _ in range(_POSTS_AT_ONCE)))
    took = time.perf_counter() - begin
    await stage.arrivals()
    await asyncio.sleep(_SETTLE_SECONDS)
    return took


async def latency(stack: Stack, *, clients: int, rate: float, seconds: float) -> Measured:
    """From the moment when a POST was due to its frame at the browser, in ms: the median, and more percentiles.

    The pace does not wait for answers: a server that stalls makes all wait that were due meanwhile, and they count.
    """
    users = people(clients)
    async with staged(stack, users) as stage:
        await _posts(stage, users, range(1, 50))
        stage.tally.timed = True
        begin = time.perf_counter() + 0.1
        due = {1000 + number: begin + number / rate for number in range(int(rate * seconds))}
        under_way: set[asyncio.Task[None]] = set()

        def send(mark: int) -> None:
            task = asyncio.create_task(stage.to_users([random.choice(users)], mark))
            under_way.add(task)
            task.add_done_callback(under_way.discard)

        meter = stage.meter()
        await asyncio.to_thread(_pace, due, asyncio.get_running_loop(), send)
        if under_way:
            await asyncio.wait(under_way, timeout=LOST_SECONDS)
        await stage.arrivals()
        await asyncio.sleep(_SETTLE_SECONDS)
        used = meter.stop()
        waits = sorted(
            (stage.tally.arrived_at[mark] - due[mark]) * _MILLI for mark in due if mark in stage.tally.arrived_at
        )
        if not waits:
            raise RuntimeError("nothing arrived")
        return measured_of(
            statistics.median(waits),
            used,
            stage,
            p99=waits[int(len(waits) * 0.99)],
            p999=waits[int(len(waits) * 0.999)],
            worst=waits[-1],
            cpu_a_post_us=used.server / len(due) * _MICRO,
        )


def _pace(due: dict[int, float], loop: asyncio.AbstractEventLoop, send: Callable[[int], None]) -> None:
    """Call `send` in the loop at each moment. In a thread: the loop's own timers are exact to a millisecond only."""
    for mark, moment in due.items():
        time.sleep(max(0.0, moment - time.perf_counter()))
        loop.call_soon_threadsafe(send, mark)


async def batch(stack: Stack, *, recipients: int, posts: int) -> Measured:
    """CPU a recipient of a POST to so many, all connected, stored and delivered, in µs."""
    users = people(max(recipients, 500))
    async with staged(stack, users) as stage:
        await stage.to_users(random.sample(users, recipients), 1)  # to warm up
        await stage.arrivals()
        meter = stage.meter()
        for number in itertools.count(1):
            await stage.to_users(random.sample(users, recipients), 1 + number)
            await stage.arrivals()
            meter.add(recipients)
            if number >= posts and meter.has(_ENOUGH_SECONDS):
                break
        await stage.tally.late_comers(seconds=LATE_SECONDS)
        await asyncio.sleep(_SETTLE_SECONDS)
        used = meter.stop()
        return measured_of(used.a_unit * _MICRO, used, stage, wall_ms=used.wall / number * _MILLI)


async def scaling(stack: Stack, *, clients: int, posts: int) -> Measured:
    """How far two processes carry, in times of what one does. One and two are at work in turn, so that both see the same machine.

    By POSTs a second where each has a core; else by the CPU of a POST: twice what one takes over what both take.
    """
    tally = Tally()
    stages = [Stage(stack, process=number, tally=tally) for number in range(2)]
    share = clients // 2
    crowds = [people(share, number * share) for number in range(2)]
    for number, stage in enumerate(stages):
        await stage.crowd.open(crowds[number], first=number * share)
    marks = itertools.count(1)

    async def work(*working: int) -> tuple[float, Used]:
        """Returns the seconds, and what it took of the processes that are at work."""
        meter = Meter([stack.pids[number] for number in working], stack.store_pids)
        took = await asyncio.gather(
            *(_posts(stages[number], crowds[number], list(itertools.islice(marks, posts))) for number in working)
        )
        return max(took), meter.stop()

    for _ in range(_WARM_TURNS):
        await work(0, 1)
    ones, twos = list[tuple[float, Used]](), list[tuple[float, Used]]()
    whole = stages[0].meter()
    for _ in range(_TURNS):
        ones += [await work(0), await work(1)]
        twos.append(await work(0, 1))
    used, done = whole.stop(), 2 * _TURNS * posts
    one, two = (sum(each.server for _, each in turns) / done * _MICRO for turns in (ones, twos))
    one_rate, two_rate = (done / sum(took for took, _ in turns) for turns in (ones, twos))
    cores = stack.machine.cores
    measured = measured_of(
        2 * one / two if cores.second_server == cores.others else two_rate / one_rate,
        used,
        *stages,
        one_cpu_us=one,
        two_cpu_us=two,
        one_posts_a_second=one_rate,
        two_posts_a_second=two_rate,
    )
    for stage in stages:
        stage.backend.close()
        await stage.crowd.close()
    return replace(measured, pace=None)  # it cancels out
