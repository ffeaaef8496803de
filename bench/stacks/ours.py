"""Notifier itself: as many processes as asked for, on one database and one Redis, or the embedded size."""

import json
import subprocess
import sys
from uuid import uuid4

from bench.cores import started_on
from bench.crowd import Client
from bench.http import Post
from bench.stacks.base import Machine, Stack, content, json_post
from tests.real.processes import ROOT, SECRET, clean_environment
from tests.real.redis import Redis
from tests.real.server import Server

# All clients come from one address, and one key sends everything: neither is to be refused.
_NO_LIMITS = {
    "NOTIFIER_CONNECTIONS_PER_ADDRESS": "1000000",
    "NOTIFIER_HANDSHAKES_PER_SECOND": "1000000",
    "NOTIFIER_CONNECTIONS_PER_PROCESS": "1000000",
    "NOTIFIER_POSTS_PER_SECOND": "1000000",
    "NOTIFIER_DRAIN_SECONDS": "0",
    "NOTIFIER_DEMO": "1",
}


class Ours(Stack):
    """`plain` clients connect with `?live` and acknowledge nothing, as those of the peers."""

    label = "Notifier"

    def __init__(
        self,
        machine: Machine,
        *,
        server: str = "uvicorn",
        embedded: bool = False,
        processes: int = 1,
        plain: bool = False,
        receipts: str = "people",
    ) -> None:
        super().__init__(machine)
        self._server, self._embedded, self._processes, self._receipts = server, embedded, processes, receipts
        self.acknowledges = not plain
        self._query = "?live" if plain else ""
        self._servers: list[Server] = []
        self._redis: Redis | None = None
        self._tokens: dict[str, str] = {}
        self.resume: dict[str, tuple[dict[str, int], str]] = {}
        """Where a user's client goes on from: cursors and epoch."""

    # ------------------------------------------------------------------ running

    def start(self, users: list[str]) -> None:
        environment = {**_NO_LIMITS, "NOTIFIER_SECRET_KEY": SECRET, "NOTIFIER_RECEIPTS": self._receipts}
        environment["NOTIFIER_DATA_DIR"] = str(self.folder)
        if not self._embedded:
            self._redis = self.machine.redis()
            self._store_pids = [self._redis.process.pid]
            environment |= {
                "DATABASE_URL": self.machine.postgres.new_database(),
                "REDIS_URL": self._redis.url,
                "NOTIFIER_REDIS_PREFIX": uuid4().hex,
            }
        places = [self.machine.cores.server, self.machine.cores.second_server]
        for number in range(self._processes):
            with started_on(places[number % len(places)]):
                self._servers.append(Server(self._server, **environment))
        self.pids = [server.process.pid for server in self._servers]
        self.ports = [server.port for server in self._servers]
        self._tokens = _mint(users, environment)

    def stop(self) -> None:
        for server in self._servers:
            server.stop()
        if self._redis is not None:
            self._redis.stop()

    # ------------------------------------------------------------------ sending

    def to_everyone(self, mark: int) -> Post:
        return self._post({"everyone": True}, mark)

    def to_users(self, users: list[str], mark: int) -> Post:
        return self._post({"users": users}, mark)

    def _post(self, to: dict[str, object], mark: int) -> Post:
        authorization = {"Authorization": f"Bearer {self._servers[0].key}"}
        return json_post("/api/v1/notifications", {"to": to, **content(mark)}, **authorization)

    # ------------------------------------------------------------------ clients

    def handshake(self, user: str) -> tuple[str, dict[str, str]]:
        offered = f"notifier.v1, notifier.token.{self._tokens[user]}"
        return f"/ws/notifications/{self._query}", {"Sec-WebSocket-Protocol": offered}

    def opened(self, client: Client) -> bool:
        if self.acknowledges:
            hello: dict[str, object] = {"type": "hello", "client": "bench/1"}
            if client.user in self.resume:
                hello["resume"], hello["epoch"] = self.resume[client.user]
            client.send(json.dumps(hello).encode())
        return False

    def word(self, client: Client, payload: bytes) -> bool:
        if payload.startswith(b'{"type":"welcome"'):
            client.welcome = payload
            return True
        return False

    def remember(self, client: Client) -> None:
        welcome = json.loads(client.welcome)
        self.resume[client.user] = (welcome["streams"], welcome["epoch"])

    def acknowledgement(self, client: Client, payload: bytes) -> None:
        # {"type":"notification","stream":"user:u17","seq":42,…
        _, _, rest = payload.partition(b'"stream":"')
        stream, _, rest = rest.partition(b'","seq":')
        client.acks[stream] = rest[: rest.index(b",")]

    def encode_acks(self, acks: dict[bytes, bytes]) -> bytes:
        return b'{"type":"ack","streams":{%s}}' % b",".join(b'"%s":%s' % ack for ack in acks.items())


_MINT = """
import json, sys
from notifier.access import TokenRequest, issue_token
users = json.load(sys.stdin)
print(json.dumps({user: issue_token(TokenRequest(user=user, expires_in=86400))[0] for user in users}))
"""


def _mint(users: list[str], environment: dict[str, str]) -> dict[str, str]:
    """Connection tokens, as `POST /api/v1/tokens` issues them; made at once, since they are not what is measured."""
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{_MINT}"],
        cwd=ROOT,
        env=clean_environment(DJANGO_SETTINGS_MODULE="notifier.settings", **environment),
        input=json.dumps(users),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    tokens: dict[str, str] = json.loads(done.stdout)
    return tokens
