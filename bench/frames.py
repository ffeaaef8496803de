"""WebSocket frames on the client's side, no more than the load client needs: it must cost less than any server."""

import base64
import os

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA

# The marker of a notification stands in its title. It is found without parsing JSON: `~` occurs in nothing else that is sent.
MARK_DIGITS = 7
_MARK = b"~"


def mark_text(mark: int) -> str:
    """What a title contains so that the client knows which notification it is."""
    return f"~{mark:0{MARK_DIGITS}d}~"


def find_mark(data: bytes, start: int, stop: int) -> int:
    """The marker of the notification in this frame; -1 when it is none."""
    at = data.find(_MARK, start, stop)
    return -1 if at < 0 else int(data[at + 1 : at + 1 + MARK_DIGITS])


def frame(opcode: int, payload: bytes) -> bytes:
    """A client's frame. The mask is zero: the server unmasks it all the same, and we are spared the masking."""
    length = len(payload)
    if length < 126:
        head = bytes([0x80 | opcode, 0x80 | length])
    elif length < 65_536:
        head = bytes([0x80 | opcode, 0x80 | 126]) + length.to_bytes(2)
    else:
        head = bytes([0x80 | opcode, 0x80 | 127]) + length.to_bytes(8)
    return head + b"\0\0\0\0" + payload


def upgrade(port: int, path: str, headers: dict[str, str]) -> bytes:
    """The request that opens a WebSocket. No extension is offered, so nothing is compressed."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
