"""Which connections a process takes: so many in all, from one address and of one person, and not too many of an address at once."""

from collections import Counter

from django.conf import settings

from notifier.buckets import Buckets
from notifier.wire import CloseCode


class Admission:
    """Counts the connections of one process. A socket that is let in is counted until it is let go."""

    def __init__(self) -> None:
        self.draining = False
        """Whether nobody is let in, for an operator wants this server empty."""
        self._total = 0
        self._of_person: Counter[str] = Counter()
        self._from_address: Counter[str] = Counter()
        limits = settings.ENVIRONMENT
        # All that an address may hold may come back at once, as after a restart.
        self._handshakes = Buckets(limits.handshakes_per_second, capacity=limits.connections_per_address)

    def knock(self, address: str, now: float) -> CloseCode | None:
        """Count a handshake, whoever it is. The code to close it with when this address makes too many, or the server drains.

        `now` is a monotonic clock.
        """
        if self.draining:
            return CloseCode.GOING_AWAY
        if address and self._handshakes.take(address, now):
            return CloseCode.FULL
        return None

    def enter(self, recipient: str, address: str) -> CloseCode | None:
        """Count one more, or say with which code to close it. An empty address is not counted: nobody knows whose it is."""
        limits = settings.ENVIRONMENT
        if self._total >= limits.connections_per_process or (
            address and self._from_address[address] >= limits.connections_per_address
        ):
            return CloseCode.FULL
        if self._of_person[recipient] >= limits.connections_per_user:
            return CloseCode.CONNECTION_LIMIT
        self._total += 1
        self._of_person[recipient] += 1
        self._from_address[address] += 1
        return None

    def leave(self, recipient: str, address: str) -> None:
        """One that was let in is gone."""
        self._total -= 1
        for counter, key in ((self._of_person, recipient), (self._from_address, address)):
            counter[key] -= 1
            if not counter[key]:
                del counter[key]
