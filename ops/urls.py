from django.urls import path

from ops import dashboard, views

urlpatterns = [
    path("", dashboard.overview, name="ops"),
    path("series/", dashboard.series, name="ops-series"),
    path("events/", dashboard.events, name="ops-events"),
    path("people/", views.connections, name="ops-people"),
]
