from django.urls import path

from api import inbox, operations, presence, tracing, views

urlpatterns = [
    path("notifications", views.Notifications.as_view()),
    path("notifications/<str:notification_id>", views.OneNotification.as_view()),
    path("notifications/<str:notification_id>/receipts", tracing.Receipts.as_view()),
    path("notifications/<str:notification_id>/why", tracing.Why.as_view()),
    path("tokens", views.Tokens.as_view()),
    path("tokens/revoke", views.RevokedTokens.as_view()),
    path("me", inbox.Me.as_view()),
    path("inbox", inbox.Inbox.as_view()),
    path("inbox/read", inbox.InboxRead.as_view()),
    path("inbox/unread", inbox.InboxUnread.as_view()),
    path("inbox/archive", inbox.InboxArchive.as_view()),
    path("inbox/unarchive", inbox.InboxUnarchive.as_view()),
    path("inbox/seen", inbox.InboxSeen.as_view()),
    path("presence", presence.Presence.as_view()),
    path("presence/<path:user>", presence.PresenceOfOne.as_view()),
    path("ops/disconnect", operations.Disconnect.as_view()),
    path("ops/block", operations.Block.as_view()),
    path("ops/unblock", operations.Unblock.as_view()),
    path("ops/revoke", operations.Revoke.as_view()),
    path("ops/drain", operations.Drain.as_view()),
    path("ops/resume", operations.Resume.as_view()),
    path("ops/banner", operations.Banner.as_view()),
    path("ops/test", operations.Test.as_view()),
    path("ops/audit", operations.Audit.as_view()),
    path("schema", views.Schema.as_view(), name="schema"),
    path("docs", views.Docs.as_view(), name="docs"),
]
