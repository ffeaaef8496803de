"""What may be sent, checked in one place for every way of sending."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.content import Draft
from notifier.errors import Invalid

GOOD: dict[str, Any] = {"to": {"users": ["alice"]}, "title": "Deploy finished"}


def problems(**fields: Any) -> dict[str, str]:
    """What is wrong with such a draft: the detail for each pointer."""
    with pytest.raises(Invalid) as refusal:
        Draft.parse({**GOOD, **fields})
    return {problem.pointer: problem.detail for problem in refusal.value.problems}


def test_only_a_title_and_an_audience_are_needed() -> None:
    """Everything else has a default."""
    draft = Draft.parse(GOOD)
    assert (draft.body, draft.level, draft.category, draft.url, draft.icon, draft.data) == ("", "info", "", "", "", {})


def test_defaults_are_not_shared() -> None:
    """Two drafts without data do not have the same data."""
    first, second = Draft.parse(GOOD), Draft.parse(GOOD)
    first.data["x"] = 1
    assert second.data == {}


@pytest.mark.parametrize(
    ("fields", "pointer", "said"),
    [
        ({"title": ""}, "#/title", "at least 1 character"),
        ({"title": " "}, "#/title", "blank"),
        ({"title": "x" * 201}, "#/title", "at most 200 characters"),
        ({"title": "a\nb"}, "#/title", "line ends"),
        ({"body": "x" * 4001}, "#/body", "at most 4000 characters"),
        ({"body": "\x1b[31m"}, "#/body", "control characters"),
        ({"category": "x" * 65}, "#/category", "at most 64 characters"),
        ({"level": "loud"}, "#/level", "'info', 'success', 'warning' or 'error'"),
        ({"url": "javascript:alert(1)"}, "#/url", "https://"),
        ({"icon": "https://\\x"}, "#/icon", "backslashes"),
        ({"data": {"x": "y" * 9000}}, "#/data", "at most 8192 bytes as JSON, and has 9008"),
        ({"data": {"x": 2**60}}, "#/data", "53 bits"),
        ({"data": {"x": math.inf}}, "#/data", "infinite"),
        ({"data": {"x": math.nan}}, "#/data", "NaN"),
        ({"data": {"x": 1e300}}, "#/data", "1e21"),
        ({"data": {"x": "\x00"}}, "#/data", "NUL"),
        ({"data": {"x": "\ud800"}}, "#/data", "surrogates"),
        ({"data": {"x": b"bytes"}}, "#/data", "JSON"),
        ({"data": {"x": {1: 2}}}, "#/data", "texts as keys"),
        ({"data": {"x": (1, 2)}}, "#/data", "JSON"),
        ({"to": {}}, "#/to", "at least one recipient"),
        ({"colour": "red"}, "#/colour", "no such field"),
    ],
    ids=lambda value: None if isinstance(value, dict) else value,
)
def test_refusal_says_what_is_allowed(fields: dict[str, Any], pointer: str, said: str) -> None:
    """In words that help whoever reads them."""
    assert said in problems(**fields)[pointer]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/",
        "/orders/1042?tab=items#3",
        "https://example.com",
        "HTTPS://EXAMPLE.COM/",
        "http://127.0.0.1:8000/x",
        "https://[::1]/",
        "https://exämple.com/ü",
        "https://example.com/a b",
        "/javascript:alert(1)",
        "https://example.com/?next=javascript:alert(1)",
    ],
)
def test_page_may_be_named_in_many_ways(url: str) -> None:
    """An address of the same site or of another one."""
    draft = Draft.parse({**GOOD, "url": url, "icon": url})
    assert (draft.url, draft.icon) == (url, url)


SCHEMES = st.sampled_from(["javascript:", "JAVASCRIPT:", "data:", "vbscript:", "file:", "blob:", "//", "/\\", "\\\\", "about:"])  # fmt: skip
NOISE = st.text(st.sampled_from(" \t\r\n\x00\x01\x1f\x7f\u200b\u2028\\"), max_size=3)


@given(NOISE, SCHEMES, NOISE, st.text(max_size=10))
def test_no_disguise_makes_an_address_dangerous(before: str, scheme: str, after: str, rest: str) -> None:
    """What a browser may take for a script or for another host is refused, whatever stands around it."""
    assert "#/url" in problems(url=before + scheme + after + rest)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=5))
def test_data_comes_through_as_it_was_or_not_at_all(data: dict[str, Any]) -> None:
    """Whatever is accepted survives the way through JSON, strictly."""
    try:
        accepted = Draft.parse({**GOOD, "data": data}).data
    except Invalid:
        return
    text = json.dumps(accepted, ensure_ascii=False, allow_nan=False)
    assert json.loads(text.encode()) == data


@given(JSON)
def test_nothing_breaks_the_check(raw: object) -> None:
    """Any JSON at all is either a draft or Invalid."""
    for body in (raw, {**GOOD, "to": raw}, {**GOOD, "title": raw, "level": raw, "url": raw}):
        try:
            Draft.parse(body)
        except Invalid as error:
            assert error.problems
