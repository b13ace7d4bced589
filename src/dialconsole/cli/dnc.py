"""``dialconsole dnc``: the do-not-call list."""

from __future__ import annotations

import csv
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import click

from dialconsole.cli.grouping import Commands
from dialconsole.cli.instant import iso, local
from dialconsole.cli.options import FILE, NAME, F, json_option, reason_option, workspace_option
from dialconsole.cli.output import counted, print_done, print_json, print_json_line, print_table
from dialconsole.cli.session import ask, in_session
from dialconsole.control.port import EngineClient
from dialconsole.engine.optout_file import HEADER, SCOPE_EVERYWHERE, guarded
from dialconsole.model.optout import (
    EVERYWHERE,
    OptOut,
    OptOutSource,
    campaign_scope,
    client_scope,
    scope_words,
    stands_for,
)
from dialconsole.model.request.looking import Explain
from dialconsole.model.request.optouts import (
    AddOptOut,
    CopyOptOuts,
    ImportOptOuts,
    ListOptOuts,
    OptOutImport,
    RemoveOptOut,
)
from dialconsole.model.verdict import CheckName, VerdictKind

PAGE = 1000
"""Entries asked for at once."""


def scope_options(command: F) -> F:
    """Whom an entry binds."""
    for option in (
        click.option("--client", metavar="LABEL", help="Only for the campaigns of this client."),
        click.option("--campaign", type=NAME, help="Only for this campaign.  [default: everywhere]"),
    ):
        command = option(command)
    return command


@click.group(cls=Commands)
def dnc() -> None:
    """The do-not-call list."""


@dnc.command()
@click.argument("number")
@scope_options
@click.option(
    "--source",
    type=click.Choice([source.value for source in OptOutSource]),
    default=OptOutSource.OPERATOR.value,
    show_default=True,
    help="Who said so.",
)
@reason_option
@workspace_option
@json_option
def add(
    number: str,
    campaign: str | None,
    client: str | None,
    source: str,
    reason: str,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Put a number on the list; it is not called from this instant. +1201555* stands for all that begin alike."""
    request = AddOptOut(number=number, source=OptOutSource(source), reason=reason, scope=_scope(campaign, client))
    print_done(ask(workspace, request, create=True), as_json)


@dnc.command()
@click.argument("number")
@scope_options
@click.option("--reason", required=True, metavar="TEXT", help="Why it may be called again; kept for good.")
@workspace_option
@json_option
def remove(
    number: str, campaign: str | None, client: str | None, reason: str, workspace: Path | None, as_json: bool
) -> None:
    """Take an entry off the list; it stays in the history. Other entries that cover the number stay in force."""
    print_done(ask(workspace, RemoveOptOut(number=number, reason=reason, scope=_scope(campaign, client))), as_json)


@dnc.command()
@click.option("--from-client", metavar="LABEL", required=True, help="Whose entries.")
@scope_options
@reason_option
@workspace_option
@json_option
def copy(
    from_client: str, campaign: str | None, client: str | None, reason: str, workspace: Path | None, as_json: bool
) -> None:
    """Have the entries of a client bind another client, or a campaign, too.

    For a campaign whose setting client is about to change: it is refused as long as entries would bind it no longer. No
    entry is taken off, and the other client need not have a campaign yet.
    """
    if campaign is None and client is None:
        raise click.UsageError("Say whom the entries are to bind: --client LABEL or --campaign NAME.")
    request = CopyOptOuts(source=client_scope(from_client), scope=_scope(campaign, client), reason=reason)
    print_done(ask(workspace, request), as_json)


@dnc.command()
@click.argument("number")
@click.option("--campaign", type=NAME, help="As this campaign sees it.")
@workspace_option
@json_option
def check(number: str, campaign: str | None, workspace: Path | None, as_json: bool) -> None:
    """Say whether a number is on the list. `dialconsole explain` answers whether it may be called."""

    async def look(client: EngineClient) -> tuple[str, bool, str, list[OptOut]]:
        explanation = await client.request(Explain(number=number, campaign=campaign))
        result = next(c for c in explanation.verdict.checks if c.check is CheckName.OPTOUT)
        page = await client.request(ListOptOuts(search=explanation.number))
        entries = [entry for entry in page.entries if stands_for(entry.number, explanation.number)]
        return explanation.number, result.verdict is not VerdictKind.CLEAR, result.sentence, entries

    e164, listed, sentence, entries = in_session(workspace, look)
    if as_json:
        print_json({"number": e164, "listed": listed, "sentence": sentence, "entries": entries})
        return
    click.echo(f"{e164}: {sentence}")
    if entries:
        _print_entries(entries)


@dnc.command("list")
@click.option("--search", default="", metavar="TEXT", help="Digits of the number, or words of the reason.")
@click.option("--limit", type=click.IntRange(min=1), default=200, show_default=True)
@workspace_option
@json_option
def list_entries(search: str, limit: int, workspace: Path | None, as_json: bool) -> None:
    """List the entries in force, newest first."""
    page = ask(workspace, ListOptOuts(search=search, limit=limit))
    if as_json:
        print_json(page)
        return
    _print_entries(list(page.entries))
    if page.more:
        click.echo(f"{len(page.entries)} of {page.total}; see the others with --limit.")


@dnc.command("import")
@click.argument("file", type=FILE)
@scope_options
@reason_option
@workspace_option
@json_option
def import_file(
    file: Path, campaign: str | None, client: str | None, reason: str, workspace: Path | None, as_json: bool
) -> None:
    """Add every number of a text or CSV file, one a line.

    With a header, the columns number, scope, source, since and reason are read; `dnc export` writes such a file.
    """
    request = ImportOptOuts(path=str(file.absolute()), reason=reason, scope=_scope(campaign, client))
    report = ask(workspace, request, create=True)
    if as_json:
        print_json(report)
    else:
        _print_import(report)


@dnc.command("export")
@workspace_option
@json_option
def export_entries(workspace: Path | None, as_json: bool) -> None:
    """Write the entries in force to standard output: CSV, or JSON lines with --json."""

    async def write(client: EngineClient) -> None:
        if not as_json:
            csv.writer(sys.stdout).writerow(HEADER)
        async for entry in _all(client):
            _write(entry, as_json)

    in_session(workspace, write)


async def _all(client: EngineClient) -> AsyncIterator[OptOut]:
    """Every entry, once. New ones come in front, so one that moves over a page's edge is seen twice. Where one is taken
    off, those behind it move up: each page begins with the last of the one before, and if that is one that was not seen
    yet, some may have been passed over and all are looked at once more."""
    offset, seen = 0, set[tuple[str, str]]()
    while True:
        page = await client.request(ListOptOuts(offset=max(0, offset - 1), limit=PAGE + 1))
        first = next(((entry.number, entry.scope) for entry in page.entries), None)
        moved = offset > 0 and first not in seen
        for entry in page.entries:
            if (entry.number, entry.scope) not in seen:
                seen.add((entry.number, entry.scope))
                yield entry
        if not (page.more or moved):
            return
        offset = 0 if moved else max(0, offset - 1) + len(page.entries)


def _write(entry: OptOut, as_json: bool) -> None:
    if as_json:
        print_json_line(entry)
    else:
        csv.writer(sys.stdout).writerow(csv_row(entry))


def csv_row(entry: OptOut) -> tuple[str | None, ...]:
    """The cells of ``HEADER``. The number is spelled by us, so its plus is safe; words come from people and callees."""
    scope = guarded(entry.scope) if entry.scope else SCOPE_EVERYWHERE
    return (entry.number, scope, entry.source.value, iso(entry.at), guarded(entry.by), guarded(entry.reason))


def _scope(campaign: str | None, client: str | None) -> str:
    if campaign and client is not None:
        raise click.UsageError("An entry is limited to a campaign or to a client, not to both: use one of the options.")
    if client is not None:
        return client_scope(client)
    return campaign_scope(campaign) if campaign else EVERYWHERE


def _print_entries(entries: list[OptOut]) -> None:
    print_table(
        ("NUMBER", "SCOPE", "SOURCE", "SINCE", "BY", "REASON"),
        [(e.number, scope_words(e.scope), e.source.value, local(e.at), e.by, e.reason) for e in entries],
        empty="No entries.",
    )


def _print_import(report: OptOutImport) -> None:
    click.echo(
        f"{report.added} added, {report.known} were on the list already, "
        f"{counted(len(report.rejected), 'line')} rejected."
    )
    for sentence in (*report.rejected, *report.notes):
        click.echo(sentence)
