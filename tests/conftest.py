"""The cast: alice and bob, who have browsers; a backend with its key; and the stacks that the service runs on."""

import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from notifier import redis_line
from tests.real.postgres import Postgres
from tests.real.processes import SECRET
from tests.real.redis import Redis
from tests.real.server import Server
from tests.real.socket import Socket

# A shell that starts the tests in the background lets them ignore SIGINT, and so would every server that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    running = Postgres()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    running = Redis()
    yield running
    running.stop()


@dataclass(frozen=True)
class Stack:
    """A server kind and a size, on which the same promises hold."""

    server: str
    size: str

    def environment(self, request: pytest.FixtureRequest) -> dict[str, str]:
        if self.size == "embedded":
            return {}
        return scaled_out(request.getfixturevalue("postgres"), request.getfixturevalue("redis"))


def scaled_out(postgres: Postgres, redis: Redis) -> dict[str, str]:
    """The environment of an installation of its own on these two."""
    return {
        "DATABASE_URL": postgres.new_database(),
        "REDIS_URL": redis.url,
        "NOTIFIER_REDIS_PREFIX": uuid4().hex,
        "NOTIFIER_SECRET_KEY": SECRET,
    }


STACKS = [Stack(server, size) for server in ("daphne", "uvicorn") for size in ("embedded", "scaled")]
EACH_ONCE = [Stack("daphne", "embedded"), Stack("uvicorn", "scaled")]
"""Either server and either size: for what does not depend on how the two meet. A module says `STACKS = EACH_ONCE`."""


# Those that wait for something, longest first: what is short fills the workers at the end.
_FIRST = ["ops", "faults", "e2e"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(_FIRST)}
    items.sort(key=lambda item: places.get(item.path.parent.name, len(places)))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whoever asks for `server` is run on each stack of the module."""
    if "server" in metafunc.fixturenames:
        stacks = {f"{stack.server}-{stack.size}": stack for stack in getattr(metafunc.module, "STACKS", STACKS)}
        params = [pytest.param(stack, id=name, marks=pytest.mark.xdist_group(name)) for name, stack in stacks.items()]
        metafunc.parametrize("server", params, indirect=True, scope="session")


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A running server, once on each stack. Tests share it, so each uses recipients of its own: see `alice`."""
    running = Server(request.param.server, **request.param.environment(request))
    yield running
    running.stop()
    assert "Traceback" not in running.log(), running.log()
    running.forget()


@pytest.fixture
def new_server() -> Iterator[Callable[..., Server]]:
    """Starts servers of a test's own, which it may kill."""
    running: list[Server] = []

    def start(kind: str, **environment: Any) -> Server:
        running.append(Server(kind, **environment))
        return running[-1]

    yield start
    for server in running:
        server.stop()
        server.forget()


@pytest.fixture(autouse=True)
def _redis_is_well() -> Iterator[None]:
    """What a test's own Redis did must not open the breaker for the next test of this process."""
    yield
    redis_line.answered()


@pytest.fixture
def alice() -> str:
    return f"alice-{uuid4().hex[:8]}"


@pytest.fixture
def bob() -> str:
    return f"bob-{uuid4().hex[:8]}"


@pytest.fixture
def browser() -> Iterator[Callable[..., Socket]]:
    """Opens sockets, and closes them when the test ends."""
    opened: list[Socket] = []

    def connect(server: Server, user: str | None = None, *, topics: list[str] | None = None, **options: Any) -> Socket:
        if user is not None:
            options["token"] = server.token(user, topics=topics)
        opened.append(Socket(server.socket_url, **options))
        return opened[-1]

    yield connect
    for socket in opened:
        socket.close()
