"""``dialconsole dnc``: the do-not-call list."""

from __future__ import annotations

import csv
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import click

from dialconsole.cli.instant import iso, local
from dialconsole.cli.options import FILE, NAME, json_option, reason_option, workspace_option
from dialconsole.cli.output import print_done, print_json, print_json_line, print_table
from dialconsole.cli.session import ask, in_session
from dialconsole.control.port import EngineClient
from dialconsole.model.optout import EVERYWHERE, OptOut, OptOutSource
from dialconsole.model.request import (
    AddOptOut,
    Explain,
    ImportOptOuts,
    ListOptOuts,
    OptOutImport,
    RemoveOptOut,
)
from dialconsole.model.text import safe_cell
from dialconsole.model.verdict import CheckName, VerdictKind

PAGE = 1000
"""Entries asked for at once."""

HEADER = ("number", "scope", "source", "since", "by", "reason")

scope_option = click.option("--campaign", "scope", type=NAME, help="Only for this campaign.  [default: everywhere]")


@click.group()
def dnc() -> None:
    """The do-not-call list."""


@dnc.command()
@click.argument("number")
@scope_option
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
def add(number: str, scope: str | None, source: str, reason: str, workspace: Path | None, as_json: bool) -> None:
    """Put a number on the list; it is not called from this instant."""
    request = AddOptOut(number=number, source=OptOutSource(source), reason=reason, scope=scope or EVERYWHERE)
    print_done(ask(workspace, request, create=True), as_json)


@dnc.command()
@click.argument("number")
@scope_option
@click.option("--reason", required=True, metavar="TEXT", help="Why it may be called again; kept for good.")
@workspace_option
@json_option
def remove(number: str, scope: str | None, reason: str, workspace: Path | None, as_json: bool) -> None:
    """Take a number off the list. The entry stays in the history."""
    print_done(ask(workspace, RemoveOptOut(number=number, reason=reason, scope=scope or EVERYWHERE)), as_json)


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
        entries = [entry for entry in page.entries if entry.number == explanation.number]
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
@scope_option
@reason_option
@workspace_option
@json_option
def import_file(file: Path, scope: str | None, reason: str, workspace: Path | None, as_json: bool) -> None:
    """Add every number of a text or CSV file, one a line."""
    request = ImportOptOuts(path=str(file.absolute()), reason=reason, scope=scope or EVERYWHERE)
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
    """Every entry. New ones come in front, so one that moves over a page's edge is seen twice, never missed."""
    offset, seen = 0, set[tuple[str, str]]()
    while True:
        page = await client.request(ListOptOuts(offset=offset, limit=PAGE))
        for entry in page.entries:
            if (entry.number, entry.scope) not in seen:
                seen.add((entry.number, entry.scope))
                yield entry
        if not page.more:
            return
        offset += len(page.entries)


def _write(entry: OptOut, as_json: bool) -> None:
    if as_json:
        print_json_line(entry)
        return
    # A number is our own E.164, so its plus is safe; the words come from people and callees.
    words = (safe_cell(entry.by), safe_cell(entry.reason))
    csv.writer(sys.stdout).writerow((entry.number, entry.scope, entry.source.value, iso(entry.at), *words))


def _print_entries(entries: list[OptOut]) -> None:
    print_table(
        ("NUMBER", "SCOPE", "SOURCE", "SINCE", "BY", "REASON"),
        [(e.number, e.scope or "everywhere", e.source.value, local(e.at), e.by, e.reason) for e in entries],
        empty="No entries.",
    )


def _print_import(report: OptOutImport) -> None:
    click.echo(f"{report.added} added, {report.known} were on the list already, {len(report.rejected)} lines rejected.")
    for sentence in report.rejected:
        click.echo(sentence)
