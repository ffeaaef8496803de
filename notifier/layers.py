"""The channel layer of the embedded size."""

from typing import Any

from channels.layers import InMemoryChannelLayer


class EmbeddedChannelLayer(InMemoryChannelLayer):
    """Channels' own in-memory layer, without what hurts with one channel a process.

    Its capacity of 100 messages loses a burst silently, and it looks through all channels and groups for expired
    ones at every receive, half of its CPU. Here a process has one channel that is always drained and that leaves
    its groups by itself, so nothing expires; the capacity only bounds the memory, and the sweep repairs what it drops.
    """

    def __init__(self, **config: Any) -> None:
        super().__init__(**{"capacity": 100_000, **config})

    def _clean_expired(self) -> None:
        pass
