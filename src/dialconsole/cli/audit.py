"""``dialconsole audit``: who changed what, when and why."""

from __future__ import annotations

from pathlib import Path

import click

from dialconsole.cli.instant import local
from dialconsole.cli.options import json_option, workspace_option
from dialconsole.cli.output import print_json, print_table
from dialconsole.cli.session import ask
from dialconsole.model.request import ListAudit


@click.command()
@click.option("--subject", metavar="NAME", help="Only about this campaign, trunk, number or person.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@workspace_option
@json_option
def audit(subject: str | None, limit: int, workspace: Path | None, as_json: bool) -> None:
    """Show who changed what, and why.

    Newest first.
    """
    entries = ask(workspace, ListAudit(limit=limit, subject=subject))
    if as_json:
        print_json(entries)
        return
    print_table(
        (">SEQ", "AT", "WHO", "WHAT", "OF", "FROM", "TO", "REASON"),
        [(e.seq, local(e.at), e.who, e.action, e.subject, e.old, e.new, e.reason) for e in entries],
        empty="Nothing was changed yet.",
    )
