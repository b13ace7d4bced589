"""``dialconsole doctor``: what is wrong with this installation and workspace, one broken part hiding no other."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cli.conftest import Shell
from dialconsole.cli import doctor
from dialconsole.compliance.registry.demo import write_demo_registry
from dialconsole.model.campaign import Trunk
from dialconsole.store.workspace import Workspace


def findings(parts: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {finding["name"]: finding for part in parts for finding in part["findings"]}


def test_a_workspace_in_order(spring: Shell) -> None:
    """Machine, files, rights, disk, engine, registry and each trunk are told; a fake trunk is fine."""
    parts = spring.json("doctor")
    assert [part["part"].split()[0] for part in parts] == ["this", "workspace", "engine", "registry", "trunk"]
    found = findings(parts)
    assert {name: f["kind"] for name, f in found.items() if f["kind"] != "ok"} == {
        "terminal": "skipped",
        "registry": "warning",
    }
    said = spring("doctor")
    assert "no fault" in said
    assert "(1 campaign, 1 trunk)" in said


def test_a_demonstrations_registry_is_a_fault_where_a_trunk_is_real(spring: Shell, workspace: Path) -> None:
    """It holds every real call; for fake trunks alone it is fine."""
    write_demo_registry(workspace / "registry", time.time())
    assert findings(spring.json("doctor"))["registry"]["kind"] == "ok"
    asyncio.run(Workspace.open(workspace).documents.put_trunk(Trunk(name="real", backend="livekit")))
    spring("doctor", code=1)
    (part,) = [part for part in json.loads(spring("doctor", "--json", code=1)) if part["part"] == "registry"]
    assert part["findings"][0]["kind"] == "fault"
    assert "a DEMO list of invented numbers. It holds every real call, of real." in part["findings"][0]["fact"]


def test_no_workspace(shell: Shell) -> None:
    """A folder without a workspace is the fault, and none is made."""
    said = shell("doctor", code=1)
    assert "There is no workspace here" in said
    assert "1 fault" in said


def test_lost_ledger(spring: Shell, workspace: Path) -> None:
    """A workspace that has lost its ledger is told before anybody starts anew without the opt-outs in it."""
    (workspace / "ledger.db").unlink()
    assert "lost its ledger.db" in spring("doctor", code=1)


def test_broken_documents(spring: Shell, workspace: Path) -> None:
    """Documents that cannot be read are the fault, and what else can be seen is seen."""
    (workspace / "workspace.json").write_text("{")
    said = spring("doctor", code=1)
    assert "FAULT  files" in said
    assert "disk" in said


def test_broken_ledger(spring: Shell, workspace: Path) -> None:
    """A ledger that is no database any more."""
    (workspace / "ledger.db").write_bytes(b"not a database" * 1000)
    assert "ledger.db cannot be read" in spring("doctor", code=1)


@pytest.mark.parametrize("name", ["50% off", "x%41y", "new#1", "who?"])
def test_a_folder_whose_name_means_something_to_sqlite(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The ledger that is looked at is the workspace's, and no file is made beside it."""
    monkeypatch.setenv("DIALCONSOLE_WORKSPACE", str(tmp_path / "there" / name))
    shell("trunk", "add", "main")
    assert findings(shell.json("doctor"))["files"]["kind"] == "ok"
    assert [path.name for path in (tmp_path / "there").iterdir()] == [name]
    (tmp_path / "there" / name / "ledger.db").write_bytes(b"no database at all, but long enough for one" * 99)
    assert findings(json.loads(shell("doctor", "--json", code=1)))["files"]["kind"] == "fault"


def test_rights(spring: Shell, workspace: Path) -> None:
    """Everybody may write: then anybody decides who is called."""
    workspace.chmod(0o777)
    assert "chmod -R o-w" in spring("doctor", code=1)


@pytest.mark.parametrize(("free", "kind", "code"), [(2**20, "fault", 1), (100 * 2**20, "warning", 0)])
def test_disk(spring: Shell, monkeypatch: pytest.MonkeyPatch, free: int, kind: str, code: int) -> None:
    """A disk that is nearly full, and one that soon is."""
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(2**40, 0, free))
    assert findings(json.loads(spring("doctor", "--json", code=code)))["disk"]["kind"] == kind


def test_somebody_has_the_lock(spring: Shell, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that holds the lock and does not answer is told with its pid."""
    monkeypatch.setattr("dialconsole.cli.session.COMING_UP_S", 0.1)
    held = Workspace.open(workspace)
    held.lock()
    said = spring("doctor", code=1)
    held.unlock()
    assert "Another engine (pid" in said


def test_no_trunk(shell: Shell, write_list: Callable[[str], Path]) -> None:
    """A workspace without a trunk can call nobody."""
    shell("trunk", "add", "main")
    shell("trunk", "remove", "main")
    assert "There is no trunk" in shell("doctor")


def test_zones_that_know_no_summer(spring: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Zone data without summer time would call people at the wrong hour."""
    monkeypatch.setattr("zoneinfo.ZoneInfo", lambda name: ZoneInfo("UTC"))
    assert doctor._zones().kind == "fault"
