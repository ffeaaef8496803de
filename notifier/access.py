"""Who may do what: API keys for backends, connection tokens and sessions for people."""

import hashlib
import hmac
import math
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Annotated, Any

import jwt
from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from notifier.errors import Invalid, Unauthenticated
from notifier.models import ApiKey
from notifier.names import Recipient, TopicPattern, grants
from notifier.usualtokens import read_usual

# ------------------------------------------------------------------ people

_recipient: TypeAdapter[str] = TypeAdapter(Recipient)


@dataclass(frozen=True, slots=True)
class Person:
    """Who a connection or an inbox request speaks for. It is what `scope["user"]` and `request.user` hold.

    `topics` are the patterns of the topics that the credential grants; `expires` is its end, or None. `issued` is
    when a token was issued, in Unix seconds, and `session` the key of a session: by these it can be revoked.
    """

    recipient: str
    topics: tuple[str, ...] = ()
    expires: datetime | None = None
    issued: float = 0
    session: str = ""
    is_authenticated: bool = True

    def may_follow(self, topic: str) -> bool:
        return grants(self.topics, topic)


def person_of_session(user: Any, session: str = "") -> Person:
    """The person of a signed-in Django user, known by the user's name. Unauthenticated when nobody is signed in."""
    if user is None or not user.is_authenticated or not user.is_active:
        raise Unauthenticated("Sign in, or present a connection token.")
    try:
        recipient = _recipient.validate_python(user.get_username())
    except ValidationError:
        raise Unauthenticated("This user's name cannot be a recipient's id.") from None
    return Person(recipient, tuple(settings.ENVIRONMENT.open_topics), session=session)


# ------------------------------------------------------------------ connection tokens (RFC 7519)

_AUDIENCE = "notifier"
_ALGORITHM = "HS256"
MAX_TOKEN_SECONDS = 86_400
# It travels in a header, and 8 KiB is what proxies commonly take for all of them.
MAX_TOKEN_LENGTH = 4096


class TokenRequest(BaseModel):
    """For whom a token is, the topics that it lets them follow (`room.*` grants all below), and its life in seconds."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    user: Recipient
    topics: Annotated[list[TopicPattern], Field(max_length=100)] = []
    expires_in: Annotated[int, Field(ge=10, le=MAX_TOKEN_SECONDS)] | None = None

    @classmethod
    def parse(cls, raw: object) -> "TokenRequest":
        try:
            return cls.model_validate(raw)
        except ValidationError as error:
            raise Invalid.of(error) from None


class RevokeRequest(BaseModel):
    """Whose tokens are to be void."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    user: Recipient

    @classmethod
    def parse(cls, raw: object) -> "RevokeRequest":
        try:
            return cls.model_validate(raw)
        except ValidationError as error:
            raise Invalid.of(error) from None


def issue_token(request: TokenRequest) -> tuple[str, datetime]:
    """A connection token and the moment when it ends. Invalid when it would be too long for a browser to present."""
    now = timezone.now()
    expires = now + timedelta(seconds=request.expires_in or settings.ENVIRONMENT.token_seconds)
    claims = {
        "sub": request.user,
        "aud": _AUDIENCE,
        # Not in whole seconds: a token that is issued right after a revocation must outlive it.
        "iat": round(now.timestamp(), 6),
        "exp": int(expires.timestamp()),
        "jti": secrets.token_hex(8),
        "topics": request.topics,
    }
    token = jwt.encode(claims, _token_key(settings.SECRET_KEY), _ALGORITHM)
    if len(token) > MAX_TOKEN_LENGTH:
        raise Invalid.field("topics", "are too long for one token; grant fewer, or all below with a star")
    return token, expires.replace(microsecond=0)


def person_of_token(token: str) -> Person:
    """The person for whom a token was issued. Unauthenticated, with `token_expired` or `bad_token`, when it is not in force."""
    if (usual := read_usual(token, _signing_key(settings.SECRET_KEY))) is not None:
        expires = datetime.fromtimestamp(usual.exp, UTC)
        return Person(usual.sub, tuple(usual.topics), expires, issued=usual.iat)
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            claims = jwt.decode(
                token,
                _token_key(secret),
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                options={"require": ["sub", "exp", "aud"]},
            )
            return Person(
                _recipient.validate_python(claims["sub"]),
                tuple(_patterns.validate_python(claims.get("topics", []))),
                datetime.fromtimestamp(claims["exp"], UTC),
                issued=float(claims.get("iat", 0)),
            )
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("The connection token has expired; get a new one.", code="token_expired") from None
        except jwt.InvalidSignatureError:
            continue
        except (jwt.InvalidTokenError, ValidationError, TypeError, ValueError, OverflowError):
            break
    raise Unauthenticated("This is not a connection token of this service.", code="bad_token")


_patterns: TypeAdapter[list[str]] = TypeAdapter(list[TopicPattern])


@cache
def _token_key(secret: str) -> jwt.PyJWK:
    """Made once: at plain bytes PyJWT looks anew each time, whether they are a key of another kind. 115 -> 70 µs a token."""
    return jwt.PyJWK({"kty": "oct", "k": urlsafe_b64encode(_signing_key(secret)).rstrip(b"=").decode()}, _ALGORITHM)


@cache
def _signing_key(secret: str) -> bytes:
    """Apart from Django's own uses of the secret, so that nothing signed elsewhere passes for a token."""
    return salted_hmac("notifier.connection-token", "v1", secret=secret, algorithm="sha256").digest()


# ------------------------------------------------------------------ API keys


class Scope(StrEnum):
    """What an API key may do."""

    SEND = "notify:send"
    BROADCAST = "notify:broadcast"
    TOKEN = "token:issue"
    INBOX = "inbox:read"
    OPS = "ops:read"
    ACT = "ops:act"
    MANAGE = "ops:manage"


@dataclass(frozen=True, slots=True)
class Caller:
    """The backend behind a request: its key's id and scopes."""

    key_id: int
    name: str
    scopes: frozenset[str]
    is_authenticated: bool = True


_KEY_PREFIX = "nk"
_LAST_USE_PRECISION = timedelta(minutes=1)
KNOWN_SECONDS = 1.0
"""A key that was looked up is believed for so long."""
_MOST_KNOWN_KEYS = 1000

# By the digest of a key: who holds it, and until when that is believed, on the monotonic clock.
_known_keys = dict[bytes, tuple["Caller", float]]()


def create_key(name: str, scopes: list[Scope], *, expires_at: datetime | None = None) -> tuple[ApiKey, str]:
    """A new key and its text, `nk_<prefix>_<secret>` with 256 random bits. The text is not stored: show it once."""
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    text = f"{_KEY_PREFIX}_{prefix}_{secret}"
    key = ApiKey.objects.create(
        name=name, prefix=prefix, digest=_digest(text), scopes=[str(scope) for scope in scopes], expires_at=expires_at
    )
    return key, text


def caller_of_key(text: str) -> Caller:
    """The backend that holds this key. Unauthenticated, with `unknown_key`, `revoked_key` or `expired_key`.

    It is remembered for a second, and so a key that is revoked may be taken for a second longer: looking it up is a fifth
    of what a POST costs.
    """
    if known := known_caller(text):
        return known
    now = time.monotonic()
    caller, left = _look_up_key(text)
    if len(_known_keys) >= _MOST_KNOWN_KEYS:
        _known_keys.clear()
    _known_keys[_digest(text)] = caller, now + min(left, KNOWN_SECONDS)
    return caller


def known_caller(text: str) -> Caller | None:
    """The backend that holds this key, if it was looked up within the last second. Never blocks."""
    known = _known_keys.get(_digest(text))
    return known[0] if known is not None and time.monotonic() < known[1] else None


def was_known(text: str) -> bool:
    """Whether this key was looked up and in force a while ago: not one that somebody has guessed. Never blocks."""
    return _digest(text) in _known_keys


def forget_known_keys() -> None:
    """Look each key up again, in this process; the others do so within a second."""
    _known_keys.clear()


def _look_up_key(text: str) -> tuple[Caller, float]:
    """The caller, and for how many seconds the key is in force."""
    parts = text.split("_", 2)
    key = ApiKey.objects.filter(prefix=parts[1]).first() if len(parts) == 3 and parts[1].isalnum() else None
    # Compared even when there is no such key, in constant time; and only the holder of the whole key is told more.
    if not hmac.compare_digest(bytes(key.digest) if key else bytes(32), _digest(text)) or key is None:
        raise Unauthenticated("There is no such API key.", code="unknown_key")
    now = timezone.now()
    if key.revoked_at is not None and key.revoked_at <= now:
        raise Unauthenticated("This API key was revoked.", code="revoked_key")
    if key.expires_at is not None and key.expires_at <= now:
        raise Unauthenticated("This API key has expired.", code="expired_key")
    if key.last_used_at is None or now - key.last_used_at > _LAST_USE_PRECISION:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    left = math.inf if key.expires_at is None else (key.expires_at - now).total_seconds()
    return Caller(key.pk, key.name, frozenset(key.scopes)), left


def _digest(text: str) -> bytes:
    """SHA-256 is enough for 256 random bits; a slow hash protects only what can be guessed."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
