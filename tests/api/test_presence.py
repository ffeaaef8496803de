"""Presence over REST: what may be asked. What is answered is tested with real sockets."""

import pytest

from tests.api.conftest import Backend, assert_refused


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        pytest.param("users=", "#/users", id="nobody"),
        pytest.param("users=a,,b", "#/users", id="an empty id"),
        pytest.param("users=a,", "#/users", id="a comma at the end"),
        pytest.param("users=" + "x" * 129, "#/users", id="a long id"),
        pytest.param("users=a%0Ab", "#/users", id="an id of two lines"),
        pytest.param("users=" + ",".join(["a"] * 101), "#/users", id="too many"),
        pytest.param("users=a&prefix=b", "#/users", id="users and a prefix"),
        pytest.param("users=a&limit=5", "#/users", id="users and a limit"),
        pytest.param("users=a&users=b", "#/users", id="users twice"),
        pytest.param("prefix=" + "x" * 129, "#/prefix", id="a long prefix"),
        pytest.param("limit=0", "#/limit", id="no people"),
        pytest.param("limit=101", "#/limit", id="too many people"),
        pytest.param("limit=x", "#/limit", id="a limit in words"),
        pytest.param("cursor=", "#/cursor", id="an empty cursor"),
        pytest.param("cursor=!", "#/cursor", id="a cursor of signs"),
        pytest.param("cursor=abc", "#/cursor", id="a cursor that no page named"),
        pytest.param("cursor=" + "A" * 701, "#/cursor", id="a long cursor"),
        pytest.param("q=alice", "#/q", id="a field that is none"),
    ],
)
def test_wrong_question_is_refused_by_its_field(backend: Backend, query: str, pointer: str) -> None:
    assert_refused(backend.get(f"/api/v1/presence?{query}"), 422, "invalid", pointer)


@pytest.mark.parametrize("user", ["x" * 129, "a%09b", "%00", "%E2%80%A8"])
def test_what_is_no_id_is_refused(backend: Backend, user: str) -> None:
    assert_refused(backend.get(f"/api/v1/presence/{user}"), 422, "invalid", "#/user")


def test_whoever_is_offline_has_no_connections(backend: Backend) -> None:
    """Known or not: nobody tells the two apart."""
    answer = backend.get("/api/v1/presence/nobody%20at%2Fall")
    assert answer.status_code == 200
    assert answer.json() == {"user": "nobody at/all", "online": False, "total": 0, "connections": []}
    assert backend.get("/api/v1/presence?users=nobody").json() == {
        "users": [{"user": "nobody", "online": False, "connections": 0}]
    }
    assert backend.get("/api/v1/presence?prefix=nobody").json() == {
        "people": 0,
        "total": 0,
        "connections": [],
        "next": None,
    }
