"""Operators' tabs in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.ops.operators import Dashboard
from tests.ops.tabs import signed_in
from tests.real import chromium
from tests.real.server import Server


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium.running() as browser:
        yield browser


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whoever asks for `watched` is run on each of the module's SERVERS, of which it has one for all its tests."""
    if "watched" in metafunc.fixturenames:
        name = metafunc.module.__name__.rsplit(".", 1)[1]
        params = [
            pytest.param(kind, marks=pytest.mark.xdist_group(f"{name}-{kind}"))
            for kind in getattr(metafunc.module, "SERVERS", ["uvicorn"])
        ]
        metafunc.parametrize("watched", params, indirect=True, scope="module")


@pytest.fixture(scope="module")
def watched(request: pytest.FixtureRequest) -> Iterator[Server]:
    running = Server(request.param)
    yield running
    running.stop()
    assert "Traceback" not in running.log(), running.log()
    running.forget()


@pytest.fixture(scope="session")
def staffed() -> Iterator[Server]:
    """A server for all tests of pages that change nothing which others see. alice is an admin, and vera, with the same password, a viewer."""
    running = Server("uvicorn", NOTIFIER_DRAIN_SECONDS="0.2")
    made = running.manage("shell", "-c", _VERA.format(password=running.password))
    assert made.returncode == 0, made.stderr
    yield running
    running.stop()
    assert "Traceback" not in running.log(), running.log()
    running.forget()


_VERA = """
from django.contrib.auth.models import Group, User
vera = User.objects.create_user("vera", password="{password}", is_staff=True)
vera.groups.add(Group.objects.get(name="viewer"))
"""


@pytest.fixture
def operator(chrome: Browser, watched: Server) -> Iterator[Page]:
    """A signed-in operator's tab. No page may break its policy or log an error."""
    context = chrome.new_context()
    page, complaints = signed_in(context, watched)
    yield page
    context.close()
    assert not complaints, complaints


@pytest.fixture
def board(watched: Server) -> Iterator[Dashboard]:
    with Dashboard(watched) as dashboard:
        yield dashboard
