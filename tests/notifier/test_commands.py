"""The command line, as a person at a terminal meets it."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from notifier import inbox
from notifier.access import Person, caller_of_key, person_of_token
from notifier.following import follow, positions
from notifier.models import ApiKey, Notification
from tests.real.processes import ROOT, clean_environment, free_port
from tests.real.server import Server
from tests.real.socket import Socket


def run(*arguments: Any) -> str:
    """What the command prints."""
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue().strip()


def complaint(*arguments: Any) -> str:
    """What the command says when it refuses."""
    with pytest.raises(CommandError) as refusal:
        run(*arguments)
    return str(refusal.value)


def manage(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """The command as a process of its own, on a data folder of its own."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=clean_environment(NOTIFIER_DATA_DIR=str(folder), **environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def titles(person: Person) -> list[str]:
    return [item["title"] for item in inbox.page(person).items]


# ------------------------------------------------------------------ notify


@pytest.mark.django_db
def test_notify_reaches_the_people_it_names(alice: str, bob: str) -> None:
    """Any number of them, then the title; the answer is the id and how many were addressed."""
    said = run("notify", alice, bob, alice, "Deploy finished")
    assert said.startswith("ntf_") and said.endswith("addressed 2, online unknown")
    assert titles(Person(alice)) == titles(Person(bob)) == ["Deploy finished"]


@pytest.mark.django_db
def test_notify_reaches_a_topic_and_everyone(alice: str, bob: str) -> None:
    """The followers, or all whom the service knows."""
    follower, other = Person(alice, ("*",)), Person(bob, ("*",))
    positions(other)
    positions(follower)
    follow(follower, "room.lobby")
    assert "addressed 1," in run("notify", "--topic", "room.lobby", "--topic", "room.empty", "Lobby")
    assert "addressed 2," in run("notify", "--everyone", "All")
    assert "addressed 2," in run("notify", bob, "Both", "--topic", "room.lobby")
    assert titles(follower) == ["Both", "All", "Lobby"]
    assert titles(other) == ["Both", "All"]


@pytest.mark.django_db
def test_notify_sends_every_field(alice: str) -> None:
    """What REST takes, the command takes."""
    fields = {"body": "two\nlines", "level": "error", "category": "c", "url": "/u", "icon": "https://x/i.png"}
    options = [f"--{name}={value}" for name, value in fields.items()]
    run("notify", alice, "All of it", *options, '--data={"build": [42, null]}')
    (item,) = inbox.page(Person(alice)).items
    assert {name: item[name] for name in fields} == fields
    assert (item["title"], item["data"]) == ("All of it", {"build": [42, None]})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        pytest.param(["no recipient"], "user, --topic or --everyone:", id="nobody"),
        pytest.param(["alice", ""], "title:", id="empty title"),
        pytest.param(["alice", "x" * 201], "title:", id="long title"),
        pytest.param(["a\nb", "x"], "user:", id="user of two lines"),
        pytest.param(["x" * 129, "x"], "user:", id="long user"),
        pytest.param(["--topic", "a b", "x"], "--topic:", id="bad topic"),
        pytest.param(["alice", "x", "--level", "loud"], "--level:", id="unknown level"),
        pytest.param(["alice", "x", "--url", "javascript:alert(1)"], "--url:", id="dangerous url"),
        pytest.param(["alice", "x", "--icon", "//x"], "--icon:", id="dangerous icon"),
        pytest.param(["alice", "x", "--body", "x" * 4001], "--body:", id="long body"),
        pytest.param(["alice", "x", "--category", "x" * 65], "--category:", id="long category"),
        pytest.param(["alice", "x", "--data", "{"], "--data is not JSON:", id="broken data"),
        pytest.param(["alice", "x", "--data", "[]"], "--data:", id="data as list"),
        pytest.param(["alice", "x", "--data", '{"x": NaN}'], "--data is not JSON:", id="NaN in data"),
        pytest.param(["alice", "x", "--data", '{"x": 1, "x": 2}'], "--data is not JSON:", id="field twice in data"),
        pytest.param(["alice", "x", "--data", "[" * 100_000], "--data is not JSON:", id="data nested without end"),
        pytest.param(["alice", "x", "--data", '{"x": "%s"}' % ("x" * 9000)], "--data:", id="long data"),
    ],
)
def test_notify_names_the_option_that_is_wrong(arguments: list[str], named: str) -> None:
    """And sends nothing."""
    assert complaint("notify", *arguments).startswith(named)
    assert not Notification.objects.exists()


@pytest.mark.django_db
def test_notify_names_all_that_is_wrong() -> None:
    """One line for each."""
    lines = complaint("notify", "alice", "", "--level", "loud", "--url", "x").splitlines()
    assert [line.partition(":")[0] for line in lines] == ["title", "--level", "--url"]


# ------------------------------------------------------------------ createkey


@pytest.mark.django_db
def test_key_is_shown_once_and_stored_as_a_hash() -> None:
    """The text goes to stdout alone, so that it can be put into a variable."""
    out, err = StringIO(), StringIO()
    call_command("createkey", "shop", stdout=out, stderr=err)
    text = out.getvalue().strip()
    assert text.startswith("nk_") and len(text.split()) == 1
    assert text not in err.getvalue() and "not stored" in err.getvalue()
    (row,) = ApiKey.objects.values()
    assert bytes(row["digest"]) == hashlib.sha256(text.encode()).digest()
    assert text.split("_", 2)[2] not in str(row)
    assert caller_of_key(text).scopes == {"notify:send"}
    assert (row["name"], row["expires_at"]) == ("shop", None)


@pytest.mark.django_db
def test_key_has_the_scopes_and_the_life_that_were_asked_for() -> None:
    """`--scope` may be repeated."""
    text = run("createkey", "shop", "--scope", "inbox:read", "--scope", "ops:read", "--days", "90")
    assert caller_of_key(text).scopes == {"inbox:read", "ops:read"}
    expires = ApiKey.objects.get().expires_at
    assert expires is not None
    assert abs(expires - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        pytest.param([""], "name:", id="no name"),
        pytest.param(["x" * 101], "name:", id="long name"),
        pytest.param(["a\nb"], "name:", id="name of two lines"),
        pytest.param(["a\x00"], "name:", id="name with NUL"),
        pytest.param(["\udcff"], "name:", id="name that is no text"),
        pytest.param(["shop", "--scope", "admin"], "--scope:", id="unknown scope"),
        pytest.param(["shop", "--scope", ""], "--scope:", id="empty scope"),
        pytest.param(["shop", "--days", "0"], "--days:", id="no days"),
        pytest.param(["shop", "--days", "-1"], "--days:", id="days ago"),
        pytest.param(["shop", "--days", "99999999999"], "--days:", id="for ever and ever"),
        pytest.param(["shop", "--days", "soon"], "Error: argument --days:", id="days in words"),
        pytest.param([], "Error: the following arguments are required: name", id="nothing"),
    ],
)
def test_createkey_names_the_option_that_is_wrong(arguments: list[str], named: str) -> None:
    """And makes no key."""
    assert complaint("createkey", *arguments).startswith(named)
    assert not ApiKey.objects.exists()


# ------------------------------------------------------------------ token


def test_token_is_one_of_ours() -> None:
    """With the topics and the life that were asked for."""
    person = person_of_token(run("token", "alice", "--topic", "room.*", "--topic", "order:1", "--seconds", "60"))
    assert (person.recipient, person.topics) == ("alice", ("room.*", "order:1"))
    assert person.expires is not None
    assert timedelta(seconds=50) < person.expires - timezone.now() <= timedelta(seconds=60)
    assert person_of_token(run("token", "🎉 a/b")).recipient == "🎉 a/b"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        pytest.param([""], "user:", id="no user"),
        pytest.param(["x" * 129], "user:", id="long user"),
        pytest.param(["alice", "--topic", "a b"], "--topic:", id="bad topic"),
        pytest.param(
            ["alice", *(f"--topic={'x' * 120}{n}" for n in range(100))], "--topic:", id="too many long topics"
        ),
        pytest.param(["alice", "--seconds", "9"], "--seconds:", id="short life"),
        pytest.param(["alice", "--seconds", "86401"], "--seconds:", id="long life"),
    ],
)
def test_token_names_the_option_that_is_wrong(arguments: list[str], named: str) -> None:
    """And mints nothing."""
    assert complaint("token", *arguments).startswith(named)


# ------------------------------------------------------------------ as processes


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["notify", "alice", "x", "--level", "loud"], "--level: ", id="notify"),
        pytest.param(["createkey", "shop", "--scope", "x"], "--scope: ", id="createkey"),
        pytest.param(["token", "alice", "--seconds", "1"], "--seconds: ", id="token"),
        pytest.param(["who"], "No server started by `manage.py serve` runs on {folder}", id="who, without a server"),
        pytest.param(["notify", "alice", "x"], "Has manage.py migrate prepared it?", id="notify, before the first start"),
        pytest.param(["createkey", "shop"], "Has manage.py migrate prepared it?", id="createkey, before the first start"),
    ],
)  # fmt: skip
def test_refusal_is_a_sentence_and_an_exit_code(tmp_path: Path, arguments: list[str], said: str) -> None:
    """No traceback, nothing on stdout that a script could take for an answer."""
    ended = manage(tmp_path, *arguments)
    assert ended.returncode == 1
    assert said.format(folder=tmp_path) in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_checkconfig_lists_the_settings_without_their_secrets(tmp_path: Path) -> None:
    """And says that all is well, before the database was ever used."""
    secret = "a secret that is nobody's business at all"
    ended = manage(tmp_path, "checkconfig", NOTIFIER_SECRET_KEY=secret, NOTIFIER_TOKEN_SECONDS="600")
    assert ended.returncode == 0, ended.stderr
    lines = {line.split()[0]: line for line in ended.stdout.splitlines() if line.strip()}
    assert " 600 " in lines["NOTIFIER_TOKEN_SECONDS"]
    assert " set " in lines["NOTIFIER_SECRET_KEY"] and " not set " in lines["REDIS_URL"]
    assert secret not in ended.stdout
    assert ended.stdout.endswith("All is well.\n")


def test_checkconfig_names_what_does_not_answer(tmp_path: Path) -> None:
    """The database and Redis, both, without their passwords."""
    port = free_port()
    ended = manage(
        tmp_path,
        "checkconfig",
        DATABASE_URL=f"postgresql://user:hunter2@127.0.0.1:{port}/notifier",
        REDIS_URL=f"redis://:hunter2@127.0.0.1:{port}/0",
        NOTIFIER_SECRET_KEY="a secret that is nobody's business at all",
    )
    assert ended.returncode == 1
    said = ended.stdout + ended.stderr
    assert "DATABASE_URL: the database does not answer" in said
    assert "REDIS_URL: Redis does not answer" in said
    assert "Traceback" not in said and "hunter2" not in said


def test_who_asks_the_server(new_server: Callable[..., Server], browser: Callable[..., Socket], alice: str) -> None:
    """Without Redis the server alone knows; it is asked directly, whatever proxy the environment names."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    server = new_server("uvicorn", http_proxy=nowhere, HTTP_PROXY=nowhere)
    browser(server, alice).hello()
    said = server.manage("who")
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("1 people online, 1 connections\n")
    assert alice in said.stdout
    found = json.loads(server.manage("who", "--json", "--user", "nobody").stdout)
    assert (found["people"], found["total"], found["connections"]) == (1, 1, [])
    assert server.manage("notify", alice, "from the command line").returncode == 0
    assert server.http.get("/api/v1/presence").json()["people"] == 1


# ------------------------------------------------------------------ what operators do


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("disconnect",), "give either user or connection"),
        (("disconnect", "alice", "--connection", "con_0123456789abcdef"), "give either user or connection"),
        (("disconnect", "--connection", "con_1"), "--connection: "),
        (("block", "a\nb"), "user: "),
        (("block", "alice", "--for", "soon"), "--for: write 30m, 2h or 7d"),
        (("block", "alice", "--for", "0m"), "--for: write 30m, 2h or 7d"),
        (("block", "alice", "--for", "9999d"), "--for: must lie in the future, and within ten years"),
        (("block", "alice", "--reason", "x" * 201), "--reason: "),
        (("unblock", ""), "user: "),
        (("banner",), "either a text or --clear"),
        (("banner", "x", "--clear"), "either a text or --clear"),
        (("banner", " "), "text: "),
        (("banner", "x", "--level", "loud"), "--level: "),
        (("rotatekey", "nothing"), "prefix: There is no such API key."),
        (("rotatekey", "nothing", "--hours", "-1"), "--hours: "),
        (("revokekey", "nothing"), "prefix: There is no such API key."),
        (("pruneaudit", "--days", "30"), "--days: at least 365"),
        (("role", "nobody", "viewer"), "user: nobody signs in as nobody"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)
def test_order_that_makes_no_sense_is_refused(arguments: tuple[str, ...], said: str) -> None:
    """Under the names of the command line."""
    assert said in complaint(*arguments)
