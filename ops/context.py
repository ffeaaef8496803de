from django.conf import settings
from django.http import HttpRequest


def product(request: HttpRequest) -> dict[str, object]:
    """What every page's frame shows."""
    return {"demo_enabled": settings.ENVIRONMENT.demo}
