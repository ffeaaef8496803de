"""What is measured, of whom, and what is to be reached."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from bench import workloads
from bench.measured import Measured
from bench.stacks.base import Machine, Stack
from bench.stacks.floor import Floor
from bench.stacks.nchan import Nchan
from bench.stacks.ours import Ours
from bench.stacks.socketio import NodeSocketIo, PythonSocketIo
from bench.stacks.tutorial import Tutorial

STACKS: dict[str, Callable[[Machine], Stack]] = {
    "notifier": Ours,
    "notifier-plain": lambda machine: Ours(machine, plain=True),
    "notifier-receipts": lambda machine: Ours(machine, receipts="all"),
    "notifier-two": lambda machine: Ours(machine, processes=2),
    "notifier-daphne": lambda machine: Ours(machine, server="daphne"),
    "notifier-embedded": lambda machine: Ours(machine, embedded=True),
    "tutorial": Tutorial,
    "tutorial-daphne": lambda machine: Tutorial(machine, server="daphne"),
    "python-socketio": PythonSocketIo,
    "socketio": NodeSocketIo,
    "nchan": Nchan,
    "floor": Floor,
}


@dataclass(frozen=True)
class Work:
    """A workload with its sizes. `users` is how many people have to be known to the server."""

    do: Callable[..., Coroutine[Any, Any, Measured]]
    users: int
    sizes: tuple[tuple[str, float], ...]

    async def on(self, stack: Stack) -> Measured:
        return await self.do(stack, **dict(self.sizes))

    def __str__(self) -> str:
        return f"{self.do.__name__} ({', '.join(f'{name} {size:,}' for name, size in self.sizes)})"


def work(do: Callable[..., Coroutine[Any, Any, Measured]], users: int, **sizes: float) -> Work:
    return Work(do, users, tuple(sizes.items()))


@dataclass(frozen=True)
class Bound:
    """To be reached: at most so much, in the row's unit, or at most so many times what the peer takes."""

    most: float
    peer: str | None = None
    stretch: bool = False
    least: bool = False
    """At least, instead of at most."""


@dataclass(frozen=True)
class Row:
    """`figure` is a name in `Measured.more` where the row is not about the workload's own value."""

    name: str
    title: str
    unit: str
    ours: str
    full: Work
    quick: Work
    bounds: tuple[Bound, ...] = ()
    peers: tuple[str, ...] = ()
    """Shown beside it, with a bound or without one."""
    slow_peers: tuple[str, ...] = ()
    """Not in a quick run."""
    figure: str = ""
    peer_full: Work | None = None
    """What the peers do, where it is another workload."""
    peer_quick: Work | None = None
    note: str = ""
    """What is to be said of the figure where two processes and the client share two cores."""

    def work(self, *, quick: bool) -> Work:
        return self.quick if quick else self.full

    def beside(self, *, quick: bool) -> tuple[str, ...]:
        return self.peers if quick else (*self.peers, *self.slow_peers)

    def peer_work(self, *, quick: bool) -> Work:
        return (self.peer_quick if quick else self.peer_full) or self.work(quick=quick)


_CONNECT = (
    work(workloads.connect, 3500, clients=3000, known=True),
    work(workloads.connect, 1100, clients=500, known=True),
)
_CONNECT_FIRST = (
    work(workloads.connect, 3500, clients=3000, known=False),
    work(workloads.connect, 1100, clients=500, known=False),
)
_IDLE = (
    work(workloads.idle, 10_200, clients=10_000, seconds=10),
    work(workloads.idle, 2200, clients=2000, seconds=3),
)
_FANOUT_1000 = (
    work(workloads.fanout, 1000, clients=1000, rounds=60),
    work(workloads.fanout, 1000, clients=1000, rounds=40),
)
_FANOUT_5000 = (
    work(workloads.fanout, 5000, clients=5000, rounds=10),
    work(workloads.fanout, 5000, clients=5000, rounds=10),
)
# At a hundred a second, where receipts have clients acknowledge within 0.1 s.
_FANOUT_PROMPT = (
    work(workloads.fanout, 1000, clients=1000, rounds=100, acks_after=10),
    work(workloads.fanout, 1000, clients=1000, rounds=20, acks_after=10),
)
# A client may say 20 things a second.
_FANOUT_SLOW = (
    work(workloads.fanout, 1000, clients=1000, rounds=100, acks_after=1, pause=0.08),
    work(workloads.fanout, 1000, clients=1000, rounds=20, acks_after=1, pause=0.08),
)
_POST = work(workloads.post, 500, clients=500, posts=3000), work(workloads.post, 200, clients=200, posts=500)
_LATENCY = (
    work(workloads.latency, 500, clients=500, rate=150, seconds=20),
    work(workloads.latency, 200, clients=200, rate=150, seconds=5),
)
_BATCH_100 = work(workloads.batch, 500, recipients=100, posts=100), work(workloads.batch, 500, recipients=100, posts=20)
_BATCH_10000 = (
    work(workloads.batch, 10_000, recipients=10_000, posts=5),
    work(workloads.batch, 2000, recipients=2000, posts=3),
)
_RECONNECT = (
    work(workloads.reconnect, 5000, clients=5000, missed=20),
    work(workloads.reconnect, 1000, clients=1000, missed=20),
)
_SCALING = (
    work(workloads.scaling, 500, clients=500, posts=1500),
    work(workloads.scaling, 200, clients=200, posts=200),
)

_FANOUT_1000_BOUNDS = (Bound(1.0, "socketio"), Bound(0.08, "tutorial"), Bound(1.0, "nchan", stretch=True))
_FANOUT_5000_BOUNDS = (Bound(1.0, "nchan"), Bound(1.5, "floor", stretch=True))
_BATCH_BOUNDS = (Bound(50), Bound(1.0, "socketio", stretch=True))
_BATCH_PEER = {"peers": ("socketio",), "peer_full": _POST[0], "peer_quick": _POST[1]}

ROWS: tuple[Row, ...] = (
    Row(
        "fanout-1000",
        "fan-out to 1,000, acknowledged: CPU a frame",
        "µs",
        "notifier",
        *_FANOUT_1000,
        bounds=_FANOUT_1000_BOUNDS,
        peers=("tutorial", "python-socketio", "socketio", "nchan", "floor"),
    ),
    Row(
        "fanout-1000-plain",
        "fan-out to 1,000, clients without acks: CPU a frame",
        "µs",
        "notifier-plain",
        *_FANOUT_1000,
        bounds=_FANOUT_1000_BOUNDS,
        peers=("tutorial", "socketio", "nchan", "floor"),
    ),
    Row(
        "fanout-5000",
        "fan-out to 5,000, acknowledged: CPU a frame",
        "µs",
        "notifier",
        *_FANOUT_5000,
        bounds=_FANOUT_5000_BOUNDS,
        peers=("socketio", "nchan", "floor"),
        slow_peers=("tutorial",),
    ),
    Row(
        "fanout-5000-plain",
        "fan-out to 5,000, clients without acks: CPU a frame",
        "µs",
        "notifier-plain",
        *_FANOUT_5000,
        bounds=_FANOUT_5000_BOUNDS,
        peers=("socketio", "nchan", "floor"),
    ),
    Row(
        "fanout-1000-slow",
        "fan-out to 1,000, each frame acknowledged on its own: CPU a frame",
        "µs",
        "notifier",
        *_FANOUT_SLOW,
    ),
    Row(
        "fanout-1000-receipts",
        "fan-out to 1,000, a stored receipt for each: CPU a frame",
        "µs",
        "notifier-receipts",
        *_FANOUT_PROMPT,
    ),
    Row(
        "memory",
        "idle connections: memory of each",
        "KiB",
        "notifier",
        *_IDLE,
        bounds=(Bound(20), Bound(0.5, "tutorial"), Bound(1.0, "nchan", stretch=True)),
        peers=("tutorial", "python-socketio", "socketio", "nchan"),
    ),
    Row(
        "connect",
        "connect with a signed token, of people who were here before: CPU",
        "ms",
        "notifier",
        *_CONNECT,
        bounds=(Bound(0.2, "tutorial"), Bound(0.15, stretch=True)),
        peers=("tutorial", "python-socketio", "socketio", "nchan"),
    ),
    Row("connect-first", "connect for the first time, with a signed token: CPU", "ms", "notifier", *_CONNECT_FIRST),
    Row(
        "post",
        "one POST to one user, stored and delivered: CPU",
        "µs",
        "notifier",
        *_POST,
        bounds=(Bound(0.15, "tutorial"), Bound(2.0, "socketio", stretch=True)),
        peers=("tutorial", "python-socketio", "socketio", "nchan"),
    ),
    Row(
        "batch-100",
        "a POST to 100, stored and delivered: CPU a recipient",
        "µs",
        "notifier",
        *_BATCH_100,
        bounds=_BATCH_BOUNDS,
        **_BATCH_PEER,  # type: ignore[arg-type]
    ),
    Row(
        "batch-10000",
        "a POST to 10,000, stored and delivered: CPU a recipient",
        "µs",
        "notifier",
        *_BATCH_10000,
        bounds=_BATCH_BOUNDS,
        **_BATCH_PEER,  # type: ignore[arg-type]
    ),
    Row(
        "latency-p50",
        "at 150 POST/s, from when it was due to the browser: median",
        "ms",
        "notifier",
        *_LATENCY,
        bounds=(Bound(3), Bound(1.5, stretch=True)),
        peers=("tutorial", "python-socketio", "socketio", "nchan"),
    ),
    Row(
        "latency-p99",
        "at 150 POST/s, from when it was due to the browser: 99 %",
        "ms",
        "notifier",
        *_LATENCY,
        bounds=(Bound(8), Bound(3, stretch=True)),
        peers=("tutorial", "python-socketio", "socketio", "nchan"),
        figure="p99",
    ),
    Row(
        "reconnect",
        "reconnect and get 20 missed: CPU a client",
        "ms",
        "notifier",
        *_RECONNECT,
        bounds=(Bound(1), Bound(0.5, stretch=True)),
    ),
    Row(
        "processes",
        "POSTs of two processes, against one",
        "×",
        "notifier-two",
        *_SCALING,
        bounds=(Bound(1.8, least=True),),
        note="too few cores to run two beside the client: from the CPU a POST, if nothing but CPU limits them",
    ),
    Row(
        "fanout-1000-daphne",
        "on daphne, fan-out to 1,000, acknowledged: CPU a frame",
        "µs",
        "notifier-daphne",
        *_FANOUT_1000,
        bounds=(Bound(0.25, "tutorial-daphne"),),
        peers=("tutorial-daphne",),
    ),
    Row("fanout-1000-embedded", "embedded, fan-out to 1,000: CPU a frame", "µs", "notifier-embedded", *_FANOUT_1000),
    Row("post-embedded", "embedded, one POST: CPU", "µs", "notifier-embedded", *_POST),
    Row("latency-embedded", "embedded, at 150 POST/s: median", "ms", "notifier-embedded", *_LATENCY),
)
