"""The parsers of frames: those of `websockets`, lent to a connection for as long as a message is on its way.

Between two messages a parser knows nothing of its connection, so one does for thousands of idle connections: these take
2 KiB less each, 7 instead of 9.
"""

from typing import Any

from websockets.frames import apply_mask  # type: ignore[attr-defined]  # in C where that was built, and not exported
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.streams import StreamReader

# Kept for the next connection; more than these are in use only while that many messages are incomplete.
_KEPT = 64

# The first byte of a text in one frame; the bit of a mask; the longest length that the second byte holds; two bytes and the mask.
_FINAL_TEXT, _MASKED, _SHORT, _SHORTEST = 0x81, 0x80, 125, 6

_BETWEEN_FRAMES = StreamReader.at_eof.__code__


class FrameParsers:
    """Parsers of messages of at most so many bytes."""

    def __init__(self, max_message_bytes: int) -> None:
        self._max = max_message_bytes
        self._free: list[ServerProtocol] = []

    def lend(self) -> ServerProtocol:
        """A parser at the beginning of a message."""
        return self._free.pop() if self._free else ServerProtocol(state=State.OPEN, max_size=self._max)

    def take_back(self, parser: ServerProtocol) -> bool:
        """Whether it was taken back. It is not while a frame, a message or the closing of its connection is on its way."""
        if not _is_at_rest(parser):
            return False
        if len(self._free) < _KEPT:
            self._free.append(parser)
        return True


def _is_at_rest(parser: ServerProtocol) -> bool:
    """Whether it waits for the first byte of a message. Where a later version of `websockets` waits elsewhere, it never does."""
    if parser.state is not State.OPEN or parser.current_size is not None or parser.parser_exc is not None:
        return False
    waits_in: Any = parser.parser
    while (deeper := getattr(waits_in, "gi_yieldfrom", None)) is not None:
        waits_in = deeper
    return not parser.reader.buffer and getattr(waits_in, "gi_code", None) is _BETWEEN_FRAMES


def short_text(data: bytes) -> str | None:
    """The text of one whole short masked frame (RFC 6455, section 5.2) and nothing besides, as an acknowledgement is.

    None for everything else, which is for a parser: it takes 13 of the 20 µs of a message, and this 1.
    """
    if len(data) < _SHORTEST or data[0] != _FINAL_TEXT or len(data) != data[1] - _MASKED + _SHORTEST:
        return None
    if data[1] > _MASKED + _SHORT:
        return None
    try:
        return apply_mask(data[_SHORTEST:], data[2:_SHORTEST]).decode()
    except UnicodeDecodeError:
        return None
