"""Do-not-call entries in files: a plain list of numbers, or the CSV that ``dnc export`` writes.

Only the number is needed. What else is wrong in a row (a date that is none, a source nobody knows) does not keep the
number off the list: it is told, and the row counts as if the cell were empty. Better one call too few.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from dialconsole.engine.numbers import number_or_pattern, number_reader
from dialconsole.model.errors import Problem
from dialconsole.model.optout import EVERYWHERE, OptOutSource, canonical_scope
from dialconsole.model.text import safe_cell, safe_text

HEADER = ("number", "scope", "source", "since", "by", "reason")
"""Columns of an export. ``by`` is not read again: who imports a file answers for its entries."""

SCOPE_EVERYWHERE = "everywhere"

_NAMES = {
    "number": ("number", "phone", "phone number", "telephone", "e164", "pattern"),
    "scope": ("scope",),
    "source": ("source",),
    "since": ("since", "date"),
    "reason": ("reason", "note"),
}


class ListedRow(Struct, frozen=True):
    """One row. ``None``: the file does not say, so what the whole import was given holds."""

    number: str
    """E.164, or a pattern."""
    scope: str | None = None
    source: OptOutSource | None = None
    at: float | None = None
    reason: str | None = None


class OptOutFile(Struct, frozen=True):
    rows: tuple[ListedRow, ...]
    """Each number once in a scope: the first row that names it."""
    rejected: tuple[str, ...]
    """A sentence for each line without a number."""
    notes: tuple[str, ...]
    """A sentence for each cell besides the number that could not be read."""


def guarded(value: str) -> str:
    """A cell that no spreadsheet takes for a formula and that ``unguarded`` gives back exactly."""
    cell = safe_cell(value)
    return "'" + value if cell == value and unguarded(value) != value else cell


def unguarded(cell: str) -> str:
    """A cell without the apostrophe that ``guarded`` put before it."""
    inner = cell[1:]
    return inner if cell.startswith("'") and (inner.startswith("'") or safe_cell(inner) != inner) else cell


def read_opt_outs(path: Path) -> OptOutFile:
    """Read a text or CSV file. Blocking. Raises ``Problem`` if there is nothing to import in it."""
    text = _text(path)
    lines = text.splitlines()
    records = _records(lines)
    reader = _Reader()
    for line, cells in records:
        reader.take(line, cells)
    if not reader.rows and not reader.rejected:
        raise Problem(f"{path.name} has no numbers in it. Nothing was imported.", code="empty")
    return OptOutFile(tuple(reader.rows.values()), tuple(reader.rejected), tuple(reader.notes))


def _text(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError as error:
        raise Problem(
            f"{path.name} cannot be read: {error.strerror}. Nothing was imported.", code="unreadable"
        ) from None
    if "\0" in text:
        raise Problem(f"{path.name} is not a text file. Nothing was imported.", code="binary")
    return text


def _records(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """(line, cells), without empty lines. Spreadsheets of some countries write semicolons."""
    first = next((line for line in lines if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    rows = csv.reader(lines, delimiter=delimiter)
    for row in rows:
        cells = [unguarded(cell.strip()) for cell in row]
        if any(cells):
            yield rows.line_num, cells


class _Reader:
    """Row by row; the first may be a header."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str | None], ListedRow] = {}
        self.rejected: list[str] = []
        self.notes: list[str] = []
        self._columns: dict[str, int] | None = None
        self._read: Callable[[str], str] = number_reader()

    def take(self, line: int, cells: list[str]) -> None:
        if self._columns is None:
            self._columns = _columns(cells)
            if self._columns or not any(char.isdigit() for char in "".join(cells)):
                return  # a header, known or not
        number = self._number(line, cells)
        if number is None:
            return
        scope = self._scope(self._cell("scope", cells))
        self.rows.setdefault(
            (number, scope),
            ListedRow(
                number=number,
                scope=scope,
                source=self._source(line, self._cell("source", cells)),
                at=self._instant(line, self._cell("since", cells)),
                reason=safe_text(self._cell("reason", cells)) or None,
            ),
        )

    def _cell(self, column: str, cells: list[str]) -> str:
        place = self._columns.get(column) if self._columns else None
        return "" if place is None or place >= len(cells) else cells[place]

    def _number(self, line: int, cells: list[str]) -> str | None:
        """The cell of the number's column; without a header, the first cell that is a number."""
        named = bool(self._columns)
        wanted = [self._cell("number", cells)] if named else [cell for cell in cells if cell]
        why = ""
        for cell in wanted:
            try:
                return number_or_pattern(cell, self._read)
            except Problem as problem:
                why = problem.sentence if problem.code == "pattern" else why
        why = why or f"{safe_text(' '.join(cells), 60)!r} is no phone number."
        self.rejected.append(f"Line {line}: {why}")
        return None

    def _scope(self, cell: str) -> str | None:
        if not cell:
            return None
        scope = safe_text(cell)
        return EVERYWHERE if scope.casefold() == SCOPE_EVERYWHERE else canonical_scope(scope)

    def _source(self, line: int, cell: str) -> OptOutSource | None:
        if not cell:
            return None
        try:
            return OptOutSource(cell.lower())
        except ValueError:
            known = ", ".join(OptOutSource)
            self.notes.append(f"Line {line}: {safe_text(cell, 40)!r} is no source ({known}); counted as imported.")
            return None

    def _instant(self, line: int, cell: str) -> float | None:
        if not cell:
            return None
        try:
            instant = datetime.fromisoformat(cell)
            return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            self.notes.append(
                f"Line {line}: {safe_text(cell, 40)!r} is no date like 2026-03-03; the entry counts from now."
            )
            return None


def _columns(cells: Sequence[str]) -> dict[str, int]:
    """Column by name, if this row is a header that names the number's column; else nothing."""
    names = [cell.strip().casefold() for cell in cells]
    found = {
        column: names.index(next(name for name in known if name in names))
        for column, known in _NAMES.items()
        if any(name in names for name in known)
    }
    return found if "number" in found else {}
