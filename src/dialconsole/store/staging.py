"""A call list arriving in the ledger: all of it or nothing, while calls go on.

One transaction for a million rows would be simpler, but claims would wait behind it for as long as it takes (seconds,
or as long as the file takes to read), and dialing would stand still. So rows come in blocks, each its own transaction
between those of the calls, and count for nothing until the last one: contacts whose id is above ``meta.contacts`` are
*staged*, and so are rejected rows of a list that ``lists`` does not have. The last step adds the list and raises the
mark in one transaction. What a crash or an error left staged is removed before the next list, and when the ledger is
opened.

Rejected: a staging table without the unique index, merged at the end (the merge itself is a transaction of seconds);
smaller blocks (each touches nearly every page of the index over the numbers, so five times as many write far more).

One list arrives at a time, so the contacts of a list have consecutive ids. Ids are never used again, not even after a
campaign was forgotten: attempts still speak of them.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from dialconsole.model.contact import Contact, Duplicate, RejectedRow
from dialconsole.model.place import Place
from dialconsole.model.request import ListSummary
from dialconsole.store.changes import Changes
from dialconsole.store.instants import digits, micros

BLOCK = 10_000
"""Rows of a list, or contacts to remove, in one transaction: some 50 ms during which a claim waits."""

_CONTACT = """INSERT INTO contacts (id, number, campaign, place, facts, list, line, zone_source, name, variables)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_REJECTED = "INSERT INTO rejected (list, line, fault, reason, row) VALUES (?, ?, ?, ?, ?)"
# json_each takes the whole block in one call, five times as fast as a look-up for each number.
_PRESENT = "SELECT number FROM contacts WHERE campaign = ? AND number IN (SELECT value FROM json_each(?))"

_encode = msgspec.json.Encoder().encode


class Arriving(Struct):
    """A list on its way in."""

    campaign: int
    list: int
    first_contact: int
    contacts: int = 0
    rejected: int = 0
    duplicates: int = 0
    already_in_campaign: int = 0


def begin(changes: Changes, campaign: str) -> Arriving:
    """Places for a new list. Nothing may be staged."""
    execute = changes.connection.execute
    (mark,) = execute("SELECT value FROM meta WHERE key = 'contacts'").fetchone()
    (last_list,) = execute("SELECT coalesce(max(id), 0) FROM lists").fetchone()
    return Arriving(campaign=changes.names.id_of(campaign), list=last_list + 1, first_contact=mark + 1)


def add(changes: Changes, arriving: Arriving, rows: list[Contact | RejectedRow | Duplicate]) -> Arriving:
    """Stage a block of rows; returns the list with its counters raised (the given one is left alone)."""
    offered = [row for row in rows if isinstance(row, Contact)]
    contacts: dict[int, Contact] = {}
    for row in offered:
        contacts.setdefault(digits(row.number), row)
    for (present,) in changes.connection.execute(_PRESENT, (arriving.campaign, _encode(list(contacts)).decode())):
        del contacts[present]
    first = arriving.first_contact + arriving.contacts
    place, facts = changes.places.id_of, changes.facts.id_of
    changes.connection.executemany(
        _CONTACT,
        [
            (id, number, arriving.campaign, place(Place(row.zones, row.jurisdictions)), facts(row.facts),
             arriving.list, row.line, row.zone_source.value, row.name, _encode(row.variables).decode())
            for id, (number, row) in enumerate(contacts.items(), first)
        ],
    )  # fmt: skip
    faults = [row for row in rows if isinstance(row, RejectedRow)]
    changes.connection.executemany(
        _REJECTED,
        [(arriving.list, row.line, row.fault.value, row.reason, _encode(row.row).decode()) for row in faults],
    )
    return msgspec.structs.replace(
        arriving,
        contacts=arriving.contacts + len(contacts),
        rejected=arriving.rejected + len(faults),
        duplicates=arriving.duplicates + len(rows) - len(offered) - len(faults),
        already_in_campaign=arriving.already_in_campaign + len(offered) - len(contacts),
    )


def finish(changes: Changes, arriving: Arriving, name: str, sha256: str, at: float) -> ListSummary:
    """From here on the list counts. Numbers the campaign had already are duplicates too, so that the rows add up."""
    known = arriving.duplicates + arriving.already_in_campaign
    rows = arriving.contacts + arriving.rejected + known
    changes.connection.execute(
        "INSERT INTO lists VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (arriving.list, arriving.campaign, name, sha256, micros(at), rows, arriving.contacts, known, arriving.rejected,
         arriving.first_contact),
    )  # fmt: skip
    mark = arriving.first_contact + arriving.contacts - 1
    changes.connection.execute("UPDATE meta SET value = ? WHERE key = 'contacts'", (mark,))
    return ListSummary(name, sha256, at, rows, arriving.contacts, known, arriving.rejected)


def discard(changes: Changes) -> bool:
    """Remove a block of what an unfinished list left behind; whether there may be more."""
    execute = changes.connection.execute
    contacts = execute(
        """DELETE FROM contacts WHERE id IN (SELECT id FROM contacts
            WHERE id > (SELECT value FROM meta WHERE key = 'contacts') LIMIT ?)""",
        (BLOCK,),
    ).rowcount
    rejected = execute(
        """DELETE FROM rejected WHERE rowid IN (SELECT rowid FROM rejected
            WHERE list > (SELECT coalesce(max(id), 0) FROM lists) LIMIT ?)""",
        (BLOCK,),
    ).rowcount
    return contacts == BLOCK or rejected == BLOCK


def forget(changes: Changes, campaign: str) -> int | None:
    """Remove a block of a campaign's contacts and rejected rows: how many contacts, ``None`` when nothing was left.

    A list goes with the last of its rows, so a crash half-way leaves a campaign that can be forgotten once more.
    """
    execute = changes.connection.execute
    found = execute(
        """SELECT lists.id, first_contact, first_contact + contacts FROM lists
            JOIN names ON names.id = lists.campaign WHERE names.text = ? ORDER BY lists.id LIMIT 1""",
        (campaign,),
    ).fetchone()
    if found is None:
        return None
    id, first, end = found
    contacts = execute(
        "DELETE FROM contacts WHERE id IN (SELECT id FROM contacts WHERE id >= ? AND id < ? LIMIT ?)",
        (first, end, BLOCK),
    ).rowcount
    rejected = execute(
        "DELETE FROM rejected WHERE rowid IN (SELECT rowid FROM rejected WHERE list = ? LIMIT ?)", (id, BLOCK)
    ).rowcount
    if contacts < BLOCK and rejected < BLOCK:
        execute("DELETE FROM lists WHERE id = ?", (id,))
    return contacts
