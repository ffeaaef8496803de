"""A server process, as `manage.py serve` starts it."""

import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from tests.real import prepared
from tests.real.processes import ROOT, clean_environment, end


class Server:
    """One process. `kind` is daphne or uvicorn; the environment decides on database and layer."""

    def __init__(self, kind: str, **environment: str) -> None:
        self.kind = kind
        given, database = environment.get("NOTIFIER_DATA_DIR"), environment.get("DATABASE_URL", "")
        self.folder = Path(given) if given else prepared.new_data_folder(database)
        self._environment = clean_environment(
            **{
                "NOTIFIER_DEMO": "1",
                "NOTIFIER_DATA_DIR": str(self.folder),
                "NOTIFIER_OPEN_TOPICS": "room.*",
                **environment,
            }
        )
        self.port = 0
        self.start()

    def start(self) -> None:
        """Start, or start again on the same port. Returns when it accepts connections."""
        self._log = (self.folder / "server.log").open("a+")
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--migrate", "--port", str(self.port), "--server", self.kind],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        assert self.process.stdout is not None
        banner = ""
        while "curl -X POST" not in banner:
            line = self.process.stdout.readline()
            assert line, f"the server ended at its start:\n{banner}\n{self.log()}"
            banner += line
        address = re.search(r"serves at (\S+)", banner)
        login = re.search(r"login +(\S+) / (\S+)", banner)
        key = re.search(r"API key +(\S+)", banner)
        assert address and login and key
        self.url = address[1]
        self.user, self.password, self.key = login[1], login[2], key[1]
        self.port = int(self.url.rsplit(":", 1)[1])
        self.http = httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {self.key}"}, timeout=30, trust_env=False
        )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        give_up = time.monotonic() + 30
        while True:
            try:
                if self.http.get("/healthz").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            assert time.monotonic() < give_up and self.process.poll() is None, self.log()
            time.sleep(0.02)

    @property
    def socket_url(self) -> str:
        return self.url.replace("http://", "ws://")

    def post(self, to: dict[str, Any], title: str = "Deploy finished", **fields: Any) -> dict[str, Any]:
        """Publish; it must be accepted."""
        answer = self.http.post("/api/v1/notifications", json={"to": to, "title": title, **fields})
        assert answer.status_code == 201, answer.text
        published: dict[str, Any] = answer.json()
        return published

    def token(self, user: str, *, topics: list[str] | None = None, expires_in: int = 3600) -> str:
        body = {"user": user, "topics": topics or [], "expires_in": expires_in}
        answer = self.http.post("/api/v1/tokens", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    def manage(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run a command beside the server, in its environment but for what is given."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**self._environment, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def kill(self) -> None:
        """SIGKILL: no goodbye, no clean-up."""
        self.process.send_signal(signal.SIGKILL)
        self._reap()

    def terminate(self) -> int:
        """SIGTERM, as a deploy does it. Returns the exit code."""
        self.process.terminate()
        self._reap()
        return self.process.returncode

    def stop(self) -> None:
        end(self.process)
        self._reap()

    def forget(self) -> None:
        """Remove what it kept."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _reap(self) -> None:
        self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.http.close()
        self._log.close()

    def log(self) -> str:
        return (self.folder / "server.log").read_text()
