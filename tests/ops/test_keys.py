"""The pages of API keys: for admins, without a script, with confirmation; a key is shown once."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from notifier import keys
from notifier.access import Scope, caller_of_key, create_key, forget_known_keys
from notifier.audit import Actor
from notifier.errors import Conflict, Unauthenticated
from notifier.keys import Made, NewKey, Rotation
from notifier.models import ApiKey
from notifier.operator_models import AuditEntry
from notifier.publishing import publish
from tests.notifier.drafts import draft
from tests.ops.pages import assert_fits_its_policy

pytestmark = pytest.mark.django_db

ANN = Actor("user", "ann")


def operator(group: str | None, *, csrf: bool = False) -> Client:
    user = User.objects.create_user(group or "nobody", is_staff=True)
    if group:
        user.groups.add(Group.objects.get(name=group))
    client = Client(enforce_csrf_checks=csrf)
    client.force_login(user)
    return client


def submit(client: Client, path: str, **fields: Any) -> Any:
    """Load the page and send its form, as a browser without a script does."""
    page = client.get(path)
    assert page.status_code == 200
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))
    return client.post(path, {**hidden, **fields})


def text_of(answer: Any) -> str:
    found = re.search(r">(nk_[^<]+)</textarea>", answer.content.decode())
    assert found
    return found[1]


def made(name: str = "shop") -> Made:
    return keys.create(ANN, NewKey(name=name, scopes=[Scope.SEND], days=None))


# ------------------------------------------------------------------ the domain


def test_rotation_keeps_two_in_force_and_no_third() -> None:
    first = made()
    second = keys.rotate(ANN, first.key.prefix, Rotation(hours=1))
    assert caller_of_key(first.text).name == caller_of_key(second.text).name == "shop"
    assert [keys.state_of(key) for key in keys.listed()] == ["active", "retiring"]
    with pytest.raises(Conflict, match="rotated already"):
        keys.rotate(ANN, first.key.prefix, Rotation())
    with pytest.raises(Conflict, match="still valid"):
        keys.rotate(ANN, second.key.prefix, Rotation())
    ApiKey.objects.filter(pk=first.key.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    forget_known_keys()  # as a second does that passes
    with pytest.raises(Unauthenticated) as refusal:
        caller_of_key(first.text)
    assert refusal.value.code == "expired_key"
    third = keys.rotate(ANN, second.key.prefix, Rotation(hours=0))
    assert caller_of_key(third.text).scopes == {"notify:send"}
    with pytest.raises(Unauthenticated):
        caller_of_key(second.text)


def test_rotation_never_lengthens_the_life_of_the_old_key() -> None:
    key, _ = create_key("shop", [Scope.SEND], expires_at=timezone.now() + timedelta(minutes=5))
    new = keys.rotate(ANN, key.prefix, Rotation(hours=24)).key
    key.refresh_from_db()
    assert key.expires_at is not None and key.expires_at < timezone.now() + timedelta(minutes=6)
    assert new.expires_at is not None and new.expires_at < timezone.now() + timedelta(minutes=6)


# ------------------------------------------------------------------ the pages


@pytest.mark.parametrize("group", [None, "viewer", "operator"])
def test_pages_are_for_admins(group: str | None) -> None:
    """Who may not is told which group to join, and nothing of the keys; nothing is done."""
    key = made("a secret name").key
    client = operator(group)
    for path in ("", "new/", f"{key.prefix}/rotate/", f"{key.prefix}/revoke/"):
        for answer in (client.get(f"/ops/keys/{path}"), client.post(f"/ops/keys/{path}", {"hours": "1"})):
            if answer.status_code == 405:
                continue
            assert answer.status_code == 403
            page = answer.content.decode()
            assert "admin" in page and "a secret name" not in page
            assert_fits_its_policy(answer)
    assert ApiKey.objects.get() == key and key.revoked_at is None


def test_key_is_created_shown_once_and_works() -> None:
    client = operator("admin", csrf=True)
    answer = submit(client, "/ops/keys/new/", name="shop", scope=["notify:send", "token:issue"], days="90")
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert_fits_its_policy(answer)
    text = text_of(answer)
    assert caller_of_key(text).scopes == {"notify:send", "token:issue"}
    listed = client.get("/ops/keys/").content.decode()
    assert "shop" in listed and text not in listed and text.split("_", 2)[2] not in listed
    assert AuditEntry.objects.get().action == "create_key"


def test_page_that_is_loaded_again_makes_no_second_key() -> None:
    client = operator("admin")
    page = client.get("/ops/keys/new/").content.decode()
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once
    form = {"once": once[1], "name": "shop", "scope": "notify:send", "days": "90"}
    assert client.post("/ops/keys/new/", form).status_code == 201
    again = client.post("/ops/keys/new/", form, follow=True)
    assert "was sent before" in again.content.decode()
    assert ApiKey.objects.count() == 1


def test_forms_need_the_csrf_token() -> None:
    client = operator("admin", csrf=True)
    key = made().key
    for path in ("new/", f"{key.prefix}/rotate/", f"{key.prefix}/revoke/"):
        assert client.post(f"/ops/keys/{path}", {"name": "x", "scope": "notify:send"}).status_code == 403
    key.refresh_from_db()
    assert key.revoked_at is None and ApiKey.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "at least 1"),
        ({"name": "x" * 101}, "at most 100"),
        ({"scope": []}, "Choose at least one"),
        ({"scope": "root"}, "Choose at least one"),
        ({"days": "-1"}, "valid integer"),
        ({"days": "9999"}, "3650"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(fields: dict[str, Any], said: str) -> None:
    answer = submit(
        operator("admin"), "/ops/keys/new/", **{"name": "shop", "scope": "notify:send", "days": "90", **fields}
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_key_is_rotated_and_revoked_after_a_confirmation() -> None:
    client = operator("admin", csrf=True)
    old = made()
    path = f"/ops/keys/{old.key.prefix}"
    answer = submit(client, f"{path}/rotate/", hours="24")
    assert answer.status_code == 201
    new = text_of(answer)
    assert caller_of_key(new) and caller_of_key(old.text)
    refused = submit(client, f"{path}/rotate/", hours="24")
    assert refused.status_code == 409 and "rotated already" in refused.content.decode()
    assert submit(client, f"{path}/revoke/").status_code == 302
    assert "was revoked" in client.get("/ops/keys/").content.decode()
    with pytest.raises(Unauthenticated):
        caller_of_key(old.text)
    assert caller_of_key(new)
    assert client.get("/ops/keys/nothing/revoke/").status_code == 404


def test_each_key_has_its_rate() -> None:
    """How many notifications it sent in the last minute, and not those of other keys or of before."""
    busy, idle = made("busy").key, made("idle").key
    for _ in range(3):
        publish(draft("alice"), sender_id=busy.pk)
    publish(draft("alice"))
    assert keys.sent_lately() == {busy.pk: 3}
    page = operator("admin").get("/ops/keys/").content.decode()
    assert page.count("3 sent in the last minute") == page.count("sent in the last minute") == 1
    assert idle.name in page


def test_name_of_a_key_is_shown_as_text() -> None:
    made("<script>alert(1)</script>")
    page = operator("admin").get("/ops/keys/")
    assert "<script>alert" not in page.content.decode()
    assert_fits_its_policy(page)
