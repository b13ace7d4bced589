"""kill -9 at any instant: everything that was acknowledged is there afterwards, and the files can be read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import dialconsole
from contracts.ledger import add
from dialconsole.clock import run_virtual
from dialconsole.model.campaign import WorkspaceInfo
from dialconsole.store.documents import Documents
from dialconsole.store.sqlite_ledger import SqliteLedger

HERE = Path(__file__).parent
PATHS = os.pathsep.join([str(HERE.parent), str(Path(dialconsole.__file__).parent.parent)])
"""The tests, and the package that is under test even if another one is installed."""


def _killed(script: str, path: Path, lines: int) -> list[str]:
    """Run a script of this folder, kill it -9 after it has said ``lines`` lines; all the whole lines it said."""
    process = subprocess.Popen([sys.executable, HERE / script, path], stdout=subprocess.PIPE, env={"PYTHONPATH": PATHS})
    assert process.stdout is not None
    try:
        said = [process.stdout.readline().decode() for _ in range(lines)]
    finally:
        process.kill()
    rest, _ = process.communicate()
    assert all(said), "it ended by itself"
    return [line.strip() for line in said + rest.decode().splitlines(keepends=True) if line.endswith("\n")]


def test_acknowledged_calls_survive(tmp_path: Path) -> None:
    """Every claim and settlement that returned is there after the kill, no attempt twice, the event log whole."""
    path = tmp_path / "ledger.db"

    async def prepare() -> None:
        ledger = await SqliteLedger.open(path)
        await add(ledger, 200)
        await ledger.close()

    async def look() -> tuple[set[int], set[int], int | None]:
        ledger = await SqliteLedger.open(path)
        attempts = list(ledger.export_attempts())
        broken = ledger.verify_chain()
        await ledger.close()
        return {a.seq for a in attempts}, {a.seq for a in attempts if a.outcome is not None}, broken

    run_virtual(prepare)
    acknowledged: list[str] = []
    for lines in (1, 40, 333):
        acknowledged += _killed("killed_caller.py", path, lines)
        claimed, settled, broken = run_virtual(look)
        assert claimed >= {int(line[2:]) for line in acknowledged if line[0] == "c"}
        assert settled >= {int(line[2:]) for line in acknowledged if line[0] == "s"}
        assert broken is None


def test_documents_are_always_readable(tmp_path: Path) -> None:
    """After each kill ``workspace.json`` is whole and holds the last acknowledged change or the one after it."""
    path = tmp_path / "workspace.json"
    Documents.create(path, WorkspaceInfo("0a1b2c3d", "clinic", 1, 0.0))
    for lines in (1, 5, 12, 30):
        last = int(_killed("killed_editor.py", path, lines)[-1])
        assert Documents.open(path).campaigns["spring"].version in (last, last + 1)
