"""The page of the audit log: for all operators; filters stand in the address; nothing can be changed."""

import pytest
from django.test import Client

from notifier import operating
from notifier.audit import Actor
from notifier.instructions import Block, Person
from tests.ops.pages import assert_fits_its_policy
from tests.ops.test_keys import operator

pytestmark = pytest.mark.django_db

ANN, KEY = Actor("user", "ann", "192.0.2.7"), Actor("key", "shop")


@pytest.mark.parametrize("group", ["viewer", "operator", "admin"])
def test_every_operator_reads_it(group: str) -> None:
    client = operator(group)
    assert "has done anything yet" in client.get("/ops/audit/").content.decode()
    operating.block(ANN, Block(user="alice", reason="too loud"))
    page = client.get("/ops/audit/")
    text = page.content.decode()
    assert all(said in text for said in ("ann", "alice", "too loud", "192.0.2.7", "just now", "UTC"))
    assert_fits_its_policy(page)


def test_who_is_no_operator_is_refused() -> None:
    operating.block(ANN, Block(user="alice"))
    answer = operator(None).get("/ops/audit/")
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "viewer" in text and "alice" not in text
    assert Client().get("/ops/audit/").status_code == 302


def test_filters_and_pages() -> None:
    for number in range(60):
        operating.unblock(KEY if number % 3 else ANN, Person(user=f"user-{number}"))
    client = operator("viewer")
    first = client.get("/ops/audit/").content.decode()
    assert first.count('data-testid="entry"') == 50
    cursor = first.split("cursor=")[1].split('"')[0]
    second = client.get(f"/ops/audit/?cursor={cursor}").content.decode()
    assert second.count('data-testid="entry"') == 10
    assert "Newest" in second and "Older" not in second
    assert client.get("/ops/audit/?actor=ann").content.decode().count('data-testid="entry"') == 20
    assert client.get("/ops/audit/?target=user-7").content.decode().count('data-testid="entry"') == 1
    assert "Nothing like that" in client.get("/ops/audit/?action=block").content.decode()


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x>', "\x00", "%00", "🎉", "x" * 5000])
def test_anything_in_the_address_is_harmless(text: str) -> None:
    operating.block(Actor("user", "<b>ann</b>"), Block(user="<script>alert(2)</script>", reason='"><img src=y>'))
    client = operator("viewer")
    for name in ("action", "actor", "target", "cursor"):
        page = client.get("/ops/audit/", {name: text})
        assert page.status_code == 200
        shown = page.content.decode()
        assert "<script>alert" not in shown and "<img src=" not in shown.replace('<img src="/static', "")
        assert_fits_its_policy(page)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_is_only_to_be_read(method: str) -> None:
    assert getattr(operator("admin"), method)("/ops/audit/").status_code == 405
