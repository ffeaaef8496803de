"""`POST /api/v1/tokens`: connection tokens for people's browsers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notifier.access import Person, Scope, person_of_token
from tests.api.conftest import Backend, assert_refused


def person(backend: Backend, **fields: Any) -> Person:
    """For whom the token that is issued for this request is."""
    answer = backend.post("/api/v1/tokens", {"user": "alice", **fields})
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert set(told) == {"token", "expires"}
    found = person_of_token(told["token"])
    assert found.expires == datetime.fromisoformat(told["expires"])
    return found


def test_token_speaks_for_its_person(backend: Backend) -> None:
    """It names the person and the topics, and lasts an hour unless asked otherwise."""
    alice = person(backend, topics=["order:1042", "room.*"])
    assert (alice.recipient, alice.topics) == ("alice", ("order:1042", "room.*"))
    assert [alice.may_follow(topic) for topic in ("order:1042", "order:10421", "room.lobby", "room")] == [
        True,
        False,
        True,
        False,
    ]
    assert alice.expires is not None
    assert timedelta(minutes=59) < alice.expires - datetime.now(UTC) <= timedelta(hours=1)


def test_token_grants_no_topic_unless_asked(backend: Backend) -> None:
    """No topics, no rights; a star alone is all of them."""
    assert not person(backend).may_follow("room.lobby")
    assert person(backend, topics=["*"]).may_follow("room.lobby")


@pytest.mark.parametrize("seconds", [10, 86_400, None])
def test_bounds_of_a_life_can_be_reached(backend: Backend, seconds: int | None) -> None:
    """From ten seconds to a day."""
    ends = person(backend, expires_in=seconds).expires
    assert ends is not None
    assert abs((ends - datetime.now(UTC)).total_seconds() - (seconds or 3600)) < 5


@pytest.mark.parametrize("user", ["with space", "a/b?c#d", "🎉", "x" * 128])
def test_token_for_any_id(backend: Backend, user: str) -> None:
    """Nothing is assumed about a backend's own ids."""
    assert person(backend, user=user).recipient == user


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        pytest.param({"expires_in": 9}, "#/expires_in", id="too short"),
        pytest.param({"expires_in": 86_401}, "#/expires_in", id="too long"),
        pytest.param({"expires_in": 0}, "#/expires_in", id="zero"),
        pytest.param({"expires_in": -1}, "#/expires_in", id="negative"),
        pytest.param({"expires_in": 10**4000}, "#/expires_in", id="vast"),
        pytest.param({"expires_in": 60.0}, "#/expires_in", id="float"),
        pytest.param({"expires_in": "60"}, "#/expires_in", id="text"),
        pytest.param({"expires_in": True}, "#/expires_in", id="boolean"),
        pytest.param({"user": ""}, "#/user", id="no user"),
        pytest.param({"user": None}, "#/user", id="null user"),
        pytest.param({"user": 5}, "#/user", id="numeric user"),
        pytest.param({"user": ["alice"]}, "#/user", id="list of users"),
        pytest.param({"user": "x" * 129}, "#/user", id="long user"),
        pytest.param({"user": "a\x00"}, "#/user", id="user with NUL"),
        pytest.param({"user": "\ud800"}, "#/user", id="user with lone surrogate"),
        pytest.param({"topics": "room.*"}, "#/topics", id="topics as text"),
        pytest.param({"topics": None}, "#/topics", id="null topics"),
        pytest.param({"topics": ["a b"]}, "#/topics/0", id="topic with a space"),
        pytest.param({"topics": ["ok", "*x"]}, "#/topics/1", id="star at the beginning"),
        pytest.param({"topics": ["a*b"]}, "#/topics/0", id="star in the middle"),
        pytest.param({"topics": ["a**"]}, "#/topics/0", id="two stars"),
        pytest.param({"topics": [""]}, "#/topics/0", id="empty topic"),
        pytest.param({"topics": ["t"] * 101}, "#/topics", id="101 topics"),
        pytest.param({"topics": [f"{'x' * 120}{n}" for n in range(100)]}, "#/topics", id="too much for one token"),
        pytest.param({"scope": "x"}, "#/scope", id="unknown field"),
    ],
)
def test_bad_request_for_a_token_is_refused(backend: Backend, fields: dict[str, Any], pointer: str) -> None:
    """422 with a pointer to the field."""
    assert_refused(backend.post("/api/v1/tokens", {"user": "alice", **fields}), 422, "invalid", pointer)
    assert person(backend).recipient == "alice"


def test_token_is_for_somebody(backend_with: Callable[..., Backend]) -> None:
    """Without a user there is no token."""
    assert_refused(backend_with(Scope.TOKEN).post("/api/v1/tokens", {}), 422, "invalid", "#/user")
