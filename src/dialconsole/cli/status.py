"""``dialconsole status``: what the engine is doing now."""

from __future__ import annotations

from pathlib import Path

import click

from dialconsole.cli.instant import local, seconds
from dialconsole.cli.options import json_option, workspace_option
from dialconsole.cli.output import print_facts, print_json, print_table
from dialconsole.cli.session import ask
from dialconsole.cli.trunk_state import state_words
from dialconsole.model.request.looking import GetStatus, StatusReport
from dialconsole.model.view import CampaignView, EngineView, TrunkView


@click.command()
@workspace_option
@json_option
def status(workspace: Path | None, as_json: bool) -> None:
    """Show what the engine is doing now."""
    report = ask(workspace, GetStatus(foresee=True))
    if as_json:
        print_json(report)
        return
    _print_engine(report)
    click.echo()
    print_campaigns(report.campaigns)
    click.echo()
    print_trunks(report.trunks)


def _print_engine(report: StatusReport) -> None:
    engine = report.engine
    people = ", ".join(f"{person.user} ({person.role.value})" for person in report.people)
    print_facts(
        [
            ("workspace", f"{engine.workspace}  {engine.path}{'  DEMO' if engine.demo else ''}"),
            ("engine", _engine_words(engine)),
            ("time", local(engine.now, engine.zone) + (f"  x{engine.rate:g}" if engine.rate != 1 else "")),
            ("attached", people or "nobody"),
        ]
    )


def _engine_words(engine: EngineView) -> str:
    if engine.draining:
        return f"stopping (pid {engine.pid}), no new calls"
    return f"not dialing: {engine.stopped}" if engine.stopped else f"running (pid {engine.pid})"


def print_campaigns(campaigns: tuple[CampaignView, ...]) -> None:
    """One line for each campaign."""
    print_table(
        ("CAMPAIGN", "STATE", "TRUNK", ">DONE", ">OF", ">LIVE", ">READY", ">RETRY", ">HELD", ">ANSWERED", "WAITS FOR"),
        [
            (v.name, v.state.value, v.trunk, v.done, v.total, v.live, v.ready, v.retry, v.held, _percent(v), _hold(v))
            for v in campaigns
        ],
        empty="No campaigns. Create one: dialconsole campaign create NAME --trunk TRUNK",
    )


def print_trunks(trunks: tuple[TrunkView, ...]) -> None:
    """One line for each trunk."""
    print_table(
        ("TRUNK", "BACKEND", ">LIVE", ">OF", ">LAST 60 S", ">OF", ">WAITING", "FULL", "STATE"),
        [
            (
                v.name,
                v.backend,
                v.live,
                v.limits.max_concurrent,
                v.starts_60s,
                v.limits.calls_per_minute,
                v.waiting,
                v.full.replace("_", " "),
                state_words(v),
            )
            for v in trunks
        ],
        empty="No trunks. Add one: dialconsole trunk add NAME",
    )
    for v in trunks:
        if v.cause:
            click.echo(f"{v.name}: {v.cause}")


def _percent(view: CampaignView) -> str:
    rate = view.answer_rate
    return "-" if rate is None else f"{rate:.0%}"


def _hold(view: CampaignView) -> str:
    if view.holds:
        hold = view.holds[0]
        return f"{hold.sentence} ({hold.count})"
    return f"about {seconds(view.eta_s)} to go" if view.eta_s is not None else ""
