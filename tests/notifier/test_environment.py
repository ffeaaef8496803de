"""The settings: every mistake is found at once, named, and said once."""

import subprocess
import sys
from pathlib import Path

import pytest

from notifier.environment import ConfigurationError, Environment, origin_of, read_environment, variable
from tests.real.processes import ROOT, clean_environment

SECRET = "a secret of the tests, and of nothing else at all"
FIELDS = list(Environment.model_fields)


def mistakes(**values: str) -> dict[str, list[str]]:
    """What is said about each variable."""
    with pytest.raises(ConfigurationError) as refusal:
        read_environment(values)
    heading, *lines = str(refusal.value).splitlines()
    assert heading == "Notifier cannot start. Mend these settings:"
    found: dict[str, list[str]] = {}
    for line in lines:
        name, _, text = line.strip().partition(": ")
        assert text, line
        found.setdefault(name, []).append(text)
    return found


WRONG: dict[str, list[str]] = {
    "DATABASE_URL": [
        "mysql://localhost/x",
        "/var/lib/notifier.sqlite3",
        "notifier.sqlite3",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql://localhost",
        "postgresql://localhost:port/x",
        "postgresql://user:pass/word@localhost/x",
        "postgresql://user:pass#word@localhost/x",
        "POSTGRES://localhost/x",
        "https://localhost/x",
    ],
    "REDIS_URL": ["localhost:6379", "http://localhost", "redis", "redis://localhost:port/0", "redis://localhost:0/0"],
    "NOTIFIER_REDIS_PREFIX": ["a b", "a:b", "ä", "x" * 33],
    "NOTIFIER_DATA_DIR": ["/etc/passwd", "/" + "x" * 300],
    "NOTIFIER_SECRET_KEY": ["short", "x" * 31],
    "NOTIFIER_SECRET_KEY_FALLBACKS": ["short", f"{SECRET.replace(',', '')},short"],
    "NOTIFIER_URL": [
        "notify.example.com",
        "notify.example.com:8000",
        "//notify.example.com",
        "ftp://notify.example.com",
        "https://",
        "https://notify.example.com/below",
        "https://notify.example.com/?x",
        "https://notify.example.com/#x",
        "https://user:password@notify.example.com",
        "https://notify.example.com:99999",
        "https://notify.example.com:https",
        "https://[::1",
        "https://*.example.com",
        "https://exämple.com",
        "https://notify example.com",
    ],
    "NOTIFIER_PROXIES": ["proxy.internal", "10.0.0.0/33", "10.0.0.1/8", "*", "127.0.0.1:80", "10.0.0.0/8,x"],
    "NOTIFIER_ALLOWED_HOSTS": ["https://example.com", "example.com:8000", "example.com/", "a b"],
    "NOTIFIER_ORIGINS": [
        "*",
        "null",
        "app.example.com",
        "https://app.example.com/page",
        "https://*.example.com",
        "https://app.example.com https://other.example.com",
        "wss://app.example.com",
        "https://app.example.com,https://bad/page",
    ],
    "NOTIFIER_OPEN_TOPICS": ["a b", "*x", "room.*.x", "räume", "room.*,a/b"],
    "NOTIFIER_TOKEN_SECONDS": ["9", "86401", "-1", "hour", "60.5", "nan"],
    "NOTIFIER_SWEEP_SECONDS": ["0", "0.1", "61", "often", "nan", "inf"],
    "NOTIFIER_HELLO_SECONDS": ["0", "61", "x", "nan"],
    "NOTIFIER_SLOW_SECONDS": ["0", "301", "x", "-inf"],
    "NOTIFIER_CONNECTIONS_PER_USER": ["0", "10001", "many"],
    "NOTIFIER_HANDSHAKES_PER_SECOND": ["0", "1000001", "often"],
    "NOTIFIER_CONNECTIONS_PER_ADDRESS": ["0", "1000001", "1.5"],
    "NOTIFIER_CONNECTIONS_PER_PROCESS": ["0", "1000001", "-1"],
    "NOTIFIER_POSTS_PER_SECOND": ["0", "0.01", "many", "nan"],
    "NOTIFIER_DRAIN_SECONDS": ["-1", "61", "soon", "nan"],
    "NOTIFIER_OPERATOR_SESSION_HOURS": ["0", "0.05", "721", "a day", "nan"],
    "NOTIFIER_SIGN_INS_PER_MINUTE": ["0", "1001", "1.5", "often"],
    "NOTIFIER_LEASE_SECONDS": ["2.9", "61", "long", "nan"],
    "NOTIFIER_GRACE_SECONDS": ["-1", "61", "soon", "nan"],
    "NOTIFIER_MAX_BODY_BYTES": ["16383", "16777217", "1MB", "-1"],
    "NOTIFIER_DATABASE_CONNECTIONS": ["2", "201", "many"],
    "NOTIFIER_RETENTION_DAYS": ["0", "0.99", "-1", "3651", "for ever", "nan", "inf"],
    "NOTIFIER_RECEIPTS": ["ALL", "some", "1", "people,topics"],
    "NOTIFIER_LOG_LEVEL": ["info", "TRACE", "10"],
    "NOTIFIER_DEMO": ["maybe", "2", "-1"],
}


def test_every_variable_is_in_the_list_above() -> None:
    """A new setting is tested too."""
    assert set(WRONG) == {variable(field) for field in FIELDS}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param(name, value, id=f"{name}={value if len(value) < 60 else value[:8] + '…'}")
        for name, values in WRONG.items()
        for value in values
    ],
)
def test_wrong_value_is_named(name: str, value: str) -> None:
    """With the variable, and with nothing else that would be wrong."""
    assert list(mistakes(**{name: value, "NOTIFIER_SECRET_KEY": SECRET} | {name: value})) == [name]


def test_all_wrong_values_are_named_together() -> None:
    """One start shows all there is to mend."""
    values = {name: wrong[0] for name, wrong in WRONG.items() if wrong}
    assert set(mistakes(**values)) == set(values)


@pytest.mark.parametrize("field", FIELDS)
def test_empty_variable_is_as_none(field: str) -> None:
    """`${NAME:-}` in a compose file leaves the default."""
    assert read_environment({variable(field): ""}) == read_environment({})


def test_password_is_not_repeated() -> None:
    """What is wrong with an address that holds a password is said without it."""
    secret = "hunter2"
    for name, value in (
        ("DATABASE_URL", f"postgresql://user:{secret}/@localhost/x"),
        ("DATABASE_URL", f"mysql://user:{secret}@localhost/x"),
        ("DATABASE_URL", f"postgresql://user:{secret}#@localhost:{secret}/x"),
        ("REDIS_URL", f"redis://:{secret}@localhost:x/0"),
        ("REDIS_URL", f"http://:{secret}@localhost"),
        ("NOTIFIER_SECRET_KEY", secret),
        ("NOTIFIER_SECRET_KEY_FALLBACKS", secret),
    ):
        (said,) = mistakes(**{name: value, "NOTIFIER_SECRET_KEY": SECRET} | {name: value})[name]
        assert secret not in said


# ------------------------------------------------------------------ unknown names and contradictions


def test_unknown_variable_is_a_mistake() -> None:
    """A slip in a name would otherwise be a setting that silently does nothing."""
    (said,) = mistakes(NOTIFIER_ORIGIN="https://app.example.com")["NOTIFIER_ORIGIN"]
    assert all(variable(field) in said for field in FIELDS)


def test_other_programs_variables_are_none_of_ours() -> None:
    """Only names that begin as ours do are looked at."""
    assert read_environment({"NOTIFY_SOCKET": "x", "PATH": "/bin", "XNOTIFIER_URL": "x"}) == read_environment({})


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"REDIS_URL": "redis://localhost"}, {"DATABASE_URL", "NOTIFIER_SECRET_KEY"}),
        ({"DATABASE_URL": "postgresql://localhost/x"}, {"NOTIFIER_SECRET_KEY"}),
        ({"DATABASE_URL": "postgres://localhost/x", "REDIS_URL": "redis://localhost"}, {"NOTIFIER_SECRET_KEY"}),
        (
            {"DATABASE_URL": "sqlite:////tmp/x", "REDIS_URL": "redis://localhost", "NOTIFIER_SECRET_KEY": SECRET},
            {"DATABASE_URL"},
        ),
    ],
    ids=["Redis alone", "PostgreSQL without a secret", "both without a secret", "Redis with SQLite"],
)
def test_settings_that_contradict_each_other_are_named(values: dict[str, str], names: set[str]) -> None:
    """Each is well-formed by itself, and they cannot hold together."""
    assert set(mistakes(**values)) == names


def test_contradictions_are_named_with_the_wrong_values() -> None:
    """And what is wrong already is not said to contradict anything."""
    assert set(mistakes(REDIS_URL="redis://localhost", NOTIFIER_DEMO="maybe", NOTIFIER_X="1")) == {
        "NOTIFIER_X",
        "NOTIFIER_DEMO",
        "NOTIFIER_SECRET_KEY",
        "DATABASE_URL",
    }
    found = mistakes(REDIS_URL="redis://localhost", DATABASE_URL="mysql://x/y", NOTIFIER_SECRET_KEY="short")
    assert {name: len(said) for name, said in found.items()} == {"DATABASE_URL": 1, "NOTIFIER_SECRET_KEY": 1}


def test_same_mistake_is_said_once() -> None:
    """Also when two values of a list make it."""
    assert len(mistakes(NOTIFIER_SECRET_KEY_FALLBACKS="a,b,c")["NOTIFIER_SECRET_KEY_FALLBACKS"]) == 1
    assert len(mistakes(NOTIFIER_ORIGINS="a,b,c")["NOTIFIER_ORIGINS"]) == 3


# ------------------------------------------------------------------ what is right


def test_nothing_has_to_be_set() -> None:
    """The embedded size starts without a single variable."""
    environment = read_environment({})
    assert not environment.scaled_out
    assert not environment.demo
    assert environment.data_dir == ROOT / "var"


def test_scaled_size_takes_three_variables() -> None:
    """Database, Redis and the secret that all servers share."""
    environment = read_environment(
        {
            "DATABASE_URL": "postgresql://user:p%2Fw@db.internal:5432/notifier",
            "REDIS_URL": "redis://one:6379/0, rediss://:pw@two:6380/1,",
            "NOTIFIER_SECRET_KEY": SECRET,
        }
    )
    assert environment.scaled_out
    assert environment.redis_url == ["redis://one:6379/0", "rediss://:pw@two:6380/1"]


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://app.example.com", "https://app.example.com"),
        ("https://app.example.com/", "https://app.example.com"),
        ("HTTPS://App.Example.COM", "https://app.example.com"),
        ("https://app.example.com:443", "https://app.example.com"),
        ("http://app.example.com:80/", "http://app.example.com"),
        ("http://app.example.com:443", "http://app.example.com:443"),
        ("https://app.example.com:8443", "https://app.example.com:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("https://xn--exmple-cua.com", "https://xn--exmple-cua.com"),
        ("http://my_host:8000", "http://my_host:8000"),
    ],
)
def test_origin_is_written_as_browsers_write_it(url: str, origin: str) -> None:
    """Without the default port, in lower case: it is compared as a whole with what browsers send."""
    environment = read_environment({"NOTIFIER_ORIGINS": url, "NOTIFIER_URL": url})
    assert (environment.origins, environment.url) == ([origin], origin)
    assert origin_of(url) == origin


@pytest.mark.parametrize("value", ["1", "true", "True", "yes", "on"])
def test_demo_can_be_switched_on_in_many_words(value: str) -> None:
    """And off likewise."""
    assert read_environment({"NOTIFIER_DEMO": value}).demo
    assert not read_environment({"NOTIFIER_DEMO": {"1": "0", "yes": "no", "on": "off"}.get(value, "false")}).demo


def test_every_variable_is_documented() -> None:
    """Operators read it in docs/operations.md."""
    text = (ROOT / "docs" / "operations.md").read_text()
    assert [name for name in map(variable, FIELDS) if f"`{name}`" not in text] == []


def test_every_variable_has_a_description() -> None:
    """`manage.py checkconfig` prints it."""
    assert all(field.description and field.description.endswith(".") for field in Environment.model_fields.values())


# ------------------------------------------------------------------ end to end


def manage(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=clean_environment(**environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", [["checkconfig"], ["serve", "--port", "0"]], ids=["checkconfig", "serve"])
def test_service_with_wrong_settings_does_not_start(tmp_path: Path, command: list[str]) -> None:
    """It ends at once with every mistake, each said once, and no traceback."""
    wrong = {
        "NOTIFIER_URL": "notify",
        "NOTIFIER_DEMO": "maybe",
        "NOTIFIER_ORIGIN": "x",
        "REDIS_URL": "redis://localhost",
    }
    ended = manage(*command, NOTIFIER_DATA_DIR=str(tmp_path), **wrong)
    said = ended.stdout + ended.stderr
    assert ended.returncode == 1
    assert "Traceback" not in said
    lines = [line.strip() for line in said.splitlines()]
    for name in ("NOTIFIER_URL", "NOTIFIER_DEMO", "NOTIFIER_ORIGIN", "NOTIFIER_SECRET_KEY", "DATABASE_URL"):
        assert len([line for line in lines if line.startswith(f"{name}:")]) == 1, said
    assert not list(tmp_path.iterdir())


def test_folder_that_cannot_be_used_is_named() -> None:
    """The embedded size keeps its secrets there."""
    ended = manage("checkconfig", NOTIFIER_DATA_DIR="/proc/notifier")
    assert ended.returncode == 1
    assert ended.stderr.startswith("NOTIFIER_DATA_DIR: /proc/notifier cannot be used")
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({}, id="without an address"),
        pytest.param({"NOTIFIER_URL": "http://notify.internal:8000"}, id="http"),
        pytest.param({"NOTIFIER_URL": "https://notify.example.com", "NOTIFIER_SECRET_KEY": f"{SECRET} {SECRET}"}, id="https"),
        pytest.param({"NOTIFIER_URL": "HTTPS://Notify.Example.com/", "NOTIFIER_DEMO": "1"}, id="https in capitals"),
    ],
)  # fmt: skip
def test_deployment_check_finds_nothing(tmp_path: Path, environment: dict[str, str]) -> None:
    """Django's own check of a deployment is content with what is derived from the environment."""
    ended = manage("check", "--deploy", "--fail-level", "WARNING", NOTIFIER_DATA_DIR=str(tmp_path), **environment)
    assert ended.returncode == 0, ended.stderr
