from django.urls import path

from ops import audit, keys, views

urlpatterns = [
    path("", views.connections, name="ops"),
    path("keys/", keys.keys, name="ops-keys"),
    path("keys/new/", keys.new, name="ops-key-new"),
    path("keys/<slug:prefix>/rotate/", keys.rotate, name="ops-key-rotate"),
    path("keys/<slug:prefix>/revoke/", keys.revoke, name="ops-key-revoke"),
    path("audit/", audit.log, name="ops-audit"),
]
