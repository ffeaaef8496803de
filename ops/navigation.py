"""What stands in the masthead, for whom."""

from typing import Any

from django.urls import reverse

from notifier.roles import MANAGE, VIEW, may

# What it is called, the name of its address, and the permission that it takes. A page below one is part of it.
_ENTRIES = (
    ("Overview", "ops", VIEW),
    ("People", "ops-people", VIEW),
    ("Events", "ops-events", VIEW),
    ("Notifications", "ops-notifications", VIEW),
    ("Keys", "ops-keys", MANAGE),
    ("Audit", "ops-audit", VIEW),
)

# Pages that belong to an entry without being below its address.
_BELONGS = {"ops-blocks": "ops-people"}


def entries(user: Any, path: str) -> list[dict[str, object]]:
    """Those that this user may open, each with whether the page at `path` is part of it."""
    found = [(label, reverse(name)) for label, name, permission in _ENTRIES if may(user, permission)]
    home = {reverse(name): reverse(entry) for name, entry in _BELONGS.items()}
    path = home.get(path, path)
    here = max((address for _, address in found if path.startswith(address)), key=len, default="")
    return [{"label": label, "address": address, "here": address == here} for label, address in found]
