"""No server but a loop of `send()`: below it nothing on this machine can get."""

from bench.http import Post
from bench.stacks.base import Program, content, json_post, python


class Floor(Program):
    label = "a loop of send()"
    lacks = "everything: what the kernel takes"

    def command(self, port: int) -> list[str]:
        return python("-m", "bench.peers.floor", str(port))

    def handshake(self, user: str) -> tuple[str, dict[str, str]]:
        return "/", {}

    def to_everyone(self, mark: int) -> Post:
        return json_post("/", content(mark))

    def to_users(self, users: list[str], mark: int) -> Post:
        raise NotImplementedError
