"""The folder: made private, found again, used by one engine at a time."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from dialconsole.model.errors import Problem
from dialconsole.store.workspace import Workspace, default_workspace

AT = 1_763_800_000.0
LOCKER = """
import sys
from dialconsole.store.workspace import Workspace
Workspace.open(sys.argv[1]).lock()
print("locked", flush=True)
sys.stdin.read()
"""


def test_workspace_is_found_again(tmp_path: Path) -> None:
    """A new workspace is complete and private; opening it gives the same."""
    made = Workspace.create(tmp_path / "a" / "clinic", id="0a1b2c3d", demo=True, at=AT)
    found = Workspace.open(tmp_path / "a" / "clinic")
    assert found.documents.info == made.documents.info
    assert (found.documents.info.name, found.documents.info.id) == ("clinic", "0a1b2c3d")
    assert (found.documents.info.demo, found.documents.info.created_at) == (True, AT)
    assert found.ledger_path.is_file() and found.registry_path.is_dir()
    assert found.path.stat().st_mode & 0o777 == 0o700
    assert {f.stat().st_mode & 0o777 for f in found.path.iterdir() if f.is_file()} == {0o600}


def test_id_is_random(tmp_path: Path) -> None:
    """Eight hex characters, others for each workspace: attempt ids of two workspaces must not meet at one trunk."""
    ids = {Workspace.create(tmp_path / str(i), at=AT).documents.info.id for i in range(5)}
    assert len(ids) == 5
    assert all(len(id) == 8 and int(id, 16) >= 0 for id in ids)


def test_existing_folder_keeps_its_mode(tmp_path: Path) -> None:
    """A folder that an administrator prepared for a group is used as it is."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o750)
    Workspace.create(folder, "team", at=AT)
    assert folder.stat().st_mode & 0o777 == 0o750


def test_workspace_is_made_once(tmp_path: Path) -> None:
    """Creating over a workspace, or over a ledger that lost its documents, is refused and changes nothing."""
    Workspace.create(tmp_path / "w", at=AT)
    with pytest.raises(Problem, match=r"There is a workspace at .* already"):
        Workspace.create(tmp_path / "w", at=AT)
    (tmp_path / "w" / "workspace.json").unlink()
    with pytest.raises(Problem, match=r"holds a ledger\.db without a workspace\.json"):
        Workspace.create(tmp_path / "w", at=AT)


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A path through a file is refused with a sentence."""
    (tmp_path / "file").touch()
    with pytest.raises(Problem, match="could not be made: Not a directory"):
        Workspace.create(tmp_path / "file" / "w", at=AT)


def test_missing_parts(tmp_path: Path) -> None:
    """No folder, or a folder without its ledger, is no workspace; nothing is made in its place."""
    with pytest.raises(Problem, match="There is no workspace at"):
        Workspace.open(tmp_path / "nowhere")
    workspace = Workspace.create(tmp_path / "w", at=AT)
    workspace.ledger_path.unlink()
    with pytest.raises(Problem, match=r"has lost its ledger\.db"):
        Workspace.open(tmp_path / "w")
    assert not workspace.ledger_path.exists()


def test_second_engine_is_refused(tmp_path: Path) -> None:
    """While a process holds the lock another is refused with its pid; a kill sets the workspace free."""
    workspace = Workspace.create(tmp_path / "w", at=AT)
    holder = subprocess.Popen(
        [sys.executable, "-c", LOCKER, tmp_path / "w"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"locked\n"
        with pytest.raises(Problem, match=rf"^Another engine \(pid {holder.pid}\) has the workspace") as problem:
            workspace.lock()
        assert problem.value.code == "locked"
    finally:
        holder.kill()
        holder.communicate()
    workspace.lock()
    assert (tmp_path / "w" / "engine.lock").read_text() == f"{os.getpid()}\n"
    workspace.close()


def test_lock_is_given_back(tmp_path: Path) -> None:
    """Locking twice is harmless to its holder, refused to others, and over after unlocking."""
    first, second = Workspace.create(tmp_path / "w", at=AT), Workspace.open(tmp_path / "w")
    first.lock()
    first.lock()
    with pytest.raises(Problem, match="Another engine"):
        second.lock()
    first.unlock()
    first.unlock()
    second.lock()
    second.unlock()


def _deep(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / ("d" * 120) / "w", at=AT)


def test_socket_is_in_the_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A short path keeps the socket in the folder."""
    Workspace.create(tmp_path / "w", at=AT)
    monkeypatch.chdir(tmp_path)
    workspace = Workspace.open(Path("w"))
    if len(os.fsencode(tmp_path / "w" / "control.sock")) <= 100:
        assert workspace.socket_path == tmp_path / "w" / "control.sock"
    else:
        assert workspace.socket_path.suffix == ".sock"


def test_long_path_has_its_socket_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path too long for a socket gives a short one, the same for the same workspace and another for another."""
    workspace, other = _deep(tmp_path / "a"), _deep(tmp_path / "b")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/7")
    assert workspace.socket_path.parent == Path("/run/user/7/dialconsole")
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert workspace.socket_path.parent == Path(f"/tmp/dialconsole-{os.getuid()}")
    assert workspace.socket_path == Workspace.open(workspace.path).socket_path != other.socket_path
    assert len(os.fsencode(workspace.socket_path)) <= 100


def test_existing_socket_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A console with another runtime folder than the engine's finds the socket that is there."""
    workspace = _deep(tmp_path / "a")
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    theirs = workspace.socket_path
    theirs.parent.mkdir(mode=0o700, exist_ok=True)
    with closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind(str(theirs))
        monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/7")
        assert workspace.socket_path == theirs
    theirs.unlink()


def test_default_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The environment's workspace, else the person's data folder."""
    monkeypatch.delenv("DIALCONSOLE_WORKSPACE", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert default_workspace() == Path.home() / ".local" / "share" / "dialconsole" / "default"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_workspace() == tmp_path / "dialconsole" / "default"
    monkeypatch.setenv("DIALCONSOLE_WORKSPACE", "~/calls")
    assert default_workspace() == Path.home() / "calls"
