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

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from dialconsole.model.request.lists import ListSummary
from dialconsole.store.access import Alone
from dialconsole.store.blocks import Block
from dialconsole.store.changes import Changes
from dialconsole.store.instants import micros

BLOCK = 10_000
"""Rows of a list, or contacts to remove, in one transaction: some 50 ms during which a claim waits."""

# A place and what is known of a callee have the ledger's own numbers: the block's are translated by these tables.
_TEXTS = ("places", "facts")
# OR FAIL: else sqlite copies each page that one statement changes, to take half a statement back. The savepoint around
# a step takes all of it back, and costs one copy for a whole block instead of ten.
_INTO = "INSERT OR FAIL INTO contacts (id, number, campaign, place, facts, list, line, zone_source, name, variables)"
_FROM = """block.number, :campaign, place.id, facts.id, :list, line, place.zone_source, name, variables
    FROM block.contacts AS block
    JOIN temp.block_places AS place ON place.number = block.place
    JOIN temp.block_facts AS facts ON facts.number = block.facts
    WHERE block.id > :start AND block.id <= :end"""
_ALL = f"{_INTO} SELECT :last + block.id - :start, {_FROM}"
# The window function numbers those that are left, so that ids are consecutive. It takes twice as long.
_NEW = f"""{_INTO} SELECT :last + row_number() OVER (ORDER BY block.id), {_FROM} AND NOT EXISTS
    (SELECT 1 FROM main.contacts AS known WHERE known.number = block.number AND known.campaign = :campaign)"""
_REJECTED = "INSERT INTO main.rejected SELECT ?, line, fault, reason, row FROM block.rejected"


class Arriving(Struct):
    """A list on its way in."""

    campaign: int
    list: int
    first_contact: int
    first_of_campaign: bool
    """The campaign has no contacts yet, so none of the list's can be among them."""
    contacts: int = 0
    rejected: int = 0
    duplicates: int = 0
    already_in_campaign: int = 0
    taken: int = 0
    """Contacts of the present block that have been looked at."""


def begin(changes: Changes, campaign: str) -> Arriving:
    """Places for a new list. Nothing may be staged."""
    execute = changes.connection.execute
    (mark,) = execute("SELECT value FROM meta WHERE key = 'contacts'").fetchone()
    (last_list,) = execute("SELECT coalesce(max(id), 0) FROM lists").fetchone()
    id = changes.names.id_of(campaign)
    (has_some,) = execute("SELECT EXISTS (SELECT 1 FROM lists WHERE campaign = ? AND contacts)", (id,)).fetchone()
    return Arriving(id, list=last_list + 1, first_contact=mark + 1, first_of_campaign=not has_some)


def attach(changes: Changes, block: Block) -> None:
    """Open a block. Not in a transaction, which sqlite does not allow."""
    changes.connection.execute("ATTACH ? AS block", (block.path,))


def detach(changes: Changes) -> None:
    """Close the block, if one is open. Not in a transaction."""
    if any(name == "block" for _, name, _ in changes.connection.execute("PRAGMA database_list").fetchall()):
        changes.connection.execute("DETACH block")


def take(changes: Changes, arriving: Arriving, block: Block, alone: Alone) -> Arriving:
    """Take over contacts of the block that is attached: ``BLOCK`` of them, and more while nobody else wants to write.

    Each commit writes nearly every page of the index over the numbers, so few long ones cost half. Returns the list
    with its counters raised (the given one is left alone); the block is through when all its contacts were ``taken``.
    """
    arriving = msgspec.structs.replace(arriving)
    if not arriving.taken:
        _take_texts(changes)
        changes.connection.execute(_REJECTED, (arriving.list,))
        arriving.rejected += sum(block.rejected.values())
        arriving.duplicates += block.duplicates
    while arriving.taken < block.contacts:
        _take_contacts(changes, arriving, block.contacts)
        if not alone():
            break
    return arriving


def _take_texts(changes: Changes) -> None:
    execute = changes.connection.execute
    for table in _TEXTS:
        source = "zone_source" if table == "places" else "''"
        execute(f"INSERT OR IGNORE INTO main.{table} (text) SELECT text FROM block.{table} ORDER BY id")
        execute(
            f"""CREATE TEMP TABLE IF NOT EXISTS block_{table}
                (number INTEGER PRIMARY KEY, id INTEGER NOT NULL, zone_source TEXT NOT NULL)"""
        )
        execute(f"DELETE FROM temp.block_{table}")
        execute(
            f"""INSERT INTO temp.block_{table} SELECT new.id, known.id, {source}
                FROM block.{table} AS new JOIN main.{table} AS known ON known.text = new.text"""
        )


def _take_contacts(changes: Changes, arriving: Arriving, of: int) -> None:
    start, end = arriving.taken, min(arriving.taken + BLOCK, of)
    added = changes.connection.execute(
        _ALL if arriving.first_of_campaign else _NEW,
        {
            "last": arriving.first_contact + arriving.contacts - 1, "campaign": arriving.campaign,
            "list": arriving.list, "start": start, "end": end,
        },
    ).rowcount  # fmt: skip
    arriving.contacts += added
    arriving.already_in_campaign += end - start - added
    arriving.taken = end


def finish(
    changes: Changes, arriving: Arriving, name: str, sha256: str, at: float, columns: Sequence[str]
) -> ListSummary:
    """From here on the list counts. Numbers the campaign had already are duplicates too, so that the rows add up."""
    known = arriving.duplicates + arriving.already_in_campaign
    rows = arriving.contacts + arriving.rejected + known
    changes.connection.execute(
        "INSERT INTO lists VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (arriving.list, arriving.campaign, name, sha256, micros(at), rows, arriving.contacts, known, arriving.rejected,
         arriving.first_contact, msgspec.json.encode(columns).decode() if columns else None),
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
