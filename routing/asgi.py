"""The ASGI application: `daphne routing.asgi:application`, or uvicorn, or `manage.py serve`, which runs either."""

import os

import django
from channels.routing import ProtocolTypeRouter
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notifier.settings")
try:
    django.setup(set_prefix=False)
except ImproperlyConfigured as error:
    raise SystemExit(str(error)) from None

# These need Django to be set up.
from notifier.process import claim_data_folder
from routing.bodylimit import BodyLimit
from routing.directsend import DirectSend
from routing.django_handler import OneHopHandler
from routing.lifespan import lifespan
from routing.proxies import known_client
from routing.static import static_files
from routing.websocket import websocket_application

claim_data_folder()

application = ProtocolTypeRouter(
    {
        "http": DirectSend(known_client(static_files(BodyLimit(OneHopHandler())))),
        "websocket": known_client(websocket_application),
        "lifespan": lifespan,
    }
)
