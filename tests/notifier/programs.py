"""Programs of the tests' own that work on a database by themselves, with as many threads as they like, and print what they saw as JSON."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.real.postgres import Postgres
from tests.real.processes import ROOT, SECRET, clean_environment


def play(
    module: str, *arguments: int, database: str, request: pytest.FixtureRequest, folder: Path, **environment: str
) -> dict[str, Any]:
    """Run `python -m module arguments…` on `sqlite` in this folder, or on a new `postgresql`. It must end well. What it printed."""
    environment["NOTIFIER_DATA_DIR"] = str(folder)
    if database == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        environment |= {"DATABASE_URL": postgres.new_database(), "NOTIFIER_SECRET_KEY": SECRET}
    ran = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        env=clean_environment(**environment),
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told: dict[str, Any] = json.loads(ran.stdout)
    return told
