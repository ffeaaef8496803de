"""The shared vectors of protocol v1, as the server reads them."""

import json
from pathlib import Path
from typing import Any

import pytest

from notifier.wire import FrameError, parse_client_frame

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
