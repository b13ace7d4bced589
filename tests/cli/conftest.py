"""Commands as people type them, on a workspace of the test's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dialconsole.cli.root import run


class Shell:
    """Runs command lines and keeps what they print."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.err = ""

    def __call__(self, *words: str, code: int = 0) -> str:
        """Run a command that ends with ``code``; what it printed."""
        self._capsys.readouterr()
        ended = run([*words])
        out, self.err = self._capsys.readouterr()
        assert ended == code, self.err or out
        return out

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json"))

    def lines(self, *words: str) -> list[Any]:
        """JSON lines."""
        return [json.loads(line) for line in self(*words).splitlines()]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the commands of this test work; not made yet."""
    path = tmp_path / "clinic"
    monkeypatch.setenv("DIALCONSOLE_WORKSPACE", str(path))
    return path


@pytest.fixture
def shell(workspace: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


@pytest.fixture
def write_list(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a call list and gives its path."""

    def write(text: str, name: str = "list.csv") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


SAID = ("--caller-identity", "Hillside Clinic", "--opt-out-line", "+12125550199")
"""What a campaign with an artificial voice must say before it can start."""


@pytest.fixture
def spring(shell: Shell, write_list: Callable[[str], Path]) -> Shell:
    """A workspace with the trunk ``main``, and the campaign ``spring`` of two contacts, one duplicate, one bad row.

    Consent is attested, and no registry was imported.
    """
    shell("trunk", "add", "main", "--calls-per-minute", "12")
    shell("campaign", "create", "spring", *SAID)
    path = write_list("name,phone\nAna,212-555-0143\nBo,312-555-0107\nAna again,+12125550143\nNobody,call me\n")
    shell("list", "import", str(path), "--campaign", "spring", "--attest", "written")
    return shell
