"""``dialconsole trunk``: the trunks that calls go through."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec import structs

from dialconsole.cli.findings import print_findings
from dialconsole.cli.grouping import Commands
from dialconsole.cli.limits import merged
from dialconsole.cli.options import NAME, SETTING, json_option, limit_options, workspace_option
from dialconsole.cli.output import print_done, print_json, print_table
from dialconsole.cli.session import ask, in_session
from dialconsole.cli.trunk_state import lock, release, reset, show, state_words, with_state
from dialconsole.control.port import EngineClient
from dialconsole.model.campaign import LiveKitSettings, Trunk
from dialconsole.model.finding import faults
from dialconsole.model.request.looking import GetStatus, ListTrunks
from dialconsole.model.request.trunks import AddTrunk, CheckTrunk, RemoveTrunk, SetTrunk
from dialconsole.model.view import TrunkView


@click.group(cls=Commands)
def trunk() -> None:
    """Trunks that calls go through."""


for command in (show, reset, release, lock):
    trunk.add_command(command)


@trunk.command()
@click.argument("name", type=NAME)
@click.option(
    "--backend", help="Who places the calls: fake or livekit.  [default: livekit with --livekit-url, else fake]"
)
@click.option("--scenario", default="basic", show_default=True, help="Backend fake only: how callees behave.")
@click.option("--livekit-url", metavar="URL", help="The LiveKit server: wss://project.livekit.cloud, ws://host:7880.")
@click.option("--sip-trunk-id", metavar="ST_...", help="LiveKit's id of its outbound trunk.")
@click.option("--agent", metavar="NAME", help="The agent that talks, by the name its worker registers.")
@click.option(
    "--keys-file",
    metavar="FILE",
    help="File (mode 0600) with LIVEKIT_API_KEY and LIVEKIT_API_SECRET, as seen from the workspace.  "
    "[default: the environment of the engine]",
)
@click.option("--caller-id", "caller_ids", multiple=True, metavar="NUMBER", help="A number to call from.")
@limit_options
@workspace_option
@json_option
def add(
    name: str,
    backend: str | None,
    scenario: str,
    livekit_url: str | None,
    sip_trunk_id: str | None,
    agent: str | None,
    keys_file: str | None,
    caller_ids: tuple[str, ...],
    concurrency: float | None,
    calls_per_minute: float | None,
    calls_per_second: float | None,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Add a trunk. Without limits of its own it gets 10 calls at once, 30 a minute, 1 a second.

    How to get from a LiveKit server to a first safe call: docs/livekit.md.
    """
    given = {"url": livekit_url, "sip_trunk_id": sip_trunk_id, "agent": agent, "keys_file": keys_file}
    settings = {key: value for key, value in given.items() if value is not None}
    chosen = backend or ("livekit" if settings else "fake")
    if chosen == "livekit":
        _must_be_whole(settings, caller_ids)
    elif settings:
        raise click.UsageError(f"A trunk of the backend {chosen} has no {_option(next(iter(settings)))}.")
    usual = Trunk(name=name)
    doc = Trunk(
        name=name,
        backend=chosen,
        scenario=scenario,
        livekit=structs.replace(LiveKitSettings(), **settings),
        caller_ids=caller_ids or usual.caller_ids,
        limits=merged(usual.limits, concurrency, calls_per_minute, calls_per_second),
    )
    print_done(ask(workspace, AddTrunk(trunk=doc), create=True), as_json)
    if chosen == "livekit" and not as_json:
        click.echo(f"Look it over before anybody is called: dialconsole trunk check {name}")


def _must_be_whole(settings: dict[str, str], caller_ids: tuple[str, ...]) -> None:
    """What a trunk of LiveKit's cannot do without; said before anything is written."""
    missing = [_option(key) for key in ("url", "sip_trunk_id", "agent") if not settings.get(key)]
    missing += [] if caller_ids else ["--caller-id"]
    if missing:
        raise click.UsageError(f"A trunk of LiveKit's also needs {', '.join(missing)}.")
    from dialconsole.telephony.livekit.access import server_url

    server_url(settings["url"])


def _option(setting: str) -> str:
    return "--livekit-url" if setting == "url" else f"--{setting.replace('_', '-')}"


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
        ("TRUNK", "BACKEND", "WHERE", ">AT ONCE", ">A MINUTE", ">A SECOND", "CALLS FROM", "STATE", ">VERSION"),
        [
            (
                t.name,
                t.backend,
                t.scenario if t.backend == "fake" else t.livekit.url,
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
    """Change settings of a trunk: scenario=busy_evening, caller_ids=+15550100001,+15550100002, livekit.agent=NAME."""
    print_done(ask(workspace, SetTrunk(name=name, fields=dict(settings), version=if_version)), as_json)


@trunk.command()
@click.argument("name", type=NAME)
@workspace_option
@json_option
def check(name: str, workspace: Path | None, as_json: bool) -> None:
    """Find out whether a trunk could place calls, without a phone ringing.

    A LiveKit server is asked for a room with the trunk's agent in it, and for a call to a host that cannot exist. Exit
    code 1 if something is at fault.
    """
    report = ask(workspace, CheckTrunk(name=name))
    if as_json:
        print_json(report)
    else:
        print_findings(report.findings)
    click.get_current_context().exit(1 if faults(report.findings) else 0)


@trunk.command()
@click.argument("name", type=NAME)
@workspace_option
@json_option
def remove(name: str, workspace: Path | None, as_json: bool) -> None:
    """Remove a trunk that no campaign uses."""
    print_done(ask(workspace, RemoveTrunk(name=name)), as_json)
