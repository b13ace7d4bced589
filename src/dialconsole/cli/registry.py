"""``dialconsole registry``: the do-not-call registries that the gate asks.

Files are read by the command itself, not by the engine: a national list takes a while and an engine has calls to
place. The engine is told afterwards, and would find the new version by itself; what it asks meanwhile is the old one.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dialconsole.cli.grouping import Commands
from dialconsole.cli.options import DATE, FILE, json_option, workspace_option
from dialconsole.cli.output import print_json, print_table
from dialconsole.cli.session import ask, open_workspace, workspace_path
from dialconsole.model.errors import Problem
from dialconsole.model.request.looking import GetStatus
from dialconsole.model.request.rules import RegistryReport, ReloadRegistry, ShowRegistry

if TYPE_CHECKING:
    from dialconsole.compliance.registry.header import Header, SourceFile
    from dialconsole.compliance.registry.reading import ImportProgress

KINDS = ("full", "changes", "state")
"""Of ``compliance.registry.header.Kind``, those that files come in."""


def AREA_CODE(value: str) -> int:
    """Three digits."""
    if len(value) == 3 and value.isascii() and value.isdecimal():
        return int(value)
    raise click.BadParameter(f"{value!r} is no area code; it has three digits.")


@click.group(cls=Commands)
def registry() -> None:
    """Do-not-call registries: national and states' lists.

    A number that is listed is not called unless an exemption holds; one that cannot be looked up is not called either.
    """


@registry.command("import")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="FILE...")
@click.option("--list", "name", default="national", show_default=True, help="national, canada, or a state's: us-fl.")
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    default="full",
    show_default=True,
    help="full: replaces the list. changes: additions and deletions. state: any text with numbers in it.",
)
@click.option(
    "--date",
    "obtained",
    type=DATE,
    help="When the registry gave the files out.  [default: today, if they are new]",
)
@click.option("--san", metavar="TEXT", help="Subscription account number; kept with the list.")
@click.option(
    "--map",
    "mapping",
    metavar="TEXT",
    help="Kind changes: its columns, counted from 1.  [default: number=1+2 action=3 add=A delete=D]",
)
@click.option(
    "--covers", type=AREA_CODE, multiple=True, metavar="AAA", help="An area code you subscribe to that has no number."
)
@click.option("--accept-shrinking", is_flag=True, help="Import it also if the list loses nine tenths of its numbers.")
@workspace_option
@json_option
def import_files(
    files: tuple[Path, ...],
    name: str,
    kind: str,
    obtained: date | None,
    san: str | None,
    mapping: str | None,
    covers: tuple[int, ...],
    accept_shrinking: bool,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Import a registry, whole or not at all.

    Give all files of a full list in one go: afterwards only their area codes are covered. The 31 days that a list may
    be used count from --date. Whatever ends the import early leaves the list that was there.
    """
    from dialconsole.compliance.registry.changes import mapping_from
    from dialconsole.compliance.registry.importing import import_registry

    if mapping is not None and kind != "changes":
        raise click.UsageError("--map describes a change list; add --kind changes.")
    opened = open_workspace(workspace_path(workspace), create=True)
    folder, today = opened.registry_path, _today(workspace, demo=opened.documents.info.demo)
    with _progress() as progress:
        header = import_registry(
            folder,
            files,
            san=san,
            obtained=obtained or today,
            kind=kind,
            mapping=None if mapping is None else mapping_from(mapping),
            progress=progress,
            list_name=name,
            covers=covers,
            today=today,
            accept_shrinking=accept_shrinking,
            assumed=obtained is None,
        )
    _tell(workspace, f"{_words(header)} imported from {', '.join(source.name for source in header.sources)}")
    _report([header], "imported", as_json)
    for source in header.sources:
        if source.passed_over and not as_json:
            click.echo(_passed_over(source))


@registry.command()
@workspace_option
@json_option
def demo(workspace: Path | None, as_json: bool) -> None:
    """Put a small made-up registry in place, to practise on fake trunks.

    It covers every area code and lists 555-0199 in eight of them. All evidence made with it says DEMO. A real registry
    is never replaced by it, and takes its place when it is imported.
    """
    from dialconsole.compliance.registry.demo import write_demo_registry

    folder = open_workspace(workspace_path(workspace), create=True).registry_path
    header = write_demo_registry(folder, time.time())
    _tell(workspace, f"{_words(header)} made up for practice")
    _report([header], "in place", as_json)


@registry.command("list")
@workspace_option
@json_option
def list_registries(workspace: Path | None, as_json: bool) -> None:
    """List the registries that are there, and what will hold calls soon."""
    report = ask(workspace, ShowRegistry())
    if as_json:
        print_json(report)
    else:
        _print_lists(report)


@registry.command()
@click.argument("name", metavar="LIST", required=False)
@workspace_option
@json_option
def verify(name: str | None, workspace: Path | None, as_json: bool) -> None:
    """Read registries through and compare them with their checksums.

    All of them if no LIST is named. One that is whole but was copied or restored is usable again afterwards; one that
    is damaged is not asked any more until it is imported anew.
    """
    from dialconsole.compliance.registry.upkeep import verify as read_through

    try:
        headers = read_through(_folder(workspace), name)
    except Problem as problem:
        if problem.code == "registry_unreadable":
            with suppress(Problem):  # the mark is on disk, where an engine that cannot be told will find it
                _tell(workspace, f"verified, and not whole: {problem.sentence}")
        raise
    _tell(workspace, f"{', '.join(_words(header) for header in headers)} verified")
    _report(headers, "whole", as_json)


@registry.command()
@click.argument("name", metavar="LIST")
@workspace_option
@json_option
def remove(name: str, workspace: Path | None, as_json: bool) -> None:
    """Take a registry away. Without the national one nobody in the United States is called."""
    from dialconsole.compliance.registry.lists import list_named
    from dialconsole.compliance.registry.upkeep import remove_list

    removed = list_named(name)
    remove_list(_folder(workspace), removed)
    _tell(workspace, f"{removed} removed")
    if as_json:
        print_json({"removed": removed})
    else:
        click.echo(f"{removed} is removed.")


def _today(workspace: Path | None, *, demo: bool) -> date:
    """This machine's day; in a demonstration the day of its engine's clock, by which a list's age is counted there."""
    if demo:
        return datetime.fromtimestamp(ask(workspace, GetStatus()).engine.now, UTC).date()
    return datetime.now().astimezone().date()


def _folder(workspace: Path | None) -> Path:
    return open_workspace(workspace_path(workspace), create=False).registry_path


@contextmanager
def _progress() -> Iterator[Callable[[ImportProgress], None]]:
    """A bar on standard error, so that standard output is the report alone."""
    with click.progressbar(length=1, label="Importing", file=sys.stderr, item_show_func=_rows_so_far) as bar:

        def show(told: ImportProgress) -> None:
            bar.length = max(told.bytes_total, 1)
            bar.update(told.bytes_read - bar.pos, told)

        yield show


def _rows_so_far(told: ImportProgress | None) -> str | None:
    return None if told is None else f"{told.rows:,} numbers, {told.file}"


def _tell(workspace: Path | None, what: str) -> None:
    """Have the engine look now, and the audit know who did it."""
    try:
        ask(workspace, ReloadRegistry(what=what))
    except Problem as problem:
        raise Problem(
            f"Done ({what}), but the engine could not be told: {problem.sentence} It looks for a new registry by "
            "itself every 30 seconds; nothing need be repeated.",
            code=problem.code,
        ) from None


def _words(header: Header) -> str:
    return f"{header.list} version {header.version} of {header.obtained}"


def _report(headers: list[Header] | tuple[Header, ...], done: str, as_json: bool) -> None:
    if as_json:
        print_json([_document(header) for header in headers])
        return
    for header in headers:
        click.echo(
            f"The {header.title} is {done}: version {header.version} of {header.obtained}. "
            f"Numbers: {header.numbers:,}. Area codes: {'all' if header.everywhere else len(header.counts)}."
        )


def _passed_over(source: SourceFile) -> str:
    if source.passed_over == 1:
        return f"{source.name}: line {source.first_passed_over} has no ten-digit number and was passed over."
    return (
        f"{source.name}: {source.passed_over:,} lines have no ten-digit number and were passed over; line "
        f"{source.first_passed_over} first, line {source.last_passed_over} last."
    )


def _document(header: Header) -> dict[str, object]:
    return {
        "list": header.list,
        "version": header.version,
        "kind": header.kind,
        "obtained": header.obtained,
        "san": header.san,
        "everywhere": header.everywhere,
        "area_codes": list(header.counts),
        "numbers": header.numbers,
        "rows": header.rows,
        "deletions": header.deletions,
        "sha256": header.sha256,
        "sources": header.sources,
    }


def _print_lists(report: RegistryReport) -> None:
    print_table(
        ("LIST", "OBTAINED", ">VERSION", ">AREA CODES", ">NUMBERS", "SAN", "STATE"),
        [
            (
                entry.name,
                entry.obtained,
                entry.version or None,
                ("all" if entry.demo else entry.area_codes) if entry.obtained else None,
                f"{entry.numbers:,}" if entry.obtained else None,
                entry.san,
                entry.fault or ("demo" if entry.demo else "readable"),
            )
            for entry in report.lists
        ],
        empty="No registry, so nobody in North America is called. Import one: dialconsole registry import FILE...",
    )
    for warning in (*report.warnings, *report.missing):
        click.echo(warning)
