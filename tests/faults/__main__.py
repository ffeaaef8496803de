"""`python -m tests.faults`: play every scenario on each kind of server, print what came of it, and write a report.

Ends with 1 when the checker objects to anything.
"""

import argparse
import os
import resource
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from tests.faults import report
from tests.faults.result import Result
from tests.faults.scenarios import SCENARIOS

KINDS = ("daphne", "uvicorn")


def main() -> int:
    arguments = _arguments()
    _allow_many_sockets()
    for stopping in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stopping, _stop)  # through every `finally`, so that no server outlives this process
    results: list[Result] = []
    kinds = KINDS if arguments.server == "both" else (arguments.server,)
    # One server after the other, so that a run that is broken off has told all about one of them.
    planned = [(kind, name) for kind in kinds for name in arguments.scenario or SCENARIOS]
    for number, (kind, name) in enumerate(planned, start=1):
        print(f"{time.strftime('%H:%M:%S')} {number} of {len(planned)}: {name} on {kind} …", flush=True)
        result = SCENARIOS[name](kind, arguments.length)
        results.append(result)
        for what, figure in result.figures.items():
            print(f"  {what}: {figure}", flush=True)
        for objection in result.objections[:10]:
            print(f"  OBJECTION {objection}", flush=True)
        if arguments.report is not None:
            # After each, for the same reason.
            about = f"`python -m tests.faults --length {arguments.length}`, {time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores."
            report.write(arguments.report, results, about=about)
    print("\n" + report.table(results))
    objections = sum(len(result.objections) for result in results)
    print(f"\n{objections} objections in {len(results)} runs")
    return 1 if objections else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--server", choices=(*KINDS, "both"), default="both")
    parser.add_argument("--length", choices=("short", "long"), default="short")
    parser.add_argument("--scenario", choices=SCENARIOS, action="append", help="only this one; may be repeated")
    parser.add_argument("--report", type=Path, help="write Markdown there, and a plot beside it")
    return parser.parse_args()


def _stop(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _allow_many_sockets() -> None:
    """Thousands of clients in this process, and as many sockets in the server, which inherits the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    sys.exit(main())
