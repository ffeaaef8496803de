"""The shared vectors of protocol v1, as the server reads them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.clientframes import Ack, parse_client_frame, parse_usual_ack
from notifier.wire import FrameError

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "frames.json").read_text())


@pytest.mark.parametrize("vector", [v for v in VECTORS["client"] if v["ok"]], ids=lambda v: v["name"])
def test_well_formed_frame_is_read_as_it_was_written(vector: dict[str, Any]) -> None:
    frame = parse_client_frame(json.dumps(vector["frame"]))
    assert frame.model_dump(exclude_unset=True) == vector["frame"]


@pytest.mark.parametrize("vector", [v for v in VECTORS["client"] if not v["ok"]], ids=lambda v: v["name"])
def test_broken_frame_is_refused_with_its_code_and_field(vector: dict[str, Any]) -> None:
    with pytest.raises(FrameError) as refusal:
        parse_client_frame(vector["text"])
    assert (refusal.value.code, refusal.value.field) == (vector["code"], vector["field"])
    assert refusal.value.message


@pytest.mark.parametrize("vector", VECTORS["client"], ids=lambda v: v["name"])
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")], ids=["as JavaScript writes it", "as Python does"])
def test_short_way_takes_acks_of_one_stream_and_nothing_else(
    vector: dict[str, Any], separators: tuple[str, str]
) -> None:
    text = json.dumps(vector["frame"], separators=separators) if vector["ok"] else vector["text"]
    streams = vector["frame"].get("streams", {}) if vector["ok"] else {}
    expected = next(iter(streams.items())) if len(streams) == 1 else None
    assert parse_usual_ack(text) == expected


_ODD = st.sampled_from(['"', "\\", "\n", "\x7f", "\u2028", "{", "}", ":", ",", "0", "٣", " ", "-", "e", "ä"])
_NAMES = st.text(st.one_of(_ODD, st.characters(exclude_categories=["Cs"])), max_size=140)


@given(
    names=st.lists(st.one_of(st.just("everyone"), _NAMES), min_size=1, max_size=2),
    number=st.one_of(st.integers(-1, 2**54).map(str), st.sampled_from(["01", "1.0", "1e3", "٣", "true", "null", ""])),
    escaped=st.booleans(),
    after=st.sampled_from(["", "", "", " ", "}", ",", "x"]),
)
def test_what_the_short_way_takes_means_the_same_on_the_long_one(
    names: list[str], number: str, escaped: bool, after: str
) -> None:
    quoted = [json.dumps(name, ensure_ascii=False) if escaped else f'"{name}"' for name in names]
    text = '{"type":"ack","streams":{' + ",".join(f"{name}:{number}" for name in quoted) + "}}" + after
    if (ack := parse_usual_ack(text)) is not None:
        assert parse_client_frame(text) == Ack(type="ack", streams=dict([ack]))
