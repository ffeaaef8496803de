from django.urls import path

from demo import views

urlpatterns = [
    path("", views.page, name="demo"),
    path("send/", views.send, name="demo-send"),
    path("token/", views.token, name="demo-token"),
]
