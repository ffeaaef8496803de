"""A live entry on its way to many sockets: whatever is the same for all of them is made once."""

from functools import cached_property

from websockets.frames import Frame, Opcode


class Live:
    """Entry `seq` of `stream`, as the encoded frame `text`, handed on at `now`, in seconds on a monotonic clock."""

    def __init__(self, stream: str, seq: int, text: str, now: float) -> None:
        self.stream, self.seq, self.text, self.now = stream, seq, text, now
        self.parcel = (seq, size_of(text), now)

    @cached_property
    def frame(self) -> bytes:
        """As it goes over the line: servers mask nothing (RFC 6455, section 5.1), so it is the same bytes for every socket."""
        return frame_of(self.text)


def frame_of(text: str) -> bytes:
    """The WebSocket frame of a server's text message."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


def size_of(text: str) -> int:
    """In bytes. Python knows at once whether a text is ASCII."""
    return len(text) if text.isascii() else len(text.encode())
