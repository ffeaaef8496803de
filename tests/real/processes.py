"""Starting and ending processes."""

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = "a secret of the tests, and of nothing else at all"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(true: Callable[[], bool], *, what: str, seconds: float = 30) -> None:
    """Wait for a condition of another process; AssertionError when it does not come."""
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up, f"waited {seconds} s in vain for {what}"
        time.sleep(0.02)


def end(process: "subprocess.Popen[str]", *, seconds: float = 10) -> None:
    """Ask it to stop, and make it."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    if process.poll() is None:
        process.kill()
        process.wait(10)


def clean_environment(**values: str) -> dict[str, str]:
    """This process's environment without Notifier's settings, and with these."""
    ours = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("NOTIFIER_")}
    return {**kept, "PYTHONUNBUFFERED": "1", **values}
