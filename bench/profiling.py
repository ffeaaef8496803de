"""Where a server's CPU time goes while it is measured: py-spy beside it, and its samples summed up.

Only a thread that runs is sampled: what waits for a database or a socket takes no CPU. It is sampled without being stopped, which loses
the deeper calls of what changes fast: what `uvloop` seems to take of its own is too much.
"""

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

_SAMPLES_A_SECOND = 200
_LONGEST_SECONDS = 600
_SHOWN = 30


class Profiler:
    """Samples one process between `start` and `stop`. The figures of a profiled run are not those of a free one."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def start(self, pid: int) -> None:
        options = ["--format", "raw", "--rate", str(_SAMPLES_A_SECOND), "--duration", str(_LONGEST_SECONDS)]
        self._process = subprocess.Popen(
            [
                str(Path(sys.executable).with_name("py-spy")),
                "record",
                "--nonblocking",
                "--full-filenames",
                *options,
                "--pid",
                str(pid),
                "--output",
                str(self.file),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if "Sampling" in line:
                return
        raise RuntimeError("py-spy did not start; it needs the right to trace processes")

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=60)

    def summary(self) -> str:
        """The functions with the largest shares: of their own, and with what they call."""
        own: Counter[str] = Counter()
        whole: Counter[str] = Counter()
        for line in self.file.read_text().splitlines():
            stack, _, count = line.rpartition(" ")
            calls = [_short(call) for call in stack.split(";")]
            own[calls[-1]] += int(count)
            for call in set(calls):
                whole[call] += int(count)
        total = max(1, own.total())
        lines = [f"{total} samples", "  own  whole  function, by its own share"]
        lines += [f"{n / total:5.1%}  {whole[call] / total:5.1%}  {call}" for call, n in own.most_common(_SHOWN)]
        lines += ["  own  whole  function, with what it calls"]
        lines += [f"{own[call] / total:5.1%}  {n / total:5.1%}  {call}" for call, n in whole.most_common(3 * _SHOWN)]
        return "\n".join(lines)


def _short(call: str) -> str:
    """`write (/…/site-packages/websockets/frames.py:42)` as `websockets/frames.py:write`."""
    name, _, place = call.rpartition(" (")
    file = place.rpartition(":")[0]
    parts = file.rpartition("site-packages/")[2].rpartition("python3.11/")[2].split("/")
    return f"{'/'.join(parts[-2:])}:{name}" if name else call
