"""What the source knows, the documents tell."""

import re
from pathlib import Path

import pytest

from notifier.access import Scope
from notifier.wire import CloseCode

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
ROOT = DOCS.parent
PROTOCOL = (DOCS / "protocol.md").read_text()


@pytest.mark.parametrize("code", CloseCode, ids=lambda code: code.name)
def test_close_code_is_in_the_protocol(code: CloseCode) -> None:
    assert f"| {code.value} | {code.reason} |" in PROTOCOL


def _codes(*files: str, pattern: str) -> list[str]:
    return sorted({code for file in files for code in re.findall(pattern, (ROOT / file).read_text())})


@pytest.mark.parametrize("code", _codes("notifier/wire.py", "consumers/protocol.py", pattern=r'FrameError\(\s*"(\w+)"'))
def test_code_of_a_broken_frame_is_in_the_protocol(code: str) -> None:
    assert f"| `{code}` |" in PROTOCOL


@pytest.mark.parametrize(
    "kind",
    _codes("notifier/wire.py", pattern=r'"type": "(\w+)"') + _codes("notifier/wire.py", pattern=r'Literal\["(\w+)"\]'),
)
def test_frame_is_in_the_protocol_with_an_example(kind: str) -> None:
    assert f'{{"type": "{kind}"' in PROTOCOL


@pytest.mark.parametrize("scope", Scope)
def test_scope_is_in_the_api_document(scope: Scope) -> None:
    assert f"| `{scope}` |" in (DOCS / "api.md").read_text()


@pytest.mark.parametrize(
    "page",
    [ROOT / "README.md", *DOCS.glob("**/*.md"), ROOT / "deploy" / "README.md", ROOT / "clients" / "js" / "README.md"],
    ids=str,
)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        assert target.startswith("http") or (page.parent / target).exists(), target


def test_makefile_and_readme_name_the_same_commands() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for command in re.findall(r"`?make (\w+)`?", (ROOT / "README.md").read_text()):
        assert f"\n{command}:" in makefile
