"""The JSON of notifications as clients see it, read and encoded once for the many who missed the same."""

import threading
import uuid
from collections import OrderedDict
from collections.abc import Collection

from notifier import wire
from notifier.models import Notification

# Of one process, in characters. What was used last stays.
MOST_KEPT = 4 * 1024 * 1024


class Contents:
    """From any thread. A notification is never changed, and whoever asks for one that was pruned meanwhile has found it in a stream before."""

    def __init__(self, *, most_kept: int = MOST_KEPT) -> None:
        self._most, self._size = most_kept, 0
        self._texts: OrderedDict[uuid.UUID, str] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, notifications: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
        """The JSON of each of these; those that are gone are left out. At most one query."""
        with self._lock:
            found = {one: self._texts[one] for one in notifications if one in self._texts}
            for one in found:
                self._texts.move_to_end(one)
        missing = [one for one in notifications if one not in found]
        if missing:
            read = {row.pk: wire.dumps(row.content()) for row in Notification.objects.filter(pk__in=missing)}
            self._keep(read)
            found |= read
        return found

    def _keep(self, read: dict[uuid.UUID, str]) -> None:
        with self._lock:
            for one, text in read.items():
                if one not in self._texts:
                    self._texts[one] = text
                    self._size += len(text)
            while self._size > self._most:
                _, text = self._texts.popitem(last=False)
                self._size -= len(text)


CONTENTS = Contents()
"""Those of this process."""
