"""nchan, the module of nginx: Debian's packages, unpacked into a folder of the bench and not installed."""

import os
import shutil
import subprocess
from pathlib import Path

from bench.cores import raise_file_limit
from bench.http import Post
from bench.stacks.base import Program, content, json_post
from tests.real.processes import ROOT

_PACKAGES = ("nginx", "libnginx-mod-nchan", "libhiredis0.14")
_FOLDER = ROOT / "var" / "bench" / "nchan"
_STATE = Path("/var/lib/nginx")
_CONFIG = ROOT / "bench" / "peers" / "nchan" / "nginx.conf"


class NotHere(Exception):
    """A peer that this machine cannot have; the text says why."""


class Nchan(Program):
    label = "nchan"
    lacks = (
        "in C; stores nothing; authenticates nobody; resumes from a bounded buffer in memory, here off; no Redis here"
    )

    def prepare(self, users: list[str]) -> None:
        self._root = unpacked()
        try:
            # The packaged program wants it there, whatever its configuration says.
            _STATE.mkdir(parents=True, exist_ok=True)
        except PermissionError:
            raise NotHere(f"nginx wants a folder {_STATE}, which only root can make") from None

    def command(self, port: int) -> list[str]:
        facts = {
            "module": str(self._root / "usr/lib/nginx/modules/ngx_nchan_module.so"),
            "files": str(raise_file_limit()),
            "folder": str(self.folder),
            "port": str(port),
        }
        config = _CONFIG.read_text()
        for name, value in facts.items():
            config = config.replace(f"{{{name}}}", value)
        (self.folder / "nginx.conf").write_text(config)
        self.folder.chmod(0o755)  # for its worker, which is nobody when it is started by root
        return [str(self._root / "usr/sbin/nginx"), "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]

    def environment(self) -> dict[str, str]:
        return {"LD_LIBRARY_PATH": str(self._root / f"usr/lib/{os.uname().machine}-linux-gnu")}

    def handshake(self, user: str) -> tuple[str, dict[str, str]]:
        return f"/subscribe/{user}", {}

    def to_everyone(self, mark: int) -> Post:
        return json_post("/publish/everyone", content(mark))

    def to_users(self, users: list[str], mark: int) -> Post:
        (user,) = users
        return json_post(f"/publish/{user}", content(mark))


def unpacked() -> Path:
    """The folder with nginx and nchan. NotHere where Debian's packages cannot be had."""
    root = _FOLDER / "root"
    if (root / "usr/sbin/nginx").exists():
        return root
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise NotHere("nchan comes from Debian's packages, and this machine has no apt")
    shutil.rmtree(_FOLDER, ignore_errors=True)
    _FOLDER.mkdir(parents=True)
    done = subprocess.run(
        ["apt-get", "download", "-qq", *_PACKAGES],
        cwd=_FOLDER,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    packages = sorted(_FOLDER.glob("*.deb"))
    if len(packages) != len(_PACKAGES):
        raise NotHere(f"apt-get download {' '.join(_PACKAGES)}: {done.stderr.strip()[-300:]}")
    for package in packages:
        subprocess.run(["dpkg", "-x", str(package), str(root)], check=True, timeout=60)
    return root
