"""``dialconsole explain``: may a number be called, and why not.

Other programs read the JSON of this command; its keys are a promise.
"""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from dialconsole.cli.instant import iso, local
from dialconsole.cli.options import ISO, NAME, json_option, workspace_option
from dialconsole.cli.output import print_json, print_table
from dialconsole.cli.session import ask, workspace_path
from dialconsole.model.request import Explain, Explanation


@click.command()
@click.argument("number")
@workspace_option
@click.option("--campaign", type=NAME, help="As this campaign sees it.")
@click.option("--at", type=ISO, help="At this time.  [default: now]")
@click.option(
    "--region", default="US", show_default=True, metavar="CC", help="Without a workspace: country of short numbers."
)
@json_option
def explain(
    number: str, workspace: Path | None, campaign: str | None, at: datetime | None, region: str, as_json: bool
) -> None:
    """Say whether a number may be called, and why.

    With a workspace, by everything it knows; without one, by the number and the hours where it belongs.
    """
    instant = at.timestamp() if at else None
    if workspace is None and campaign is None and not workspace_path(None).exists():
        from dialconsole.engine.explain import explain_alone

        explanation = explain_alone(number, time.time() if instant is None else instant, region)
    else:
        explanation = ask(workspace, Explain(number=number, campaign=campaign, at=instant))
    if as_json:
        print_json(as_promised(explanation))
    else:
        _print(explanation)


def as_promised(explanation: Explanation) -> dict[str, Any]:
    """The document other programs read."""
    verdict = explanation.verdict
    return {
        "number": explanation.number,
        "campaign": explanation.campaign,
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
    words = {"clear": "may be called", "held": "is held", "refused": "is refused"}[verdict.verdict.value]
    until = f" until {local(verdict.until)}" if verdict.until is not None else ""
    click.echo(f"{explanation.number} {words}{until}.  Zones: {', '.join(verdict.zones) or 'unknown'}")
    click.echo()
    print_table(
        ("CHECK", "VERDICT", "WHY"),
        [(check.check.value, check.verdict.value, check.sentence) for check in verdict.checks],
        empty="",
    )
    if explanation.skipped:
        click.echo(f"\nNot checked, for want of a campaign or workspace: {', '.join(explanation.skipped)}.")
