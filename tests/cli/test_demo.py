"""The engine of a demonstration, and consoles that have no terminal."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cli.conftest import Shell
from cli.processes import running_engine
from dialconsole.cli.background import BackgroundEngine
from dialconsole.cli.console import ComingUp
from dialconsole.cli.demo_engine import DemoPlan, workspace_in
from dialconsole.control.endpoint import answers
from dialconsole.model.errors import Problem
from dialconsole.store.places import socket_path


@contextmanager
def demo_engine(folder: Path, **settings: object) -> Iterator[tuple[BackgroundEngine, int]]:
    """The engine of a demonstration, and the end of the pipe that keeps it alive."""
    folder.mkdir()
    reading, writing = os.pipe()
    plan = msgspec.convert({"folder": str(folder), "lifeline": reading, **settings}, DemoPlan)
    arguments = [msgspec.json.encode(plan).decode()]
    engine = BackgroundEngine("dialconsole.cli.demo_engine", arguments, folder / "engine.log", pass_fds=[reading])
    os.close(reading)
    try:
        yield engine, writing
    finally:
        engine.process.kill()
        engine.process.wait()


def test_demo_engine_ends_with_its_parent(shell: Shell, tmp_path: Path) -> None:
    """The demonstration has campaigns in several states; when the pipe closes it ends and leaves nothing behind."""
    folder = tmp_path / "demo"
    with demo_engine(folder, speed=100.0, seed=3) as (engine, lifeline):
        engine.wait_until_it_answers(socket_path(workspace_in(folder)))
        report = shell.json("status", "--workspace", str(workspace_in(folder)))
        assert report["engine"]["demo"]
        assert report["engine"]["rate"] == 100.0
        assert {"running", "paused"} <= {campaign["state"] for campaign in report["campaigns"]}
        os.close(lifeline)
        assert engine.process.wait(20) == 0
    assert not folder.exists()


def test_the_command_that_mends_the_registry_lies_ready(shell: Shell, tmp_path: Path) -> None:
    """A campaign is held by a list that is too old; the alert names a script, and that imports the fresh one."""
    folder = tmp_path / "demo"
    with demo_engine(folder, speed=50.0) as (engine, _):
        workspace = workspace_in(folder)
        engine.wait_until_it_answers(socket_path(workspace))
        before = shell.json("campaign", "check", "renewals", "--workspace", str(workspace))
        assert [reason["code"] for reason in before["reasons"]] == ["registry_too_old"]
        assert f"sh {folder / 'fresh'}" in (folder / "engine.log").read_text()
        ran = subprocess.run(["sh", str(folder / "fresh")], capture_output=True, text=True, timeout=20, check=True)
        assert ran.stdout.startswith("dialconsole registry import ")
        after = shell.json("campaign", "check", "renewals", "--workspace", str(workspace))
        assert after["waiting"] == 0 and after["total"] == before["total"]


def test_demo_that_cannot_begin(tmp_path: Path) -> None:
    """A scenario that is not there ends the engine, and its last words reach whoever started it."""
    folder = tmp_path / "demo"
    with demo_engine(folder, scenario="basik") as (engine, lifeline):
        with pytest.raises(Problem, match="basik"):
            engine.wait_until_it_answers(socket_path(workspace_in(folder)))
        os.close(lifeline)


@pytest.mark.parametrize("command", ["demo", "run", "attach"])
def test_console_needs_a_terminal(shell: Shell, workspace: Path, command: str) -> None:
    """Without a terminal a console is refused before anything is started."""
    shell(command, code=1)
    assert "needs a terminal" in shell.err
    assert not workspace.exists()


def test_attach_without_an_engine(shell: Shell, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Attach starts nothing: where no engine runs it says so."""
    monkeypatch.setattr("dialconsole.cli.console.need_terminal", lambda: None)
    shell("attach", code=1)
    assert "No engine runs" in shell.err


def shown_with(attached: Callable[[], None]) -> Callable[..., None]:
    """In place of the console: waits for its engine as that does, then calls ``attached``."""

    def show(socket: Path, theme: str | None, ascii_only: bool, coming_up: ComingUp | None = None) -> None:
        async def wait() -> None:
            if coming_up is not None:
                await coming_up()

        asyncio.run(wait())
        attached()

    return show


# The point of `run` is that the process it started still runs when nobody holds on to it any more.
@pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")
def test_run_starts_an_engine_and_leaves_it(spring: Shell, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run starts an engine that outlives the console, with its log in the workspace; a second run uses the same one."""
    shown: list[int] = []

    def inode_of_socket() -> int:
        return os.stat(socket_path(workspace)).st_ino

    monkeypatch.setattr("dialconsole.cli.console.need_terminal", lambda: None)
    monkeypatch.setattr("dialconsole.cli.console.show", shown_with(lambda: shown.append(inode_of_socket())))
    try:
        spring("run")
        pid = spring.json("status")["engine"]["pid"]
        assert pid != os.getpid()
        spring("run")
        assert spring.json("status")["engine"]["pid"] == pid
        assert len(set(shown)) == 1
        assert "answering at" in (workspace / "engine.log").read_text()
    finally:
        spring("stop", "--drain", "0")


def test_two_people_run_at_once(spring: Shell, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose engine loses the race for the lock attaches to the one that won it, as soon as that answers."""
    shown: list[str] = []
    losers: list[BackgroundEngine] = []
    late: list[bool] = []

    def start_loser(*arguments: Any) -> BackgroundEngine:
        losers.append(BackgroundEngine(*arguments))
        return losers[0]

    def answers_late(socket: Path) -> bool:
        """The winner answers only after the loser has ended."""
        if losers and losers[0].process.poll() is not None:
            late.append(True)
        return len(late) > 1 and answers(socket)

    monkeypatch.setattr("dialconsole.cli.console.need_terminal", lambda: None)
    monkeypatch.setattr("dialconsole.cli.console.show", shown_with(lambda: shown.append("attached")))
    monkeypatch.setattr("dialconsole.cli.console.BackgroundEngine", start_loser)
    monkeypatch.setattr("dialconsole.cli.console.answers", answers_late)
    monkeypatch.setattr("dialconsole.cli.background.answers", answers_late)
    with running_engine(workspace) as engine:
        spring("run")
        assert shown == ["attached"]
        assert losers[0].process.returncode == 1
        assert spring.json("status")["engine"]["pid"] == engine.pid
