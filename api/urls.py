from django.urls import path

from api import presence, views

urlpatterns = [
    path("notifications", views.Notifications.as_view()),
    path("notifications/<str:notification_id>", views.OneNotification.as_view()),
    path("tokens", views.Tokens.as_view()),
    path("tokens/revoke", views.RevokedTokens.as_view()),
    path("inbox", views.Inbox.as_view()),
    path("inbox/read", views.InboxRead.as_view()),
    path("presence", presence.Presence.as_view()),
    path("presence/<path:user>", presence.PresenceOfOne.as_view()),
    path("schema", views.Schema.as_view(), name="schema"),
    path("docs", views.Docs.as_view(), name="docs"),
]
