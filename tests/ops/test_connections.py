"""The operators' page of connections: who may see it, and what every page keeps to."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from tests.ops.pages import assert_fits_its_policy

pytestmark = pytest.mark.django_db


def signed_in(*, staff: bool) -> Client:
    client = Client()
    user = User.objects.create_user("operator" if staff else "alice", is_staff=staff)
    if staff:
        user.groups.add(Group.objects.get(name="admin"))
    client.force_login(user)
    return client


def test_whoever_is_not_signed_in_is_asked_to() -> None:
    """And is led back afterwards."""
    answer = Client().get("/ops/people/?q=alice")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/accounts/login/?next=/ops/people/%3Fq%3Dalice"
    user = User.objects.create_user("operator", password="a password of tests", is_staff=True)
    user.groups.add(Group.objects.get(name="viewer"))
    client = Client(enforce_csrf_checks=True)
    client.get(answer.headers["Location"])
    form = {
        "username": "operator",
        "password": "a password of tests",
        "next": "/ops/people/?q=alice",
        "csrfmiddlewaretoken": client.cookies["csrftoken"].value,
    }
    led = client.post("/accounts/login/", form)
    assert (led.status_code, led.headers["Location"]) == (302, "/ops/people/?q=alice")
    assert client.get("/ops/people/").status_code == 200


def test_whoever_is_no_staff_is_refused() -> None:
    """403, and nothing of the page."""
    answer = signed_in(staff=False).get("/ops/people/")
    assert answer.status_code == 403
    assert b"People" not in answer.content


def test_staff_sees_who_is_connected() -> None:
    """With nobody connected the page says so."""
    page = signed_in(staff=True).get("/ops/people/")
    assert page.status_code == 200
    assert "Nobody is connected" in page.content.decode()


@pytest.mark.parametrize("query", ["alice", "<script>alert(1)</script>", '"><img src=x>', "%00", "🎉", "x" * 5000])
def test_search_for_anything_is_harmless(query: str) -> None:
    """What was typed is shown as text."""
    page = signed_in(staff=True).get("/ops/people/", {"q": query})
    assert page.status_code == 200
    text = page.content.decode()
    assert "<script>" not in text and "<img src=x>" not in text
    assert_fits_its_policy(page)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_page_is_only_to_be_read(method: str) -> None:
    """405 for everything that changes, whoever asks."""
    for client in (Client(), signed_in(staff=True)):
        answer = getattr(client, method)("/ops/people/")
        assert answer.status_code == 405
        assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/accounts/login/", 200, id="sign-in"),
        pytest.param("/ops/", 200, id="overview"),
        pytest.param("/ops/people/", 200, id="connections"),
        pytest.param("/ops/events/", 200, id="events"),
        pytest.param("/ops/keys/", 200, id="keys"),
        pytest.param("/ops/keys/new/", 200, id="new key"),
        pytest.param("/ops/blocks/", 200, id="blocks"),
        pytest.param("/ops/audit/", 200, id="audit"),
        pytest.param("/demo/", 200, id="demo"),
        pytest.param("/api/v1/docs", 200, id="API docs"),
        pytest.param("/nothing", 404, id="nothing there"),
    ],
)
def test_every_page_keeps_to_its_policy(path: str, status: int) -> None:
    """No inline script or style, nothing from elsewhere, and no framing; also where there is no page."""
    answer = signed_in(staff=True).get(path, headers={"Accept": "text/html"})
    assert answer.status_code == status
    loads = assert_fits_its_policy(answer)
    assert loads or status == 404


def test_refusal_keeps_to_the_policy_too() -> None:
    """403 is a page like others."""
    assert_fits_its_policy(signed_in(staff=False).get("/ops/people/"))


def test_answers_of_the_api_are_not_sniffed() -> None:
    """JSON is JSON, good and bad."""
    for path in ("/api/v1/inbox", "/api/v1/nothing", "/healthz", "/api/v1/schema"):
        assert Client().get(path).headers["X-Content-Type-Options"] == "nosniff"


def test_signing_out_takes_the_form() -> None:
    """A link on a foreign page cannot sign anybody out."""
    client = signed_in(staff=True)
    assert client.get("/accounts/logout/").status_code == 405
    assert client.get("/ops/people/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/ops/people/").status_code == 302
