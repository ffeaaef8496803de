"""Credentials: connection tokens, sessions and API keys, and what is none of them."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone
from pytest_django import Settings

from notifier import access
from notifier.access import Person, Scope, TokenRequest, caller_of_key, create_key, issue_token, person_of_token
from notifier.errors import Invalid, Unauthenticated
from notifier.models import ApiKey

SECRET = "the secret of these tests, which is long enough"


@pytest.fixture(autouse=True)
def secret(settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = SECRET, []


def part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def sign(claims: object, *, key: bytes | None = None, digest: str = "sha256", **header: Any) -> str:
    """A token that is signed as the service signs, unless told otherwise."""
    signed = f"{part({'alg': 'HS256', 'typ': 'JWT', **header})}.{part(claims)}"
    signature = hmac.new(access._signing_key(SECRET) if key is None else key, signed.encode(), digest).digest()
    return f"{signed}.{part(signature)}"


def claims(**changed: Any) -> dict[str, Any]:
    """Those of a good token, with changes; a claim that is `...` is left out."""
    good = {"sub": "alice", "aud": "notifier", "exp": int(time.time()) + 60, "topics": ["room.*"]}
    return {name: value for name, value in {**good, **changed}.items() if value is not ...}


def refused(token: str) -> str:
    """The code with which the token is refused."""
    with pytest.raises(Unauthenticated) as refusal:
        person_of_token(token)
    assert refusal.value.detail
    return refusal.value.code


# ------------------------------------------------------------------ connection tokens


def test_issued_token_is_accepted() -> None:
    """With its person, its topics and its end."""
    token, expires = issue_token(TokenRequest(user="alice", topics=["room.*"], expires_in=60))
    person = person_of_token(token)
    assert replace(person, issued=0) == Person("alice", ("room.*",), expires)
    assert person.issued == pytest.approx(expires.timestamp() - 60, abs=2)
    assert timedelta(seconds=55) < expires - datetime.now(UTC) <= timedelta(seconds=60)


def test_tokens_differ_though_they_say_the_same() -> None:
    """So that one can be told from another."""
    assert issue_token(TokenRequest(user="alice"))[0] != issue_token(TokenRequest(user="alice"))[0]


def test_token_without_topics_grants_none() -> None:
    """The claim may be absent."""
    assert person_of_token(sign(claims(topics=...))).topics == ()
    assert person_of_token(sign(claims())).topics == ("room.*",)


def test_other_claims_do_not_matter() -> None:
    """A backend may mint tokens of its own one day, with more in them."""
    assert person_of_token(sign(claims(iss="shop", name="Alice", aud=["shop", "notifier"]))).recipient == "alice"


def test_expired_token_says_so() -> None:
    """The client then gets a new one."""
    assert refused(sign(claims(exp=int(time.time()) - 1))) == "token_expired"
    assert refused(sign(claims(exp=0))) == "token_expired"


def test_forged_token_does_not_learn_that_it_has_expired() -> None:
    """Only who holds a real token is told more."""
    assert refused(sign(claims(exp=0), key=b"x" * 32)) == "bad_token"


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"sub": ...}, id="no sub"),
        pytest.param({"exp": ...}, id="no exp"),
        pytest.param({"aud": ...}, id="no aud"),
        pytest.param({"aud": "shop"}, id="other audience"),
        pytest.param({"aud": ["shop"]}, id="other audiences"),
        pytest.param({"aud": "notifier "}, id="nearly our audience"),
        pytest.param({"aud": None}, id="null aud"),
        pytest.param({"aud": {"notifier": 1}}, id="aud as object"),
        pytest.param({"sub": 5}, id="sub as number"),
        pytest.param({"sub": None}, id="null sub"),
        pytest.param({"sub": ["alice"]}, id="sub as list"),
        pytest.param({"sub": {"$ne": ""}}, id="sub as object"),
        pytest.param({"sub": ""}, id="empty sub"),
        pytest.param({"sub": "x" * 129}, id="sub of 129"),
        pytest.param({"sub": "a\x00"}, id="sub with NUL"),
        pytest.param({"sub": "a\nb"}, id="sub of two lines"),
        pytest.param({"sub": "\ud800"}, id="sub with lone surrogate"),
        pytest.param({"exp": None}, id="null exp"),
        pytest.param({"exp": "soon"}, id="exp as text"),
        pytest.param({"exp": "99999999999"}, id="exp as digits"),
        pytest.param({"exp": [99999999999]}, id="exp as list"),
        pytest.param({"exp": {}}, id="exp as object"),
        pytest.param({"exp": 10**20}, id="exp after the end of time"),
        pytest.param({"exp": 1e300}, id="vast exp"),
        pytest.param({"exp": float("inf")}, id="infinite exp"),
        pytest.param({"exp": float("nan")}, id="NaN exp"),
        pytest.param({"nbf": int(time.time()) + 3600}, id="not yet"),
        pytest.param({"nbf": [1]}, id="nbf as list"),
        pytest.param({"iat": "x"}, id="iat as text"),
        pytest.param({"iat": [1]}, id="iat as list"),
        pytest.param({"topics": None}, id="null topics"),
        pytest.param({"topics": "room.*"}, id="topics as text"),
        pytest.param({"topics": {"room.*": True}}, id="topics as object"),
        pytest.param({"topics": [5]}, id="numeric topic"),
        pytest.param({"topics": [None]}, id="null topic"),
        pytest.param({"topics": [["room.*"]]}, id="topics in a list in a list"),
        pytest.param({"topics": ["a b"]}, id="bad topic"),
        pytest.param({"topics": ["a*b"]}, id="star in the middle"),
    ],
)
def test_well_signed_token_with_wrong_claims_is_refused(changed: dict[str, Any]) -> None:
    """Whatever is in it, it is a refusal and never a fault of the server."""
    assert refused(sign(claims(**changed))) == "bad_token"


ANOTHER_SECRET = "another secret, as long as the one of these tests"
GOOD = claims(exp=int(time.time()) + 3600)


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(lambda: sign(GOOD, key=access._signing_key(ANOTHER_SECRET)), id="of another installation"),
        pytest.param(lambda: sign(GOOD, key=SECRET.encode()), id="signed with the bare SECRET_KEY"),
        pytest.param(lambda: sign(GOOD, key=b""), id="signed with nothing"),
        pytest.param(lambda: sign(GOOD, alg="HS512", digest="sha512"), id="HS512"),
        pytest.param(lambda: sign(GOOD, alg="HS384", digest="sha384"), id="HS384"),
        pytest.param(lambda: sign(GOOD, alg="RS256"), id="RS256, signed as HS256"),
        pytest.param(lambda: sign(GOOD, alg="hs256"), id="alg in lower case"),
        pytest.param(lambda: sign(GOOD, alg=None), id="null alg"),
        pytest.param(lambda: sign(GOOD, alg=["HS256"]), id="alg as list"),
        pytest.param(lambda: sign(GOOD, crit=["x"], x=1), id="critical extension"),
        pytest.param(lambda: sign(GOOD, alg="none"), id="alg none, signed"),
        pytest.param(lambda: f"{part({'alg': 'none'})}.{part(GOOD)}.", id="alg none"),
        pytest.param(lambda: f"{part({'alg': 'None'})}.{part(GOOD)}.", id="alg None"),
        pytest.param(lambda: f"{part({'alg': 'HS256'})}.{part(GOOD)}.", id="no signature"),
        pytest.param(lambda: f"{part({'alg': 'HS256'})}.{part(GOOD)}", id="two parts"),
        pytest.param(lambda: sign(GOOD) + ".x", id="four parts"),
        pytest.param(lambda: sign(GOOD)[:-2], id="signature cut off"),
        pytest.param(lambda: sign(GOOD).replace(".", ".A", 1), id="claims changed"),
        pytest.param(lambda: sign([GOOD]), id="claims in a list"),
        pytest.param(lambda: sign("alice"), id="claims as text"),
        pytest.param(lambda: sign(None), id="null claims"),
        pytest.param(lambda: sign(b"not json"), id="claims that are no JSON"),
        pytest.param(lambda: sign(b"\xff\xfe"), id="claims that are no UTF-8"),
        pytest.param(lambda: sign(b"[" * 50_000), id="claims nested without end"),
        pytest.param(lambda: f"{part(b'[' * 50_000)}.{part(GOOD)}.x", id="header nested without end"),
        pytest.param(lambda: f"{part([])}.{part(GOOD)}.x", id="header as list"),
        pytest.param(lambda: "", id="empty"),
        pytest.param(lambda: "..", id="dots"),
        pytest.param(lambda: "garbage", id="garbage"),
        pytest.param(lambda: "🎉.🎉.🎉", id="emoji"),
        pytest.param(lambda: "\ud800", id="lone surrogate"),
        pytest.param(lambda: "\x00", id="NUL"),
        pytest.param(lambda: "x" * 1_000_000, id="a megabyte"),
        pytest.param(lambda: sign({**GOOD, "sub": "x" * 1_000_000}), id="a well-signed megabyte"),
    ],
)  # fmt: skip
def test_what_is_no_token_of_ours_is_refused(token: Any) -> None:
    """One answer for all of them."""
    assert refused(token()) == "bad_token"


def test_former_key_is_accepted_while_rotating(settings: Settings) -> None:
    """Tokens outlive the key that signed them, for as long as it stands among the fallbacks."""
    token, _ = issue_token(TokenRequest(user="alice"))
    old = sign(claims(exp=0))
    settings.SECRET_KEY = ANOTHER_SECRET
    assert refused(token) == "bad_token"
    settings.SECRET_KEY_FALLBACKS = ["a third one, from the year before, long as well", SECRET]
    assert person_of_token(token).recipient == "alice"
    assert refused(old) == "token_expired"
    assert refused(sign(claims(sub=5))) == "bad_token"
    settings.SECRET_KEY_FALLBACKS = []
    assert refused(token) == "bad_token"


def test_new_tokens_are_signed_with_the_new_key(settings: Settings) -> None:
    """The former key verifies, and signs no more."""
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = ANOTHER_SECRET, [SECRET]
    token, _ = issue_token(TokenRequest(user="alice"))
    settings.SECRET_KEY_FALLBACKS = []
    assert person_of_token(token).recipient == "alice"


def test_request_for_a_token_is_checked_for_python_callers_too() -> None:
    """The same check as by REST, with the field's name."""
    with pytest.raises(Invalid) as refusal:
        TokenRequest.parse({"user": "alice", "expires_in": 5})
    assert [problem.pointer for problem in refusal.value.problems] == ["#/expires_in"]


# ------------------------------------------------------------------ sessions


@pytest.mark.parametrize(
    "user",
    [
        pytest.param(None, id="none"),
        pytest.param(AnonymousUser(), id="anonymous"),
        pytest.param(User(username="alice", is_active=False), id="deactivated"),
        pytest.param(User(username=""), id="without a name"),
        pytest.param(User(username="x" * 129), id="with a long name"),
        pytest.param(User(username="a\nb"), id="with a name of two lines"),
    ],
)
def test_user_who_is_no_recipient_is_refused(user: object) -> None:
    """Nobody signed in, nobody active, or a name that is no recipient's."""
    with pytest.raises(Unauthenticated):
        access.person_of_session(user)


def test_session_grants_the_open_topics() -> None:
    """Those of NOTIFIER_OPEN_TOPICS, and no others."""
    alice = access.person_of_session(User(username="alice"))
    assert (alice.recipient, alice.expires) == ("alice", None)
    assert alice.may_follow("room.lobby") and not alice.may_follow("order:1042")


# ------------------------------------------------------------------ API keys


@pytest.mark.django_db
def test_key_is_stored_as_a_hash_alone() -> None:
    """Whoever reads the database cannot call."""
    key, text = create_key("shop", [Scope.SEND])
    prefix, _, secret = text.removeprefix("nk_").partition("_")
    row = ApiKey.objects.values().get()
    assert (row["prefix"], bytes(row["digest"])) == (prefix, hashlib.sha256(text.encode()).digest())
    assert len(base64.urlsafe_b64decode(secret + "=")) * 8 >= 256
    assert secret not in str(row)
    assert caller_of_key(text) == access.Caller(key.pk, "shop", frozenset({"notify:send"}))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"revoked_at": timedelta(0)}, "revoked_key"),
        ({"expires_at": timedelta(0)}, "expired_key"),
        ({"revoked_at": timedelta(0), "expires_at": timedelta(0)}, "revoked_key"),
        ({"revoked_at": timedelta(hours=1), "expires_at": timedelta(hours=1)}, None),
    ],
    ids=["revoked", "expired", "both", "not yet"],
)
def test_key_ends_when_it_is_said_to(fields: dict[str, timedelta], code: str | None) -> None:
    """At the moment that the row names, not before."""
    key, text = create_key("shop", [Scope.SEND])
    ApiKey.objects.filter(pk=key.pk).update(**{name: timezone.now() + after for name, after in fields.items()})
    if code is None:
        assert caller_of_key(text).name == "shop"
        return
    with pytest.raises(Unauthenticated) as refusal:
        caller_of_key(text)
    assert refusal.value.code == code


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "nk", "nk__", "nk_a_b_c", "nk_\x00_x", "nk_\ud800_x", "🎉_🎉_🎉", "x" * 100_000])
def test_nonsense_is_no_key(text: str) -> None:
    """Whatever it is, the answer is that there is no such key."""
    with pytest.raises(Unauthenticated) as refusal:
        caller_of_key(text)
    assert refusal.value.code == "unknown_key"
