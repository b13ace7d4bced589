"""``dialconsole campaign check``: how many contacts may be called, and why not the others."""

from __future__ import annotations

from pathlib import Path

import click

from dialconsole.cli.instant import local
from dialconsole.cli.options import NAME, json_option, workspace_option
from dialconsole.cli.output import print_facts, print_json, print_table
from dialconsole.cli.session import in_session
from dialconsole.control.port import EngineClient
from dialconsole.model.dialable import DialableReport, UndialableContact
from dialconsole.model.request.looking import ListUndialable, ShowDialable


@click.command()
@click.argument("name", type=NAME)
@click.option("--reason", "code", metavar="CODE", help="List the contacts of one reason; `ready`: who may be called.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="The most contacts to list.")
@workspace_option
@json_option
def check(name: str, code: str | None, limit: int, workspace: Path | None, as_json: bool) -> None:
    """Say how many contacts may be called now, today and later, and why not the others.

    It is what the engine's own gate says of every contact, as if the campaign ran; so it can be asked before a start.
    """
    if code is None:
        report = in_session(workspace, lambda engine: engine.request(ShowDialable(name=name, fresh=True)))
        if as_json:
            print_json(report)
        else:
            _print(report)
        return

    async def listed(engine: EngineClient) -> list[UndialableContact]:
        return await _listed(engine, name, code, limit)

    contacts = in_session(workspace, listed)
    if as_json:
        print_json(contacts)
    else:
        print_table(
            ("NUMBER", "NAME", "LIST", ">LINE", "UNTIL", "WHY"),
            [(c.number, c.name, c.list, c.line, local(c.until), " ".join(c.reasons) or c.sentence) for c in contacts],
            empty=f"No contact of {name} is counted under {code}. `dialconsole campaign check {name}` has the reasons.",
        )


async def _listed(engine: EngineClient, name: str, code: str, limit: int) -> list[UndialableContact]:
    contacts: list[UndialableContact] = []
    after: int | None = 0
    while after is not None and len(contacts) < limit:
        page = await engine.request(ListUndialable(name=name, code=code, after=after, limit=limit - len(contacts)))
        contacts += page.contacts
        after = page.next
    return contacts


def _print(report: DialableReport) -> None:
    done = ", ".join(f"{count:,} {status}" for status, count in sorted(report.done.items()))
    print_facts(
        [
            ("campaign", f"{report.campaign}, {report.state.value}"),
            ("contacts", f"{report.total:,}" + (f", of them {done}" if done else "")),
            ("in a call", f"{report.live:,}"),
            ("now", f"{report.ready:,}"),
            ("later today", f"{report.today:,}"),
            ("another day", f"{report.later:,}"),
            ("held", f"{report.waiting:,} until something changes" if report.waiting else "0"),
            ("refused", f"{report.refused:,}"),
        ]
    )
    if report.reasons:
        click.echo()
        print_table(
            ("REASON", ">CONTACTS", ">TODAY", "FROM", "WHY"),
            [(r.code, f"{r.count:,}", f"{r.today:,}", local(r.until), r.sentence) for r in report.reasons],
            empty="",
        )
        click.echo(f"\nWho they are: dialconsole campaign check {report.campaign} --reason REASON")
