"""What the environment says, read once and checked as a whole.

Every variable that Notifier understands is a field of `Environment`. `read_environment` reports all mistakes
together, since a person who has to fix five settings should not have to start the service five times.
"""

import os
import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from notifier.names import TopicPattern

BASE_DIR = Path(__file__).resolve().parent.parent

_PREFIX = "NOTIFIER_"
_MIN_SECRET = 32
MIN_RETENTION_DAYS, MAX_RETENTION_DAYS = 1, 3650
# As browsers write it: in lower case, and international names in their ASCII form.
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")


class ConfigurationError(ImproperlyConfigured):
    """One or more settings are wrong; the text has one line for each."""


def origin_of(url: str) -> str:
    """The whole origin of an http(s) URL: scheme, host and port, in the form that browsers send.

    >>> origin_of("https://Example.com:443/a")
    'https://example.com'

    ValueError when the URL has no http(s) origin.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"{url!r} is no address: {error}") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ValueError(f"{url!r} is not an address like https://notify.example.com")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if not _HOST.fullmatch(host):
        raise ValueError(f"{url!r} names no host: write it out, in ASCII (xn--…), without wildcards")
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in {None, default} else "")


def _origin(value: str) -> str:
    """An origin and no more, in the form that browsers send."""
    origin, parts = origin_of(value), urlsplit(value)
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(f"{value!r} goes on after the host; give the origin alone: {origin}")
    return origin


def _host(value: str) -> str:
    if value != "*" and not _HOST.fullmatch(value.lower().removeprefix(".")):
        raise ValueError(f"{value!r} is not a host name: leave out scheme, port and path")
    return value


# What these two refuse may hold a password, which must not be repeated in a log.


def _database(value: str) -> str:
    try:
        ours = value.startswith(("sqlite://", "postgres://", "postgresql://"))
        name = dj_database_url.parse(value)["NAME"] if ours else ""
    except ValueError:
        raise ValueError("is no address; in a password write / ? # [ ] @ : and % as %2F, %3F, …") from None
    if not name or name == ":memory:":
        raise ValueError("use sqlite:////path/to/file or postgresql://user:password@host:5432/name")
    return value


def _redis(value: str) -> str:
    try:
        well_formed = value.startswith(("redis://", "rediss://", "unix://")) and urlsplit(value).port != 0
    except ValueError:
        well_formed = False
    if not well_formed:
        raise ValueError("use redis://host:6379/0 (several, for sharding, are separated by commas)")
    return value


def _secret(value: str) -> str:
    if len(value) < _MIN_SECRET:
        raise ValueError(f"at least {_MIN_SECRET} characters")
    return value


def _folder(value: Path) -> Path:
    try:
        usable = value.is_dir() or not value.exists()
    except OSError as error:
        raise ValueError(f"{value} cannot be used: {error.strerror}") from None
    if not usable:
        raise ValueError(f"{value} is not a folder")
    return value


def _network(value: str) -> str:
    try:
        return str(ip_network(value))
    except ValueError:
        raise ValueError(f"{value!r} is not an address or a network like 10.0.0.0/8") from None


def _words(value: object) -> object:
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


Secret = Annotated[str, AfterValidator(_secret)]
Secrets = Annotated[list[Secret], BeforeValidator(_words)]
Hosts = Annotated[list[Annotated[str, AfterValidator(_host)]], BeforeValidator(_words)]
Origins = Annotated[list[Annotated[str, AfterValidator(_origin)]], BeforeValidator(_words)]
Proxies = Annotated[list[Annotated[str, AfterValidator(_network)]], BeforeValidator(_words)]
TopicPatterns = Annotated[list[TopicPattern], BeforeValidator(_words)]
RedisUrls = Annotated[list[Annotated[str, AfterValidator(_redis)]], BeforeValidator(_words)]


class Environment(BaseModel):
    """Every variable, with its default, which holds where it is not set or empty. Lists are separated by commas."""

    model_config = ConfigDict(frozen=True)

    # Django's settings ask each value for this whenever it is read, and pydantic takes 1 to 7 µs to say that there is none.
    _mask_wrapped: ClassVar[bool] = True

    database_url: Annotated[str, AfterValidator(_database)] = Field(
        "", description="Where notifications are stored. Empty: SQLite in the data folder."
    )
    redis_url: RedisUrls = Field([], description="Redis for the channel layer and presence. Empty: in memory.")
    redis_prefix: str = Field(
        "notifier",
        pattern=r"^[A-Za-z0-9_.\-]{1,32}$",
        description="Begins all names in Redis; another one for each installation on it.",
    )
    data_dir: Annotated[Path, AfterValidator(_folder)] = Field(
        BASE_DIR / "var", description="What the embedded size keeps: database, secrets."
    )
    secret_key: Secret = Field("", description="Signs sessions and connection tokens. At least 32 characters.")
    secret_key_fallbacks: Secrets = Field([], description="Former secret keys, still accepted, while rotating.")
    url: Annotated[str, AfterValidator(_origin)] = Field(
        "", description="The service's own public address. Empty: it is reached on this machine only, at any port."
    )
    proxies: Proxies = Field([], description="Addresses or networks of the proxies whose X-Forwarded-For is believed.")
    allowed_hosts: Hosts = Field([], description="Further Host headers to answer to.")
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
    connections_per_user: int = Field(50, ge=1, le=10_000, description="Connections of one person to one process.")
    connections_per_address: int = Field(
        1000, ge=1, le=1_000_000, description="Connections from one address to one process."
    )
    handshakes_per_second: float = Field(
        100,
        ge=0.1,
        le=1_000_000,
        description="New connections from one address to one process; as many as it may hold in a burst.",
    )
    connections_per_process: int = Field(20_000, ge=1, le=1_000_000, description="Connections to one process.")
    posts_per_second: float = Field(
        1000, ge=0.1, le=1_000_000, description="Requests of one API key, over all processes; twice as many in a burst."
    )
    drain_seconds: float = Field(
        5, ge=0, le=60, description="At a stop, the time over which many connections are asked to go elsewhere."
    )
    operator_session_hours: float = Field(
        8, ge=0.1, le=720, description="Hours until an operator who does nothing is signed out."
    )
    sign_ins_per_minute: int = Field(
        10, ge=1, le=1000, description="Failed sign-ins for one user name; four times as many from one address."
    )
    lease_seconds: float = Field(
        30, ge=3, le=60, description="With Redis, how long a server that is gone still counts as there."
    )
    grace_seconds: float = Field(10, ge=0, le=60, description="Who is back within this time is not announced as gone.")
    max_body_bytes: int = Field(524_288, ge=16_384, le=16_777_216, description="Largest request body.")
    database_connections: int = Field(8, ge=3, le=200, description="PostgreSQL connections of one process, at most.")
    retention_days: float = Field(
        30,
        ge=MIN_RETENTION_DAYS,
        le=MAX_RETENTION_DAYS,
        description="How long notifications are kept, in days; older ones are pruned.",
    )
    receipts: Literal["all", "people", "none"] = Field(
        "all",
        description="Of what to keep when it was sent, delivered and seen: all, what is addressed to people by name, or nothing.",
    )
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
    given = {field: values[name] for name, field in known.items() if values.get(name)}
    wrong: set[str] = set()
    try:
        environment = Environment.model_validate(given)
    except ValidationError as error:
        for problem in error.errors():
            field = str(problem["loc"][0])
            wrong.add(field)
            mistakes.append(f"{variable(field)}: {problem['msg'].removeprefix('Value error, ')}")
        environment = Environment.model_validate({field: given[field] for field in given.keys() - wrong})
    mistakes += [f"{variable(field)}: {text}" for field, text in _contradictions(environment) if field not in wrong]
    if mistakes:
        raise ConfigurationError("\n  ".join(["Notifier cannot start. Mend these settings:", *dict.fromkeys(mistakes)]))
    return environment


def _contradictions(environment: Environment) -> Iterator[tuple[str, str]]:
    """What is wrong with settings that are each well-formed: the field to change, and how."""
    if environment.scaled_out and not environment.secret_key:
        how = "make one with python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        yield "secret_key", f"required with REDIS_URL or PostgreSQL, and the same on every server; {how}"
    if environment.redis_url and not environment.database_url.startswith("postgres"):
        yield "database_url", "with REDIS_URL several servers share the data, which takes PostgreSQL and not SQLite"
