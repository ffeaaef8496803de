"""What operators may do: three permissions of Django's, and the groups that come with them.

This is the one place that decides. Pages, API and sockets ask `may` or `require`, with a user of Django's.
"""

from typing import Any

from notifier.errors import Forbidden

VIEW = "ops.view_dashboard"
"""See who is connected, what was sent, and the audit log."""
ACT = "ops.act"
"""Send tests, disconnect, block, show a banner."""
MANAGE = "ops.manage"
"""API keys, revocation, draining servers."""

GROUPS: dict[str, tuple[str, ...]] = {"viewer": (VIEW,), "operator": (VIEW, ACT), "admin": (VIEW, ACT, MANAGE)}
"""Django's groups, each with its permissions. A superuser has all of them without a group."""


def may(user: Any, permission: str) -> bool:
    """Whether this user of Django's, or nobody (None, or an anonymous one), is allowed this."""
    return user is not None and bool(user.is_active) and bool(user.has_perm(permission))


def is_operator(user: Any) -> bool:
    """Whether the user has any role."""
    return any(may(user, permission) for permission in (VIEW, ACT, MANAGE))


def require(user: Any, permission: str) -> None:
    """Forbidden, with `missing_permission` and the groups that would do, unless the user may."""
    if not may(user, permission):
        raise Forbidden(advice(permission), code="missing_permission")


def advice(permission: str) -> str:
    """How to be allowed this, for people."""
    groups = [f"“{name}”" for name, granted in GROUPS.items() if permission in granted]
    listed = groups[0] if len(groups) == 1 else f"{', '.join(groups[:-1])} or {groups[-1]}"
    return f"This takes the permission {permission}. Ask an admin to add you to the group {listed}."
