"""The page to sign in, which may be tried only so often."""

from typing import Any

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse

from notifier import signins
from notifier.errors import TooMany


class SignIn(LoginView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """As Django's own, unless it was tried too often: 429, with when to try again."""
        name, address = request.POST.get("username", ""), request.META.get("REMOTE_ADDR", "")
        try:
            signins.attempt(name, address)
        except TooMany as refusal:
            # A form that is bound would look at the password.
            form = self.get_form_class()(request, initial={"username": name[:150]})
            context = self.get_context_data(form=form, wait=_in_words(refusal.retry_after))
            response = self.render_to_response(context, status=429)
            response.headers["Retry-After"] = str(refusal.retry_after)
            return response
        answer = super().post(request, *args, **kwargs)
        if answer.status_code == 302:
            signins.succeeded(name, address)
        return answer


def _in_words(seconds: int) -> str:
    return "1 second" if seconds == 1 else f"{seconds} seconds"
