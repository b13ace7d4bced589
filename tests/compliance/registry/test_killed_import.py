"""An import that is killed, at every system call it makes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kit import killed_import

OLD = (["registry_listed", "registry_not_listed", "registry_listed"], 1)
NEW = (["registry_not_listed", "registry_listed", "registry_listed"], 2)


def kills(tmp_path: Path, kind: str) -> list[dict[str, object]]:
    paths = os.pathsep.join([str(Path(killed_import.__file__).parent.parent), *sys.path])
    run = subprocess.run(
        [sys.executable, killed_import.__file__, str(tmp_path), kind],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    return [json.loads(line) for line in run.stdout.splitlines()]


@pytest.mark.parametrize("kind", ["full", "changes"])
def test_readers_find_the_old_version_or_the_new_one(tmp_path: Path, kind: str) -> None:
    """Never half of one: what is found is whole, and the old version until the very end; the next import tidies up."""
    seen = kills(tmp_path, kind)
    states = [(kill["kinds"], kill["version"]) for kill in seen]
    assert set(map(str, states)) == {str(OLD), str(NEW)}
    assert states.index(NEW) == sum(state == OLD for state in states)
    assert {kill["files"] for kill in seen} == {3}
    assert {"pwrite", "fsync", "rename", "unlink"} <= {kill["call"] for kill in seen}


def test_a_killed_first_import_permits_nothing(tmp_path: Path) -> None:
    """There is no old version: none, or not readable, or the new one whole."""
    seen = kills(tmp_path, "first")
    for kill in seen:
        if "version" in kill:
            assert (kill["kinds"], kill["version"]) == (NEW[0], 1)
        else:
            assert set(kill["kinds"]) < {"registry_none", "registry_unreadable"}  # type: ignore[call-overload]
            assert kill["problem"] in ("registry_none", "registry_unreadable")
    assert {kill["files"] for kill in seen} == {3}
