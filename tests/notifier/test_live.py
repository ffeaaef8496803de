"""What goes over the line is what a library would have made of it."""

import pytest
from websockets.frames import Frame, Opcode

from notifier.live import frame_of, size_of


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 2**16 - 1, 2**16, 2**17])
@pytest.mark.parametrize("letter", ["x", "ü", "🎉"], ids=["ASCII", "two bytes", "four bytes"])
def test_frame_is_that_of_rfc_6455(letter: str, size: int) -> None:
    """Around each of the three ways to say how long it is."""
    text = letter * size
    assert frame_of(text) == Frame(Opcode.TEXT, text.encode()).serialize(mask=False)
    assert size_of(text) == len(text.encode())
