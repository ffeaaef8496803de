"""`POST /api/v1/notifications`: what is accepted, and how what is not accepted is refused."""

import json
from typing import Any

import pytest

from notifier.models import Notification
from tests.api.conftest import Backend, assert_refused

PATH = "/api/v1/notifications"


def draft(**fields: Any) -> dict[str, Any]:
    return {"to": {"users": ["alice"]}, "title": "Deploy finished", **fields}


def nested(depth: int) -> dict[str, Any]:
    """`data` that is so many levels deep."""
    value: Any = 1
    for _ in range(depth - 1):
        value = [value]
    return {"x": value}


def of_bytes(size: int) -> dict[str, str]:
    """`data` that takes so many bytes as JSON."""
    return {"x": "é" * ((size - 8) // 2) + "a" * (size % 2)}


# ------------------------------------------------------------------ accepted


def test_answer_says_what_became_of_it(backend: Backend) -> None:
    """201 with the id, the time, the number of people, and the address where it can be looked up."""
    answer = backend.send(to={"users": ["alice", "bob"]})
    assert answer.status_code == 201
    told = answer.json()
    assert set(told) == {"id", "created", "addressed", "online"}
    assert (told["addressed"], told["online"]) == (2, None)
    assert told["created"].endswith("Z")
    assert answer.headers["Location"] == f"{PATH}/{told['id']}"
    found = backend.get(answer.headers["Location"])
    assert (found.status_code, found.json()["title"], found.json()["addressed"]) == (200, "Deploy finished", 2)


def test_repeated_recipients_count_once(backend: Backend) -> None:
    """Naming somebody or a topic twice changes nothing."""
    assert backend.send(to={"users": ["alice", "bob", "alice"], "topics": ["t", "t"]}).json()["addressed"] == 2


@pytest.mark.parametrize(
    "recipient",
    [
        pytest.param("with space", id="space"),
        pytest.param("a/b?c#d", id="slash"),
        pytest.param("🎉 Ünïcode", id="emoji"),
        pytest.param("user:x", id="colon"),
        pytest.param("x" * 128, id="128 characters"),
        pytest.param("🎉" * 128, id="128 emoji"),
        pytest.param("..", id="dots"),
        pytest.param("__proto__", id="__proto__"),
        pytest.param("'; DROP TABLE notifier_entry; --", id="SQL"),
    ],
)
def test_any_id_is_a_recipient(backend: Backend, recipient: str) -> None:
    """Nothing is assumed about a backend's own ids."""
    assert backend.send(to={"users": [recipient]}).status_code == 201
    inbox = backend.client.get(
        "/api/v1/inbox", {"user": recipient}, headers={"Authorization": f"Bearer {backend.key}"}
    ).json()
    assert [item["title"] for item in inbox["notifications"]] == ["Deploy finished"]


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"title": "t" * 200}, id="title of 200"),
        pytest.param({"title": "🎉" * 200}, id="title of 200 emoji"),
        pytest.param({"body": "b" * 4000}, id="body of 4000"),
        pytest.param({"body": "two\nlines\tand a tab\r\n"}, id="body of lines"),
        pytest.param({"category": "c" * 64}, id="category of 64"),
        pytest.param({"url": "https://example.com/" + "u" * 2028}, id="url of 2048"),
        pytest.param({"icon": "/" + "i" * 2047}, id="icon of 2048"),
        pytest.param({"data": of_bytes(8192)}, id="data of 8 KiB"),
        pytest.param({"data": nested(16)}, id="data 16 deep"),
        pytest.param(
            {"data": {"n": 2**53 - 1, "m": -(2**53) + 1, "f": 1e20, "z": None, "b": True}}, id="data of all kinds"
        ),
        pytest.param({"to": {"users": [], "topics": [], "everyone": True}}, id="everyone"),
        pytest.param({"to": {"topics": [f"t{number}" for number in range(100)]}}, id="100 topics"),
    ],
)
def test_limits_can_be_reached(backend: Backend, fields: dict[str, Any]) -> None:
    """What is just within the limits is stored as it was sent."""
    answer = backend.send(**fields)
    assert answer.status_code == 201, answer.content
    stored = backend.get(answer.headers["Location"]).json()
    assert {name: stored[name] for name in fields if name != "to"} == {
        name: value for name, value in fields.items() if name != "to"
    }


# ------------------------------------------------------------------ refused


def refusals(field: str, pointer: str, values: dict[str, object]) -> list[Any]:
    return [pytest.param({field: value}, pointer, id=f"{field} {name}") for name, value in values.items()]


NOT_TEXT: dict[str, object] = {"null": None, "number": 5, "boolean": True, "list": ["x"], "object": {"x": 1}}
NOT_OBJECT: dict[str, object] = {"null": None, "number": 5, "boolean": True, "list": ["x"], "text": "x"}

WRONG_FIELDS = [
    pytest.param({"colour": "red"}, "#/colour", id="unknown field"),
    pytest.param({"a/b~c": 1}, "#/a~1b~0c", id="unknown field with a slash and a tilde"),
    pytest.param({"to": {"users": ["alice"], "groups": ["x"]}}, "#/to/groups", id="unknown field in to"),
    # types
    *[case for name in ("title", "body", "category", "level", "url", "icon") for case in refusals(name, f"#/{name}", NOT_TEXT)],
    *refusals("to", "#/to", NOT_OBJECT),
    *refusals("data", "#/data", NOT_OBJECT),
    *[
        pytest.param({"to": {name: value}}, f"#/to/{name}", id=f"{name} {kind}")
        for name in ("users", "topics")
        for kind, value in {"null": None, "number": 5, "text": "alice", "object": {"x": 1}}.items()
    ],
    *[
        pytest.param({"to": {name: ["ok", value]}}, f"#/to/{name}/1", id=f"one of {name} {kind}")
        for name in ("users", "topics")
        for kind, value in NOT_TEXT.items()
    ],
    *[
        pytest.param({"to": {"everyone": value}}, "#/to/everyone", id=f"everyone {kind}")
        for kind, value in {"null": None, "1": 1, "text": "true", "list": [True]}.items()
    ],
    # texts
    *refusals("title", "#/title", {"empty": "", "blank": " \u00a0\u3000", "of 201": "t" * 201, "of two lines": "a\nb"}),
    *refusals("title", "#/title", {"with NUL": "a\x00b", "with escape": "\x1b[31m", "with line separator": "a\u2028b"}),
    *refusals("title", "#/title", {"with lone surrogate": "\ud800"}),
    *refusals("body", "#/body", {"of 4001": "b" * 4001, "with NUL": "\x00", "with escape": "\x1b", "surrogate": "\udfff"}),
    *refusals("category", "#/category", {"of 65": "c" * 65, "of two lines": "a\nb", "with NUL": "\x00"}),
    *refusals("level", "#/level", {"unknown": "loud", "empty": "", "upper": "INFO", "surrogate": "\ud800"}),
    *[
        case
        for name in ("url", "icon")
        for case in refusals(
            name,
            f"#/{name}",
            {
                "of 2049": "https://example.com/" + "u" * 2029,
                "javascript": "javascript:alert(1)",
                "JaVaScRiPt": "JaVaScRiPt:alert(1)",
                "javascript after space": " javascript:alert(1)",
                "javascript after control": "\x01javascript:alert(1)",
                "javascript split by tab": "java\tscript:alert(1)",
                "javascript with slashes": "javascript://example.com/%0aalert(1)",
                "data": "data:text/html,<script>alert(1)</script>",
                "vbscript": "vbscript:x",
                "file": "file:///etc/passwd",
                "blob": "blob:https://example.com/x",
                "ftp": "ftp://example.com/",
                "other host": "//evil.example/",
                "other host by backslash": "/\\evil.example/",
                "backslashes": "\\\\evil.example\\",
                "other host by tab": "/\t/evil.example/",
                "leading space": " https://example.com/",
                "trailing line end": "https://example.com/\n",
                "no host": "https:///path",
                "no slashes": "https:example.com",
                "broken host": "https://[::1",
                "relative": "page.html",
                "fragment": "#top",
                "bare host": "example.com",
                "lone surrogate": "https://example.com/\ud800",
            },
        )
    ],
    # data
    *refusals("data", "#/data", {"over 8 KiB": of_bytes(8193), "17 deep": nested(17), "900 deep": nested(900)}),
    *refusals("data", "#/data", {"54 bits": {"n": 2**53}, "4000 digits": {"n": 10**3999}, "vast": {"n": 1e300}}),
    *refusals("data", "#/data", {"minute": {"n": 1e-300}, "NUL": {"x": ["\x00"]}, "NUL in a name": {"a": {"\x00": 1}}}),
    *refusals("data", "#/data", {"surrogate": {"x": "\ud800"}, "surrogate in a name": {"x": {"\udfff": 1}}}),
    # audience
    pytest.param({"to": {}}, "#/to", id="to nobody"),
    pytest.param({"to": {"users": []}}, "#/to", id="to no users"),
    pytest.param({"to": {"topics": []}}, "#/to", id="to no topics"),
    pytest.param({"to": {"everyone": False}}, "#/to", id="not to everyone"),
    pytest.param({"to": {"users": [], "topics": [], "everyone": False}}, "#/to", id="to nobody in three ways"),
    pytest.param({"to": {"users": [f"u{number}" for number in range(10_001)]}}, "#/to/users", id="10,001 recipients"),
    pytest.param({"to": {"users": ["alice"] * 10_001}}, "#/to/users", id="10,001 times the same"),
    pytest.param({"to": {"topics": [f"t{number}" for number in range(101)]}}, "#/to/topics", id="101 topics"),
    *[
        pytest.param({"to": {"users": ["alice", recipient]}}, "#/to/users/1", id=f"recipient {name}")
        for name, recipient in {
            "empty": "",
            "NUL": "a\x00",
            "line end": "a\n",
            "escape": "\x1b",
            "C1 control": "\x85",
            "line separator": "\u2028",
            "lone surrogate": "\ud83c",
            "of 129": "x" * 129,
        }.items()
    ],
    *[
        pytest.param({"to": {"topics": ["ok", topic]}}, "#/to/topics/1", id=f"topic {name}")
        for name, topic in {
            "empty": "",
            "space": "a b",
            "slash": "a/b",
            "emoji": "🎉",
            "leading dot": ".a",
            "leading colon": ":a",
            "star": "room.*",
            "line end": "room\n",
            "NUL": "room\x00",
            "umlaut": "räume",
            "of 129": "x" * 129,
        }.items()
    ],
]  # fmt: skip


@pytest.mark.parametrize(("fields", "pointer"), WRONG_FIELDS)
def test_wrong_field_is_named(backend: Backend, fields: dict[str, Any], pointer: str) -> None:
    """422 with a pointer to the field that is wrong, and nothing is stored; the next request is served."""
    assert_refused(backend.send(**fields), 422, "invalid", pointer)
    assert not Notification.objects.exists()
    assert backend.send().status_code == 201


@pytest.mark.parametrize("missing", ["to", "title"])
def test_missing_field_is_named(backend: Backend, missing: str) -> None:
    """A notification has a title and somebody to get it."""
    body = {name: value for name, value in draft().items() if name != missing}
    problem = assert_refused(backend.post(PATH, body), 422, "invalid", f"#/{missing}")
    assert problem["errors"][0]["code"] == "missing"


def test_all_wrong_fields_are_named_at_once(backend: Backend) -> None:
    """Nobody has to mend five fields in five attempts."""
    answer = backend.send(to={"users": ["", 5]}, title="", level="loud", url="javascript:x")
    assert_refused(answer, 422, "invalid", "#/to/users/0", "#/to/users/1", "#/title", "#/level", "#/url")


def raw(title: bytes = b'"Deploy finished"', data: bytes = b"{}") -> bytes:
    return b'{"to": {"users": ["alice"]}, "title": %s, "data": %s}' % (title, data)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{", id="cut off"),
        pytest.param(b"not json", id="no JSON"),
        pytest.param(raw() + b"x", id="more after it"),
        pytest.param(raw() + raw(), id="two of them"),
        pytest.param(b"\xef\xbb\xbf" + raw(), id="byte order mark"),
        pytest.param(raw().decode().encode("utf-16"), id="UTF-16"),
        pytest.param(raw(b'"\xff"'), id="invalid UTF-8"),
        pytest.param(raw(b'"\xed\xa0\x80"'), id="surrogate in UTF-8"),
        pytest.param(raw(b"'x'"), id="single quotes"),
        pytest.param(raw(b'"a\nb"'), id="line end in a text"),
        pytest.param(raw(data=b'{"a": 1,}'), id="comma too many"),
        pytest.param(raw(data=b'{"x": NaN}'), id="NaN"),
        pytest.param(raw(data=b'{"x": Infinity}'), id="Infinity"),
        pytest.param(raw(data=b'{"x": -Infinity}'), id="-Infinity"),
        pytest.param(raw(data=b'{"x": 01}'), id="leading zero"),
        pytest.param(raw(data=b'{"x": 1, "x": 2}'), id="field twice in data"),
        pytest.param(raw()[:-1] + b', "title": "Other"}', id="field twice"),
        pytest.param(raw()[:-1] + b', "tit\\u006ce": "Other"}', id="field twice, once escaped"),
        pytest.param(b"[" * 100_000, id="100,000 brackets"),
        pytest.param(b'{"a":' * 80_000, id="80,000 objects"),
        pytest.param(raw(data=b'{"x": ' + b"[" * 90_000 + b"]" * 90_000 + b"}"), id="90,000 deep in data"),
        pytest.param(raw(data=b'{"x": ' + b"9" * 5000 + b"}"), id="5,000 digits"),
        pytest.param(b"\x00", id="NUL"),
    ],
)
def test_what_is_no_json_is_refused(backend: Backend, body: bytes) -> None:
    """400 with `invalid_json`; the next request is served."""
    assert_refused(backend.ask("POST", PATH, body), 400, "invalid_json", "#")
    assert backend.send().status_code == 201


@pytest.mark.parametrize(
    "body",
    [pytest.param(body, id=body.decode()) for body in (b"[]", b"5", b'"text"', b"null", b"true", b'[{"title": "x"}]')],
)
def test_json_that_is_no_object_is_refused(backend: Backend, body: bytes) -> None:
    """422, as for a wrong field: it is JSON, but no notification."""
    assert_refused(backend.ask("POST", PATH, body), 422, "invalid")
    assert backend.send().status_code == 201


def test_pointer_to_the_whole_body_is_that_of_the_rfc(backend: Backend) -> None:
    """RFC 6901: `#` is the whole document."""
    assert_refused(backend.ask("POST", PATH, b"[]"), 422, "invalid", "#")


@pytest.mark.parametrize("body", [b"", b"{}"], ids=["empty", "empty object"])
def test_empty_body_lacks_everything(backend: Backend, body: bytes) -> None:
    """An empty body is an object without fields."""
    assert_refused(backend.ask("POST", PATH, body), 422, "invalid", "#/to", "#/title")


def test_number_beyond_all_bounds_is_refused(backend: Backend) -> None:
    """1e999 is well-formed JSON, but no number that could be stored."""
    assert_refused(backend.ask("POST", PATH, raw(data=b'{"x": 1e999}')), 422, "invalid", "#/data")
    assert_refused(backend.ask("POST", PATH, raw(title=b"-1e999")), 422, "invalid", "#/title")


def test_field_whose_name_is_no_text_is_refused(backend: Backend) -> None:
    """A lone surrogate as a field's name can be neither stored nor pointed at."""
    assert_refused(backend.ask("POST", PATH, raw()[:-1] + b', "\\ud800": 1}'), 422, "invalid")
    assert_refused(backend.ask("POST", PATH, b'{"to": {"\\ud800": 1}, "title": "x"}'), 422, "invalid")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "nonsense", ""],
    ids=lambda content_type: content_type or "none",
)  # fmt: skip
def test_other_content_type_is_refused(backend: Backend, content_type: str) -> None:
    """415: a form on a foreign page cannot send a notification."""
    answer = backend.ask("POST", PATH, json.dumps(draft()).encode(), content_type=content_type)
    assert_refused(answer, 415, "unsupported_media_type")
    assert backend.send().status_code == 201


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_content_type_may_be_written_in_other_ways(backend: Backend, content_type: str) -> None:
    """Parameters and case do not matter."""
    assert backend.ask("POST", PATH, draft(), content_type=content_type).status_code == 201


def test_large_body_is_refused(backend: Backend) -> None:
    """413 for 1 MB, whatever is in it."""
    assert_refused(backend.send(body="x" * 1_000_000), 413, "body_too_large")
    assert_refused(backend.ask("POST", PATH, b"\xff" * 1_000_000), 413, "body_too_large")
    assert backend.send().status_code == 201


def test_other_answers_than_json_are_not_to_be_had(backend: Backend) -> None:
    """406, itself in JSON."""
    answer = backend.client.get(f"{PATH}/x", headers={"Authorization": f"Bearer {backend.key}", "Accept": "text/html"})
    assert_refused(answer, 406, "not_acceptable")
