"""``dialconsole limits``: how many calls at once, and how many a minute."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec import structs

from dialconsole.cli.grouping import Commands
from dialconsole.cli.options import NO_LIMIT, json_option, limit_options, reason_option, workspace_option
from dialconsole.cli.output import print_done, print_json, print_table
from dialconsole.cli.session import ask, in_session
from dialconsole.control.port import EngineClient
from dialconsole.model.campaign import Limits
from dialconsole.model.errors import Problem
from dialconsole.model.request.looking import GetStatus, StatusReport
from dialconsole.model.request.request import Done
from dialconsole.model.request.trunks import SetLimits
from dialconsole.model.view import CampaignView, TrunkView

KINDS = ("trunk", "campaign")


def merged(
    old: Limits, concurrency: float | None, calls_per_minute: float | None, calls_per_second: float | None
) -> Limits:
    """``old`` with what was given on the command line in its place."""
    given: dict[str, float | int | None] = {
        "max_concurrent": None if concurrency is None else int(concurrency),
        "calls_per_minute": None if calls_per_minute is None else int(calls_per_minute),
        "calls_per_second": calls_per_second,
    }
    used = {field: value for field, value in given.items() if value is not None}
    return structs.replace(old, **{field: None if value == NO_LIMIT else value for field, value in used.items()})


@click.group(cls=Commands)
def limits() -> None:
    """How many calls at once, and how many a minute."""


@limits.command()
@click.argument("name", required=False)
@workspace_option
@json_option
def show(name: str | None, workspace: Path | None, as_json: bool) -> None:
    """Show the limits of trunks and campaigns, and how much of them is in use."""
    report = ask(workspace, GetStatus())
    rows = [*_rows(report)] if name is None else [_find(report, name)]
    if as_json:
        print_json(
            [
                {"kind": kind, "name": v.name, "version": v.version, "live": v.live, "starts_60s": v.starts_60s,
                 "limits": v.limits}
                for kind, v in rows
            ]
        )  # fmt: skip
        return
    print_table(
        ("KIND", "NAME", ">LIVE", ">AT ONCE", ">LAST 60 S", ">A MINUTE", ">A SECOND", ">VERSION"),
        [
            (kind, v.name, v.live, v.limits.max_concurrent, v.starts_60s, v.limits.calls_per_minute,
             None if v.limits.calls_per_second is None else f"{v.limits.calls_per_second:g}", v.version)
            for kind, v in rows
        ],
        empty="No trunks and no campaigns yet. Add a trunk: dialconsole trunk add NAME",
    )  # fmt: skip


@limits.command("set")
@click.argument("name")
@limit_options
@click.option("--if-version", type=int, help="Change nothing if somebody has changed the limits since this version.")
@reason_option
@workspace_option
@json_option
def set_limits(
    name: str,
    concurrency: float | None,
    calls_per_minute: float | None,
    calls_per_second: float | None,
    if_version: int | None,
    reason: str,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Change limits of a trunk or a campaign; they hold at once.

    NAME is a trunk or a campaign; where both have the name, write trunk:NAME or campaign:NAME. What is not given stays
    as it is; "none" takes a limit away.
    """
    if concurrency is calls_per_minute is calls_per_second is None:
        raise click.UsageError("Give at least one of --concurrency, --calls-per-minute, --calls-per-second.")

    async def change(client: EngineClient) -> Done:
        kind, view = _find(await client.request(GetStatus()), name)
        request = SetLimits(
            kind=kind,
            name=view.name,
            limits=merged(view.limits, concurrency, calls_per_minute, calls_per_second),
            # What we read is what we change: a colleague's edit in between is told, not undone.
            version=view.version if if_version is None else if_version,
            reason=reason,
        )
        return await client.request(request)

    print_done(in_session(workspace, change), as_json)


def _rows(report: StatusReport) -> list[tuple[str, TrunkView | CampaignView]]:
    return [*(("trunk", view) for view in report.trunks), *(("campaign", view) for view in report.campaigns)]


def _find(report: StatusReport, name: str) -> tuple[str, TrunkView | CampaignView]:
    kind, colon, rest = name.partition(":")
    wanted, bare = ((kind,), rest) if colon and kind in KINDS else (KINDS, name)
    found = [(kind, view) for kind, view in _rows(report) if kind in wanted and view.name == bare]
    if len(found) == 1:
        return found[0]
    if found:
        raise Problem(f"{bare} is a trunk and a campaign. Write trunk:{bare} or campaign:{bare}.")
    there = ", ".join(f"{kind}:{view.name}" for kind, view in _rows(report)) or "none yet"
    raise Problem(f"There is no trunk or campaign {bare!r}; there are: {there}.")
