"""``dialconsole explain``: may a number be called, why not, and when next.

Other programs read the JSON of this command; its keys are a promise.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from msgspec import structs

from dialconsole.cli.instant import iso, local
from dialconsole.cli.options import (
    CONSENT,
    ISO,
    NAME,
    PURPOSE,
    VOICE,
    json_option,
    workspace_option,
)
from dialconsole.cli.output import print_json, print_table
from dialconsole.cli.session import in_session, workspace_path
from dialconsole.control.port import EngineClient
from dialconsole.model.campaign import TEST_CALLS
from dialconsole.model.purpose import ConsentBasis, Purpose, Voice
from dialconsole.model.request.looking import Explain, Explanation, GetStatus
from dialconsole.model.verdict import VerdictKind

LOOKS = 60
"""How many holds in a row are followed to find when a number may be called. A week of closed days is seven."""

_VOICES = {Voice.AI: "an AI voice", Voice.PRERECORDED: "a prerecorded voice", Voice.HUMAN: "a human voice"}

Ask = Callable[[Explain], Awaitable[Explanation]]


@click.command()
@click.argument("number")
@workspace_option
@click.option("--campaign", type=NAME, help="As this campaign sees it.")
@click.option("--at", type=ISO, help="At this time.  [default: now]")
@click.option("--state", metavar="XX", help="The callee's state, besides those the number tells.")
@click.option("--zip", "zip_code", metavar="NNNNN", help="The callee's ZIP code.")
@click.option("--consent", type=CONSENT, help="What the callee consented to.  [default: what the contact's row says]")
@click.option("--purpose", type=PURPOSE, help="What the call is for.  [default: as the campaign; else marketing]")
@click.option("--voice", type=VOICE, help="Who speaks.  [default: as the campaign; else ai]")
@click.option(
    "--region", default="US", show_default=True, metavar="CC", help="Without a workspace: country of short numbers."
)
@json_option
def explain(
    number: str,
    workspace: Path | None,
    campaign: str | None,
    at: datetime | None,
    state: str | None,
    zip_code: str | None,
    consent: str | None,
    purpose: str | None,
    voice: str | None,
    region: str,
    as_json: bool,
) -> None:
    """Say whether a number may be called, and why.

    With a workspace, by everything it knows; without one, by the number, the consent its place asks for and the hours
    there. What is held is looked at again when its holds are over, until it may be called: that is when.
    """
    question = Explain(
        number=number,
        campaign=campaign,
        at=at.timestamp() if at else None,
        state=state,
        zip=zip_code,
        consent=ConsentBasis(consent) if consent else None,
        purpose=Purpose(purpose) if purpose else None,
        voice=Voice(voice) if voice else None,
    )
    explanation = _explained(question, workspace, region)
    if as_json:
        print_json(as_promised(explanation))
    else:
        _print(explanation)


def _explained(question: Explain, workspace: Path | None, region: str) -> Explanation:
    if workspace is not None or question.campaign is not None or workspace_path(None).exists():

        async def look(client: EngineClient) -> Explanation:
            return await _until_callable(client.request, await _with_the_only_campaign(client, question))

        return in_session(workspace, look)

    import asyncio

    from dialconsole.engine.explain import explain_alone

    async def alone(question: Explain) -> Explanation:
        return explain_alone(question, time.time() if question.at is None else question.at, region)

    return asyncio.run(_until_callable(alone, question))


async def _with_the_only_campaign(client: EngineClient, question: Explain) -> Explain:
    """Where there is one campaign, nobody can mean another; stderr says that it was taken."""
    if question.campaign is not None:
        return question
    report = await client.request(GetStatus())
    names = [view.name for view in report.campaigns if view.name != TEST_CALLS]
    if len(names) != 1:
        return question
    click.echo(f"As {names[0]} sees it, the only campaign here.", err=True)
    return structs.replace(question, campaign=names[0])


async def _until_callable(ask: Ask, question: Explain) -> Explanation:
    """The answer, its ``until`` the instant from which the number may be called; ``None`` if none can be said.

    The end of one hold may lie inside another (a pause between calls that ends after closing time), so the same
    question is asked again at each end.
    """
    answer = last = await ask(question)
    for _ in range(LOOKS):
        if last.verdict.verdict is not VerdictKind.HELD or last.verdict.until is None:
            break
        last = await ask(structs.replace(question, at=last.verdict.until))
    until = last.verdict.at if last is not answer and last.verdict.clear else None
    return structs.replace(answer, verdict=structs.replace(answer.verdict, until=until))


def as_promised(explanation: Explanation) -> dict[str, Any]:
    """The document other programs read."""
    verdict = explanation.verdict
    return {
        "number": explanation.number,
        "campaign": explanation.campaign,
        "purpose": explanation.purpose.value,
        "voice": explanation.voice.value,
        "verdict": verdict.verdict.value,
        "reasons": list(verdict.reasons),
        "zones": list(verdict.zones),
        "at": iso(verdict.at),
        "until": iso(verdict.until),
        "checks": [
            {
                "check": check.check.value,
                "verdict": check.verdict.value,
                "code": check.code,
                "sentence": check.sentence,
                "until": iso(check.until),
            }
            for check in verdict.checks
        ],
        "skipped": list(explanation.skipped),
    }


def _print(explanation: Explanation) -> None:
    verdict = explanation.verdict
    click.echo(f"{explanation.number} {_words(explanation)}  Zones: {', '.join(verdict.zones) or 'unknown'}")
    click.echo(f"Judged as a call for {explanation.purpose.value.replace('_', ' ')} with {_VOICES[explanation.voice]}.")
    click.echo()
    print_table(
        ("CHECK", "VERDICT", "WHY"),
        [(check.check.value, check.verdict.value, check.sentence) for check in verdict.checks],
        empty="",
    )
    if explanation.skipped:
        click.echo(f"\nNot checked, for want of a campaign or workspace: {', '.join(explanation.skipped)}.")


def _words(explanation: Explanation) -> str:
    verdict = explanation.verdict
    if verdict.verdict is not VerdictKind.HELD:
        return "may be called." if verdict.clear else "is refused."
    if verdict.until is None:
        return "is held; when it may be called cannot be said."
    return f"is held; it may be called from {local(verdict.until)}, as things stand."
