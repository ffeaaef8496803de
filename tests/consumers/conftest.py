"""What the socket tests share."""

from collections.abc import Iterator

import pytest

from tests.consumers.conformance import Service


@pytest.fixture(
    scope="session",
    params=[
        pytest.param(kind, id=kind, marks=pytest.mark.xdist_group(f"conformance-{kind}"))
        for kind in ("daphne", "uvicorn")
    ],
)
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    running = Service(request.param)
    yield running
    running.server.stop()
    running.assert_no_traceback()
    running.server.forget()
