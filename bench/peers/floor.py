"""The floor: one prebuilt frame and a loop of `send()` to all sockets. No protocol, no parsing, no store: what the kernel takes.

`python -m bench.peers.floor PORT`. A WebSocket handshake is answered without a look at it, and each POST goes to all.
"""

import selectors
import socket
import sys

_SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
_DONE = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"


def _frame(text: bytes) -> bytes:
    length = len(text)
    return (bytes([0x81, length]) if length < 126 else bytes([0x81, 126]) + length.to_bytes(2)) + text


def serve(port: int) -> None:
    selector = selectors.DefaultSelector()
    listener = socket.create_server(("127.0.0.1", port), backlog=2048)
    listener.setblocking(False)
    selector.register(listener, selectors.EVENT_READ)
    audience: dict[socket.socket, None] = {}
    while True:
        for key, _ in selector.select():
            if key.fileobj is listener:
                line, _ = listener.accept()
                line.setblocking(False)
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(line, selectors.EVENT_READ)
                continue
            line = key.fileobj  # type: ignore[assignment]
            try:
                data = line.recv(65536)
            except ConnectionError:
                data = b""
            if data.startswith(b"GET "):
                audience[line] = None
                line.send(_SWITCH)
            elif data.startswith(b"POST "):
                frame = _frame(data.partition(b"\r\n\r\n")[2])
                for each in audience:
                    each.send(frame)
                line.send(_DONE)
            elif not data or line in audience:  # gone, or a close frame
                audience.pop(line, None)
                selector.unregister(line)
                line.close()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
