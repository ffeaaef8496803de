"""The addresses that speak HTTP."""

from django.conf import settings
from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views.generic import RedirectView

from api import views
from ops.signing_in import SignIn

urlpatterns = [
    path("", RedirectView.as_view(url=settings.LOGIN_REDIRECT_URL)),
    path("healthz", views.health),
    path("readyz", views.ready),
    path("api/v1/", include("api.urls")),
    path("ops/", include("ops.urls")),
    path("accounts/login/", SignIn.as_view(), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
]
if settings.ENVIRONMENT.demo:
    urlpatterns.append(path("demo/", include("demo.urls")))

handler400 = "api.problems.bad_request_page"
handler404 = "api.problems.not_found_page"
handler500 = "api.problems.server_error_page"
