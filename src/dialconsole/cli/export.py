"""``dialconsole export``: what is on record, for other programs.

Reads the ledger over a connection of its own that can only read, so it works beside a running engine and costs it
nothing. The keys of attempts and contacts are a promise.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

from dialconsole.cli.grouping import Commands
from dialconsole.cli.instant import iso
from dialconsole.cli.options import NAME, workspace_option
from dialconsole.cli.record import reading_ledger
from dialconsole.cli.session import workspace_path
from dialconsole.model.attempt import AttemptRecord

if TYPE_CHECKING:
    from dialconsole.store.ledger import ContactRecord

T = TypeVar("T")


@click.group(cls=Commands)
def export() -> None:
    """Write attempts, contacts, evidence or rejected rows for other programs."""


campaign_option = click.option("--campaign", type=NAME, help="Only of this campaign.")


@export.command()
@campaign_option
@workspace_option
def attempts(campaign: str | None, workspace: Path | None) -> None:
    """Write every attempt as JSON lines, in order of claim."""
    from dialconsole.store.records import all_attempts

    _write_lines(_attempt(a) for a in _rows(workspace, all_attempts) if campaign in (None, a.campaign))


@export.command()
@campaign_option
@workspace_option
def contacts(campaign: str | None, workspace: Path | None) -> None:
    """Write every contact as JSON lines, in the order of the lists.

    One that waits has the gate's reasons, and the first instant at which it may be called as things stand.
    """
    from dialconsole.engine.prospects import Prospects
    from dialconsole.store.records import all_contacts

    with reading_ledger(workspace) as connection:
        connection.execute("BEGIN")  # calls and contacts as they were at one instant
        prospects = Prospects.read(workspace_path(workspace), connection)
        with closing(prospects):
            found = (c for c in all_contacts(connection) if campaign in (None, c.campaign))
            _write_lines(_contact(prospects.told(c)) for c in found)


@export.command()
@campaign_option
@workspace_option
def evidence(campaign: str | None, workspace: Path | None) -> None:
    """Write the record of every call as JSON lines, in order of claim.

    For each call what 16 CFR 310.5 has a seller keep for five years, and what the gate saw when it let the call pass.
    Attempts that never reached the network are there too, with null in dialed_at.
    """
    from dialconsole.cli.evidence import call_records

    _write_lines(call_records(workspace_path(workspace), campaign))


@export.command()
@click.option("--campaign", type=NAME, required=True, help="The campaign whose lists they were in.")
@workspace_option
def rejected(campaign: str, workspace: Path | None) -> None:
    """Write the rejected rows of a campaign's lists as CSV, to be mended and imported again."""
    from dialconsole.lists.rejects import write_rejects_of
    from dialconsole.store.records import all_rejected, columns_of_lists

    with reading_ledger(workspace) as connection:
        rows = ((columns, row) for _, columns, row in all_rejected(connection, campaign))
        write_rejects_of(sys.stdout, columns_of_lists(connection, campaign), rows)


def _rows(workspace: Path | None, table: Callable[[sqlite3.Connection], Iterator[T]]) -> Iterator[T]:
    with reading_ledger(workspace) as connection:
        yield from table(connection)


def _write_lines(documents: Iterable[dict[str, Any]]) -> None:
    out = sys.stdout.buffer
    encode = msgspec.json.Encoder().encode
    for document in documents:
        out.write(encode(document) + b"\n")
    out.flush()


def _attempt(a: AttemptRecord) -> dict[str, Any]:
    return {
        "attempt": a.attempt,
        "campaign": a.campaign,
        "number": a.number,
        "attempt_no": a.attempt_no,
        "trunk": a.trunk,
        "caller_id": a.caller_id,
        "claimed_at": iso(a.claimed_at),
        "dialed_at": iso(a.dialed_at),
        "answered_at": iso(a.answered_at),
        "ended_at": iso(a.ended_at),
        "outcome": a.outcome,
        "sip_code": a.sip_code,
        "sip_reason": a.sip_reason or None,
        "zones": a.zones,
    }


def _contact(c: ContactRecord) -> dict[str, Any]:
    return {
        "number": c.number,
        "campaign": c.campaign,
        "list": c.list,
        "status": c.status,
        "attempts": c.attempts,
        "outcome": c.outcome,
        "next_at": iso(c.next_at),
        "reasons": c.reasons,
        "zones": c.zones,
    }
