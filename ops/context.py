from django.conf import settings
from django.http import HttpRequest

from ops import navigation
from ops.sessions import looks_on


def product(request: HttpRequest) -> dict[str, object]:
    """What every page's frame shows."""
    user = getattr(request, "user", None)
    return {
        "demo_enabled": settings.ENVIRONMENT.demo,
        "navigation": navigation.entries(user, request.path),
        # A message is shown once: to whoever looks, and not to a page that asks by itself.
        "says_messages": not looks_on(request),
    }
