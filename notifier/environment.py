"""What the environment says, read once and checked as a whole.

Every variable that Notifier understands is a field of `Environment`. `read_environment` reports all mistakes
together, since a person who has to fix five settings should not have to start the service five times.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from notifier.names import TopicPattern

BASE_DIR = Path(__file__).resolve().parent.parent

_PREFIX = "NOTIFIER_"
_MIN_SECRET = 32


class ConfigurationError(ImproperlyConfigured):
    """One or more settings are wrong; the text has one line for each."""


def origin_of(url: str) -> str:
    """The whole origin of an http(s) URL: scheme, host and port, in the form that browsers send.

    >>> origin_of("https://Example.com:443/a")
    'https://example.com'

    ValueError when the URL has no http(s) origin.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ValueError(f"{url!r} is not an address like https://notify.example.com")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port not in {None, default} else "")


def _origin(value: str) -> str:
    if origin_of(value) != value.rstrip("/"):
        raise ValueError(f"{value!r} is not an origin like https://app.example.com (no path, no default port)")
    return value.rstrip("/")


def _url(value: str) -> str:
    if value:
        origin_of(value)
    return value.rstrip("/")


def _database(value: str) -> str:
    if value and urlsplit(value).scheme not in {"sqlite", "postgres", "postgresql"}:
        raise ValueError("use sqlite:////path/to/file or postgresql://user:password@host:5432/name")
    return value


def _redis(value: str) -> str:
    if urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
        raise ValueError("use redis://host:6379/0 (several, for sharding, are separated by commas)")
    return value


def _words(value: object) -> object:
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


Words = Annotated[list[str], BeforeValidator(_words)]
Origins = Annotated[list[Annotated[str, AfterValidator(_origin)]], BeforeValidator(_words)]
TopicPatterns = Annotated[list[TopicPattern], BeforeValidator(_words)]
RedisUrls = Annotated[list[Annotated[str, AfterValidator(_redis)]], BeforeValidator(_words)]


class Environment(BaseModel):
    """Every variable, with its default. Lists are separated by commas."""

    model_config = ConfigDict(frozen=True)

    database_url: Annotated[str, AfterValidator(_database)] = Field(
        "", description="Where notifications are stored. Empty: SQLite in the data folder."
    )
    redis_url: RedisUrls = Field([], description="Redis for the channel layer and presence. Empty: in memory.")
    data_dir: Path = Field(BASE_DIR / "var", description="What the embedded size keeps: database, secrets.")
    secret_key: str = Field("", description="Signs sessions and connection tokens. At least 32 characters.")
    secret_key_fallbacks: Words = Field([], description="Former secret keys, still accepted, while rotating.")
    url: Annotated[str, AfterValidator(_url)] = Field(
        "", description="The service's own public address. Empty: it is reached on this machine only, at any port."
    )
    allowed_hosts: Words = Field([], description="Further Host headers to answer to.")
    origins: Origins = Field([], description="Origins of the pages that may connect, besides the service's own.")
    open_topics: TopicPatterns = Field(
        [], description="Topics that everybody signed in may follow, `room.*` for all below."
    )
    token_seconds: int = Field(3600, ge=10, le=86_400, description="Life of a connection token unless asked otherwise.")
    sweep_seconds: float | None = Field(
        None,
        ge=0.2,
        le=60,
        description="How often to look for what the channel layer lost. Default 1 embedded, 15 with Redis.",
    )
    hello_seconds: float = Field(5, ge=0.2, le=60, description="Time for a new connection to say hello.")
    slow_seconds: float = Field(30, ge=0.5, le=300, description="Time for a connection that is behind to acknowledge.")
    max_body_bytes: int = Field(524_288, ge=16_384, le=16_777_216, description="Largest request body.")
    database_connections: int = Field(8, ge=2, le=200, description="PostgreSQL connections of one process, at most.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much to log.")
    demo: bool = Field(False, description="Serve the demo page at /demo/, with its users.")

    @property
    def scaled_out(self) -> bool:
        """Whether part of the state lies in a service that other processes share."""
        return bool(self.redis_url) or self.database_url.startswith("postgres")


def variable(field: str) -> str:
    """The name of a field in the environment."""
    return field.upper() if field in {"database_url", "redis_url"} else _PREFIX + field.upper()


def read_environment(values: Mapping[str, str] | None = None) -> Environment:
    """Read and check the environment. ConfigurationError lists every mistake, one a line."""
    values = os.environ if values is None else values
    known = {variable(field): field for field in Environment.model_fields}
    mistakes = [
        f"{name}: no such setting; known are {', '.join(known)}"
        for name in values
        if name.startswith(_PREFIX) and name not in known
    ]
    given = {field: values[name] for name, field in known.items() if name in values}
    try:
        environment = Environment.model_validate(given)
    except ValidationError as error:
        mistakes += [
            f"{variable(str(problem['loc'][0]))}: {problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors()
        ]
    else:
        mistakes += _contradictions(environment)
    if mistakes:
        raise ConfigurationError("\n  ".join(["Notifier cannot start. Mend these settings:", *mistakes]))
    return environment


def _contradictions(environment: Environment) -> list[str]:
    """What is wrong with settings that are each well-formed."""
    found = []
    if environment.scaled_out and not environment.secret_key:
        found.append(
            f"{variable('secret_key')}: required with REDIS_URL or PostgreSQL, and the same on every server; make one with"
            " python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    if environment.secret_key and len(environment.secret_key) < _MIN_SECRET:
        found.append(f"{variable('secret_key')}: at least {_MIN_SECRET} characters")
    if environment.redis_url and not environment.database_url.startswith("postgres"):
        found.append(
            "DATABASE_URL: with REDIS_URL several servers share the data, which takes PostgreSQL and not SQLite"
        )
    if environment.data_dir.exists() and not environment.data_dir.is_dir():
        found.append(f"{variable('data_dir')}: {environment.data_dir} is not a folder")
    return found
