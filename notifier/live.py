"""A live entry on its way to many sockets: whatever is the same for all of them is made once."""

import struct

# An entry that was sent: its seq, its size in bytes, and when it was sent, in seconds on a monotonic clock.
Parcel = tuple[int, int, float]

_FINAL_TEXT = 0x81


class Live:
    """Entry `seq` of `stream`, as the encoded frame `text`, handed on at `now`, in seconds on a monotonic clock."""

    __slots__ = ("_frame", "now", "parcel", "seq", "stream", "text")

    def __init__(self, stream: str, seq: int, text: str, now: float) -> None:
        self.stream, self.seq, self.text, self.now = stream, seq, text, now
        self.parcel: Parcel = (seq, size_of(text), now)
        self._frame = b""

    @property
    def frame(self) -> bytes:
        """As it goes over the line, the same bytes for every socket."""
        if not self._frame:
            self._frame = frame_of(self.text)
        return self._frame


def frame_of(text: str) -> bytes:
    """A text as a server's WebSocket frame (RFC 6455, section 5.2): final, and not masked."""
    payload = text.encode()
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", _FINAL_TEXT, size)
    elif size < 2**16:
        head = struct.pack("!BBH", _FINAL_TEXT, 126, size)
    else:
        head = struct.pack("!BBQ", _FINAL_TEXT, 127, size)
    return head + payload


def size_of(text: str) -> int:
    """In bytes. Python knows at once whether a text is ASCII."""
    return len(text) if text.isascii() else len(text.encode())
