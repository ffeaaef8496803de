"""The secrets that the embedded size makes for itself at its first start, kept in its data folder."""

import os
import secrets
import tempfile
from pathlib import Path

from notifier.environment import ConfigurationError


def stored_secret(folder: Path, name: str) -> str:
    """The secret of this name, made now if there is none. Its file can be read by its owner alone.

    ConfigurationError when the folder cannot be written.
    """
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(48))
        return path.read_text().strip()
    except OSError as error:
        raise ConfigurationError(f"NOTIFIER_DATA_DIR: {folder} cannot be used: {error}") from error


def _write_once(path: Path, text: str) -> None:
    """Write a file that appears whole or not at all; of two processes that try at once, the first wins."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)  # made with mode 0600
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        Path(temporary).unlink()
