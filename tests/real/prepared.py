"""What a first start makes: tables, secrets, the demo's accounts. Made once for all servers of this process, since it takes seconds."""

import atexit
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.real.processes import ROOT, clean_environment

_PREPARE = "from demo.account import prepare; prepare()"
_folder_of = dict[str, Path]()


@atexit.register
def _forget() -> None:
    while _folder_of:
        shutil.rmtree(_folder_of.popitem()[1], ignore_errors=True)


def prepare(cluster: str, **environment: str) -> None:
    """Do it in the database that this environment names. Servers on copies of it, in the same cluster, begin with its data folder."""
    folder = Path(tempfile.mkdtemp(prefix="notifier-prepared-"))
    for command in (["migrate", "--verbosity", "0"], ["shell", "--verbosity", "0", "-c", _PREPARE]):
        ran = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=clean_environment(NOTIFIER_DEMO="1", NOTIFIER_DATA_DIR=str(folder), **environment),
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
    _folder_of[cluster] = folder


def new_data_folder(database_url: str) -> Path:
    """A data folder as a first start leaves it; an empty one where nobody prepared the database."""
    cluster = database_url.rsplit("/", 1)[0]
    if not cluster:
        _prepare_embedded()
    folder = Path(tempfile.mkdtemp(prefix="notifier-server-"))
    if cluster in _folder_of:
        shutil.copytree(_folder_of[cluster], folder, dirs_exist_ok=True)
    return folder


@cache
def _prepare_embedded() -> None:
    prepare("")
