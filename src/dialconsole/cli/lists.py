"""``dialconsole list``: check and import call lists."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dialconsole.cli import importing
from dialconsole.cli.grouping import Commands
from dialconsole.cli.instant import local
from dialconsole.cli.options import (
    FILE,
    NAME,
    ignore_option,
    json_option,
    map_option,
    purpose_option,
    sheet_option,
    voice_option,
    workspace_option,
)
from dialconsole.cli.output import print_done, print_facts, print_json, print_table
from dialconsole.cli.session import in_session
from dialconsole.control.port import EngineClient
from dialconsole.model.campaign import Campaign
from dialconsole.model.errors import Problem
from dialconsole.model.place import Place
from dialconsole.model.purpose import ConsentBasis, LineType, Purpose, Voice
from dialconsole.model.request.lists import CancelImport, ImportList, ImportReport
from dialconsole.model.request.looking import ShowCampaign
from dialconsole.model.request.request import Done

if TYPE_CHECKING:
    from dialconsole.lists.preflight import Preflight, WindowNow
    from dialconsole.lists.reading import CallList

MOST_COUNTS = 8
"""Counts in one line of the preflight; --json has all."""

MOST_PLACES = 20
"""Sets of zones in its table, those with the most contacts."""

MOST_ZONES = 3
"""Zones of one set that are written out."""

region_option = click.option(
    "--region", default="US", show_default=True, metavar="CC", help="Country of numbers written without its code."
)
rejects_option = click.option(
    "--rejects", type=FILE, metavar="FILE", help="Write the rejected rows with their reasons to this CSV file."
)


@click.group("list", cls=Commands)
def lists() -> None:
    """Check and import call lists."""


@lists.command()
@click.argument("file", type=FILE)
@map_option
@ignore_option
@sheet_option
@region_option
@purpose_option
@voice_option
@rejects_option
@json_option
def check(
    file: Path,
    columns: tuple[tuple[str, str], ...],
    ignored: tuple[str, ...],
    sheet: str | None,
    region: str,
    purpose: str,
    voice: str,
    rejects: Path | None,
    as_json: bool,
) -> None:
    """Say what a list would do if it were dialed; nothing is imported.

    "Open now" goes by the legal hours for such calls where the callee may be, and the usual window, 9:00 to 20:00
    there. The report also counts the consent that the rows give, whose rules bind, and addresses that contradict
    themselves (every place that they name counts).
    """
    from dialconsole.lists.preflight import check_list

    call_list = _opened(file, region, dict(columns), sheet, ignored)
    report = check_list(call_list, _window_now(Purpose(purpose), Voice(voice)))
    if rejects is not None:
        _write_rejected_rows(rejects, call_list)
    if as_json:
        print_json(report)
    else:
        _print_preflight(report)


@lists.command("import")
@click.argument("file", type=FILE)
@click.option("--campaign", type=NAME, required=True, help="The campaign that gets the contacts.")
@map_option
@ignore_option
@sheet_option
@click.option(
    "--attest",
    type=click.Choice([ConsentBasis.WRITTEN.value, ConsentBasis.ORAL.value]),
    help="You vouch for this consent of everybody on the list whose row says nothing.",
)
@rejects_option
@workspace_option
@json_option
def import_list(
    file: Path,
    campaign: str,
    columns: tuple[tuple[str, str], ...],
    ignored: tuple[str, ...],
    sheet: str | None,
    attest: str | None,
    rejects: Path | None,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Import a list into a campaign, all of it or nothing. Ctrl-C stops it, and nothing of it is there.

    --attest: you state that each callee without a consent column of their own has given this consent, and that you can
    prove it. Your name, the time and the basis stand in the audit and in the evidence of every call made on it. What a
    row says itself is never overruled, and a list with a column that may say no and is not understood is not imported.
    """
    basis = ConsentBasis(attest) if attest else None
    request = ImportList(
        campaign=campaign,
        path=str(file.absolute()),
        columns=dict(columns),
        attest=basis,
        sheet=sheet,
        ignored=ignored,
    )

    async def run(client: EngineClient) -> tuple[ImportReport, Campaign]:
        doc = (await client.request(ShowCampaign(name=campaign))).campaign
        return await importing.import_list(client, request, quiet=as_json), doc

    report, doc = in_session(workspace, run)
    if rejects is not None:
        region, authoritative = doc.default_region, doc.zone_authoritative
        again = _opened(file, region, dict(columns), sheet, ignored, zone_authoritative=authoritative)
        _write_rejected_rows(rejects, again)
    if as_json:
        print_json(report)
    else:
        _print_import(report, campaign)


@lists.command()
@click.option("--campaign", type=NAME, required=True, help="The campaign that a list is coming into.")
@workspace_option
@json_option
def cancel(campaign: str, workspace: Path | None, as_json: bool) -> None:
    """Stop the import that is coming into a campaign, whoever began it; nothing of it is there then."""

    async def run(client: EngineClient) -> Done:
        imports = [view for view in await importing.running_imports(client) if view.campaign == campaign]
        if not imports:
            return Done(sentence=f"No list is coming into {campaign}.", changed=False)
        return await client.request(CancelImport(id=imports[0].id))

    print_done(in_session(workspace, run), as_json)


def _opened(
    file: Path,
    region: str,
    columns: dict[str, str],
    sheet: str | None,
    ignored: tuple[str, ...],
    *,
    zone_authoritative: bool = False,
) -> CallList:
    from dialconsole.engine.zoning import ZoningByCompliance
    from dialconsole.lists.reading import open_list

    zoning = ZoningByCompliance(zone_authoritative=zone_authoritative)
    return open_list(
        file,
        default_region=region,
        zoning=zoning,
        now=time.time(),
        columns=columns or None,
        sheet=sheet,
        ignored=ignored,
    )


def _window_now(purpose: Purpose, voice: Voice) -> WindowNow:
    """Whether contacts of a place may be called now, by the rules that bind such calls there."""
    from dialconsole.compliance.hours import CallingHours, silent_after
    from dialconsole.compliance.rules.book import RuleBook

    usual = Campaign(name="check", trunk="check")
    hours, book, now = CallingHours(), RuleBook.read(), time.time()

    def window(place: Place) -> tuple[bool, float]:
        rules = book.rules_for(place.jurisdictions, purpose, voice, LineType.UNKNOWN)
        opening = hours.opening(place.zones, usual.window, silent_after(usual.ring_timeout_s), now, rules)
        return opening.open, opening.until

    return window


def _write_rejected_rows(target: Path, call_list: CallList) -> None:
    from dialconsole.lists.rejects import write_rejects
    from dialconsole.model.contact import RejectedRow

    rejected = (row for row in call_list.batches() if isinstance(row, RejectedRow))
    try:
        # The mark at the beginning tells spreadsheets that this is UTF-8; our own reader knows it too.
        with target.open("w", encoding="utf-8-sig", newline="") as stream:
            write_rejects(stream, rejected, call_list.columns)
    except OSError as error:
        raise Problem(
            f"The rejected rows could not be written to {target}: {error.strerror}. Name another file.",
            code="unwritable",
        ) from None


def _print_preflight(report: Preflight) -> None:
    for note in report.notes:
        click.echo(note)
    click.echo()
    for sentence in report.refused:
        click.echo(f"It would not be imported: {sentence}")
    if report.refused:
        click.echo()
    print_facts(
        [
            ("list", report.name),
            ("rows", report.rows),
            ("contacts", report.contacts),
            ("duplicates", report.duplicates),
            ("rejected", report.rejected),
            ("open now", report.open_now),
            ("open later", report.opens_later),
            ("never", report.unknown),
            ("consent", _counts(report.consent)),
            ("rules of", _counts(report.jurisdictions)),
            ("contradicting", report.contradicting),
        ]
    )
    _print_examples(report)
    click.echo()
    shown, left_out = report.zones[:MOST_PLACES], report.zones[MOST_PLACES:]
    print_table(
        ("ZONES", ">CONTACTS", "NOW", "CHANGES"),
        [(_zones(z.zones), z.contacts, "open" if z.open else "closed", local(z.changes_at)) for z in shown],
        empty="No contacts.",
    )
    if len({z.zones for z in shown}) < len(shown):
        click.echo("Zones that stand here twice: some of their contacts are in a state with calling hours of its own.")
    if left_out:
        contacts = sum(z.contacts for z in left_out)
        click.echo(f"and {contacts} contacts in {len(left_out)} more sets of zones; --json lists them all.")


def _print_examples(report: Preflight) -> None:
    """Rows that contradict themselves, and rejected ones by fault; the first few of each."""
    if report.contradictions:
        click.echo()
        rows = [(example.line, example.reason) for example in report.contradictions]
        print_table(("LINE", "CONTRADICTING, FOR EXAMPLE"), rows, empty="")
    if report.faults:
        click.echo()
        print_table(
            ("REJECTED", ">ROWS", "LINE", "FOR EXAMPLE"),
            [
                (fault.fault.value if first else " ", fault.rows if first else " ", example.line, example.reason)
                for fault in report.faults
                for first, example in zip((True, False, False), fault.examples, strict=False)
            ],
            empty="",
        )


def _zones(zones: Sequence[str]) -> str:
    """The first of them, and how many are left out."""
    more = len(zones) - MOST_ZONES
    return (", ".join(zones[:MOST_ZONES]) or "unknown") + (f" and {more} more" if more > 0 else "")


def _counts(counts: Mapping[ConsentBasis, int] | Mapping[str, int]) -> str:
    """The largest counts, and how many are left out."""
    shown = [f"{name} {count}" for name, count in counts.items() if count]
    more = len(shown) - MOST_COUNTS
    return ", ".join(shown[:MOST_COUNTS]) + (f" and {more} more" if more > 0 else "")


def _print_import(report: ImportReport, campaign: str) -> None:
    summary = report.list
    click.echo(f"{summary.name} is in {campaign}.")
    print_facts(
        [
            ("rows", summary.rows),
            ("contacts", summary.contacts),
            ("duplicates", f"{summary.duplicates} ({report.already_in_campaign} were in the campaign already)"),
            ("rejected", summary.rejected),
            *[(f"  {fault}", count) for fault, count in sorted(report.by_fault.items())],
        ]
    )
    for note in report.notes:
        click.echo(note)
