"""A console that is gone: its window closed, its line cut, its process killed. No call notices."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dialconsole.model.outcome import Outcome
from kit.terminal import DIALCONSOLE, LARGE, SMALL, Pty, Tmux, eventually, processes_with
from terminal.engines import Site

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(90)]


def close_the_window(console: Pty) -> None:
    console.hang_up()


def kill_the_console(console: Pty) -> None:
    console.process.kill()


@pytest.mark.parametrize("way", [close_the_window, kill_the_console])
def test_a_console_that_dies_touches_no_call(tmux: Tmux, spring: Site, way: Callable[[Pty], None]) -> None:
    """The engine that ``run`` has started keeps every call and its progress, dials on, and takes a new console."""
    console = Pty([*DIALCONSOLE, "run", "--workspace", str(spring.path)], LARGE)
    try:
        console.wait_for("spring")
        before = spring.wait_for_calls()
        pid = spring.pid()
        way(console)
        eventually(lambda: console.process.poll() is not None, lambda: "the console outlives its terminal")
        assert console.process.returncode != 0
    finally:
        console.end()
    made = len(spring.ladders())
    eventually(lambda: len(spring.ladders()) > made + 2, lambda: "no further call is made")
    after = spring.ladders()
    assert spring.pid() == pid
    for attempt, call in before.items():
        assert after[attempt].events[: len(call.events)] == call.events
        assert after[attempt].attempt.outcome not in (Outcome.UNKNOWN, Outcome.CANCELLED)
    assert spring.status().people == ()
    pane = tmux.pane(SMALL)
    pane.run(spring.command)
    pane.wait_for("RUNNING +spring", r"CALLS +[1-9]\d* live")


@pytest.mark.parametrize("way", [close_the_window, kill_the_console])
def test_a_demonstration_ends_with_its_console(tmp_path: Path, way: Callable[[Pty], None]) -> None:
    """However the console of a demonstration ends, no engine and no folder of it stay behind."""
    console = Pty([*DIALCONSOLE, "demo"], environment={"TMPDIR": str(tmp_path)})
    try:
        console.wait_for("reminders")
        (folder,) = tmp_path.iterdir()
        way(console)
        eventually(lambda: not processes_with(str(folder)), lambda: f"still there: {processes_with(str(folder))}")
        eventually(lambda: not folder.exists(), lambda: f"left behind: {list(folder.rglob('*'))}")
    finally:
        console.end()


def test_a_console_under_a_leader_that_waits_for_it_ends_too(tmp_path: Path) -> None:
    """A window that is closed over ``make demo``: make hears of it and waits; the console, told nothing, ends."""
    waits = (
        "import signal, subprocess, sys; signal.signal(signal.SIGHUP, lambda *_: None); subprocess.run(sys.argv[1:])"
    )
    console = Pty([sys.executable, "-c", waits, *DIALCONSOLE, "demo"], environment={"TMPDIR": str(tmp_path)})
    try:
        console.wait_for("reminders")
        (folder,) = tmp_path.iterdir()
        console.hang_up()
        eventually(lambda: console.process.poll() is not None, lambda: "the console outlives its terminal")
        eventually(lambda: not folder.exists(), lambda: f"left behind: {list(folder.rglob('*'))}")
    finally:
        console.end()


def test_a_console_that_is_told_to_end_restores_the_terminal(clinic: Site) -> None:
    """SIGTERM is no reason to leave somebody in a terminal that echoes nothing and reports the mouse."""
    console = Pty([*DIALCONSOLE, "attach", "--workspace", str(clinic.path)])
    try:
        console.wait_for("reminders")
        console.process.terminate()
        console.wait_for_end()
        assert console.is_restored()
    finally:
        console.end()
