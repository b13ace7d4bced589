"""Values that many rows share, stored once and known by a small integer.

A campaign's name in a million contacts would cost 10 MB of file and of page cache, and a comparison of texts for each
row read; its id costs a byte or two. The terms of calls are kept likewise, as JSON; so are the places and facts of
contacts, but those come with a list and are taken over by sqlite itself (``staging``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable
from typing import Generic, Literal, TypeVar

import msgspec
from msgspec import Struct

V = TypeVar("V", bound=Hashable)

_REMEMBERED = 65_536
"""Values kept in memory with their ids. More different ones come only from a list in which each consent has a document
of its own; those are looked up in the file."""

_encode = msgspec.json.Encoder().encode


class Interned(Generic[V]):
    """One table ``(id, text UNIQUE)`` with a memory of what it has given out. ``text`` writes a value down.

    In memory values are known by themselves and not by their text, because writing a struct down for each call would
    cost as much as storing it.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        table: Literal["names", "zone_sets", "terms"],
        text: Callable[[V], str] = str,
    ) -> None:
        self._connection = connection
        self._text = text
        self._find = f"SELECT id FROM {table} WHERE text = ?"
        self._add = f"INSERT INTO {table} (text) VALUES (?)"
        self._known: dict[V, int] = {}

    def id_of(self, value: V) -> int:
        """The id of ``value``, which is stored now if it is new; part of the transaction that runs."""
        known = self._known.get(value)
        if known is None:
            text = (self._text(value),)
            row = self._connection.execute(self._find, text).fetchone()
            known = int(row[0]) if row else int(self._connection.execute(self._add, text).lastrowid or 0)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[value] = known
        return known

    def forget(self) -> None:
        """After a rollback: what was given out may not be in the file."""
        self._known.clear()


def as_json(value: Struct) -> str:
    """A struct as the tables keep it: fields in their order, so equal values have equal texts."""
    return _encode(value).decode()
