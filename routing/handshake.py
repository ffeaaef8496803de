"""The opening handshake of a WebSocket, as a server sees it (RFC 6455, section 4.2)."""

import base64
import binascii
from collections.abc import Iterable

from websockets.utils import accept_key

Header = tuple[bytes, bytes]

_KEY_BYTES = 16
MAX_HEADERS = 128
MAX_HEADERS_BYTES = 64 * 1024

REFUSAL = b"HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Version: 13\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
FAILURE = b"HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


def find_key(method: str, headers: list[Header]) -> str | None:
    """The client's key, if this request is a handshake. Names are in lower case; that it asks for an upgrade is known."""
    size = sum(len(name) + len(value) for name, value in headers)
    if method != "GET" or len(headers) > MAX_HEADERS or size > MAX_HEADERS_BYTES:
        return None
    single = {b"host": 0, b"sec-websocket-version": 0, b"sec-websocket-key": 0}
    key = b""
    for name, value in headers:
        if name in single:
            single[name] += 1
        if name == b"sec-websocket-key":
            key = value
        elif (name == b"sec-websocket-version" and value != b"13") or (
            name == b"sec-websocket-protocol" and not value.isascii()
        ):
            return None
    if any(number != 1 for number in single.values()):
        return None
    try:
        is_key = len(base64.b64decode(key, validate=True)) == _KEY_BYTES
    except binascii.Error:
        return None
    return key.decode() if is_key else None


def acceptance(key: str, headers: Iterable[Header]) -> bytes:
    """The response that opens the WebSocket."""
    lines = [
        b"HTTP/1.1 101 Switching Protocols",
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"Sec-WebSocket-Accept: " + accept_key(key).encode(),
        *(name + b": " + value for name, value in headers),
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n"
