"""``dialconsole calls``: the calls that were placed, and one of them step by step."""

from __future__ import annotations

from pathlib import Path

import click

from dialconsole.cli.instant import local, seconds
from dialconsole.cli.options import NAME, json_option, reason_option, workspace_option
from dialconsole.cli.output import print_done, print_facts, print_json, print_table
from dialconsole.cli.session import ask
from dialconsole.model.attempt import AttemptRecord
from dialconsole.model.outcome import Outcome
from dialconsole.model.request.campaigns import HangUpCall
from dialconsole.model.request.looking import CallReport, ListCalls, ShowCall


@click.command()
@click.argument("attempt", required=False)
@click.option("--campaign", type=NAME, help="Only calls of this campaign.")
@click.option("--outcome", type=click.Choice([outcome.value for outcome in Outcome]), help="Only calls that ended so.")
@click.option("--number", help="Only calls to this number.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--hang-up", is_flag=True, help="Hang up the call named by ATTEMPT.")
@reason_option
@workspace_option
@json_option
def calls(
    attempt: str | None,
    campaign: str | None,
    outcome: str | None,
    number: str | None,
    limit: int,
    hang_up: bool,
    reason: str,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """List calls, newest first, or show one step by step.

    ATTEMPT is the id in the first column.
    """
    if hang_up:
        if attempt is None:
            raise click.UsageError("Which call? Give its id: dialconsole calls ATTEMPT --hang-up")
        print_done(ask(workspace, HangUpCall(attempt=attempt, reason=reason)), as_json)
    elif attempt is not None:
        _show(ask(workspace, ShowCall(attempt=attempt)), as_json)
    else:
        request = ListCalls(campaign=campaign, outcome=outcome, number=_e164(number), limit=limit)
        page = ask(workspace, request)
        if as_json:
            print_json(page)
            return
        _print_attempts(page.attempts)
        if page.more:
            click.echo(f"The newest {len(page.attempts)}; see older ones with --limit.")


def _e164(number: str | None) -> str | None:
    if number is None:
        return None
    from dialconsole.engine.numbers import e164

    return e164(number)


def _print_attempts(attempts: tuple[AttemptRecord, ...]) -> None:
    print_table(
        ("ATTEMPT", "CLAIMED", "NUMBER", "NAME", "CAMPAIGN", ">TRY", "TRUNK", ">LASTED", "OUTCOME", "SIP"),
        [
            (
                a.attempt,
                local(a.claimed_at),
                a.number,
                a.name,
                a.campaign,
                a.attempt_no,
                a.trunk,
                seconds(a.ended_at - a.claimed_at) if a.ended_at is not None else None,
                a.outcome.value if a.outcome else "in progress",
                f"{a.sip_code} {a.sip_reason}".strip() if a.sip_code else None,
            )
            for a in attempts
        ],
        empty="No calls.",
    )


def _show(report: CallReport, as_json: bool) -> None:
    if as_json:
        print_json(report)
        return
    a = report.attempt
    print_facts(
        [
            ("attempt", a.attempt),
            ("number", f"{a.number}  {a.name}"),
            ("campaign", f"{a.campaign}, try {a.attempt_no}"),
            ("trunk", f"{a.trunk}, from {a.caller_id}"),
            ("outcome", a.outcome.value if a.outcome else "in progress"),
            ("sip", f"{a.sip_code} {a.sip_reason}" if a.sip_code else None),
        ]
    )
    click.echo()
    before = [None, *[event.at for event in report.events]]
    print_table(
        ("AT", ">AFTER", "STEP", "DETAIL"),
        [
            (local(e.at), "" if last is None else f"+{e.at - last:.3f}", e.kind.value, e.detail)
            for e, last in zip(report.events, before, strict=False)
        ],
        empty="No steps were recorded.",
    )
    if report.evidence is not None:
        click.echo()
        print_table(
            ("CHECK", "VERDICT", "WHY IT MIGHT BE CALLED"),
            [(check.check.value, check.verdict.value, check.sentence) for check in report.evidence.checks],
            empty="",
        )
