"""``dialconsole trunk``: the trunks that calls go through."""

from __future__ import annotations

from pathlib import Path

import click

from dialconsole.cli.limits import merged
from dialconsole.cli.options import NAME, SETTING, json_option, limit_options, workspace_option
from dialconsole.cli.output import print_done, print_json, print_table
from dialconsole.cli.session import ask, in_session
from dialconsole.cli.trunk_state import lock, release, reset, show, state_words, with_state
from dialconsole.control.port import EngineClient
from dialconsole.model.campaign import Trunk
from dialconsole.model.request import AddTrunk, GetStatus, ListTrunks, RemoveTrunk, SetTrunk
from dialconsole.model.view import TrunkView


@click.group()
def trunk() -> None:
    """Trunks that calls go through."""


for command in (show, reset, release, lock):
    trunk.add_command(command)


@trunk.command()
@click.argument("name", type=NAME)
@click.option("--backend", default="fake", show_default=True, help="Who places the calls.")
@click.option("--scenario", default="basic", show_default=True, help="Backend fake only: how callees behave.")
@click.option("--caller-id", "caller_ids", multiple=True, metavar="NUMBER", help="A number to call from.")
@limit_options
@workspace_option
@json_option
def add(
    name: str,
    backend: str,
    scenario: str,
    caller_ids: tuple[str, ...],
    concurrency: float | None,
    calls_per_minute: float | None,
    calls_per_second: float | None,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Add a trunk. Without limits of its own it gets 10 calls at once, 30 a minute, 1 a second."""
    usual = Trunk(name=name)
    doc = Trunk(
        name=name,
        backend=backend,
        scenario=scenario,
        caller_ids=caller_ids or usual.caller_ids,
        limits=merged(usual.limits, concurrency, calls_per_minute, calls_per_second),
    )
    print_done(ask(workspace, AddTrunk(trunk=doc), create=True), as_json)


@trunk.command("list")
@workspace_option
@json_option
def list_trunks(workspace: Path | None, as_json: bool) -> None:
    """List the trunks with their limits and their state."""

    async def look(client: EngineClient) -> list[tuple[Trunk, TrunkView | None]]:
        views = {view.name: view for view in (await client.request(GetStatus())).trunks}
        return [(doc, views.get(doc.name)) for doc in await client.request(ListTrunks())]

    trunks = in_session(workspace, look)
    if as_json:
        print_json([with_state(doc, view) for doc, view in trunks])
        return
    print_table(
        ("TRUNK", "BACKEND", "SCENARIO", ">AT ONCE", ">A MINUTE", ">A SECOND", "CALLS FROM", "STATE", ">VERSION"),
        [
            (
                t.name,
                t.backend,
                t.scenario if t.backend == "fake" else None,
                t.limits.max_concurrent,
                t.limits.calls_per_minute,
                None if t.limits.calls_per_second is None else f"{t.limits.calls_per_second:g}",
                ", ".join(t.caller_ids),
                state_words(view),
                t.version,
            )
            for t, view in trunks
        ],
        empty="No trunks. Add one: dialconsole trunk add NAME",
    )


@trunk.command("set")
@click.argument("name", type=NAME)
@click.argument("settings", type=SETTING, nargs=-1, required=True, metavar="KEY=VALUE...")
@click.option("--if-version", type=int, help="Change nothing if somebody has changed the trunk since this version.")
@workspace_option
@json_option
def set_trunk(
    name: str,
    settings: tuple[tuple[str, str], ...],
    if_version: int | None,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Change settings of a trunk: scenario=busy_evening, caller_ids=+15550100001,+15550100002."""
    print_done(ask(workspace, SetTrunk(name=name, fields=dict(settings), version=if_version)), as_json)


@trunk.command()
@click.argument("name", type=NAME)
@workspace_option
@json_option
def remove(name: str, workspace: Path | None, as_json: bool) -> None:
    """Remove a trunk that no campaign uses."""
    print_done(ask(workspace, RemoveTrunk(name=name)), as_json)
