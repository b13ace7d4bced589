"""The ledger's tables, and how an older ledger becomes a present one.

Migrations go forward only. A way back would have to invent what the older schema cannot hold, and a ledger is the one
thing here that must not be guessed at; who wants to go back restores the copy they took. Each migration is a list of
statements run in one transaction together with the raising of ``meta.schema``, so a ledger is never between versions.

What is common to all tables:

* Instants are integer microseconds since 1970 (UTC): exact, sortable, and without float rounding in a hash.
* Numbers are integers (E.164 digits without the plus): 6 bytes instead of 13, and the form the queue works with.
* Texts that a million rows share (campaign, trunk and caller ID names, sets of zones, places and facts of contacts,
  terms of calls, the sentences of the gate) are stored once; see ``interning`` and ``evidence``.
* No foreign keys with actions: attempts, opt-outs and events outlive the contacts they speak of.
"""

from __future__ import annotations

import sqlite3

from dialconsole.store.transaction import transaction

_FIRST = (
    # schema: version of this file. contacts: highest contact id that counts; rows above it are a list still arriving.
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
    "INSERT INTO meta VALUES ('schema', 0), ('contacts', 0)",
    "CREATE TABLE names (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)",
    # IANA names with a blank between; the empty text is the set of an unknown zone.
    "CREATE TABLE zone_sets (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)",
    """CREATE TABLE lists (
        id INTEGER PRIMARY KEY, campaign INTEGER NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL,
        imported_at INTEGER NOT NULL, rows INTEGER NOT NULL, contacts INTEGER NOT NULL, duplicates INTEGER NOT NULL,
        rejected INTEGER NOT NULL, first_contact INTEGER NOT NULL)""",
    # The columns the queue loads stand first: sqlite then need not step over names and variables to reach them.
    """CREATE TABLE contacts (
        id INTEGER PRIMARY KEY, number INTEGER NOT NULL, campaign INTEGER NOT NULL, zones INTEGER NOT NULL,
        status TEXT NOT NULL DEFAULT 'pending', attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER, outcome TEXT,
        list INTEGER NOT NULL, line INTEGER NOT NULL, zone_source TEXT NOT NULL, name TEXT NOT NULL,
        variables TEXT NOT NULL, reasons TEXT, UNIQUE (number, campaign))""",
    """CREATE TABLE rejected (
        list INTEGER NOT NULL, line INTEGER NOT NULL, fault TEXT NOT NULL, reason TEXT NOT NULL, row TEXT NOT NULL)""",
    "CREATE INDEX rejected_of_list ON rejected (list)",
    """CREATE TABLE attempts (
        seq INTEGER PRIMARY KEY, attempt TEXT NOT NULL UNIQUE, contact INTEGER NOT NULL, number INTEGER NOT NULL,
        campaign INTEGER NOT NULL, trunk INTEGER NOT NULL, caller_id INTEGER NOT NULL, attempt_no INTEGER NOT NULL,
        claimed_at INTEGER NOT NULL, zones INTEGER NOT NULL, evidence BLOB NOT NULL,
        outcome TEXT, ended_at INTEGER, dialed_at INTEGER, answered_at INTEGER, sip_code INTEGER, sip_reason TEXT)""",
    # Small whatever the ledger's size, so a restart finds what a crash left at once; and unique, so that not even a
    # bug can claim a contact that is being called.
    "CREATE UNIQUE INDEX attempts_unfinished ON attempts (contact) WHERE outcome IS NULL",
    "CREATE TABLE findings (id INTEGER PRIMARY KEY, text TEXT NOT NULL)",
    """CREATE TABLE opt_outs (
        id INTEGER PRIMARY KEY, number INTEGER NOT NULL, scope TEXT NOT NULL, removed INTEGER NOT NULL,
        source TEXT NOT NULL, reason TEXT NOT NULL, made_by TEXT NOT NULL, at INTEGER NOT NULL, attempt TEXT)""",
    "CREATE INDEX opt_outs_of_number ON opt_outs (number, scope)",
    # attempt: seq of the call it belongs to; NULL for an audit entry, whose kind is the action (see ``chain``).
    """CREATE TABLE events (
        seq INTEGER PRIMARY KEY, attempt INTEGER, at INTEGER NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL,
        hash BLOB NOT NULL)""",
    "CREATE INDEX events_of_attempt ON events (attempt)",
)

_SECOND = (
    # JSON of ``Place`` and ``ContactFacts``. What an older ledger knew of a place is its zones; without jurisdictions
    # nobody can say which rules bind, so the gate holds those contacts until their list is imported anew.
    "CREATE TABLE places (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)",
    """INSERT INTO places SELECT id, '{"zones":['
        || CASE text WHEN '' THEN '' ELSE '"' || replace(text, ' ', '","') || '"' END
        || '],"jurisdictions":[]}' FROM zone_sets""",
    "CREATE TABLE facts (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)",
    """INSERT INTO facts VALUES (1, '{"consent":"unknown","consent_at":null,"consent_source":"",'
        || '"last_purchase":null,"last_inquiry":null}')""",
    # A new table, not a new column: that would stand behind names and variables. A place has the id of its zones.
    """CREATE TABLE contacts_of_second (
        id INTEGER PRIMARY KEY, number INTEGER NOT NULL, campaign INTEGER NOT NULL, place INTEGER NOT NULL,
        facts INTEGER NOT NULL, status TEXT NOT NULL DEFAULT 'pending', attempts INTEGER NOT NULL DEFAULT 0,
        next_at INTEGER, outcome TEXT, list INTEGER NOT NULL, line INTEGER NOT NULL, zone_source TEXT NOT NULL,
        name TEXT NOT NULL, variables TEXT NOT NULL, reasons TEXT, UNIQUE (number, campaign))""",
    """INSERT INTO contacts_of_second SELECT id, number, campaign, zones, 1, status, attempts, next_at, outcome, list,
        line, zone_source, name, variables, reasons FROM contacts""",
    "DROP TABLE contacts",
    "ALTER TABLE contacts_of_second RENAME TO contacts",
)

_THIRD = (
    # JSON of ``CallTerms``. NULL in attempts made before: what held at those calls, nobody wrote down with them.
    "CREATE TABLE terms (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)",
    "ALTER TABLE attempts ADD COLUMN terms INTEGER",
    # The contact's facts as they were; contacts go with their campaign, attempts stay.
    "ALTER TABLE attempts ADD COLUMN facts INTEGER",
)

_FOURTH = (
    # JSON of the names of a list's columns, so that its rejected rows can be mended and imported again. NULL for lists
    # that came in before: their rows come with numbered columns.
    "ALTER TABLE lists ADD COLUMN columns TEXT",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, _SECOND, _THIRD, _FOURTH)
"""Entry ``n`` leads from schema ``n`` to ``n + 1``. Entries are never changed once released; new ones are added."""


def schema_of(connection: sqlite3.Connection) -> int:
    """The version a ledger was written with. Raises ``sqlite3.Error`` if this is no ledger."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    if row is None:
        raise sqlite3.DatabaseError("its table meta names no schema")
    return int(row[0])


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring a ledger from schema ``version`` (0: an empty file) to the present one, a transaction for each step."""
    for number, statements in enumerate(MIGRATIONS[version:], version + 1):
        with transaction(connection):
            for statement in statements:
                connection.execute(statement)
            connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (number,))
