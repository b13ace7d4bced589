"""``dialconsole audit``: who changed what, when and why; and whether the record is as it was written."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import click
from click.core import ParameterSource

from dialconsole.cli.grouping import Commands
from dialconsole.cli.instant import iso, local
from dialconsole.cli.options import json_option, workspace_option
from dialconsole.cli.output import print_json, print_table
from dialconsole.cli.record import reading_ledger
from dialconsole.cli.session import ask
from dialconsole.model.errors import Problem
from dialconsole.model.request.looking import ListAudit
from dialconsole.model.text import safe_text

_COVERED = ("steps of calls", "audit")
_NOT_COVERED = ("outcomes of calls", "evidence of the gate", "do-not-call entries", "contacts")
"""What the ledger keeps outside the chain. Said each time, since a reader takes "as it was written" for all of it."""

_NOT_IN_IT = f"Not in the chain, and so not checked: {', '.join(_NOT_COVERED)}."


@click.group(cls=Commands, invoke_without_command=True)
@click.option("--subject", metavar="NAME", help="Only about this campaign, trunk, number or person.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@workspace_option
@json_option
@click.pass_context
def audit(ctx: click.Context, subject: str | None, limit: int, workspace: Path | None, as_json: bool) -> None:
    """Show who changed what, and why.

    Newest first.
    """
    if ctx.invoked_subcommand is not None:
        _refuse_options_before_the_command(ctx)
        return
    entries = ask(workspace, ListAudit(limit=limit, subject=subject))
    if as_json:
        print_json(entries)
        return
    print_table(
        (">SEQ", "AT", "WHO", "WHAT", "OF", "FROM", "TO", "REASON"),
        [(e.seq, local(e.at), e.who, e.action, e.subject, e.old, e.new, e.reason) for e in entries],
        empty="Nothing was changed yet.",
    )


@audit.command()
@workspace_option
@json_option
def verify(workspace: Path | None, as_json: bool) -> None:
    """Check that no entry of the record was changed, removed or put in.

    Steps of calls and the audit are one chain, in which each entry carries the hash of the one before. Exit code 1 and
    the first bad entry if it does not hold. A cut at the very end shows only to who has noted a later hash elsewhere:
    the last one is printed for that.

    The chain holds the steps (dialing, ringing, answered, ...) and the audit. Outcomes of calls, the evidence of the
    gate, the do-not-call list and contacts are not in it, so a change of those with a tool for databases is not found.
    """
    from dialconsole.store.chain import first_broken

    with reading_ledger(workspace) as connection:
        connection.execute("BEGIN")  # one snapshot for all questions, while an engine goes on writing
        broken = first_broken(connection)
        entries, last = connection.execute("SELECT count(*), max(seq) FROM events").fetchone()
        hash = None if last is None else _hash(connection, last)
        problem = None if broken is None else _broken(connection, broken)
    if as_json:
        covers = {"covers": list(_COVERED), "covers_not": list(_NOT_COVERED)}
        print_json({"entries": entries, "last": last, "hash": hash, "first_bad": broken} | covers)
    if problem is not None:
        raise problem
    if not as_json:
        where = f" The last is entry {last}, hash {hash}." if last else ""
        click.echo(f"Every step of a call and every entry of the audit is as it was written: {entries}.{where}")
        click.echo(_NOT_IN_IT)


def _hash(connection: sqlite3.Connection, seq: int) -> str:
    (stored,) = connection.execute("SELECT hash FROM events WHERE seq = ?", (seq,)).fetchone()
    return bytes(stored).hex()


def _broken(connection: sqlite3.Connection, seq: int) -> Problem:
    row = connection.execute("SELECT at, kind, detail, attempt FROM events WHERE seq = ?", (seq,)).fetchone()
    if row is None:
        what = f"entry {seq} is missing"
    else:
        at, kind, detail, attempt = row
        whose = "of the audit" if attempt is None else f"of attempt {attempt}"
        what = (
            f"entry {seq} ({whose}, {iso(at / 1e6)}, {safe_text(str(kind), 60)}: {safe_text(str(detail), 120)}) does "
            "not follow from the one before it"
        )
    return Problem(
        f"The record was tampered with or damaged: {what}. Entries before it are as they were written; from it on "
        "nothing is proven. Compare with a backup of ledger.db.",
        code="broken_chain",
    )


def _refuse_options_before_the_command(ctx: click.Context) -> None:
    """``audit --workspace A verify`` would otherwise verify another workspace than it says."""
    given = [name for name in ctx.params if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if given:
        raise click.UsageError(f"Write options behind the command: dialconsole audit {ctx.invoked_subcommand} ...")
