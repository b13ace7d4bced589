"""``dialconsole run`` and ``attach``: the console, on an engine that goes on without it."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dialconsole.cli.background import BackgroundEngine, somebody_answers
from dialconsole.cli.hangup import end_with_terminal
from dialconsole.cli.options import workspace_option
from dialconsole.cli.session import open_workspace, workspace_path
from dialconsole.control.endpoint import answers
from dialconsole.model.errors import Problem
from dialconsole.store.places import socket_path

if TYPE_CHECKING:
    from dialconsole.store.workspace import Workspace

ComingUp = Callable[[], Awaitable[None]]
"""Returns when the engine answers, raises ``Problem`` when it does not come up."""

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
    coming_up = None if answers(socket_path(path)) else _start_engine(path)
    show(socket_path(path), theme, ascii_only, coming_up)


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


def _start_engine(path: Path) -> ComingUp:
    workspace = open_workspace(path, create=True)
    arguments = ["engine", "--detached", "--workspace", str(path)]
    engine = BackgroundEngine("dialconsole.cli", arguments, path / "engine.log")

    async def coming_up() -> None:
        try:
            await engine.comes_up(workspace.socket_path)
        except Problem:
            if not await _somebody_was_faster(workspace):
                raise

    return coming_up


async def _somebody_was_faster(workspace: Workspace) -> bool:
    """Whether an engine that another ``run`` started in the same moment has the lock, and answers soon."""
    try:
        workspace.lock()
    except Problem:
        return await somebody_answers(workspace.socket_path)
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


def show(socket: Path, theme: str | None, ascii_only: bool, coming_up: ComingUp | None = None) -> None:
    """The console, until the person detaches. It is drawn while an engine is still ``coming_up``."""
    gc.disable()  # until the first picture: a tenth of the time to it goes into looking through modules for garbage
    from dialconsole.console.app import FIRST_ROWS_S, run_console
    from dialconsole.console.themes import DEFAULT_THEME
    from dialconsole.control.client import SocketClient

    # Textual puts the terminal back when it is interrupted, but not when it is terminated.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    end_with_terminal()
    client = SocketClient(socket, coming_up=coming_up)
    wait_s = FIRST_ROWS_S if coming_up is None else 0.0
    run_console(client, theme or DEFAULT_THEME, ascii_only, first_rows_s=wait_s)
