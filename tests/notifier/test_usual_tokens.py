"""Tokens that are read in one go, beside PyJWT: what the short way lets pass, PyJWT lets pass, as the same person."""

import time
from base64 import urlsafe_b64encode
from typing import Any

import jwt
import pytest
from django.conf import settings

from notifier import access
from notifier.access import Person, TokenRequest, issue_token, person_of_token
from notifier.errors import Unauthenticated
from notifier.usualtokens import read_usual

KEY = access._signing_key(settings.SECRET_KEY)


def claims(**changed: Any) -> dict[str, Any]:
    now = time.time()
    whole = {"sub": "alice", "aud": "notifier", "iat": now - 1, "exp": int(now) + 60, "jti": "0f", "topics": ["room.*"]}
    return {name: value for name, value in {**whole, **changed}.items() if value is not ...}


def by_pyjwt(token: str, monkeypatch: pytest.MonkeyPatch) -> Person | None:
    with monkeypatch.context() as patched:
        patched.setattr(access, "read_usual", lambda *_: None)
        try:
            return person_of_token(token)
        except Unauthenticated:
            return None


CHANGES: list[dict[str, Any]] = [
    {},
    {"sub": ...},
    {"sub": ""},
    {"sub": 5},
    {"sub": "x" * 129},
    {"sub": "two\nlines"},
    {"sub": "Zoë 🦊"},
    {"aud": ...},
    {"aud": "others"},
    {"aud": ["notifier"]},
    {"iat": ...},
    {"iat": "1"},
    {"iat": -1},
    {"iat": float("nan")},
    {"iat": time.time() + 3600},
    {"exp": ...},
    {"exp": 0},
    {"exp": int(time.time())},
    {"exp": "soon"},
    {"exp": 10**30},
    {"exp": True},
    {"nbf": int(time.time()) + 3600},
    {"jti": ...},
    {"jti": 5},
    {"topics": ...},
    {"topics": []},
    {"topics": ["*"]},
    {"topics": ["no spaces"]},
    {"topics": "room.1"},
    {"admin": True},
]


@pytest.mark.parametrize("changed", CHANGES, ids=[f"{number}-{'-'.join(it)}" for number, it in enumerate(CHANGES)])
def test_nothing_passes_that_pyjwt_refuses(changed: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    token = jwt.encode(claims(**changed), KEY, "HS256")
    usual, slow = read_usual(token, KEY), by_pyjwt(token, monkeypatch)
    if usual is not None:
        assert person_of_token(token) == slow
        assert slow is not None


def _changed(token: str) -> dict[str, str]:
    head, payload, signature = token.split(".")
    unsigned = urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    return {
        "no signature": f"{head}.{payload}.",
        "another signature": f"{head}.{payload}.{'A' * len(signature)}",
        "padded": f"{token}=",
        "one part more": f"{head}.{payload}.x.{signature}",
        "one part less": f"{head}.{signature}",
        "another head": f"{unsigned}.{payload}.{signature}",
        "unsigned": f"{unsigned}.{payload}.",
        "another payload": f"{head}.{payload[:-4]}AAAA.{signature}",
        "not ASCII": f"{head}.{payload}é.{signature}",
        "nothing": "",
        "dots": "..",
    }


@pytest.mark.parametrize("how", list(_changed("a.b.c")))
def test_what_was_changed_after_it_was_signed_is_left_to_pyjwt(how: str) -> None:
    assert read_usual(_changed(jwt.encode(claims(), KEY, "HS256"))[how], KEY) is None


def test_tokens_that_are_issued_here_are_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the short way would be none."""
    for request in (TokenRequest(user="alice"), TokenRequest(user="Zoë 🦊", topics=["room.*", "a"], expires_in=10)):
        token, expires = issue_token(request)
        assert read_usual(token, KEY) is not None
        person = person_of_token(token)
        assert person == by_pyjwt(token, monkeypatch)
        assert (person.recipient, person.topics, person.expires) == (request.user, tuple(request.topics), expires)


def test_signed_with_another_key_is_not_usual() -> None:
    token, _ = issue_token(TokenRequest(user="alice"))
    assert read_usual(token, b"x" * 32) is None
