"""Who may do what on the operators' pages."""

from typing import Any


def may_view(user: Any) -> bool:
    """Whether this Django user may look on."""
    return bool(user is not None and user.is_active and user.is_staff)
