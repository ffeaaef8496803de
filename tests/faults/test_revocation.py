"""A credential that ends before its time closes its live sockets within 5 s, with the code that says why."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.conftest import scaled_out
from tests.real.postgres import Postgres
from tests.real.redis import Redis
from tests.real.server import Server
from tests.real.socket import Socket

Browser = Callable[..., Socket]
Start = Callable[..., Server]

pytestmark = pytest.mark.xdist_group("revocation")


def _closed_in_time(socket: Socket) -> int:
    began = time.monotonic()
    code = socket.close_code(seconds=8)
    assert time.monotonic() - began < 5
    return code


def test_revoked_tokens_close_sockets_on_every_server(
    new_server: Start, postgres: Postgres, redis: Redis, browser: Browser, alice: str, bob: str
) -> None:
    """Asked of one server, done on both; other people, and tokens issued afterwards, are not concerned."""
    shared = scaled_out(postgres, redis)
    here, there = new_server("uvicorn", **shared), new_server("daphne", **shared)
    tokens = [server.token(alice) for server in (here, there)]
    sockets = [browser(server, token=token).hello() for server, token in zip((here, there), tokens, strict=True)]
    spared = browser(there, bob).hello()
    answer = here.http.post("/api/v1/tokens/revoke", json={"user": alice})
    assert (answer.status_code, answer.json()["user"]) == (200, alice)
    assert [_closed_in_time(socket) for socket in sockets] == [4501, 4501]
    again = browser(there, token=tokens[0])
    again.send({"type": "hello"})
    assert again.close_code() == 4501
    inbox = there.http.get("/api/v1/inbox", headers={"Authorization": f"Bearer {tokens[1]}"})
    assert (inbox.status_code, inbox.json()["code"]) == (401, "revoked_token")
    assert browser(there, alice).hello().welcome["user"] == alice
    spared.send({"type": "ping"})
    assert spared.until("pong")


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def service(request: pytest.FixtureRequest) -> Iterator[Server]:
    server = Server(request.param)
    yield server
    server.stop()
    server.forget()


@pytest.fixture
def page(service: Server) -> Iterator[httpx.Client]:
    """A browser in which bob is signed in."""
    with httpx.Client(base_url=service.url, trust_env=False) as client:
        client.get("/accounts/login/")
        form = {"username": "bob", "password": service.password, "csrfmiddlewaretoken": client.cookies["csrftoken"]}
        assert client.post("/accounts/login/", data=form).status_code == 302
        yield client


def _connect(service: Server, browser: Browser, page: httpx.Client) -> Socket:
    return browser(service, origin=service.url, headers={"Cookie": f"sessionid={page.cookies['sessionid']}"})


def _in_django(service: Server, code: str) -> None:
    done = service.manage(
        "shell", "-c", f"from django.contrib.auth.models import User; bob = User.objects.get(username='bob'); {code}"
    )
    assert done.returncode == 0, done.stderr


def test_ended_session_closes_its_socket(service: Server, browser: Browser, page: httpx.Client) -> None:
    """4001: come back, for the browser may have another session by now; without one it is refused then."""
    socket = _connect(service, browser, page).hello()
    cookie = page.cookies["sessionid"]
    signed_out = page.post("/accounts/logout/", data={"csrfmiddlewaretoken": page.cookies["csrftoken"]})
    assert signed_out.status_code == 302
    assert _closed_in_time(socket) == 4001
    late = browser(service, origin=service.url, headers={"Cookie": f"sessionid={cookie}"})
    assert late.close_code() == 4500


@pytest.mark.parametrize(
    ("change", "back"),
    [
        ("bob.is_active = False; bob.save()", "bob.is_active = True; bob.save()"),
        ("bob.set_password('another one'); bob.save()", "bob.set_password({password!r}); bob.save()"),
    ],
    ids=["deactivated", "another password"],
)
def test_user_who_may_no_longer_sign_in_is_closed(
    service: Server, browser: Browser, page: httpx.Client, change: str, back: str
) -> None:
    """4501: what the session stood for is gone."""
    socket: Any = _connect(service, browser, page).hello()
    _in_django(service, change)
    assert _closed_in_time(socket) == 4501
    assert _connect(service, browser, page).close_code() == 4500
    _in_django(service, back.format(password=service.password))


def test_command_revokes(service: Server, browser: Browser, alice: str) -> None:
    socket = browser(service, alice).hello()
    done = service.manage("revoke", alice)
    assert done.returncode == 0, done.stderr
    assert _closed_in_time(socket) == 4501
    refused = service.manage("revoke", "a\nb")
    assert refused.returncode != 0
    assert "user:" in refused.stderr
    assert "Traceback" not in refused.stderr
