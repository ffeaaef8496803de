"""What a scenario plays on: servers over a PostgreSQL and a Redis of its own, clients that listen, publishers that send."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import uuid4

from tests.conftest import scaled_out
from tests.faults.client import Browser
from tests.faults.crowd import Crowd
from tests.faults.history import Fault, History, now
from tests.faults.load import EVERYONE, Publishers, Target
from tests.faults.proxy import Proxy
from tests.real.postgres import Postgres
from tests.real.redis import Redis
from tests.real.server import Server

RATE = 40.0
_MINTERS = 4
# All clients and publishers are one address and one key.
_LIMITS = {"NOTIFIER_CONNECTIONS_PER_ADDRESS": "20000", "NOTIFIER_POSTS_PER_SECOND": "100000"}


class Stage:
    """Every fourth person has a second tab. Ended, with every process, on leaving the `with` block.

    `postgres` is one to share; without it the stage has its own. Redis is always reached through the proxy `redis_line`;
    PostgreSQL through `postgres_line` where `line_to_postgres` asks for it. Clients and publishers come through the load
    balancer `front` where there are several servers or `line_to_servers` asks for it, and straight to the server otherwise.
    """

    def __init__(
        self,
        kind: str,
        *,
        servers: int = 1,
        clients: int = 20,
        postgres: Postgres | None = None,
        line_to_postgres: bool = False,
        line_to_servers: bool = False,
        **environment: str,
    ) -> None:
        self.kind, self.history, self._open = kind, History(), ExitStack()
        with ExitStack() as half_built:
            if postgres is None:
                postgres = Postgres()
                half_built.callback(postgres.stop)
            self.postgres, self.redis = postgres, Redis()
            half_built.callback(self.redis.stop)
            self.postgres_line = half_built.enter_context(Proxy(postgres.port))
            self.redis_line = half_built.enter_context(Proxy(self.redis.port))
            shared = {**scaled_out(postgres, self.redis), "REDIS_URL": f"redis://127.0.0.1:{self.redis_line.port}/0"}
            self.database = urlsplit(shared["DATABASE_URL"]).path.strip("/")
            if line_to_postgres:
                shared["DATABASE_URL"] = f"postgresql://postgres@127.0.0.1:{self.postgres_line.port}/{self.database}"
            self.servers: list[Server] = []
            for _ in range(servers):
                self.servers.append(Server(kind, **{**shared, **_LIMITS, **environment}))
                half_built.callback(self.servers[-1].forget)
                half_built.callback(self.servers[-1].stop)
            self.front = half_built.enter_context(Proxy(*(server.port for server in self.servers)))
            self.port = self.front.port if servers > 1 or line_to_servers else self.servers[0].port
            self.people = [f"p{number}-{uuid4().hex[:6]}" for number in range(max(1, clients * 4 // 5))]
            self.crowd = Crowd(self.history, self.port, self._browsers(clients))
            half_built.callback(self.crowd.close)
            self._open = half_built.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def publishers(
        self,
        *,
        number: int = 4,
        rate: float = RATE,
        limit: int | None = None,
        targets: list[Target] | None = None,
        fields: dict[str, Any] | None = None,
    ) -> Publishers:
        """Publishers to each person and, a tenth of the time, to everyone; `fields` are further ones of each notification."""
        if targets is None:
            persons = [Target.person(user) for user in self.people]
            targets = persons + [EVERYONE] * max(1, len(persons) // 9)
        url, key = f"http://127.0.0.1:{self.port}", self.servers[0].key
        return Publishers(self.history, url, key, targets, number=number, rate=rate, limit=limit, fields=fields)

    @contextmanager
    def fault(self, name: str) -> Iterator[None]:
        """The time in which something is broken."""
        began = now()
        yield
        self.history.faults.append(Fault(name, began, now()))

    def calm(self, seconds: float) -> None:
        """Let it run."""
        time.sleep(seconds)

    def tracebacks(self) -> Counter[str]:
        """How often the servers wrote a traceback of which exception: not wrong by itself while a part is away, and worth a look."""
        found: Counter[str] = Counter()
        for server in self.servers:
            for traceback in server.log().split("Traceback (most recent call last):\n")[1:]:
                found[next((line[:80] for line in traceback.splitlines() if not line.startswith(" ")), "?")] += 1
        return found

    def _browsers(self, clients: int) -> list[Browser]:
        with ThreadPoolExecutor(_MINTERS) as minters:
            tokens = dict(zip(self.people, minters.map(self.servers[0].token, self.people), strict=True))
        users = [self.people[number % len(self.people)] for number in range(clients)]
        return [Browser(f"c{number}-{user}", f"user:{user}", tokens[user]) for number, user in enumerate(users)]
