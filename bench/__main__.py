"""`python -m bench`: all rows, or some, beside their peers. `make bench` sets up what it needs."""

import argparse
import signal
import sys
import time
from pathlib import Path

from bench import chart, report
from bench.cores import divide, raise_file_limit
from bench.pace import Pace
from bench.rows import ROWS
from bench.run import Runner, prepare
from bench.stacks.base import Machine

_RESULTS = Path(__file__).parent / "results"


def main() -> int:
    options = _options()
    if options.list:
        for row in ROWS:
            print(f"{row.name:22} {row.title}")
        return 0
    wanted = [row for row in ROWS if not options.row or row.name in options.row]
    cores, files = divide(), raise_file_limit()
    print(f"servers on core {sorted(cores.server)}, client and stores on {sorted(cores.others)}; {files} open files")
    if options.profile:
        options.profile.mkdir(parents=True, exist_ok=True)
    # However it is ended, what it started ends with it; a shell that starts it in the background lets it ignore SIGINT.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: sys.exit(1))
    machine, begin = Machine(cores), time.monotonic()
    pace = None if options.profile else Pace(cores.server)
    prepare(machine)
    runner = Runner(
        machine, quick=options.quick, say=lambda line: print(line, flush=True), profiles=options.profile, pace=pace
    )
    try:
        outcomes = runner.run(wanted, peers=not options.ours)
        content = report.as_json(outcomes, runner, quick=options.quick)
    finally:
        machine.stop()
        if pace is not None:
            pace.stop()
    print(f"\n{report.table(outcomes, runner)}\n\n{time.monotonic() - begin:.0f} s")
    # A part of the rows is no result to keep as the latest.
    name = "partial" if options.row or options.ours or options.profile else "latest"
    results = options.results or _RESULTS
    report.write(results / f"{name}.json", content)
    facts = content["machine"]
    subtitle = f"{'quick run, ' if options.quick else ''}{content['date'][:10]}, {facts['cores']} × {facts['cpu']}, Python {facts['python']}"
    chart.write(results / f"{name}.svg", outcomes, subtitle=subtitle)
    print(f"written to {results / name}.json and .svg")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes: a few minutes, and less exact")
    names = [row.name for row in ROWS]
    parser.add_argument("--row", action="append", choices=names, metavar="NAME", help="this row alone; may be repeated")
    parser.add_argument("--list", action="store_true", help="list the rows")
    parser.add_argument("--ours", action="store_true", help="without the peers")
    parser.add_argument(
        "--profile", type=Path, metavar="FOLDER", help="sample our servers with py-spy into this folder"
    )
    parser.add_argument("--results", type=Path, metavar="FOLDER", help="where to write; bench/results unless given")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
