"""What the embedded size keeps in its data folder: its database, and the secrets that it makes at its first start."""

import os
import secrets
import tempfile
from pathlib import Path

from notifier.environment import ConfigurationError


def embedded_database(folder: Path) -> Path:
    """Where the database lies, in a folder that exists. ConfigurationError when the folder cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigurationError(f"NOTIFIER_DATA_DIR: {folder} cannot be used: {error}") from error
    return folder / "notifier.sqlite3"


def stored_secret(folder: Path, name: str) -> str:
    """The secret of this name, made now if there is none. Its file can be read by its owner alone.

    ConfigurationError when the folder cannot be written.
    """
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            write_private(path, secrets.token_urlsafe(48), replace=False)
        return path.read_text().strip()
    except OSError as error:
        raise ConfigurationError(f"NOTIFIER_DATA_DIR: {folder} cannot be used: {error}") from error


def write_private(path: Path, text: str, *, replace: bool = True) -> None:
    """Write a file for its owner alone, which appears whole or not at all. Without `replace` one that is there stays."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)  # made with mode 0600
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        if replace:
            Path(temporary).replace(path)
        else:
            os.link(temporary, path)  # of two processes that try at once, the first wins
    except FileExistsError:
        pass
    finally:
        Path(temporary).unlink(missing_ok=True)
