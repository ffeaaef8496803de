"""Close codes in words, for operators: `docs/protocol.md` says what clients do about them."""

from typing import NamedTuple

from notifier.wire import CloseCode


class Closing(NamedTuple):
    """`meaning`: what happened. `fault`: whether somebody should look into it."""

    name: str
    meaning: str
    fault: bool = False


_OF_OURS = {
    CloseCode.GOING_AWAY: Closing("going away", "The server drained; its clients came back elsewhere."),
    CloseCode.TOKEN_EXPIRED: Closing(
        "token expired", "The token or session ended; clients get a new one and come back."
    ),
    CloseCode.SLOW_CONSUMER: Closing("slow consumer", "Behind, and without an acknowledgement for too long.", True),
    CloseCode.RATE: Closing("rate", "The client sent more than 20 frames in a second.", True),
    CloseCode.HELLO_TIMEOUT: Closing("hello timeout", "The client opened a socket and said nothing.", True),
    CloseCode.UNAVAILABLE: Closing("unavailable", "The database did not answer while it connected.", True),
    CloseCode.FULL: Closing("full", "The server, or it for this address, takes no more.", True),
    CloseCode.UNAUTHORISED: Closing("unauthorised", "No credential, or a forged one."),
    CloseCode.REVOKED: Closing("revoked", "Token revoked, user deactivated, or password changed."),
    CloseCode.FORBIDDEN_ORIGIN: Closing("forbidden origin", "The page's origin is not in NOTIFIER_ORIGINS.", True),
    CloseCode.CONNECTION_LIMIT: Closing("connection limit", "One person has too many connections.", True),
    CloseCode.BAD_PROTOCOL: Closing("bad protocol", "The client sent what it must not.", True),
    CloseCode.FRAME_TOO_LARGE: Closing("frame too large", "The client sent a frame over 16 KiB.", True),
    CloseCode.TOPIC_FORBIDDEN: Closing("topic forbidden", "The socket of a topic without the right to it."),
    CloseCode.NOT_FOUND: Closing("not found", "No such address."),
}

_OF_ALL = {
    1000: Closing("normal", "The page closed it."),
    1001: Closing("left the page", "The browser navigated away or closed the tab."),
    1002: Closing("protocol error", "The client broke the WebSocket protocol.", True),
    1003: Closing("unsupported data", "The client could not take what it got.", True),
    1005: Closing("no code", "The client closed it without saying why."),
    1006: Closing("lost", "The line broke without a goodbye: network, sleep, or a killed tab."),
    1007: Closing("bad text", "The client sent text that is not UTF-8.", True),
    1009: Closing("message too big", "The client sent a message over 64 KiB.", True),
    1011: Closing("server error", "A fault of the server, or the client answered no ping.", True),
    1012: Closing("service restart", "The server was shut down."),
}

CLOSINGS: dict[int, Closing] = {**_OF_ALL, **{int(code): closing for code, closing in _OF_OURS.items()}}
"""By close code. Any other code is a client's own."""

OTHER = Closing("of the client", "A code that the client chose itself.")
