"""`uvicorn bench.peers.tutorial.asgi:application`, or daphne."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.peers.tutorial.settings")
django_application = get_asgi_application()

# These need Django to be set up.
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path

from bench.peers.tutorial.consumers import NotificationConsumer
from bench.peers.tutorial.middleware import QueryAuthMiddleware

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": QueryAuthMiddleware(
            URLRouter([path("ws/notifications/", NotificationConsumer.as_asgi())]),
        ),
    }
)
