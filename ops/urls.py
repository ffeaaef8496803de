from django.urls import path

from ops import act, audit, dashboard, keys, notification, people, person

urlpatterns = [
    path("", dashboard.overview, name="ops"),
    path("series/", dashboard.series, name="ops-series"),
    path("events/", dashboard.events, name="ops-events"),
    path("people/", people.people, name="ops-people"),
    path("blocks/", people.blocks, name="ops-blocks"),
    path("people/<path:recipient>/", person.person, name="ops-person"),
    path("notifications/", notification.notifications, name="ops-notifications"),
    path("notifications/<str:identity>/", notification.notification, name="ops-notification"),
    path("act/<slug:name>/", act.act, name="ops-act"),
    path("keys/", keys.keys, name="ops-keys"),
    path("keys/new/", keys.new, name="ops-key-new"),
    path("keys/<slug:prefix>/rotate/", keys.rotate, name="ops-key-rotate"),
    path("keys/<slug:prefix>/revoke/", keys.revoke, name="ops-key-revoke"),
    path("audit/", audit.log, name="ops-audit"),
]
