"""The crowd comes back as the browser client does."""

import re

from tests.faults import client
from tests.real.processes import ROOT

SOURCES = ROOT / "clients/js/src"


def _number(file: str, pattern: str) -> float:
    found = re.search(pattern, (SOURCES / file).read_text())
    assert found, f"{pattern} is not in {file}"
    return float(found[1].replace("_", ""))


def test_waits_are_those_of_the_browser_client() -> None:
    assert _number("backoff.ts", r"BACKOFF_BASE = ([\d_]+)") == client.BACKOFF_FIRST_SECONDS * 1000
    assert _number("backoff.ts", r"BACKOFF_GROWTH = ([\d.]+)") == client.BACKOFF_GROWTH
    assert _number("backoff.ts", r"BACKOFF_CAP = ([\d_]+)") == client.BACKOFF_LATEST_SECONDS * 1000
    assert _number("line.ts", r"\bSTABLE = ([\d_]+)") == client.STABLE_SECONDS * 1000
    assert _number("line.ts", r"\bOPENING = ([\d_]+)") == client.OPENING_SECONDS * 1000
