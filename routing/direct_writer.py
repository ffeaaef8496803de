"""Writing to a socket without the way through its transport, where thousands get the same.

A transport queues each write, and makes it at the end of the loop's turn: for one small frame that is a fifth of its cost.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import cast


class DirectWriter:
    """All that is written to a socket goes through here, so that it goes out in order: to its transport, or once `sender` was asked for straight to it.

    The socket stays the transport's. It is borrowed by its number, and given back when the transport has something that goes first, and
    before it closes it: from then on the `send` that was handed out raises OSError, whatever has that number by then.
    """

    __slots__ = ("_socket", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._socket: socket.socket | None = None

    def write(self, data: bytes) -> None:
        """Write it: now, if the socket is borrowed and takes it."""
        went = 0
        if self._socket is not None:
            try:
                went = self._socket.send(data)
            except OSError:  # it takes nothing, or is no more: the transport finds out which
                went = 0
            if went == len(data):
                return
            self.give_back()
        self._transport.write(data[went:])

    def sender(self) -> Callable[[bytes], int] | None:
        """The socket's own `send`, which writes as much as it takes and returns how much that is, or raises OSError. What it leaves is the caller's to `write`.

        None while something waits in the transport, or where that is more than a socket, as with TLS.
        """
        if self._socket is None and self._is_free():
            line = cast("socket.socket", self._transport.get_extra_info("socket"))
            self._socket = socket.socket(line.family, line.type, line.proto, fileno=line.fileno())
        return None if self._socket is None else self._socket.send

    def give_back(self) -> None:
        """No `send` that was handed out writes any more. To be called when the connection is lost, if not before."""
        if self._socket is not None:
            self._socket.detach()
            self._socket = None

    def _is_free(self) -> bool:
        transport = self._transport
        return (
            not transport.is_closing()
            and transport.get_write_buffer_size() == 0
            and transport.get_extra_info("sslcontext") is None
        )
