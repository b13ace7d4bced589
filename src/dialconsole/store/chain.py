"""The event log: steps of calls and the audit, append-only, chained by hash.

Every row carries ``sha256(hash of the row before + canonical encoding of this row)``, the canonical encoding being
the msgpack array ``[seq, attempt, at, kind, detail]`` with each integer in its shortest form; the first row follows 32
zero bytes. Whoever changes, removes or inserts a row must recompute every later one. What a chain cannot show is a cut
at its end, unless somebody wrote a later hash down elsewhere.

Steps and audit share one chain, so their order relative to each other is proven too. An audit entry is a row without an
attempt: its ``kind`` is the action, its ``detail`` the JSON of ``AuditDetail``.

Rejected: a chain per call (removing a whole call would leave no trace) and hashing whole transactions (their borders
depend on how busy the disk was, so the same calls would give different hashes).
"""

from __future__ import annotations

import sqlite3
from hashlib import sha256

import msgspec
from msgspec import Struct

from dialconsole.model.attempt import CallEvent
from dialconsole.store.instants import MICROSECONDS

GENESIS = bytes(32)
"""What the first row follows."""

_ROWS_PER_INSERT = 100
"""Rows handed to sqlite at once. Measured: 1.2 us a row, where one at a time takes 3."""

_VALUES_PER_ROW = 6
_VALUES_PER_INSERT = _ROWS_PER_INSERT * _VALUES_PER_ROW

_COLUMNS = "INSERT INTO events (seq, attempt, at, kind, detail, hash) VALUES "
_ONE = _COLUMNS + "(?, ?, ?, ?, ?, ?)"
_MANY = _COLUMNS + ", ".join(["(?, ?, ?, ?, ?, ?)"] * _ROWS_PER_INSERT)

_encode = msgspec.msgpack.Encoder().encode

Row = tuple[int | None, float, str, str]
"""One that is not numbered yet: attempt, POSIX seconds, kind, detail."""


class AuditDetail(Struct, frozen=True):
    """Who changed what, from what to what, and why."""

    who: str
    subject: str
    old: str
    new: str
    reason: str


def link(previous: bytes, seq: int, attempt: int | None, at: int, kind: str, detail: str) -> bytes:
    """The hash of a row that follows the row whose hash is ``previous``. ``at`` is in microseconds."""
    return sha256(previous + _encode((seq, attempt, at, kind, detail))).digest()


class Rows:
    """Rows that wait for their number and their hash."""

    def __init__(self) -> None:
        self.waiting: list[Row] = []

    def step(self, attempt: int, event: CallEvent) -> None:
        """Add a step of a call. A text that has no encoding is refused with ``ValueError``."""
        detail = event.detail
        if not detail.isascii():
            detail.encode()  # here, where it concerns one row, and not when many are written
        # Eight or nine of these make a call, and ``value`` is two calls in Python where ``_value_`` is none.
        self.waiting.append((attempt, event.at, event.kind._value_, detail))

    def audit(self, at: float, action: str, detail: AuditDetail) -> None:
        """Add an entry of the audit; ``at`` in POSIX seconds."""
        self.waiting.append((None, at, action, msgspec.json.encode(detail).decode()))

    def take(self) -> list[Row]:
        """All of them, in order; none are left."""
        waiting, self.waiting = self.waiting, []
        return waiting


class Chain(Rows):
    """The end of the log, to which rows are added. Rows wait in memory until ``write``, just before a commit."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._connection = connection
        self._end: tuple[int, bytes] | None = None
        """Number and hash of the last row written; ``None`` while only the file knows."""

    @property
    def last_seq(self) -> int:
        """Number of the last row, waiting ones included."""
        return self._last()[0] + len(self.waiting)

    def write(self) -> None:
        """Hand the waiting rows to sqlite, in the transaction that runs."""
        seq, hash = self._last()
        values: list[int | str | bytearray | None] = []
        for attempt, instant, kind, detail in self.waiting:
            seq += 1
            at = round(instant * MICROSECONDS)
            hash = link(hash, seq, attempt, at, kind, detail)
            # sqlite3 asks its adapters about each bytes it is given, which costs as much as the hash; not so here.
            values += (seq, attempt, at, kind, detail, bytearray(hash))
        self.waiting.clear()
        self._end = seq, hash
        full = len(values) - len(values) % _VALUES_PER_INSERT
        for start in range(0, full, _VALUES_PER_INSERT):
            self._connection.execute(_MANY, values[start : start + _VALUES_PER_INSERT])
        rest = range(full, len(values), _VALUES_PER_ROW)
        self._connection.executemany(_ONE, (values[start : start + _VALUES_PER_ROW] for start in rest))

    def rewind(self) -> None:
        """After a rollback: drop what waits and go on from the last row in the file."""
        self.waiting.clear()
        self._end = None

    def _last(self) -> tuple[int, bytes]:
        if self._end is None:
            last = self._connection.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
            self._end = last or (0, GENESIS)
        return self._end


def first_broken(connection: sqlite3.Connection) -> int | None:
    """Sequence number of the first row that does not follow from the one before it; ``None`` if all do. Blocking.

    A missing row shows as the number that should have stood in its place. About a second for 500,000 rows.
    """
    previous = GENESIS
    rows = connection.execute("SELECT seq, attempt, at, kind, detail, hash FROM events ORDER BY seq")
    for expected, (seq, attempt, at, kind, detail, stored) in enumerate(rows, 1):
        if seq != expected:
            return expected
        previous = link(previous, seq, attempt, at, kind, detail)
        if previous != stored:
            return expected
    return None
