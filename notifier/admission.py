"""How many connections a process takes: in all, from one address, and of one person."""

from collections import Counter

from django.conf import settings

from notifier.wire import CloseCode


class Admission:
    """Counts the connections of one process. A socket that is let in is counted until it is let go."""

    def __init__(self) -> None:
        self._total = 0
        self._of_person: Counter[str] = Counter()
        self._from_address: Counter[str] = Counter()

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
