"""Writing to a socket without the way through its transport, where thousands get the same."""

import asyncio
import ctypes
import os
from collections.abc import Callable
from functools import partial
from typing import Any

# Not `socket.send`, which lets go of the interpreter's lock for each of them: threads at work then come between any two.
_send: Any = ctypes.PyDLL(None).send if os.name == "posix" else None
if _send is not None:
    _send.restype = ctypes.c_ssize_t


class DirectWriter:
    """All that is written to a socket goes through here, so that it goes out in order: by its transport, and by the `send` that was lent.

    The socket stays the transport's, and is lent by its number. That is taken back when the transport has something that goes first, and
    before it closes the socket: from then on what was lent writes nothing, whatever has that number by then.
    """

    __slots__ = ("_number", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._number: ctypes.c_int | None = None

    def write(self, data: bytes) -> None:
        """Write it by the transport, which does so at once if the socket takes it."""
        self._transport.write(data)
        if self._number is not None and self._transport.get_write_buffer_size():
            self.take_back()

    def sender(self) -> Callable[[bytes, int, int], int] | None:
        """`send(2)` of this socket, called with data, its size and flags: returns how much of it was written, and -1 if nothing was. What it leaves is the caller's to `write`.

        None while something waits in the transport, or where that is more than a socket, as with TLS.
        """
        if self._number is None and self._is_free():
            self._number = ctypes.c_int(self._transport.get_extra_info("socket").fileno())
        return None if self._number is None else partial(_send, self._number)

    def take_back(self) -> None:
        """What was lent writes nothing any more. To be called when the connection is lost, if not before."""
        if self._number is not None:
            self._number.value = -1
            self._number = None

    def _is_free(self) -> bool:
        transport = self._transport
        return (
            _send is not None
            and not transport.is_closing()
            and transport.get_write_buffer_size() == 0
            and transport.get_extra_info("sslcontext") is None
        )
