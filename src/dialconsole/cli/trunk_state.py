"""``dialconsole trunk show``, ``reset``, ``release``, ``lock``: a trunk's state beside its settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dialconsole.cli.instant import local
from dialconsole.cli.options import NAME, json_option, reason_option, workspace_option
from dialconsole.cli.output import plain, print_done, print_facts, print_json, print_table
from dialconsole.cli.session import ask
from dialconsole.model.campaign import Trunk
from dialconsole.model.request.trunks import LockTrunk, ReleaseTrunk, ResetTrunk, ShowTrunk, TrunkReport
from dialconsole.model.view import CallerIdView, Circuit, TrunkView, WebhookView

STATE = (
    "circuit", "cause", "retry_at", "trial", "pace", "stopped_until", "locked", "allowed", "caller_ids", "webhooks",
)  # fmt: skip
"""What a view says of a trunk besides limits and figures."""


def with_state(trunk: Trunk, view: TrunkView | None) -> dict[str, Any]:
    """A trunk's settings with its state, for programs."""
    facts = plain(view) if view is not None else {}
    return {**plain(trunk), "state": {key: facts[key] for key in STATE if key in facts}}


def state_words(view: TrunkView | None) -> str:
    """What stands in the way of a trunk's calls, in a few words; ``ready`` if nothing does."""
    if view is None:
        return ""
    words = []
    if view.circuit is Circuit.OPEN:
        words.append("stopped")
    elif view.circuit is Circuit.HALF_OPEN:
        words.append("one call tries it")
    if view.stopped_until is not None:
        words.append("carrier said to wait")
    if view.locked:
        words.append(f"locked to {view.allowed} number{'s' * (view.allowed != 1)}")
    if view.pace is not None:
        words.append(f"slowed to {view.pace:.2g}/s")
    if view.resting:
        words.append(f"{len(view.resting)} of {len(view.caller_ids)} caller IDs rest")
    return ", ".join(words) or "ready"


@click.command()
@click.argument("name", type=NAME)
@workspace_option
@json_option
def show(name: str, workspace: Path | None, as_json: bool) -> None:
    """Show a trunk: its circuit, its pace, its lock, and how calls from its caller IDs fare."""
    report = ask(workspace, ShowTrunk(name=name))
    if as_json:
        print_json(with_state(report.trunk, report.view))
        return
    print_facts(_facts(report))
    click.echo()
    print_table(
        ("CALLER ID", ">CALLS", ">ANSWERED", ">BLOCKED", ">UNDER 6 S", ">UNDER 12 S", "RESTS"),
        [_caller(caller) for caller in report.view.caller_ids],
        empty="No caller IDs.",
    )


def _facts(report: TrunkReport) -> list[tuple[str, object]]:
    trunk, view = report.trunk, report.view
    facts: list[tuple[str, object]] = [
        ("trunk", f"{trunk.name}  {trunk.backend}"),
        ("state", state_words(view)),
    ]
    if view.cause:
        facts.append(("because", view.cause))
    facts.append(("next try", local(view.retry_at)))
    if trunk.backend == "livekit":
        facts.append(("may call", ", ".join(trunk.allowed_numbers) or "nobody yet" if view.locked else "any number"))
    whole = view.limits.calls_per_second
    facts.append(("a second", view.pace if view.pace is not None else whole))
    if trunk.livekit.webhook_listen:
        facts.append(("webhooks", _webhook_words(trunk.livekit.webhook_listen, view.webhooks)))
    return facts


def _webhook_words(listen: str, seen: WebhookView | None) -> str:
    """Whether they come in, so that somebody who has set them up can tell."""
    refused = f"; {seen.refused:,} refused, not signed with this key" if seen is not None and seen.refused else ""
    if seen is None or not seen.open:
        return f"not listened for on {listen} now{refused}"
    newest = f"the newest of {local(seen.heard_at)}" if seen.heard_at is not None else "none has come in yet"
    return f"on {listen}, {newest}{refused}"


def _caller(caller: CallerIdView) -> tuple[object, ...]:
    rests = local(caller.resting_until) if caller.resting_until is not None else None
    return (
        caller.number, caller.calls, caller.answered, caller.blocked, caller.within_6s, caller.within_12s,
        f"until {rests}" if rests else None,
    )  # fmt: skip


@click.command()
@click.argument("name", type=NAME)
@reason_option
@workspace_option
@json_option
def reset(name: str, reason: str, workspace: Path | None, as_json: bool) -> None:
    """Take a trunk for sound again: somebody has mended what had stopped or slowed it.

    A trunk that was stopped tries itself again by and by; this is for those who do not want to wait.
    """
    print_done(ask(workspace, ResetTrunk(name=name, reason=reason)), as_json)


@click.command()
@click.argument("name", type=NAME)
@click.option("--yes-i-mean", "typed", metavar="NAME", help="The trunk's name once more, for scripts.")
@reason_option
@workspace_option
@json_option
def release(name: str, typed: str | None, reason: str, workspace: Path | None, as_json: bool) -> None:
    """Let a trunk call numbers outside its allow list. Asks for the trunk's name once more."""
    if typed is None:
        report = ask(workspace, ShowTrunk(name=name))
        if report.view.locked:
            count = len(report.trunk.allowed_numbers)
            click.echo(f"Trunk {name} calls only its allow list of {count}; released, it calls anybody.", err=True)
            typed = click.prompt("Type its name to release it", err=True)
    print_done(ask(workspace, ReleaseTrunk(name=name, typed=name if typed is None else typed, reason=reason)), as_json)


@click.command()
@click.argument("name", type=NAME)
@reason_option
@workspace_option
@json_option
def lock(name: str, reason: str, workspace: Path | None, as_json: bool) -> None:
    """Take a release back: only numbers of the allow list are called from now on."""
    print_done(ask(workspace, LockTrunk(name=name, reason=reason)), as_json)
