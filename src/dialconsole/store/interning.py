"""Texts that many rows share, stored once and known by a small integer.

A campaign's name in a million contacts would cost 10 MB of file and of page cache, and a comparison of texts for each
row read; its id costs a byte or two. Places and facts of contacts are kept likewise, as JSON, but come with a list and
are taken over by sqlite itself (``staging``).
"""

from __future__ import annotations

import sqlite3
from typing import Literal

_REMEMBERED = 65_536
"""Texts kept in memory with their ids."""


class Interned:
    """One table ``(id, text UNIQUE)`` with a memory of what it has given out."""

    def __init__(self, connection: sqlite3.Connection, table: Literal["names", "zone_sets"]) -> None:
        self._connection = connection
        self._find = f"SELECT id FROM {table} WHERE text = ?"
        self._add = f"INSERT INTO {table} (text) VALUES (?)"
        self._known: dict[str, int] = {}

    def id_of(self, text: str) -> int:
        """The id of ``text``, which is stored now if it is new; part of the transaction that runs."""
        known = self._known.get(text)
        if known is None:
            row = self._connection.execute(self._find, (text,)).fetchone()
            known = int(row[0]) if row else int(self._connection.execute(self._add, (text,)).lastrowid or 0)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[text] = known
        return known

    def forget(self) -> None:
        """After a rollback: what was given out may not be in the file."""
        self._known.clear()
