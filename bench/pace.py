"""How fast the machine is from moment to moment: a fixed computation, again and again, on the servers' core.

On a machine that others share, the same work takes now less CPU time and now more: 1.6 times as much while somebody else uses the other
half of a real core, or its caches. That is not to be seen in any of the machine's own figures, and so it is measured, with the three things
that servers do most: Python's own work, calls of the kernel's that write to sockets and read from them, and touching memory here and there.
"""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.cores import started_on

GOOD = 1.15
"""So many times slower than at its best the machine may be while something is measured."""

# So little and so seldom that it is not to be seen in the latency: a millisecond of 200.
_PAUSE_SECONDS = 0.2
_ROUNDS, _WRITES, _TOUCHED_BYTES, _LINE_BYTES = 7_500, 100, 4 * 2**20, 64
# This part of the samples was at least as fast as what counts as the best: a single one may be luck.
_BEST_PART = 0.05
_FIRST_SECONDS = 3.0


class Pace:
    """Samples from its making to `stop`, at a hundredth of a core."""

    def __init__(self, cores: frozenset[int]) -> None:
        self._folder = TemporaryDirectory(prefix="notifier-pace-")
        self._file = Path(self._folder.name) / "samples"
        with started_on(cores), self._file.open("wb") as file:
            self._process = subprocess.Popen([sys.executable, "-m", "bench.pace"], stdout=file)
        self._read = list[tuple[float, float]]()
        self._lines = self._file.open()
        self._half = ""
        time.sleep(_FIRST_SECONDS)

    def between(self, begin: float, end: float) -> float | None:
        """How many seconds of CPU the computation took on the average between two moments of the monotonic clock. None if that was too short."""
        samples = [took for at, took in self._samples() if begin <= at <= end]
        return sum(samples) / len(samples) if samples else None

    @property
    def best(self) -> float:
        """How many it takes when the machine is at its best, so far."""
        samples = sorted(took for _, took in self._samples())
        return samples[int(len(samples) * _BEST_PART)]

    def wait_until_good(self, seconds: float) -> float:
        """Wait until the machine was at a good pace for three seconds; so long at most. Returns how long that took."""
        begin = now = time.monotonic()
        while now - begin < seconds:
            took = self.between(now - _FIRST_SECONDS, now)
            if took is not None and took <= GOOD * self.best:
                break
            time.sleep(2 * _PAUSE_SECONDS)
            now = time.monotonic()
        return now - begin

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._lines.close()
        self._folder.cleanup()

    def _samples(self) -> list[tuple[float, float]]:
        """A moment, and what it took then."""
        *lines, self._half = (self._half + self._lines.read()).split("\n")
        self._read += [(float(at), float(took)) for at, took in map(str.split, lines)]
        return self._read


def _compute(memory: bytes, pair: tuple[socket.socket, socket.socket]) -> float:
    """In seconds of CPU."""
    begin, numbers, total = time.thread_time_ns(), {0: 0}, 0
    for number in range(_ROUNDS):
        numbers[number & 63] = number
        total += numbers[number & 31]
    for _ in range(_WRITES):
        pair[0].send(memory[:256])
        pair[1].recv(4096)
    total += len(memory[::_LINE_BYTES])
    return (time.thread_time_ns() - begin) / 1e9


def main() -> None:
    """Write samples, for as long as the parent lives."""
    # Not of zeros: these would be one page, again and again.
    parent, memory, pair = os.getppid(), b"." * _TOUCHED_BYTES, socket.socketpair()
    while os.getppid() == parent:
        print(time.monotonic(), _compute(memory, pair), flush=True)
        time.sleep(_PAUSE_SECONDS)


if __name__ == "__main__":
    main()
