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
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path
from typing import cast

import msgspec
from msgspec import Struct

from dialconsole.model.contact import Batch, Contact, Located, RejectedRow, Row
from dialconsole.model.facts import ContactFacts
from dialconsole.model.place import Place, Whereabouts

ROWS = 100_000
"""Rows of a list in one block: half a second of reading, some 16 MB. Each is a commit, which writes nearly each page of
the index over the numbers, so twice as many cost half a second more for a million."""

_SCHEMA = """
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
    CREATE TABLE contacts (id INTEGER PRIMARY KEY, number INTEGER NOT NULL, place INTEGER NOT NULL,
        facts INTEGER NOT NULL, line INTEGER NOT NULL, name TEXT NOT NULL, variables TEXT NOT NULL);
    CREATE TABLE rejected (line INTEGER NOT NULL, fault TEXT NOT NULL, reason TEXT NOT NULL, row TEXT NOT NULL);
    CREATE TABLE places (id INTEGER PRIMARY KEY, text TEXT NOT NULL, zone_source TEXT NOT NULL);
    CREATE TABLE facts (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
"""
_COLUMNS, _AT_ONCE = 6, 20
_VALUES = f"(NULL{', ?' * _COLUMNS})"
_CONTACT = f"INSERT INTO contacts VALUES {_VALUES}"
_CONTACTS = f"INSERT INTO contacts VALUES {', '.join([_VALUES] * _AT_ONCE)}"
"""Of so many contacts in two thirds of the time."""
_REJECTED = "INSERT INTO rejected VALUES (?, ?, ?, ?)"

_PLACE = "INSERT INTO places VALUES (?, ?, ?)"
_FACTS = "INSERT INTO facts VALUES (?, ?)"

_LINE = itemgetter(3)

_encode = msgspec.json.Encoder().encode


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


class _Numbered:
    """Values that rows share, written once a block as the ledger keeps them: JSON.

    They are known by their identity first, because hashing a struct for each row costs as much as all else.
    """

    def __init__(self) -> None:
        self.rows: dict[tuple[str, ...], int] = {}
        self._numbers: dict[int, int] = {}
        self._alive: list[object] = []
        """An identity means nothing any more when its owner is gone."""

    def numbers(self, values: Sequence[Located | ContactFacts]) -> list[int]:
        found = list(map(self._numbers.get, map(id, values)))
        if all(found):
            return cast("list[int]", found)
        return [number or self._add(value) for number, value in zip(found, values, strict=True)]

    def _add(self, value: Located | ContactFacts) -> int:
        self._alive.append(value)
        number = self.rows.setdefault(_row_of(value), len(self.rows) + 1)
        self._numbers[id(value)] = number
        return number


def _row_of(value: Located | ContactFacts) -> tuple[str, ...]:
    if isinstance(value, ContactFacts):
        return (_encode(value).decode(),)
    where = value.whereabouts
    return _encode(Place(where.zones, where.jurisdictions)).decode(), value.source.value


_Contact = tuple[int, int, int, int, str, str]


class _Collected:
    """The rows of one block as the tables want them."""

    def __init__(self) -> None:
        self.places, self.facts = _Numbered(), _Numbered()
        self.rejected: list[RejectedRow] = []
        self.contacts = self.duplicates = 0
        self._batches: list[Iterable[_Contact]] = []
        self._alone: list[_Contact] = []

    @property
    def rows(self) -> int:
        return self.contacts + len(self.rejected) + self.duplicates

    def add(self, found: Batch | Row) -> None:
        if type(found) is Batch:
            self._batches.append(self._contacts(found))
        elif type(found) is RejectedRow:
            self.rejected.append(found)
        elif type(found) is Contact:
            self._alone += self._contacts(_batch_of_one(found))
        else:
            self.duplicates += 1

    def in_order(self) -> Iterable[_Contact]:
        """The contacts by line, once. Those of many rows at once are, but for the ones that were read alone."""
        rows = chain.from_iterable(self._batches)
        return sorted([*rows, *self._alone], key=_LINE) if self._alone else rows

    def _contacts(self, batch: Batch) -> Iterable[_Contact]:
        self.contacts += len(batch.lines)
        places, facts = self.places.numbers(batch.places), self.facts.numbers(batch.facts)
        return zip(batch.numbers, places, facts, batch.lines, batch.names, batch.variables, strict=True)


def _batch_of_one(contact: Contact) -> Batch:
    where = Located(Whereabouts(contact.zones, contact.jurisdictions), contact.zone_source)
    return Batch(
        [contact.line], [int(contact.number)], [contact.name], [_encode(contact.variables).decode()], [where],
        [contact.facts],
    )  # fmt: skip


def write_blocks(found: Iterable[Batch | Row], folder: Path, size: int = ROWS) -> Iterator[Block]:
    """The rows in blocks of about ``size``, each written when it is asked for.

    Raises ``sqlite3.Error`` if the disk refuses. No number may come twice.
    """
    collected, number = _Collected(), 1
    for one in found:
        collected.add(one)
        if collected.rows >= size:
            yield _write(collected, folder / f"{number}.db")
            collected, number = _Collected(), number + 1
    if collected.rows:
        yield _write(collected, folder / f"{number}.db")


def _write(block: _Collected, path: Path) -> Block:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.executescript(_SCHEMA)
        file.execute("BEGIN")
        _insert(file, block)
        file.executemany(
            _REJECTED, ((row.line, row.fault.value, row.reason, _encode(row.row).decode()) for row in block.rejected)
        )
        for insert, shared in ((_PLACE, block.places), (_FACTS, block.facts)):
            file.executemany(insert, ((number, *row) for row, number in shared.rows.items()))
        file.execute("COMMIT")
    return Block(
        path=str(path),
        contacts=block.contacts,
        duplicates=block.duplicates,
        rejected=dict(Counter(row.fault.value for row in block.rejected)),
    )


def _insert(file: sqlite3.Connection, block: _Collected) -> None:
    contacts = iter(block.in_order())
    values = chain.from_iterable(islice(contacts, block.contacts // _AT_ONCE * _AT_ONCE))
    file.executemany(_CONTACTS, zip(*[values] * (_COLUMNS * _AT_ONCE), strict=True))
    file.executemany(_CONTACT, contacts)
