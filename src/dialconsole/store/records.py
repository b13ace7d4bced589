"""Contacts and attempts as whole records, for screens and exports."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from dialconsole.model.attempt import AttemptRecord
from dialconsole.model.contact import RejectedRow, RowFault
from dialconsole.model.facts import ContactFacts
from dialconsole.model.outcome import ContactStatus, Outcome
from dialconsole.model.place import Place
from dialconsole.store.instants import digits, e164, posix
from dialconsole.store.ledger import ContactRecord

# Joining lists hides the contacts of a list that is still arriving: it is not there yet. CROSS JOIN makes contacts the
# outer loop, so rows come in order of id without sorting a million of them.
_CONTACTS = """SELECT c.id, c.number, c.name, n.text, l.name, c.line, c.status, c.attempts, c.outcome, c.next_at,
        c.reasons, p.text, c.variables, f.text,
        EXISTS (SELECT 1 FROM attempts a WHERE a.contact = c.id AND a.outcome IS NULL)
    FROM contacts c CROSS JOIN lists l ON l.id = c.list JOIN names n ON n.id = c.campaign
        JOIN places p ON p.id = c.place JOIN facts f ON f.id = c.facts"""
# An attempt outlives its contact; the name goes with the contact. CROSS JOIN: as above, in order of seq.
# The columns are filled with the outcome; of a call in progress the events tell.
_SO_FAR = """CASE WHEN a.outcome IS NULL
    THEN (SELECT min(at) FROM events WHERE attempt = a.seq AND kind = '{kind}') ELSE {column} END"""
_DIALED = _SO_FAR.format(kind="dialing", column="a.dialed_at")
_ANSWERED = _SO_FAR.format(kind="answered", column="a.answered_at")
_ATTEMPTS = f"""SELECT a.seq, a.attempt, a.contact, a.number, coalesce(c.name, ''), campaign.text, trunk.text,
        caller.text, a.attempt_no, a.claimed_at, {_DIALED}, {_ANSWERED}, a.ended_at, a.outcome, a.sip_code,
        a.sip_reason, z.text
    FROM attempts a CROSS JOIN names campaign ON campaign.id = a.campaign JOIN names trunk ON trunk.id = a.trunk
        JOIN names caller ON caller.id = a.caller_id JOIN zone_sets z ON z.id = a.zones
        LEFT JOIN contacts c ON c.id = a.contact"""

_decode_reasons = msgspec.json.Decoder(tuple[str, ...]).decode
_decode_variables = msgspec.json.Decoder(dict[str, str]).decode
_decode_place = msgspec.json.Decoder(Place).decode
_decode_facts = msgspec.json.Decoder(ContactFacts).decode


def contact(connection: sqlite3.Connection, contact: int) -> ContactRecord | None:
    return next(_contacts(connection, "WHERE c.id = ?", (contact,)), None)


def contacts(connection: sqlite3.Connection, contacts: Sequence[int]) -> list[ContactRecord]:
    # A subquery, because a list of parameters has a limit that differs from build to build.
    wanted = msgspec.json.encode(list(contacts)).decode()
    return list(_contacts(connection, "WHERE c.id IN (SELECT value FROM json_each(?)) ORDER BY c.id", (wanted,)))


def finished_contacts(
    connection: sqlite3.Connection, campaign: str, status: ContactStatus, after: int, limit: int
) -> list[ContactRecord]:
    """In order of id. Without an index for it: a page is all a screen asks for, and the ids are walked in order."""
    where = "WHERE n.text = ? AND c.status = ? AND c.id > ? ORDER BY c.id LIMIT ?"
    return list(_contacts(connection, where, (campaign, status.value, after, limit)))


def contacts_of_number(connection: sqlite3.Connection, number: str) -> list[ContactRecord]:
    return list(_contacts(connection, "WHERE c.number = ? ORDER BY c.id", (digits(number),)))


def all_contacts(connection: sqlite3.Connection) -> Iterator[ContactRecord]:
    return _contacts(connection, "ORDER BY c.id", ())


def attempt(connection: sqlite3.Connection, attempt: str) -> AttemptRecord | None:
    return next(_attempts(connection, "WHERE a.attempt = ?", (attempt,)), None)


def attempts(
    connection: sqlite3.Connection,
    campaign: str | None,
    outcome: str | None,
    number: str | None,
    before_seq: int | None,
    limit: int,
) -> list[AttemptRecord]:
    """Newest first. Filters narrow together; without an index for them, since a page is all a screen asks for."""
    asked: dict[str, str | int | None] = {
        "campaign.text = ?": campaign,
        "a.outcome = ?": outcome,
        "a.number = ?": None if number is None else digits(number),
        "a.seq < ?": before_seq,
    }
    given = {condition: value for condition, value in asked.items() if value is not None}
    where = "WHERE " + " AND ".join(given) if given else ""
    return list(_attempts(connection, f"{where} ORDER BY a.seq DESC LIMIT ?", (*given.values(), limit)))


def all_attempts(connection: sqlite3.Connection) -> Iterator[AttemptRecord]:
    return _attempts(connection, "ORDER BY a.seq", ())


def columns_of_lists(connection: sqlite3.Connection, campaign: str) -> list[tuple[str, ...]]:
    """Names of the columns of each list of a campaign that has rejected rows; empty where they are not known."""
    rows = connection.execute(
        """SELECT l.columns FROM lists l JOIN names n ON n.id = l.campaign
            WHERE n.text = ? AND l.rejected ORDER BY l.id""",
        (campaign,),
    )
    return [_decode_columns(columns) for (columns,) in rows]


def _decode_columns(columns: str | None) -> tuple[str, ...]:
    return () if columns is None else _decode_reasons(columns)


def all_rejected(connection: sqlite3.Connection, campaign: str) -> Iterator[tuple[str, tuple[str, ...], RejectedRow]]:
    """(list, names of its columns, row) in the order in which they were read."""
    rows = connection.execute(
        """SELECT l.name, l.columns, r.line, r.fault, r.reason, r.row FROM rejected r JOIN lists l ON l.id = r.list
            JOIN names n ON n.id = l.campaign WHERE n.text = ? ORDER BY r.list, r.rowid""",
        (campaign,),
    )
    for name, columns, line, fault, reason, row in rows:
        yield name, _decode_columns(columns), RejectedRow(line, RowFault(fault), reason, _decode_reasons(row))


def _contacts(connection: sqlite3.Connection, rest: str, values: Sequence[Any]) -> Iterator[ContactRecord]:
    for row in connection.execute(f"{_CONTACTS} {rest}", values):
        (id, number, name, campaign, list_, line, status, attempts, outcome, next_at, reasons,
         place, variables, facts, live) = row  # fmt: skip
        at = _decode_place(place)
        yield ContactRecord(
            id, e164(number), name, campaign, list_, line,
            ContactStatus.CALLING if live else ContactStatus(status),
            attempts,
            None if outcome is None else Outcome(outcome),
            posix(next_at),
            () if reasons is None else _decode_reasons(reasons),
            at.zones,
            _decode_variables(variables),
            at.jurisdictions,
            _decode_facts(facts),
        )  # fmt: skip


def _attempts(connection: sqlite3.Connection, rest: str, values: Sequence[Any]) -> Iterator[AttemptRecord]:
    for row in connection.execute(f"{_ATTEMPTS} {rest}", values):
        (seq, id, contact, number, name, campaign, trunk, caller_id, attempt_no,
         claimed, dialed, answered, ended, outcome, sip_code, sip_reason, zones) = row  # fmt: skip
        yield AttemptRecord(
            seq, id, contact, e164(number), name, campaign, trunk, caller_id, attempt_no,
            posix(claimed), posix(dialed), posix(answered), posix(ended),
            None if outcome is None else Outcome(outcome),
            sip_code, sip_reason or "", tuple(zones.split()),
        )  # fmt: skip
