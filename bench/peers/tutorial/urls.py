from django.urls import path

from bench.peers.tutorial.views import PublishView

urlpatterns = [path("notifications/", PublishView.as_view())]
