"""The OpenAPI schema and its page: what they say is so."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from api.urls import urlpatterns
from notifier.access import TokenRequest, issue_token
from notifier.errors import Conflict, Forbidden, NotifierError, TooMany, Unauthenticated, Unavailable
from tests.api.conftest import Answer, Backend
from tests.ops.pages import assert_fits_its_policy

JSON = {"Accept": "application/vnd.oai.openapi+json"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    answer: Answer = Client().get("/api/v1/schema", headers=JSON)
    assert answer.status_code == 200
    made: dict[str, Any] = json.loads(answer.content)
    return made


def test_schema_is_valid_and_made_without_warnings(schema: dict[str, Any]) -> None:
    """A generator of clients can work from it."""
    assert schema["openapi"].startswith("3.1")
    validate_schema(schema)  # type: ignore[no-untyped-call]
    assert not GENERATOR_STATS


def test_schema_names_every_route(schema: dict[str, Any]) -> None:
    """Each address of the API, but for the schema's own and its page's."""
    served = {re.sub("<[a-z]+:([a-z_]+)>", r"{\1}", f"/api/v1/{pattern.pattern}") for pattern in urlpatterns}
    assert set(schema["paths"]) == served - {"/api/v1/schema", "/api/v1/docs"}
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    assert all(operation["summary"] and operation["description"] for operation in operations)
    assert len({operation["operationId"] for operation in operations}) == len(operations)


def test_schema_says_which_credential_each_route_takes(schema: dict[str, Any]) -> None:
    """None is open to everybody."""
    taken = {
        (method, path): {name for alternative in operation["security"] for name in alternative or ["nobody"]}
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    }
    marks = [("post", f"/api/v1/inbox/{verb}") for verb in ("read", "unread", "archive", "unarchive", "seen")]
    for route in [*marks, ("get", "/api/v1/me")]:
        assert taken.pop(route) == {"ConnectionToken", "Session"}, route
    assert taken.pop(("get", "/api/v1/inbox")) == {"ConnectionToken", "Session", "ApiKey"}
    operators = {route: taken.pop(route) for route in list(taken) if route[1].startswith("/api/v1/ops/")}
    assert all(credentials == {"ApiKey", "Session"} for credentials in operators.values()), operators
    assert all(credentials == {"ApiKey"} for credentials in taken.values()), taken
    assert set(schema["components"]["securitySchemes"]) == {"ApiKey", "ConnectionToken", "Session"}


def test_answers_are_as_the_schema_says(schema: dict[str, Any], backend: Backend) -> None:
    """Status, content type and shape of real answers, good and bad, stand in the schema."""
    person = Backend(issue_token(TokenRequest(user="alice"))[0])
    sent = backend.send(level="success", data={"a": 1})
    answers: list[tuple[str, str, Answer]] = [
        ("post", "/api/v1/notifications", sent),
        ("post", "/api/v1/notifications", backend.send(title="")),
        ("post", "/api/v1/notifications", backend.ask("POST", "/api/v1/notifications", b"{")),
        (
            "post",
            "/api/v1/notifications",
            backend.ask("POST", "/api/v1/notifications", b"{}", content_type="text/plain"),
        ),
        ("post", "/api/v1/notifications", backend.send(body="x" * 600_000)),
        ("post", "/api/v1/notifications", Backend(None).send()),
        ("get", "/api/v1/notifications/{notification_id}", backend.get(sent.headers["Location"])),
        ("get", "/api/v1/notifications/{notification_id}", backend.get("/api/v1/notifications/x")),
        ("post", "/api/v1/tokens", backend.post("/api/v1/tokens", {"user": "alice"})),
        ("get", "/api/v1/presence", backend.get("/api/v1/presence")),
        ("get", "/api/v1/presence", backend.get("/api/v1/presence?users=alice,bob")),
        ("get", "/api/v1/presence", backend.get("/api/v1/presence?limit=0")),
        ("get", "/api/v1/presence/{user}", backend.get("/api/v1/presence/alice")),
        ("get", "/api/v1/inbox", backend.get("/api/v1/inbox?user=alice")),
        ("get", "/api/v1/inbox", person.get("/api/v1/inbox?limit=1")),
        ("get", "/api/v1/inbox", person.get("/api/v1/inbox?user=bob")),
        ("post", "/api/v1/inbox/read", person.post("/api/v1/inbox/read", {"all": True})),
    ]
    for method, path, answer in answers:
        described = schema["paths"][path][method]["responses"][str(answer.status_code)]["content"]
        shape = described[answer.headers["Content-Type"]]["schema"]
        Draft202012Validator({**shape, "components": schema["components"]}).validate(answer.json())


@pytest.mark.parametrize(
    ("refusal", "headers"),
    [
        (Unauthenticated(""), {"WWW-Authenticate"}),
        (Forbidden(""), set()),
        (Conflict(""), {"Retry-After"}),
        (TooMany("", wait=1.5), {"Retry-After"}),
        (Unavailable(""), {"Retry-After"}),
    ],
    ids=lambda value: value.code if isinstance(value, NotifierError) else "",
)
def test_refusal_has_the_headers_that_the_schema_names(
    schema: dict[str, Any],
    backend: Backend,
    monkeypatch: pytest.MonkeyPatch,
    refusal: NotifierError,
    headers: set[str],
) -> None:
    """Whatever it takes to be refused so."""

    def refuse(_: object) -> None:
        raise refusal

    monkeypatch.setattr("api.permissions.check_rate", refuse)
    answer = backend.send()
    assert answer.status_code == refusal.status
    named = schema["paths"]["/api/v1/notifications"]["post"]["responses"][str(refusal.status)].get("headers", {})
    assert set(named) == headers
    for name, header in named.items():
        value = answer.headers[name]
        Draft202012Validator(header["schema"]).validate(int(value) if name == "Retry-After" else value)


def test_page_works_under_the_security_policy() -> None:
    """The documentation's page and its script are allowed by the headers that come with them."""
    client = Client()
    page = client.get("/api/v1/docs", headers={"Accept": "text/html"})
    assert page.status_code == 200
    sources = assert_fits_its_policy(page)
    (script,) = [source for source in sources if not source.startswith("/static/")]
    made = client.get(script)
    assert made.status_code == 200
    assert made.headers["Content-Type"].split(";")[0] in {"application/javascript", "text/javascript"}
    assert "/api/v1/schema" in made.content.decode()
