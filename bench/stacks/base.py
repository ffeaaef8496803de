"""What all that is measured has in common."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from abc import abstractmethod
from pathlib import Path
from typing import Any

from bench.cores import Cores, started_on
from bench.crowd import Client, Dialect
from bench.frames import mark_text
from bench.http import Post
from tests.real.postgres import Postgres
from tests.real.processes import ROOT, clean_environment, end
from tests.real.redis import Redis

_START_SECONDS = 60


class Machine:
    """The cores, and the data stores that the stacks share: one PostgreSQL, in which each has a database of its own."""

    def __init__(self, cores: Cores) -> None:
        self.cores = cores
        self._postgres: Postgres | None = None

    @property
    def postgres(self) -> Postgres:
        """Started when first asked for."""
        if self._postgres is None:
            with started_on(self.cores.others):
                self._postgres = Postgres()
        return self._postgres

    def redis(self) -> Redis:
        """A new one, empty. The caller stops it."""
        with started_on(self.cores.others):
            return Redis()

    @property
    def store_pids(self) -> list[int]:
        return [] if self._postgres is None else [self._postgres.process.pid]

    def stop(self) -> None:
        if self._postgres is not None:
            self._postgres.stop()


def content(mark: int) -> dict[str, Any]:
    """The same notification for everybody, of an ordinary size."""
    return {
        "title": f"Deploy finished {mark_text(mark)}",
        "body": "api 2.4.1 is live in eu-central-1 after 4 minutes and 12 seconds.",
        "level": "success",
        "category": "deploys",
        "url": "https://ci.example.com/pipelines/42",
        "data": {"build": 42, "commit": "9f2c1e7"},
    }


class Stack(Dialect):
    """A kind of server. `label` names it in tables, `lacks` says what it does not do that Notifier does."""

    label: str
    lacks: str = ""
    acknowledges = False

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.ports: list[int] = []
        self.pids: list[int] = []
        self.folder = Path(tempfile.mkdtemp(prefix="notifier-bench-"))
        self._store_pids: list[int] = []

    # ------------------------------------------------------------------ running

    @abstractmethod
    def start(self, users: list[str]) -> None:
        """Start, and return when it serves; these users may then connect."""

    @abstractmethod
    def stop(self) -> None:
        """End every process."""

    def forget(self) -> None:
        """Remove what it kept on disk."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def store_pids(self) -> list[int]:
        return [*self.machine.store_pids, *self._store_pids]

    # ------------------------------------------------------------------ sending

    @abstractmethod
    def to_everyone(self, mark: int) -> Post:
        """A request that sends one notification to all who are connected."""

    @abstractmethod
    def to_users(self, users: list[str], mark: int) -> Post:
        """A request that sends it to these."""

    # ------------------------------------------------------------------ clients; see Dialect

    def remember(self, client: Client) -> None:
        """The next client of this user is to go on from where this one was welcomed."""
        raise NotImplementedError

    def opened(self, client: Client) -> bool:
        return True

    def word(self, client: Client, payload: bytes) -> bool:
        return False

    def acknowledgement(self, client: Client, payload: bytes) -> None:
        raise NotImplementedError

    def encode_acks(self, acks: dict[bytes, bytes]) -> bytes:
        raise NotImplementedError


class Program(Stack):
    """A stack that is one program, with a Redis of its own."""

    _redis: Redis | None = None
    _process: "subprocess.Popen[str] | None" = None

    def start(self, users: list[str]) -> None:
        self._redis = self.machine.redis()
        self._store_pids, self._redis_url = [self._redis.process.pid], self._redis.url
        self.prepare(users)
        port = free_port()
        with started_on(self.machine.cores.server), (self.folder / "log").open("a") as log:
            self._process = subprocess.Popen(
                self.command(port),
                cwd=ROOT,
                env=clean_environment(**self.environment()),
                stdout=log,
                stderr=log,
                text=True,
            )
        wait_for_port(port, self._process, self.folder / "log")
        self.ports, self.pids = [port], [self._process.pid]

    def stop(self) -> None:
        if self._process is not None:
            end(self._process)
        if self._redis is not None:
            self._redis.stop()

    def prepare(self, users: list[str]) -> None:
        """What is to be done before it starts."""

    @abstractmethod
    def command(self, port: int) -> list[str]:
        """How to start it on this port."""

    def environment(self) -> dict[str, str]:
        return {"REDIS_URL": self._redis_url}


def json_post(path: str, body: dict[str, Any], **headers: str) -> Post:
    return Post(path, headers, json.dumps(body).encode())


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int, process: "subprocess.Popen[str]", log: Path) -> None:
    """Until it accepts connections; RuntimeError with its log when it ended, or takes too long."""
    give_up = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            pass
        else:
            return
        if process.poll() is not None or time.monotonic() > give_up:
            raise RuntimeError(f"{os.fspath(log)}: did not start\n{log.read_text()[-2000:]}")
        time.sleep(0.05)
