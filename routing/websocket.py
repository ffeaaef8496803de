"""The addresses of the sockets."""

from channels.routing import URLRouter
from django.urls import re_path

from consumers.authenticate import Authenticate, OwnPage
from consumers.closing import NoSuchSocket
from consumers.notifications import NotificationConsumer
from notifier.names import TOPIC_REGEX
from ops.socket import DashboardConsumer

websocket_application = URLRouter(
    [
        re_path(r"^ws/notifications/$", Authenticate(NotificationConsumer.as_asgi())),
        re_path(rf"^ws/topics/(?P<topic>{TOPIC_REGEX})/$", Authenticate(NotificationConsumer.as_asgi())),
        re_path(r"^ws/ops/$", OwnPage(DashboardConsumer.as_asgi())),
        re_path(r"", NoSuchSocket.as_asgi()),
    ]
)
