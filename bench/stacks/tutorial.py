"""The peer that is nearest: Channels and REST framework as their documentation teaches it (`bench/peers/tutorial`)."""

import json
import subprocess

from bench.http import Post
from bench.stacks.base import Machine, Program, content, json_post, python
from tests.real.processes import ROOT, clean_environment

_SETTINGS = {"DJANGO_SETTINGS_MODULE": "bench.peers.tutorial.settings"}
_APPLICATION = "bench.peers.tutorial.asgi:application"


class Tutorial(Program):
    lacks = "stores nothing; resumes nothing; loses what its layer loses; a token looked up at connect and POST"

    def __init__(self, machine: Machine, *, server: str = "uvicorn") -> None:
        super().__init__(machine)
        self._server = server
        self.label = f"Channels tutorial on {server}"

    def prepare(self, users: list[str]) -> None:
        self._database = self.machine.postgres.new_database()
        done = subprocess.run(
            python("-m", "bench.peers.tutorial.prepare"),
            cwd=ROOT,
            env=clean_environment(**self.environment()),
            input=json.dumps(users),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        self._users: dict[str, tuple[int, str]] = json.loads(done.stdout)

    def environment(self) -> dict[str, str]:
        return {**super().environment(), **_SETTINGS, "DATABASE_URL": self._database}

    def command(self, port: int) -> list[str]:
        if self._server == "daphne":
            return python("-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0", _APPLICATION)
        quiet = ("--log-level", "warning", "--no-access-log", "--lifespan", "off", "--timeout-graceful-shutdown", "1")
        return python("-m", "uvicorn", "--port", str(port), "--ws", "websockets-sansio", *quiet, _APPLICATION)

    def to_everyone(self, mark: int) -> Post:
        return self._post(content(mark))

    def to_users(self, users: list[str], mark: int) -> Post:
        (user,) = users
        return self._post({"user": str(self._users[user][0]), **content(mark)})

    def _post(self, body: dict[str, object]) -> Post:
        _, token = next(iter(self._users.values()))
        return json_post("/notifications/", body, Authorization=f"Token {token}")

    def handshake(self, user: str) -> tuple[str, dict[str, str]]:
        return f"/ws/notifications/?token={self._users[user][1]}", {}
