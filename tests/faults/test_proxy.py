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


def test_forgotten_lines_stay_open_and_new_ones_are_served(
    line: Proxy, client: redis_client.Redis, redis: Redis
) -> None:
    with redis_client.Redis.from_url(redis.url) as direct:
        before = direct.info("clients")["connected_clients"]
        line.forget()
        with pytest.raises(redis_client.TimeoutError):
            client.set("forgotten", "sent")
        assert client.ping()  # the client has given up its line and has a new one
        assert direct.get("forgotten") is None
        assert direct.info("clients")["connected_clients"] == before + 1  # and the server was not told


def test_balancer_takes_turns_and_passes_over_who_refuses(redis: Redis) -> None:
    other = Redis()
    try:
        with Proxy(redis.port, other.port) as balancer:

            def reached() -> int:
                with redis_client.Redis(host="127.0.0.1", port=balancer.port, retry=AT_ONCE) as calling:
                    return int(calling.info("server")["tcp_port"])

            assert {reached(), reached()} == {redis.port, other.port}
            other.kill()
            assert {reached() for _ in range(4)} == {redis.port}
            other.start()
            assert {reached(), reached()} == {redis.port, other.port}
    finally:
        other.stop()
