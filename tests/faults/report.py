"""The report of a run: tables in Markdown, and a plot of every delivery's delay with the faults marked, as SVG beside it."""

import math
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from tests.faults.result import Result

_WIDTH, _HEIGHT, _LEFT, _TOP, _GAP = 460, 150, 44, 28, 34
# The delays' axis is logarithmic; what is quicker or slower lies on its edge.
_QUICKEST, _SLOWEST = 0.001, 100.0
_KINDS_OF_OBJECTION = ("lost", "phantom", "duplicated", "misordered", "late")
_SHOWN = 20
# What the table over all scenarios shows already.
_OVERALL = {"POSTs", "handed over", "reconnects", "delay p50 / p99 / max", "POST p50 / p99"}
_ELSEWHERE = """\
What `make test` shows besides: the checker objects to each planted fault (`tests/faults/test_checker.py`) and to a service without
its sweep (`tests/faults/test_scenarios.py`); WebSocket conformance (`tests/consumers/test_conformance_*.py`), the REST API against its
schema (`tests/api/test_schema_conformance.py`), the protocol's state machine (`tests/consumers/test_protocol.py`).
"""


def table(results: Sequence[Result]) -> str:
    """One line for each scenario and server."""
    head = ["scenario", "server", "POSTs ok / failed / unknown", "handed over", "reconnects"]
    head += [*_KINDS_OF_OBJECTION, "other objections", "delay p50 / p99 / max", "POST p50 / p99"]
    rows = [head, ["---"] * len(head)]
    for result in results:
        figures = result.figures
        row = [result.scenario, result.kind, figures["POSTs"], figures["handed over"], figures["reconnects"]]
        row += [str(len(getattr(result.verdict, kind))) for kind in _KINDS_OF_OBJECTION]
        row.append(str(len(result.objections) - len(result.verdict.objections)))
        rows.append([*row, figures["delay p50 / p99 / max"], figures["POST p50 / p99"]])
    return _rows(rows)


def write(file: Path, results: Sequence[Result], *, about: str) -> None:
    """Write the report, and its plot under the same name with `.svg`."""
    picture = file.with_suffix(".svg")
    picture.write_text(_plots(results))
    objections = sum(len(result.objections) for result in results)
    parts = [
        "# Faults\n",
        f"{about}\n",
        f"**{objections} objections** in {len(results)} runs. Delays are counted from the start of the POST to the hand-over by the client.\n",
        table(results) + "\n",
        _ELSEWHERE,
        f"![Delay of each delivery over time, faults shaded]({picture.name})\n",
    ]
    for scenario in dict.fromkeys(result.scenario for result in results):
        played = [result for result in results if result.scenario == scenario]
        parts.append(f"## {scenario}\n")
        parts.append(_figures(played) + "\n")
        for result in played:
            if result.objections:
                parts.append("\n".join(f"- **{result.kind}: {line}**" for line in result.objections[:_SHOWN]))
                parts.append(f"- {len(result.objections)} objections in all on {result.kind}\n")
    file.write_text("\n".join(parts))


def _figures(played: Sequence[Result]) -> str:
    """A line for each figure of a scenario, a column for each server."""
    names = dict.fromkeys(name for result in played for name in result.figures if name not in _OVERALL)
    rows = [["figure", *(result.kind for result in played)], ["---"] * (1 + len(played))]
    rows.append(["objections", *(str(len(result.objections)) for result in played)])
    rows += [[name, *(result.figures.get(name, "") for result in played)] for name in names]
    rows.append(["lasted", *(f"{result.seconds:.0f} s, {len(result.history.faults)} faults" for result in played)])
    return _rows(rows)


def _rows(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _plots(results: Sequence[Result]) -> str:
    """A row for each scenario, a column for each server."""
    kinds = list(dict.fromkeys(result.kind for result in results))
    scenarios = list(dict.fromkeys(result.scenario for result in results))
    width = len(kinds) * (_WIDTH + _LEFT + _GAP)
    height = len(scenarios) * (_HEIGHT + _TOP + _GAP)
    panels = [
        f'<g transform="translate({_LEFT + kinds.index(result.kind) * (_WIDTH + _LEFT + _GAP)} '
        f'{_TOP + scenarios.index(result.scenario) * (_HEIGHT + _TOP + _GAP)})">{_plot(result)}</g>'
        for result in results
    ]
    style = (
        "text{font:11px sans-serif;fill:#333} .title{font-weight:bold;font-size:12px} .fault{fill:#d33;fill-opacity:.18} "
        ".grid{stroke:#ddd} .dot{fill:#1763b6} .failed{fill:#d33}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<style>{style}</style><rect width="100%" height="100%" fill="#fff"/>' + "\n".join(panels) + "</svg>\n"
    )


def _plot(result: Result) -> str:
    history = result.history
    start = min(attempt.started for attempt in history.attempts)
    end = max([attempt.finished for attempt in history.attempts] + [one.at for one in history.observations])
    started = {attempt.title: attempt.started for attempt in history.attempts}

    def across(at: float) -> int:
        return round((at - start) / max(end - start, 0.001) * _WIDTH)

    def down(delay: float) -> int:
        share = math.log(min(max(delay, _QUICKEST), _SLOWEST) / _QUICKEST) / math.log(_SLOWEST / _QUICKEST)
        return round((1 - share) * _HEIGHT)

    shapes = [f'<text class="title" x="0" y="-10">{escape(f"{result.scenario}, {result.kind}")}</text>']
    for delay, label in ((0.001, "1 ms"), (0.01, "10 ms"), (0.1, "0.1 s"), (1, "1 s"), (10, "10 s"), (100, "100 s")):
        y = down(delay)
        shapes.append(f'<line class="grid" x1="0" x2="{_WIDTH}" y1="{y}" y2="{y}"/>')
        shapes.append(f'<text x="-6" y="{y + 4}" text-anchor="end">{label}</text>')
    for fault in history.faults:
        left, right = max(0, across(fault.began)), min(_WIDTH, across(fault.ended))
        shapes.append(
            f'<rect class="fault" x="{left}" y="0" width="{max(1, right - left)}" height="{_HEIGHT}">'
            f"<title>{escape(fault.name)}</title></rect>"
        )
    # As many dots as there are places for them, whatever the number of deliveries.
    places = {
        (across(one.at), down(one.at - started[one.title])) for one in history.observations if one.title in started
    }
    shapes += [f'<circle class="dot" cx="{x}" cy="{y}" r="1.3"/>' for x, y in sorted(places)]
    refused = {across(attempt.finished) for attempt in history.attempts if attempt.outcome != "ok"}
    shapes += [f'<rect class="failed" x="{x}" y="{_HEIGHT + 1}" width="1" height="5"/>' for x in sorted(refused)]
    shapes.append(f'<text x="{_WIDTH}" y="{_HEIGHT + 18}" text-anchor="end">{end - start:.0f} s</text>')
    shapes.append(f'<text x="0" y="{_HEIGHT + 18}">red: the fault; red ticks: POSTs that did not succeed</text>')
    return "\n".join(shapes)
