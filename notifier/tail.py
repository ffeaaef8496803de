"""What happens in this process, one event after the other, for operators who are looking on at this moment."""

import threading
import time
from typing import Any

# Of one process, between two reports. What is beyond is only counted.
_MOST = 30


class Tail:
    """Events are gathered only while `on`: nobody looks on most of the time."""

    def __init__(self) -> None:
        self.on = False
        self._events: list[dict[str, Any]] = []
        self._more = 0
        self._lock = threading.Lock()

    def add(self, kind: str, **facts: Any) -> None:
        """From any thread. `facts` are what JSON takes."""
        if not self.on:
            return
        with self._lock:
            if len(self._events) < _MOST:
                self._events.append({"kind": kind, "at": round(time.time(), 3), **facts})
            else:
                self._more += 1

    def take(self) -> tuple[list[dict[str, Any]], int]:
        """The events since the last time, and how many more there were."""
        with self._lock:
            taken = self._events, self._more
            self._events, self._more = [], 0
        return taken


TAIL = Tail()
"""That of this process."""
