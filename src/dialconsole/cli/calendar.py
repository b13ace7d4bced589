"""``dialconsole calendar``: days on which a place is not called, besides the holidays that its law names."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from dialconsole.cli.grouping import Commands
from dialconsole.cli.instant import local
from dialconsole.cli.options import DATE, json_option, reason_option, workspace_option
from dialconsole.cli.output import print_done, print_json, print_table
from dialconsole.cli.session import ask
from dialconsole.model.request.rules import AddDay, ListCalendar, RemoveDay


@click.group(cls=Commands)
def calendar() -> None:
    """Days on which a place is not called.

    They are added to the holidays that the place's own law names, and hold every campaign, whatever it is about.
    """


@calendar.command()
@click.argument("place")
@click.argument("day", type=DATE, metavar="DATE")
@click.argument("reason")
@workspace_option
@json_option
def add(place: str, day: date, reason: str, workspace: Path | None, as_json: bool) -> None:
    """Call nobody in a place on a day; it holds at once.

    PLACE is a state (LA, Louisiana, US-LA) or a country (GB); DATE is the callee's own, 2026-12-24. REASON stands in
    the evidence of what it holds: "proclamation of the governor".
    """
    print_done(ask(workspace, AddDay(jurisdiction=place, day=day, reason=reason), create=True), as_json)


@calendar.command()
@click.argument("place")
@click.argument("day", type=DATE, metavar="DATE")
@reason_option
@workspace_option
@json_option
def remove(place: str, day: date, reason: str, workspace: Path | None, as_json: bool) -> None:
    """Take a day off the calendar. Holidays by law stay."""
    print_done(ask(workspace, RemoveDay(jurisdiction=place, day=day, reason=reason)), as_json)


@calendar.command("list")
@workspace_option
@json_option
def list_days(workspace: Path | None, as_json: bool) -> None:
    """List the days that were added, by date."""
    days = ask(workspace, ListCalendar())
    if as_json:
        print_json(days)
        return
    print_table(
        ("DATE", "PLACE", "REASON", "BY", "ENTERED"),
        [(day.day, day.jurisdiction, day.reason, day.by, local(day.at)) for day in days],
        empty="No days. Add one: dialconsole calendar add LA 2026-12-24 REASON",
    )
