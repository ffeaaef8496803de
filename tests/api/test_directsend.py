"""A POST that is taken on the event loop gets the answer that Django's view would give."""

import asyncio
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from notifier import access
from notifier.access import Scope, create_key
from notifier.models import Entry, Notification
from routing.directsend import DirectSend
from routing.django_handler import OneHopHandler

pytestmark = pytest.mark.django_db(transaction=True)

PLAIN = {"to": {"users": ["alice"]}, "title": "Deploy finished"}


class Service:
    """The way of a POST, without a server. `through_django` counts those that were not taken directly."""

    def __init__(self, *scopes: Scope) -> None:
        self.key = create_key("a backend", list(scopes) or [Scope.SEND, Scope.BROADCAST])[1]
        self.through_django = 0
        django = OneHopHandler()

        async def counting(scope: Any, receive: Any, send: Any) -> None:
            self.through_django += 1
            await django(scope, receive, send)

        self._application = DirectSend(counting)

    def play(self, work: Callable[["Service"], Any]) -> Any:
        async def run() -> Any:
            transport = httpx.ASGITransport(self._application)  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as self._client:
                return await work(self)

        return asyncio.run(run())

    async def post(self, body: object = PLAIN, **headers: str) -> httpx.Response:
        """`body` is sent as JSON, unless it is bytes."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        encoded = {name.encode(): value.encode("latin-1") for name, value in given.items()}
        return await self._client.post("/api/v1/notifications", content=content, headers=encoded)

    async def begin(self) -> None:
        """The first request makes the key and the place known."""
        await self.post()

    async def both(self, body: object = PLAIN, **headers: str) -> tuple[httpx.Response, httpx.Response, bool]:
        """The answer as it is given, that of Django, and whether the first was given directly."""
        await self.begin()
        before = self.through_django
        given = await self.post(body, **headers)
        direct = self.through_django == before
        return given, await self.post(body, **headers, cookie="theme=dark"), direct


@pytest.fixture
def service() -> Service:
    return Service()


def _comparable(answer: httpx.Response) -> tuple[int, object, dict[str, str]]:
    body = answer.json()
    if answer.status_code == 201:
        assert answer.headers["location"] == f"/api/v1/notifications/{body['id']}"
        body |= {"id": len(body["id"]), "created": len(body["created"])}
    headers = dict(answer.headers)
    assert int(headers.get("content-length", len(answer.content))) == len(answer.content)
    headers["location"] = str("location" in headers)
    return answer.status_code, body, headers


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(PLAIN, {}, id="one person"),
        pytest.param({**PLAIN, "to": {"everyone": True}}, {}, id="everyone"),
        pytest.param({**PLAIN, "to": {"users": ["alice", "bob", "alice"], "topics": ["room.a"]}}, {}, id="several"),
        pytest.param({**PLAIN, "title": "Früh 🎉", "data": {"n": 1.5, "deep": [{"a": None}]}}, {}, id="content"),
        pytest.param(PLAIN, {"accept": "application/json, text/plain, */*"}, id="as axios asks"),
        pytest.param(PLAIN, {"content_type": "application/json; charset=utf-8"}, id="charset"),
        pytest.param(PLAIN, {"authorization": "lower"}, id="scheme in lower case"),
    ],
)
def test_plain_request_is_taken_directly_and_answered_alike(
    service: Service, body: object, headers: dict[str, str]
) -> None:
    if headers.get("authorization") == "lower":
        headers = {"authorization": f"bearer {service.key}"}
    given, other, direct = service.play(lambda service: service.both(body, **headers))
    assert direct
    assert given.status_code == 201
    assert _comparable(given) == _comparable(other)
    assert list(given.json()) == list(other.json())


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param({"to": {"users": ["alice"]}}, {}, id="no title"),
        pytest.param({**PLAIN, "titel": "x"}, {}, id="unknown field"),
        pytest.param({**PLAIN, "to": {"users": [""]}}, {}, id="nobody"),
        pytest.param(b"{", {}, id="no JSON"),
        pytest.param(b'{"title": "a", "title": "b"}', {}, id="given twice"),
        pytest.param(b"\xff", {}, id="no UTF-8"),
        pytest.param(b"", {}, id="empty"),
        pytest.param(b"[" * 10_000, {}, id="deep"),
        pytest.param({**PLAIN, "body": "x" * 20_000}, {}, id="large"),
        pytest.param(PLAIN, {"authorization": "Bearer nk_0_0"}, id="unknown key"),
        pytest.param(PLAIN, {"authorization": "Bearer x"}, id="no key"),
        pytest.param(PLAIN, {"content_type": "text/plain"}, id="no JSON announced"),
        pytest.param(PLAIN, {"accept": "text/html"}, id="not acceptable"),
        pytest.param(PLAIN, {"idempotency_key": "ö"}, id="wrong Idempotency-Key"),
        pytest.param(PLAIN, {"host": "evil.example"}, id="another host"),
    ],
)
def test_refusal_is_that_of_django(service: Service, body: object, headers: dict[str, str]) -> None:
    given, other, direct = service.play(lambda service: service.both(body, **headers))
    assert not direct
    assert given.status_code >= 400
    assert _comparable(given) == _comparable(other)


def test_key_without_the_scope_is_refused() -> None:
    service = Service(Scope.OPS)
    answer = service.play(lambda service: service.post())
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")


def test_everyone_takes_its_scope() -> None:
    service = Service(Scope.SEND)
    given, other, _ = service.play(lambda service: service.both({**PLAIN, "to": {"everyone": True}}))
    assert (given.status_code, given.json()["code"]) == (403, "missing_scope")
    assert _comparable(given) == _comparable(other)


def test_key_that_is_looked_up_again_is_taken_directly(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "KNOWN_SECONDS", 0.0)

    async def after_a_second(service: Service) -> int:
        await service.begin()
        answers = await asyncio.gather(*(service.post() for _ in range(20)))
        return sum(answer.status_code == 201 for answer in answers)

    assert service.play(after_a_second) == 20
    assert service.through_django == 1


def test_repetitions_at_the_same_time_and_later_notify_once(service: Service) -> None:
    key = str(uuid4())

    async def repeat(service: Service) -> list[httpx.Response]:
        await service.begin()
        first = await asyncio.gather(*(service.post(idempotency_key=key) for _ in range(20)))
        return [*first, await service.post(idempotency_key=key)]

    answers = service.play(repeat)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert answers[-1].headers["idempotent-replayed"] == "true"
    assert service.through_django == 1
    assert Notification.objects.count() == 2


def test_same_key_with_another_body_is_refused(service: Service) -> None:
    key = str(uuid4())

    async def differ(service: Service) -> list[httpx.Response]:
        await service.begin()
        both = await asyncio.gather(*(service.post({**PLAIN, "title": title}, idempotency_key=key) for title in "ab"))
        return [*both, await service.post({**PLAIN, "title": "c"}, idempotency_key=key)]

    first, other, later = service.play(differ)
    assert first.status_code == 201
    # At the same moment it is not known yet what was asked for first.
    assert other.status_code in {409, 422}
    assert (other.status_code == 409) == ("retry-after" in other.headers)
    assert later.json()["errors"][0]["code"] == "idempotency_mismatch"
    assert later.headers["content-type"] == "application/problem+json"


def test_many_at_once_share_a_transaction_and_keep_their_places(service: Service) -> None:
    async def crowd(service: Service) -> list[httpx.Response]:
        await service.begin()
        bodies = [{**PLAIN, "title": str(number), "to": {"users": ["alice", f"u{number}"]}} for number in range(60)]
        return await asyncio.gather(*(service.post(body) for body in bodies))

    answers = service.play(crowd)
    assert {answer.status_code for answer in answers} == {201}
    assert [answer.json()["addressed"] for answer in answers] == [2] * 60
    entries = Entry.objects.filter(stream__name="user:alice").order_by("seq").select_related("notification")
    assert [entry.seq for entry in entries] == list(range(1, 62))
    assert sorted(int(entry.notification.title) for entry in entries[1:]) == list(range(60))
    assert Entry.objects.filter(stream__name="user:u7").values_list("notification__title", flat=True).get() == "7"
