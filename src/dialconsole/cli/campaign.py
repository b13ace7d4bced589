"""``dialconsole campaign``: create campaigns, start, pause and change them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import click

from dialconsole.cli.dialable import check
from dialconsole.cli.grouping import Commands
from dialconsole.cli.instant import local
from dialconsole.cli.limits import merged
from dialconsole.cli.options import (
    NAME,
    SETTING,
    json_option,
    limit_options,
    purpose_option,
    reason_option,
    voice_option,
    workspace_option,
)
from dialconsole.cli.output import print_done, print_facts, print_json, print_table
from dialconsole.cli.session import ask, in_session
from dialconsole.cli.status import print_campaigns
from dialconsole.control.port import EngineClient
from dialconsole.model.campaign import Campaign, Limits
from dialconsole.model.errors import Problem
from dialconsole.model.purpose import Purpose, Voice
from dialconsole.model.request.campaigns import (
    CreateCampaign,
    DeleteCampaign,
    DrainCampaign,
    HangUpCampaign,
    PauseAll,
    PauseCampaign,
    SetCampaign,
    StartCampaign,
)
from dialconsole.model.request.looking import CampaignReport, GetStatus, ListTrunks, ShowCampaign, ShowDialable
from dialconsole.model.request.request import Done, Request
from dialconsole.model.text import safe_text
from dialconsole.model.view import Hold

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""As `campaign set NAME window.days=mon-fri` takes them."""


@click.group(cls=Commands)
def campaign() -> None:
    """Create campaigns, start, pause and change them."""


campaign.add_command(check)


@campaign.command()
@click.argument("name", type=NAME)
@click.option("--trunk", type=NAME, help="The trunk its calls go through.  [default: the only one there is]")
@purpose_option
@voice_option
@click.option("--caller-identity", default="", metavar="TEXT", help="Who calls, as the callee hears it at the start.")
@click.option("--opt-out-line", default="", metavar="NUMBER", help="Where the callee can have the calls stopped.")
@click.option("--client", default="", metavar="TEXT", help="On whose behalf the calls are.")
@limit_options
@click.option(
    "--set",
    "settings",
    type=SETTING,
    multiple=True,
    metavar="KEY=VALUE",
    help="A setting, as `campaign set` takes it: window.opens=10:00, retry.max_attempts=2, default_region=DE.",
)
@workspace_option
@json_option
def create(
    name: str,
    trunk: str | None,
    purpose: str,
    voice: str,
    caller_identity: str,
    opt_out_line: str,
    client: str,
    concurrency: float | None,
    calls_per_minute: float | None,
    calls_per_second: float | None,
    settings: tuple[tuple[str, str], ...],
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Create a campaign, as a draft without contacts.

    With an AI or prerecorded voice it cannot start before it has a caller identity and an opt-out line.
    """
    from dialconsole.engine.edits import edited

    limits = merged(Limits(), concurrency, calls_per_minute, calls_per_second)

    async def make(engine: EngineClient) -> Done:
        doc = Campaign(
            name=name,
            trunk=trunk or await _only_trunk(engine),
            limits=limits,
            purpose=Purpose(purpose),
            voice=Voice(voice),
            caller_identity=safe_text(caller_identity),
            opt_out_line=safe_text(opt_out_line),
            client=safe_text(client),
        )
        if settings:
            doc, _, _ = edited(doc, dict(settings))
        return await engine.request(CreateCampaign(campaign=doc))

    print_done(in_session(workspace, make, create=True), as_json)


async def _only_trunk(client: EngineClient) -> str:
    trunks = await client.request(ListTrunks())
    if len(trunks) == 1:
        return trunks[0].name
    if not trunks:
        raise Problem("There is no trunk yet to call through. Add one first: dialconsole trunk add NAME.")
    names = ", ".join(trunk.name for trunk in trunks)
    raise Problem(f"There are several trunks ({names}); say which one with --trunk.")


@campaign.command("list")
@workspace_option
@json_option
def list_campaigns(workspace: Path | None, as_json: bool) -> None:
    """List the campaigns with their figures."""
    campaigns = ask(workspace, GetStatus(foresee=True)).campaigns
    if as_json:
        print_json(campaigns)
    else:
        print_campaigns(campaigns)


@campaign.command()
@click.argument("name", type=NAME)
@workspace_option
@json_option
def show(name: str, workspace: Path | None, as_json: bool) -> None:
    """Show a campaign: settings, figures, lists, and why contacts wait."""
    report = ask(workspace, ShowCampaign(name=name))
    if as_json:
        print_json(report)
    else:
        _print_report(report)


def _print_report(report: CampaignReport) -> None:
    doc, view = report.campaign, report.view
    state = view.state.value
    if doc.changed_by:
        reason = f": {doc.reason}" if doc.reason else ""
        state += f", by {doc.changed_by} at {local(doc.changed_at)}{reason}"
    outcomes = ", ".join(f"{name} {count}" for name, count in sorted(view.outcomes.items()))
    print_facts(
        [
            ("campaign", doc.name),
            ("state", state),
            ("trunk", doc.trunk),
            ("calls", f"{doc.purpose.value.replace('_', ' ')}, {doc.voice.value} voice"),
            ("caller", _caller(doc)),
            ("contacts", f"{view.total}: {view.done} done, {view.live} live, {view.ready} ready, {view.retry} retry, "
                         f"{view.held} held"),
            ("today", outcomes or "no call has ended"),
            *[("waits", _waits(hold)) for hold in view.holds],
        ]
    )  # fmt: skip
    click.echo()
    _print_settings(doc)
    click.echo()
    print_table(
        ("LIST", "IMPORTED", ">ROWS", ">CONTACTS", ">DUPLICATES", ">REJECTED"),
        [(s.name, local(s.imported_at), s.rows, s.contacts, s.duplicates, s.rejected) for s in report.lists],
        empty=f"No list yet. Import one: dialconsole list import FILE --campaign {doc.name}",
    )


def _waits(hold: Hold) -> str:
    until = "" if hold.until is None else f", until {local(hold.until)}"
    return f"{hold.count}: {hold.sentence}{until}"


def _caller(doc: Campaign) -> str:
    """Who calls, for whom, and where the calls can be stopped."""
    client = f", for {doc.client}" if doc.client else ""
    return f"{doc.caller_identity or 'not said'}{client}; opt-out line {doc.opt_out_line or 'not said'}"


def _print_settings(doc: Campaign) -> None:
    from dialconsole.engine.edits import settings

    def value(key: str) -> object:
        branch: object = doc
        for part in key.split("."):
            branch = getattr(branch, part)
        if key.endswith("days"):
            return ",".join(DAYS[day] for day in doc.window.days)
        return ",".join(map(str, branch)) if isinstance(branch, tuple) else branch

    print_table(("SETTING", "VALUE"), [(key, value(key)) for key in settings(doc)], empty="")


@campaign.command("set")
@click.argument("name", type=NAME)
@click.argument("settings", type=SETTING, nargs=-1, required=True, metavar="KEY=VALUE...")
@click.option("--if-version", type=int, help="Change nothing if somebody has changed the campaign since this version.")
@reason_option
@workspace_option
@json_option
def set_campaign(
    name: str,
    settings: tuple[tuple[str, str], ...],
    if_version: int | None,
    reason: str,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Change settings of a campaign, also while it runs.

    `campaign show NAME` lists them: weight=3, window.opens=10:00, window.days=mon-fri, retry.busy_s=15m; client= takes
    one away.
    """
    request = SetCampaign(name=name, fields=dict(settings), version=if_version, reason=reason)
    print_done(ask(workspace, request), as_json)


def _change(command: str, text: str, request: Callable[[str, str], Request[Done]]) -> None:
    """A command that says one thing to a campaign, with a reason."""

    @campaign.command(command, help=text)
    @click.argument("name", type=NAME)
    @reason_option
    @workspace_option
    @json_option
    def change(name: str, reason: str, workspace: Path | None, as_json: bool) -> None:
        print_done(ask(workspace, request(name, reason)), as_json)


@campaign.command()
@click.argument("name", type=NAME)
@reason_option
@workspace_option
@json_option
def start(name: str, reason: str, workspace: Path | None, as_json: bool) -> None:
    """Start dialing. Says before how many contacts may be called, and how many may not."""

    async def begin(engine: EngineClient) -> Done:
        if not as_json:
            with suppress(Problem):  # what is wrong, the start itself says
                report = await engine.request(ShowDialable(name=name, fresh=True))
                if report.total:
                    click.echo(report.line)
        return await engine.request(StartCampaign(name=name, reason=reason))

    print_done(in_session(workspace, begin), as_json)


_change("resume", "Go on after a pause.", lambda name, reason: StartCampaign(name=name, reason=reason))
_change(
    "drain",
    "Start no more calls; the campaign is finished when those in progress are.",
    lambda name, reason: DrainCampaign(name=name, reason=reason),
)
_change(
    "hangup",
    "Hang up every call in progress, and pause the campaign.",
    lambda name, reason: HangUpCampaign(name=name, reason=reason),
)


@campaign.command()
@click.argument("name", type=NAME, required=False)
@click.option("--all", "everything", is_flag=True, help="Pause every campaign.")
@reason_option
@workspace_option
@json_option
def pause(name: str | None, everything: bool, reason: str, workspace: Path | None, as_json: bool) -> None:
    """Start no new call from this instant; calls in progress go on."""
    if (name is None) is not everything:
        raise click.UsageError("Name one campaign, or pause all with --all.")
    request = PauseAll(reason=reason) if name is None else PauseCampaign(name=name, reason=reason)
    print_done(ask(workspace, request), as_json)


@campaign.command()
@click.argument("name", type=NAME)
@workspace_option
@json_option
def delete(name: str, workspace: Path | None, as_json: bool) -> None:
    """Delete a campaign that is not at work, with its contacts; its calls stay on record."""
    print_done(ask(workspace, DeleteCampaign(name=name)), as_json)
