"""The API against its own OpenAPI schema: what schemathesis makes of it, sent to a real server, and what that answers.

Every check of schemathesis is on: no 5xx; status, type, headers and shape of an answer as documented; valid requests
accepted, invalid ones refused; 405 for other methods; no answer without a credential or with a wrong one.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
import schemathesis
from drf_spectacular.renderers import OpenApiJsonRenderer
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api.schema import Generator
from notifier.access import Scope
from tests.real.server import Server

pytestmark = pytest.mark.xdist_group("schema conformance")

# Deterministic: a seed, and no memory of earlier runs.
CONFIG = schemathesis.Config.from_dict(
    {
        "seed": 1,
        "generation": {
            "deterministic": True,
            "database": "none",
            "max-examples": 15,
            # The tests add the credential, which would undo an example that lacks it; a check of its own asks without.
            "with-security-parameters": False,
        },
        "phases": {"examples": {"enabled": False}},
        # A busy machine makes examples slowly, and that is no fault of theirs.
        "suppress-health-check": ["all"],
        "checks": {
            # A body that breaks the schema by its length is refused as too large, with 413.
            "negative_data_rejection": {"expected-statuses": [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 429]}
        },
    }
)
GENERATOR = Generator()  # type: ignore[no-untyped-call]
MADE: dict[str, Any] = json.loads(OpenApiJsonRenderer().render(GENERATOR.get_schema(public=True), renderer_context={}))
SCHEMA = schemathesis.openapi.from_dict(MADE, config=CONFIG)

INBOX = "/api/v1/inbox"
RECEIPTS, WHY = (SCHEMA[f"/api/v1/notifications/{{notification_id}}/{what}"]["GET"] for what in ("receipts", "why"))
SEND, LOOK_UP = SCHEMA["/api/v1/notifications"]["POST"], SCHEMA["/api/v1/notifications/{notification_id}"]["GET"]


@dataclass(frozen=True)
class Running:
    """A server, and who asks it: a backend that may do everything, and alice, who has an inbox."""

    server: Server
    session: requests.Session
    backend: dict[str, str]
    alice: dict[str, str]

    def check(self, case: Any, credential: dict[str, str], **headers: str) -> Any:
        """Send the case; the answer must be what the schema says."""
        where = {"base_url": self.server.url, "session": self.session}
        credential = credential | headers
        answer = case.call(headers=credential, **where)
        excluded = [positive_data_acceptance] if _beyond_a_schema(answer) else []
        case.validate_response(answer, headers=credential, excluded_checks=excluded, transport_kwargs=where)
        if [problem["code"] for problem in _problems(answer)] == ["idempotency_mismatch"]:
            del case.headers["Idempotency-Key"]  # what else is in the example is to be tried, too
            return self.check(case, credential)
        return answer


def _problems(answer: Any) -> list[dict[str, str]]:
    problems: list[dict[str, str]] = answer.json()["errors"] if answer.status_code == 422 else []
    return problems


# What JSON Schema cannot say, so that an example which keeps to the schema may still be refused: by pointer, how the
# refusal begins.
BEYOND: dict[str, str | tuple[str, ...]] = {
    "#/data": "must ",  # its size, its depth, the numbers and the texts in it
    "#/url": "is not an address",  # which host is well formed
    "#/icon": "is not an address",
    "#/topics": "are too long for one token",
    "#/expires_in": "Input should be a valid integer",  # JSON Schema has 60.0 for an integer
    "#/until": ("must lie in the future", "Input should be a valid datetime"),  # nor leap seconds
    "#/me": "is for who is signed in",
    "#/Idempotency-Key": "was used",  # by an earlier example
    "#/cursor": "is not a cursor",  # which texts a page may have named
    "#/users": "stands alone",
}


def _beyond_a_schema(answer: Any) -> bool:
    """Whether all that is refused is what a schema cannot say, which is also how large a body may be as a whole."""
    problems = _problems(answer)
    known = [problem["detail"].startswith(BEYOND.get(problem["pointer"], "\0")) for problem in problems]
    return answer.status_code == 413 or (bool(known) and all(known))


# The parameter makes the ids of schemathesis's tests differ: pytest takes their names for those of the function alone.
@pytest.fixture(scope="module", params=["daphne"])
def running(request: pytest.FixtureRequest) -> Iterator[Running]:
    server = Server(request.param, NOTIFIER_POSTS_PER_SECOND="1000000")
    scopes = [part for scope in Scope for part in ("--scope", scope)]
    try:
        key = server.manage("createkey", "everything", *scopes).stdout.strip()
        server.post({"users": ["alice"]})
        token = server.token("alice", topics=["*"], expires_in=86_400)
        with requests.Session() as session:
            session.trust_env = False
            yield Running(server, session, {"Authorization": f"Bearer {key}"}, {"Authorization": f"Bearer {token}"})
    finally:
        server.stop()
    assert "Traceback" not in server.log(), server.log()
    server.forget()


def test_no_two_tests_share_an_id(request: pytest.FixtureRequest) -> None:
    """Of those that do, xdist runs one only."""
    ids = [item.nodeid for item in request.session.items]
    assert len(ids) == len(set(ids))


def test_schema_is_the_one_that_is_served(running: Running) -> None:
    """What is tested here is what clients get."""
    served = running.server.http.get("/api/v1/schema", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert served.json() == MADE


@SCHEMA.parametrize()
def test_answers_conform(case: Any, running: Running) -> None:
    """People ask for their own inboxes, backends for the rest."""
    running.check(case, running.alice if case.path.startswith(INBOX) else running.backend)


@SCHEMA.include(path=INBOX).parametrize()
def test_answers_to_a_backend_that_reads_an_inbox_conform(case: Any, running: Running) -> None:
    """It names the person, which a person need not do."""
    case.query.setdefault("user", "alice")
    running.check(case, running.backend)


def test_answers_that_no_example_meets_conform(running: Running) -> None:
    """A notification that is there, a repetition, and what is refused before the address is looked at."""
    body: Any = {"to": {"users": ["alice"]}, "title": "Deploy finished"}
    once = [
        running.check(
            SEND.Case(body=body, media_type="application/json"), running.backend, **{"Idempotency-Key": "once"}
        )
        for _ in range(2)
    ]
    assert [answer.headers.get("idempotent-replayed") for answer in once] == [None, ["true"]]
    there = LOOK_UP.Case(path_parameters={"notification_id": once[0].json()["id"]})
    assert running.check(there, running.backend).status_code == 200
    for about, query in ((RECEIPTS, {}), (WHY, {"user": "alice"})):
        case = about.Case(path_parameters=there.path_parameters, query=query)
        assert running.check(case, running.backend).status_code == 200
    assert running.check(there, running.backend, Accept="text/html").status_code == 406
    assert running.check(there, running.backend, Host="elsewhere.example").status_code == 400
