from django.conf import settings
from django.http import HttpRequest

from ops.navigation import navigation
from ops.permissions import may_view


def product(request: HttpRequest) -> dict[str, object]:
    """What every page's frame shows."""
    user = getattr(request, "user", None)
    return {
        "demo_enabled": settings.ENVIRONMENT.demo,
        "navigation": navigation(request.path) if may_view(user) else [],
    }
