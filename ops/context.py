from django.conf import settings
from django.http import HttpRequest

from ops import navigation


def product(request: HttpRequest) -> dict[str, object]:
    """What every page's frame shows."""
    user = getattr(request, "user", None)
    return {"demo_enabled": settings.ENVIRONMENT.demo, "navigation": navigation.entries(user, request.path)}
