"""The proxy does as it is told, and passes everything on otherwise."""

import time
from collections.abc import Iterator

import pytest
import redis as redis_client
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.faults.proxy import Proxy
from tests.real.redis import Redis

AT_ONCE = Retry(NoBackoff(), 0)


@pytest.fixture
def line(redis: Redis) -> Iterator[Proxy]:
    with Proxy(redis.port) as running:
        yield running


@pytest.fixture
def client(line: Proxy) -> Iterator[redis_client.Redis]:
    with redis_client.Redis(host="127.0.0.1", port=line.port, socket_timeout=0.3, retry=AT_ONCE) as calling:
        assert calling.ping()
        yield calling


def test_delay_holds_both_directions(line: Proxy, client: redis_client.Redis) -> None:
    line.delay(0.1)
    began = time.monotonic()
    assert client.ping()
    assert time.monotonic() - began >= 0.2
    line.restore()
    began = time.monotonic()
    assert client.ping()
    assert time.monotonic() - began < 0.2


def test_cut_ends_open_connections_and_refuses_new_ones(line: Proxy, client: redis_client.Redis) -> None:
    line.cut()
    for _ in range(2):
        with pytest.raises(redis_client.ConnectionError):
            client.ping()
    line.restore()
    assert client.ping()


def test_refuse_leaves_open_connections_alone(line: Proxy, client: redis_client.Redis) -> None:
    line.refuse()
    assert client.ping()
    with (
        redis_client.Redis(host="127.0.0.1", port=line.port, retry=AT_ONCE) as late,
        pytest.raises(redis_client.ConnectionError),
    ):
        late.ping()


def test_black_hole_accepts_and_never_answers(line: Proxy, client: redis_client.Redis) -> None:
    line.black_hole()
    for _ in range(2):  # the open connection, then a new one
        with pytest.raises(redis_client.TimeoutError):
            client.set("black hole", "sent")
    line.restore()
    assert client.get("black hole") is None


def test_half_open_delivers_and_drops_the_answer(line: Proxy, client: redis_client.Redis) -> None:
    line.half_open()
    with pytest.raises(redis_client.TimeoutError):
        client.set("half open", "sent")
    line.restore()
    assert client.get("half open") == b"sent"


def test_what_passes_is_what_was_sent(line: Proxy, client: redis_client.Redis) -> None:
    large = bytes(range(256)) * 20_000
    client.set("large", large)
    assert client.get("large") == large


def test_restore_cuts_what_lost_bytes(line: Proxy, client: redis_client.Redis) -> None:
    """Else the answer to an earlier question would be taken for that to a later one."""
    line.half_open()
    with pytest.raises(redis_client.TimeoutError):
        client.ping()
    assert line.open_connections >= 1
    line.restore()
    assert client.echo("again") == b"again"
