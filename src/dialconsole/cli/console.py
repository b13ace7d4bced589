"""``dialconsole run`` and ``attach``: the console, on an engine that goes on without it."""

from __future__ import annotations

import gc
import importlib
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dialconsole.cli.background import BackgroundEngine, wait_for_answer
from dialconsole.cli.hangup import end_with_terminal
from dialconsole.cli.options import workspace_option
from dialconsole.cli.session import open_workspace, workspace_path
from dialconsole.control.endpoint import answers
from dialconsole.model.errors import Problem
from dialconsole.store.places import socket_path

if TYPE_CHECKING:
    from dialconsole.store.workspace import Workspace

theme_option = click.option("--theme", metavar="NAME", help="Colours: see `dialconsole themes list`.")
ascii_option = click.option("--ascii", "ascii_only", is_flag=True, help="Draw without Unicode signs.")


@click.command()
@workspace_option
@theme_option
@ascii_option
def run(workspace: Path | None, theme: str | None, ascii_only: bool) -> None:
    """Open the console; start the engine in the background if none runs.

    The engine goes on when the console is closed; `dialconsole stop` ends it. What it says is in engine.log in the
    workspace.
    """
    need_terminal()
    path = workspace_path(workspace)
    if not answers(socket_path(path)):
        _start_engine(path)
    show(socket_path(path), theme, ascii_only)


@click.command()
@workspace_option
@theme_option
@ascii_option
def attach(workspace: Path | None, theme: str | None, ascii_only: bool) -> None:
    """Open the console on an engine that runs already.

    Over SSH: ssh -t HOST dialconsole attach
    """
    need_terminal()
    path = workspace_path(workspace)
    if not answers(socket_path(path)):
        raise Problem(f"No engine runs on {path}. Start one together with the console: dialconsole run.")
    show(socket_path(path), theme, ascii_only)


def _start_engine(path: Path) -> None:
    workspace = open_workspace(path, create=True)
    arguments = ["engine", "--detached", "--workspace", str(path)]
    engine = BackgroundEngine("dialconsole.cli", arguments, path / "engine.log")
    prepare_to_show()
    try:
        engine.wait_until_it_answers(workspace.socket_path)
    except Problem:
        if not _somebody_was_faster(workspace):
            raise


def _somebody_was_faster(workspace: Workspace) -> bool:
    """Whether an engine that another ``run`` started in the same moment has the lock, and answers soon."""
    try:
        workspace.lock()
    except Problem:
        return wait_for_answer(workspace.socket_path)
    workspace.unlock()
    return False


def need_terminal() -> None:
    """Raises ``Problem`` unless a person can see and type; before anything is started."""
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise Problem(
            "The console needs a terminal, and this is a pipe, a file or a job without one (over SSH: ssh -t). "
            "Programs use the other commands: dialconsole status --json, dialconsole campaign list ...",
            code="no_terminal",
        )


def prepare_to_show() -> None:
    """Import the console while an engine is coming up: a fifth of a second that nobody then waits for."""
    gc.disable()
    importlib.import_module("dialconsole.console.app")


def show(socket: Path, theme: str | None, ascii_only: bool) -> None:
    """The console, until the person detaches."""
    gc.disable()  # until the first picture: a tenth of the time to it goes into looking through modules for garbage
    from dialconsole.console.app import run_console
    from dialconsole.console.themes import DEFAULT_THEME
    from dialconsole.control.client import SocketClient

    # Textual puts the terminal back when it is interrupted, but not when it is terminated.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    end_with_terminal()
    run_console(SocketClient(socket), theme=theme or DEFAULT_THEME, ascii_only=ascii_only)
