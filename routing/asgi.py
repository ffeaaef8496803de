"""The ASGI application: `daphne routing.asgi:application`, or uvicorn, or `manage.py serve`, which runs either."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notifier.settings")
try:
    django_application = get_asgi_application()
except ImproperlyConfigured as error:
    raise SystemExit(str(error)) from None

# These need Django to be set up.
from notifier.process import claim_data_folder
from routing.bodylimit import BodyLimit
from routing.lifespan import lifespan
from routing.proxies import known_client
from routing.static import static_files
from routing.websocket import websocket_application

claim_data_folder()

application = ProtocolTypeRouter(
    {
        "http": known_client(static_files(BodyLimit(django_application))),
        "websocket": known_client(websocket_application),
        "lifespan": lifespan,
    }
)
