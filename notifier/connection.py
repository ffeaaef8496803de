"""An open connection, as the domain knows it."""

from typing import Protocol

from notifier.changes import Change
from notifier.delivery import Delivery
from notifier.enforcement import Closable
from notifier.ledger import Sender
from notifier.live import Live
from notifier.lockstep import Lockstep


class Connection(Closable, Sender, Protocol):
    """What the hub asks of a connection. None of these may block or fail."""

    @property
    def delivery(self) -> Delivery:
        """What it was sent, and may be sent next."""

    def push(self, live: Live, step: Lockstep | None) -> None:
        """A live entry. Where many carry its stream, who gets it may fall in with `step`."""

    def finish(self, rest: bytes) -> None:
        """Write the rest of a frame whose beginning went out in step."""

    def notice(self, stream: str, head: int, revision: int) -> None:
        """How far the stream reaches by now, and the revision of what its person read and follows."""

    def told(self, change: Change) -> None:
        """The person of this connection marked something or follows something else."""
