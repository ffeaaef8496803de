"""Keeps callers away from something that just failed, so that its failure costs one of them time and not each."""

import threading
import time


class Breaker:
    """While open, `allows` is false, but for one caller in every `pause` seconds, which finds out whether things are well again.

    For callers on any thread. Whoever was allowed says afterwards how it went.
    """

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._open = False
        self._again_at = 0.0
        self._failed_at = float("-inf")
        self._lock = threading.Lock()

    def allows(self) -> bool:
        """Whether to try. True while all is well."""
        if not self._open:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._again_at:
                return False
            self._again_at = now + self._pause
            return True

    @property
    def is_open(self) -> bool:
        """Whether the last that was heard is a failure."""
        return self._open

    def failed(self) -> bool:
        """It went wrong. Returns whether that is news."""
        with self._lock:
            self._failed_at = time.monotonic()
            self._again_at = self._failed_at + self._pause
            news, self._open = not self._open, True
            return news

    def succeeded(self) -> bool:
        """It went well. Returns whether that is news."""
        if not self._open:
            return False
        with self._lock:
            news, self._open = self._open, False
            return news

    def note_failure(self) -> None:
        """Remember a failure that is no reason to stop trying."""
        self._failed_at = time.monotonic()

    def failed_within(self, seconds: float) -> bool:
        """Whether there was a failure so recently."""
        return time.monotonic() - self._failed_at < seconds
