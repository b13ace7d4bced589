"""Rows of a list on their way into the ledger, as files that sqlite can take over without a word of Python.

Whoever reads a list (a thread, or a process of its own) writes each ``ROWS`` rows into a database of their own, whole
before it is told of; the ledger's writing thread attaches it and copies, which holds neither the event loop nor the
interpreter. Rejected: rows over a pipe (unpacking and binding a million of them in the engine takes four seconds of
its interpreter), one file for the whole list (the reader would wait for the writer's locks), and a reader that writes
into the ledger itself (claims would wait for its locks, and a crash of either could not be told apart).
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import count, islice
from pathlib import Path
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

from dialconsole.model.contact import Contact, RejectedRow, Row
from dialconsole.model.facts import ContactFacts
from dialconsole.model.place import Place

ROWS = 50_000
"""Rows of a list in one block: half a second of reading, some 8 MB."""

_SCHEMA = """
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
    CREATE TABLE contacts (id INTEGER PRIMARY KEY, number INTEGER NOT NULL, place INTEGER NOT NULL,
        facts INTEGER NOT NULL, line INTEGER NOT NULL, zone_source TEXT NOT NULL, name TEXT NOT NULL,
        variables TEXT NOT NULL);
    CREATE TABLE rejected (line INTEGER NOT NULL, fault TEXT NOT NULL, reason TEXT NOT NULL, row TEXT NOT NULL);
    CREATE TABLE places (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
    CREATE TABLE facts (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
"""
_CONTACT = "INSERT INTO contacts VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)"
_REJECTED = "INSERT INTO rejected VALUES (?, ?, ?, ?)"

_encode = msgspec.json.Encoder().encode

K = TypeVar("K")
S = TypeVar("S", bound=Struct)


class Block(Struct, frozen=True):
    """A file of rows that is whole."""

    path: str
    contacts: int
    duplicates: int
    rejected: dict[str, int]
    """By fault."""

    @property
    def rows(self) -> int:
        return self.contacts + self.duplicates + sum(self.rejected.values())


class _Texts(Generic[K, S]):
    """Values that rows share, written once a block as the ledger keeps them: JSON."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._numbers: dict[K, int] = {}

    def number(self, key: K, value: S) -> int:
        known = self._numbers.get(key)
        if known is None:
            self.texts.append(_encode(value).decode())
            known = self._numbers[key] = len(self.texts)
        return known


def write_blocks(rows: Iterable[Row], folder: Path, size: int = ROWS) -> Iterator[Block]:
    """The rows in blocks of ``size``, each written when it is asked for. Raises ``sqlite3.Error`` if the disk refuses.

    No number may come twice.
    """
    given = iter(rows)
    for number in count(1):
        block = _write(islice(given, size), folder / f"{number}.db")
        if block is None:
            return
        yield block


def _write(rows: Iterable[Row], path: Path) -> Block | None:
    places: _Texts[tuple[tuple[str, ...], tuple[str, ...]], Place] = _Texts()
    facts: _Texts[ContactFacts, ContactFacts] = _Texts()
    contacts: list[tuple[int, int, int, int, str, str, str]] = []
    rejected: list[RejectedRow] = []
    duplicates = 0
    for row in rows:
        if type(row) is Contact:
            place = (row.zones, row.jurisdictions)
            contacts.append(
                (int(row.number), places.number(place, Place(*place)), facts.number(row.facts, row.facts), row.line,
                 row.zone_source._value_, row.name, _encode(row.variables).decode())
            )  # fmt: skip
        elif type(row) is RejectedRow:
            rejected.append(row)
        else:
            duplicates += 1
    if not (contacts or rejected or duplicates):
        return None
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.executescript(_SCHEMA)
        file.execute("BEGIN")
        file.executemany(_CONTACT, contacts)
        file.executemany(
            _REJECTED, ((row.line, row.fault.value, row.reason, _encode(row.row).decode()) for row in rejected)
        )
        file.executemany("INSERT INTO places VALUES (?, ?)", enumerate(places.texts, 1))
        file.executemany("INSERT INTO facts VALUES (?, ?)", enumerate(facts.texts, 1))
        file.execute("COMMIT")
    return Block(
        path=str(path),
        contacts=len(contacts),
        duplicates=duplicates,
        rejected=dict(Counter(row.fault.value for row in rejected)),
    )
