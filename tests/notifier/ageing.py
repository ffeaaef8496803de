"""Notifications from the past: nobody waits for a clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch
from uuid import UUID, uuid4

from django.utils import timezone

from notifier import ids
from notifier.publishing import Published, publish
from tests.notifier.drafts import draft


@contextmanager
def days_ago(days: float) -> Iterator[datetime]:
    """What is published meanwhile was published so many days ago."""
    moment = timezone.now() - timedelta(days=days)

    def new_id() -> UUID:
        return UUID(int=ids.first_notification_id(moment).int | uuid4().int & ((1 << 80) - 1))

    with patch.object(ids, "new_notification_id", new_id), patch("notifier.publishing.timezone.now", lambda: moment):
        yield moment


def publish_old(days: float, *users: str, number: int = 1, title: str = "old") -> list[Published]:
    """So many notifications to these people, `old 0` and so on, each so many days old."""
    with days_ago(days):
        return [publish(draft(*users, title=f"{title} {index}")) for index in range(number)]
