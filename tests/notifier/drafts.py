"""Notifications to send in tests."""

from notifier.content import Draft


def draft(*users: str, title: str = "Deploy finished", topics: tuple[str, ...] = (), everyone: bool = False) -> Draft:
    return Draft.parse({"to": {"users": list(users), "topics": list(topics), "everyone": everyone}, "title": title})
