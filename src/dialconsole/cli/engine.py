"""``dialconsole engine`` and ``stop``: the engine itself, without a console."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import click

from dialconsole.cli.options import json_option, reason_option, workspace_option
from dialconsole.cli.output import print_done
from dialconsole.cli.serving import DRAIN_S, serve
from dialconsole.cli.session import connected, open_workspace, workspace_path
from dialconsole.model.errors import Problem
from dialconsole.model.request.people import StopEngine
from dialconsole.model.request.request import Done
from dialconsole.store.places import socket_path

drain_option = click.option(
    "--drain",
    type=click.FloatRange(min=0),
    default=DRAIN_S,
    show_default=True,
    metavar="SECONDS",
    help="How long calls in progress may take to end.",
)


@click.command()
@drain_option
@click.option("--detached", is_flag=True, hidden=True, help="Nobody's terminal owns this engine: ignore SIGHUP.")
@workspace_option
def engine(drain: float, detached: bool, workspace: Path | None) -> None:
    """Run the engine in the foreground, for a service manager.

    SIGTERM and Ctrl-C stop it after the calls in progress; a second one stops it at once.
    """
    start_logging()
    asyncio.run(_run(workspace_path(workspace), drain, detached))


async def _run(path: Path, drain_s: float, detached: bool) -> None:
    from dialconsole.clock import RealClock
    from dialconsole.engine.engine import Engine

    workspace = open_workspace(path, create=True)
    clock = RealClock()
    opened = await Engine.open(workspace, clock, dialing=True)
    await serve(opened, workspace.socket_path, clock, drain_s=drain_s, hang_up_signal=not detached)


def start_logging() -> None:
    """What the engine has to say goes to stderr: a service manager's journal, or the log file of a background one."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")


@click.command()
@drain_option
@reason_option
@workspace_option
@json_option
def stop(drain: float, reason: str, workspace: Path | None, as_json: bool) -> None:
    """Stop the engine after the calls in progress.

    No new call begins. Those that have not ended after the time given are hung up.
    """
    print_done(asyncio.run(_stop(workspace_path(workspace), drain, reason)), as_json)


async def _stop(path: Path, drain_s: float, reason: str) -> Done:
    client = await connected(socket_path(path))
    if client is None:
        raise Problem(f"No engine runs on {path}; there is nothing to stop.", code="no_engine")
    try:
        return await client.request(StopEngine(drain_s=drain_s, reason=reason))
    finally:
        await client.close()
