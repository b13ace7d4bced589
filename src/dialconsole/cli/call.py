"""``dialconsole call``: one test call, told as it happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import click

from dialconsole.cli.instant import local
from dialconsole.cli.options import CONSENT, NAME, json_option, workspace_option
from dialconsole.cli.output import print_json
from dialconsole.cli.session import in_session
from dialconsole.control.port import EngineClient
from dialconsole.model.attempt import CallEvent
from dialconsole.model.outcome import Outcome
from dialconsole.model.purpose import ConsentBasis
from dialconsole.model.request.looking import CallReport, ShowCall
from dialconsole.model.request.trunks import PlacedCall, PlaceTestCall

LOOK_AGAIN_S = 0.25
"""As often as steps become durable; the ledger shows no newer ones."""

REACHED = (Outcome.ANSWERED, Outcome.VOICEMAIL, Outcome.NO_ANSWER, Outcome.BUSY, Outcome.REJECTED)
"""Outcomes that show the whole path to work: the callee's own phone or network had the last word."""


@click.command()
@click.argument("number")
@click.option("--trunk", type=NAME, help="The trunk to call through.  [default: the campaign's]")
@click.option("--campaign", type=NAME, help="Call as this campaign does: its agent, rings, caller ID, purpose, voice.")
@click.option("--consent", type=CONSENT, help="You attest that whose number it is has consented so; kept in the audit.")
@workspace_option
@json_option
def call(
    number: str,
    trunk: str | None,
    campaign: str | None,
    consent: str | None,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Place one test call, and tell each step as it happens.

    It goes through everything that a campaign's call goes through, the gate included, and is never tried again. An
    engine must run: it places the call. Ctrl-C leaves the call alone. Exit code 1 if the call never got as far as the
    callee.
    """
    if trunk is None and campaign is None:
        raise click.UsageError("Through which trunk? Name one: dialconsole call NUMBER --trunk NAME")
    request = PlaceTestCall(
        number=number, trunk=trunk, campaign=campaign, consent=ConsentBasis(consent) if consent else None
    )

    async def body(client: EngineClient) -> CallReport:
        placed = await client.request(request)
        if as_json:
            return await follow(client, placed.attempt, lambda event, before: None)
        _print_begin(placed)
        return await follow(client, placed.attempt, _print_step)

    report = in_session(workspace, body)
    if as_json:
        print_json(report)
    else:
        _print_end(report)
    click.get_current_context().exit(0 if report.attempt.outcome in REACHED else 1)


async def follow(
    client: EngineClient,
    attempt: str,
    told: Callable[[CallEvent, CallEvent | None], None],
    pause_s: float = LOOK_AGAIN_S,
) -> CallReport:
    """Stay with a call to its end; ``told`` hears each step once, with the one before. Raises ``Problem``."""
    seen: list[CallEvent] = []
    while True:
        report = await client.request(ShowCall(attempt=attempt))
        for event in report.events[len(seen) :]:
            told(event, seen[-1] if seen else None)
            seen.append(event)
        if report.attempt.outcome is not None:
            return report
        await asyncio.sleep(pause_s)


def _print_begin(placed: PlacedCall) -> None:
    click.echo(f"{placed.attempt}: calling {placed.number} through {placed.trunk}.")
    click.echo(f"To hang up, in another terminal: dialconsole calls {placed.attempt} --hang-up\n")


def _print_step(event: CallEvent, before: CallEvent | None) -> None:
    after = "" if before is None else f"+{event.at - before.at:.3f}"
    click.echo(f"{local(event.at)}  {after:>9}  {event.kind.value:<11}  {event.detail}".rstrip())


def _print_end(report: CallReport) -> None:
    a = report.attempt
    assert a.outcome is not None
    sip = f" ({a.sip_code} {a.sip_reason})".replace(" )", ")") if a.sip_code else ""
    click.echo(f"\n{a.outcome.value.replace('_', ' ')}{sip}. The evidence: dialconsole calls {a.attempt}")
    if a.outcome is Outcome.REJECTED:
        click.echo(
            f"Declining is a wish not to be called: {a.number} is on the do-not-call list now. "
            f"To take it off: dialconsole dnc remove {a.number} --reason TEXT"
        )
