"""A client of protocol v1 for tests: it does what `docs/protocol.md` asks of a client, and keeps what it saw."""

import json
import time
from contextlib import ExitStack
from typing import Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

Frame = dict[str, Any]


class Socket:
    """One connection. `cursors` and `epoch` are those of a browser, handed from one connection to the next."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        path: str = "/ws/notifications/",
        origin: str | None = None,
        headers: dict[str, str] | None = None,
        subprotocols: list[str] | None = None,
    ) -> None:
        offered = ["notifier.v1"] if subprotocols is None else subprotocols
        if token is not None:
            offered = [*offered, f"notifier.token.{token}"]
        self._open = ExitStack()
        self.raw: ClientConnection = self._open.enter_context(
            connect(
                url + path,
                origin=Origin(origin) if origin else None,
                subprotocols=[Subprotocol(name) for name in offered] or None,
                additional_headers=headers,
                compression=None,
                proxy=None,
                max_size=None,
                close_timeout=2,
            )
        )
        self.cursors: dict[str, int] = {}
        self.epoch: str | None = None
        self.welcome: Frame = {}

    # -------------------------------------------------------------- frames

    def send(self, frame: object) -> None:
        self.raw.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    def receive(self, *, seconds: float = 10) -> Frame:
        """The next frame; TimeoutError when none comes, ConnectionClosed when the server closes."""
        frame: Frame = json.loads(self.raw.recv(timeout=seconds))
        if frame["type"] == "notification":
            assert frame["seq"] > self.cursors.get(frame["stream"], 0), f"not in order, or twice: {frame}"
            self.cursors[frame["stream"]] = frame["seq"]
        elif frame["type"] in {"reset", "followed"}:
            self.cursors[frame["stream"]] = frame["seq"]
        return frame

    def hello(self, after: "Socket | None" = None, **fields: Any) -> Self:
        """Say hello, going on where another connection of the same browser ended, and wait for `welcome`."""
        if after is not None:
            self.cursors = dict(after.cursors)
            fields = {"resume": after.cursors, "epoch": after.epoch, **fields}
        self.send({"type": "hello", **fields})
        return self.await_welcome()

    def await_welcome(self) -> Self:
        self.welcome = self.receive()
        assert self.welcome["type"] == "welcome", self.welcome
        self.epoch = self.welcome["epoch"]
        self.cursors = {**self.cursors, **self.welcome["streams"]}
        return self

    def ack(self) -> None:
        self.send({"type": "ack", "streams": self.cursors})

    # -------------------------------------------------------------- waiting

    def until(self, kind: str, *, seconds: float = 10) -> Frame:
        """The next frame of this type; others before it are passed over."""
        give_up = time.monotonic() + seconds
        while True:
            frame = self.receive(seconds=max(0.01, give_up - time.monotonic()))
            if frame["type"] == kind:
                return frame

    def notifications(self, number: int, *, seconds: float = 20) -> list[Frame]:
        """The next so many notifications, acknowledged as a browser does."""
        found: list[Frame] = []
        while len(found) < number:
            found.append(self.until("notification", seconds=seconds))
            if len(found) % 100 == 0:
                self.ack()
        self.ack()
        return found

    def titles(self, number: int, *, seconds: float = 20) -> list[str]:
        return [frame["notification"]["title"] for frame in self.notifications(number, seconds=seconds)]

    def quiet(self, *, seconds: float = 1.0) -> bool:
        """Whether no notification comes for so long."""
        try:
            self.until("notification", seconds=seconds)
        except TimeoutError:
            return True
        return False

    def close_code(self, *, seconds: float = 10) -> int:
        """Read on until the server closes; its code."""
        try:
            while True:
                self.receive(seconds=seconds)
        except ConnectionClosed as closed:
            assert closed.rcvd is not None, "the connection broke without a close frame"
            return int(closed.rcvd.code)

    def close(self) -> None:
        self._open.close()
