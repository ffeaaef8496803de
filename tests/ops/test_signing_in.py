"""Signing in: it may be tried only so often, and what an operator gets is short."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from notifier import signins
from notifier.errors import TooMany
from tests.conftest import scaled_out
from tests.ops.pages import assert_fits_its_policy
from tests.real.postgres import Postgres
from tests.real.redis import Redis
from tests.real.server import Server

LIMIT = settings.ENVIRONMENT.sign_ins_per_minute
PASSWORD = "a password of tests"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What one test used up is there for the next; and time stands still, however long a busy machine takes."""
    monkeypatch.setattr(signins, "time", SimpleNamespace(monotonic=lambda: 1000.0))
    signins._buckets.cache_clear()
    yield
    signins._buckets.cache_clear()


def sign_in(client: Client, name: str, password: str, address: str = "192.0.2.1") -> Any:
    return client.post("/accounts/login/", {"username": name, "password": password}, REMOTE_ADDR=address)


def user(name: str, group: str | None = None) -> User:
    made = User.objects.create_user(name, password=PASSWORD)
    if group:
        made.groups.add(Group.objects.get(name=group))
    return made


# ------------------------------------------------------------------ how often


@pytest.mark.django_db
def test_a_name_that_is_guessed_at_is_closed_from_everywhere() -> None:
    """429, when to try again, and not even the right password helps; other names are not concerned."""
    user("alice"), user("bob")
    for number in range(LIMIT):
        assert sign_in(Client(), "alice", "wrong", f"192.0.2.{number}").status_code == 200
    refused = sign_in(Client(), "ALICE", PASSWORD, "198.51.100.1")
    assert refused.status_code == 429
    wait = int(refused.headers["Retry-After"])
    assert 1 <= wait <= 60
    text = refused.content.decode()
    assert "Too many attempts" in text and f"Try again in {wait} second" in text
    assert_fits_its_policy(refused)
    assert sign_in(Client(), "bob", PASSWORD, "198.51.100.1").status_code == 302


@pytest.mark.django_db
def test_an_address_that_guesses_is_shut_out_and_shuts_nobody_else_out() -> None:
    user("alice")
    for number in range(4 * LIMIT):
        assert sign_in(Client(), f"name-{number}", "wrong").status_code == 200
    for _ in range(2 * LIMIT):
        assert sign_in(Client(), "alice", "wrong").status_code == 429
    assert sign_in(Client(), "alice", PASSWORD, "198.51.100.1").status_code == 302


@pytest.mark.django_db
def test_signing_in_rightly_does_not_count() -> None:
    """Nor does being signed in already make a wrong password right."""
    user("alice"), user("bob")
    client = Client()
    for _ in range(3 * LIMIT):
        assert sign_in(client, "alice", PASSWORD).status_code == 302
    answers = [sign_in(client, "bob", "wrong").status_code for _ in range(LIMIT + 1)]
    assert answers == [200] * LIMIT + [429]


def test_name_is_the_same_in_all_its_spellings() -> None:
    for name in ("Ålice", "A\u030alice", "å\u006cICE", "ålice") * LIMIT:
        try:
            signins.attempt(name, "")
        except TooMany:
            break
    else:
        pytest.fail("never refused")
    with pytest.raises(TooMany):
        signins.attempt("ÅLICE", "192.0.2.9")


def test_servers_count_together(new_server: Callable[..., Server], postgres: Postgres, redis: Redis) -> None:
    """What was tried at one is tried at the other."""
    shared = scaled_out(postgres, redis) | {"NOTIFIER_SIGN_INS_PER_MINUTE": "3"}
    here, there = new_server("uvicorn", **shared), new_server("uvicorn", **shared)

    def attempt(server: Server) -> int:
        with httpx.Client(base_url=server.url, trust_env=False) as client:
            client.get("/accounts/login/")
            form = {"username": "bob", "password": "wrong", "csrfmiddlewaretoken": client.cookies["csrftoken"]}
            return client.post("/accounts/login/", data=form).status_code

    assert [attempt(here), attempt(there), attempt(here)] == [200, 200, 200]
    assert attempt(there) == 429


# ------------------------------------------------------------------ how long


def _life() -> timedelta:
    return Session.objects.get().expire_date - timezone.now()


@pytest.mark.django_db
def test_session_of_an_operator_is_short_and_ends_with_the_browser() -> None:
    user("ann", "viewer")
    client = Client()
    assert sign_in(client, "ann", PASSWORD).status_code == 302
    cookie = client.cookies["sessionid"]
    assert cookie["max-age"] == cookie["expires"] == ""
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    assert timedelta(hours=7.9) < _life() <= timedelta(hours=8)


@pytest.mark.django_db
def test_session_of_another_person_is_not() -> None:
    user("alice")
    client = Client()
    assert sign_in(client, "alice", PASSWORD).status_code == 302
    assert client.cookies["sessionid"]["max-age"] == settings.SESSION_COOKIE_AGE
    assert _life() > timedelta(days=13)


@pytest.mark.django_db
def test_work_renews_the_session_and_idleness_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    user("ann", "viewer")
    client = Client()
    sign_in(client, "ann", PASSWORD)
    Session.objects.update(expire_date=timezone.now() + timedelta(hours=1))
    client.get("/ops/")
    assert _life() < timedelta(hours=2)  # just renewed: not at each request
    monkeypatch.setattr("ops.sessions._RENEW_SECONDS", 0)
    assert client.get("/ops/").status_code == 200
    assert _life() > timedelta(hours=7.9)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/ops/").status_code == 302


@pytest.mark.django_db
def test_role_that_is_given_later_shortens_the_session() -> None:
    ann = user("ann")
    client = Client()
    sign_in(client, "ann", PASSWORD)
    ann.groups.add(Group.objects.get(name="viewer"))
    assert client.get("/ops/").status_code == 200
    assert _life() < timedelta(hours=9)
