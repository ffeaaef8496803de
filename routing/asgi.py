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
from routing.static import static_files
from routing.websocket import websocket_application

claim_data_folder()

application = ProtocolTypeRouter(
    {
        "http": static_files(BodyLimit(django_application)),
        "websocket": websocket_application,
        "lifespan": lifespan,
    }
)
