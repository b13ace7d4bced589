"""``dialconsole demo``: the console on a fake trunk, in a workspace that exists only while it is open."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import click
import msgspec

from dialconsole.cli.background import BackgroundEngine
from dialconsole.cli.console import ascii_option, need_terminal, show, theme_option
from dialconsole.cli.demo_engine import DemoPlan, workspace_in
from dialconsole.store.places import socket_path

GOODBYE_S = 10.0
"""Seconds the engine of a demonstration gets to end; it hangs up and has nothing to save."""


@click.command()
@click.option("--speed", type=click.FloatRange(0.1, 1000), default=10.0, show_default=True, help="Seconds in a second.")
@click.option("--scenario", default="basic", show_default=True, help="How callees behave.")
@click.option("--seed", type=int, default=0, show_default=True, help="Same seed, same calls.")
@click.option(
    "--real-clock", is_flag=True, help="Use the time it is, not a Tuesday at 10:10 Eastern at ten times speed."
)
@theme_option
@ascii_option
def demo(speed: float, scenario: str, seed: int, real_clock: bool, theme: str | None, ascii_only: bool) -> None:
    """Show the console on a fake trunk that calls a sample list.

    No call leaves this machine, and nothing is left behind. Every key works: p pauses, + and - change the pace.
    """
    need_terminal()
    folder = Path(tempfile.mkdtemp(prefix="dialconsole-demo-"))
    reading, writing = os.pipe()
    plan = DemoPlan(
        folder=str(folder), lifeline=reading, speed=speed, real_clock=real_clock, scenario=scenario, seed=seed
    )
    document = msgspec.json.encode(plan).decode()
    engine = BackgroundEngine("dialconsole.cli.demo_engine", [document], folder / "engine.log", pass_fds=[reading])
    os.close(reading)
    try:
        socket = socket_path(workspace_in(folder))
        show(socket, theme, ascii_only, lambda: engine.comes_up(socket))
    finally:
        os.close(writing)
        _wait_for(engine.process)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(GOODBYE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
