"""An operator: signed in as in a browser, with a dashboard open."""

import json
import time
from collections.abc import Callable
from typing import Any, Self

import httpx
from websockets.exceptions import ConnectionClosed

from tests.real.server import Server
from tests.real.socket import Socket


def sign_in(server: Server, user: str | None = None) -> httpx.Client:
    """A browser's cookies. alice is staff, bob is not; both have the same password."""
    client = httpx.Client(base_url=server.url, trust_env=False, timeout=30)
    client.get("/accounts/login/")
    form = {
        "username": user or server.user,
        "password": server.password,
        "csrfmiddlewaretoken": client.cookies["csrftoken"],
    }
    assert client.post("/accounts/login/", data=form).status_code == 302
    return client


class Dashboard:
    """One open dashboard. `state` is what its page would show by now, `events` all that passed by."""

    def __init__(self, server: Server, page: httpx.Client | None = None, *, origin: str | None = None) -> None:
        self.page = page or sign_in(server)
        cookies = "; ".join(f"{name}={value}" for name, value in self.page.cookies.items())
        self.socket = Socket(
            server.socket_url,
            path="/ws/ops/",
            origin=server.url if origin is None else origin,
            headers={"Cookie": cookies},
            subprotocols=[],
        )
        self.state: dict[str, Any] = {}
        self.events: list[dict[str, Any]] = []
        self.points: dict[int, dict[str, Any]] = {}
        self.boards = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()
        self.page.close()

    def receive(self, *, seconds: float = 10) -> dict[str, Any]:
        """The next frame, taken in."""
        frame: dict[str, Any] = json.loads(self.socket.raw.recv(timeout=seconds))
        kind = frame.pop("type")
        if kind == "board":
            self.boards += 1
            self.state = frame
        elif kind == "delta":
            assert self.state, "a delta before the board"
            self.state.update(frame)
        elif kind == "events":
            self.events += frame["events"]
        elif kind == "points" and frame["span"] == 5:
            self.points.update({point["at"]: point for point in frame["points"]})
        return {"type": kind, **frame}

    def until(self, true: Callable[[dict[str, Any]], Any], *, seconds: float = 10) -> float:
        """Read until the state, once there is one, is so; how long that took, in seconds."""
        began = time.monotonic()
        while not (self.state and true(self.state)):
            left = seconds - (time.monotonic() - began)
            assert left > 0, f"waited {seconds} s in vain; {self.state}"
            try:
                self.receive(seconds=left)
            except TimeoutError:
                continue
        return time.monotonic() - began

    def until_event(self, kind: str, *, seconds: float = 10, **facts: Any) -> dict[str, Any]:
        """Read until such an event has passed by."""

        def found() -> list[dict[str, Any]]:
            return [
                event
                for event in self.events
                if event["kind"] == kind and all(event.get(name) == value for name, value in facts.items())
            ]

        self.until(lambda _: found(), seconds=seconds)
        return found()[0]

    def close_code(self, *, seconds: float = 10) -> int:
        """Read on until the server closes; its code."""
        give_up = time.monotonic() + seconds
        try:
            while True:
                assert time.monotonic() < give_up, "it stays open"
                self.socket.raw.recv(timeout=seconds)
        except ConnectionClosed as closed:
            assert closed.rcvd is not None, "the connection broke without a close frame"
            return int(closed.rcvd.code)
