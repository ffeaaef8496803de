"""Which server process this is: alone on its data folder, or one of several over Redis."""

import fcntl
import json
import os
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_held: IO[str] | None = None
_drained = False


def claim_data_folder(address: str = "") -> None:
    """Take the data folder for this process, for as long as it lives, and note the address that it serves.

    Without Redis two processes cannot wake each other, and would each think that they know who is online: the second
    one ends with an error that says so. With Redis nothing is claimed.
    """
    global _held
    if settings.ENVIRONMENT.redis_url:
        return
    if _held is None:
        _path().parent.mkdir(parents=True, exist_ok=True)
        file = _path().open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise SystemExit(
                f"Another server process uses {settings.DATA_DIR} already ({file.read() or 'unknown'}).\n"
                "Stop it, or set NOTIFIER_DATA_DIR to another folder, or set REDIS_URL (and a PostgreSQL DATABASE_URL)"
                " to run several processes."
            ) from None
        _held = file
    elif not address:
        return
    _held.seek(0)
    _held.truncate()
    json.dump({"pid": os.getpid(), "address": address}, _held)
    _held.flush()


def is_server() -> bool:
    """Whether this process serves alone on its data folder, and so knows by itself who is connected."""
    return _held is not None


def note_drained(*, drained: bool) -> None:
    """An operator asked this process to take no connections, or to take them again."""
    global _drained
    _drained = drained


def takes_connections() -> bool:
    """Whether this process lets new connections in: not while an operator has drained it."""
    return not _drained


def running_server() -> str:
    """The address of the server that holds the data folder. ImproperlyConfigured when none does."""
    try:
        with _path().open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                address: str = json.load(file)["address"]
                if address:
                    return address
    except (FileNotFoundError, ValueError, KeyError):
        pass
    raise ImproperlyConfigured(f"No server started by `manage.py serve` runs on {settings.DATA_DIR}.")


def _path() -> Path:
    folder: Path = settings.DATA_DIR
    return folder / "server.lock"
