"""Do-not-call entries in files: a plain list of numbers, or the CSV that ``dnc export`` writes.

Only the number is needed. What else is wrong in a row (a date that is none, a source nobody knows) does not keep the
number off the list: it is told, and the row counts as if the cell were empty. Better one call too few.

Columns go by the names that a call list's columns have. Where several are for telephones, or no header says which is,
every number of a row goes on the list: whoever wrote it there did not want that telephone called.
"""

from __future__ import annotations

import csv
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice, takewhile
from pathlib import Path

from msgspec import Struct

from dialconsole.engine.numbers import number_or_pattern, number_reader
from dialconsole.lists.columns import is_vague, names_a_phone, phone_candidates, squeeze
from dialconsole.model.errors import Problem
from dialconsole.model.optout import EVERYWHERE, OptOutSource, canonical_scope
from dialconsole.model.text import safe_cell, safe_text

HEADER = ("number", "scope", "source", "since", "by", "reason")
"""Columns of an export. ``by`` is not read again: who imports a file answers for its entries."""

SCOPE_EVERYWHERE = "everywhere"

_ALL = frozenset((SCOPE_EVERYWHERE, "all", "any", "global", "*", "-", "none", "n/a", "na"))
"""What people write in a scope's cell and no campaign is called. Read as one, it would bind nobody."""

_PATTERN = "pattern"
"""Another name of the number's column, besides those that a call list's may have."""

_HEADER_WITHIN = 10
"""Rows among which the header is looked for, as in call lists."""

_DATE_DIGITS = 8
"""What has more digits is no date."""

_ONE_NUMBER = 11
"""What has more digits may be more than one number, though the first of them can be read: "2125550100; 2125550101"."""

_NAMES = {
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
    reader = _Reader()
    first = list(islice(_records(lines), _HEADER_WITHIN))
    header = _header([cells for _, cells in takewhile(lambda record: not reader.has_number(record[1]), first)])
    if header is not None:
        reader.columns = _columns(first[header][1])
    begin = 0 if header is None else header + 1
    for line, cells in islice(_records(lines), begin, None):
        reader.take(line, cells)
    if not reader.rows and not reader.rejected:
        raise Problem(f"{path.name} has no numbers in it. Nothing was imported.", code="empty")
    return OptOutFile(tuple(reader.rows.values()), tuple(reader.rejected), tuple(reader.notes))


class _NoFile(Exception):
    """A pipe, a device, a folder."""


def _text(path: Path) -> str:
    try:
        # Not blocking: a pipe would be waited for. One handle for both questions: a path may change in between.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise _NoFile
            text = file.read().decode("utf-8-sig", errors="replace")
    except (_NoFile, IsADirectoryError):
        raise Problem(f"{path.name} is no ordinary file. Nothing was imported.", code="unreadable") from None
    except OSError as error:
        raise Problem(
            f"{path.name} cannot be read: {error.strerror}. Nothing was imported.", code="unreadable"
        ) from None
    if "\0" in text:
        raise Problem(f"{path.name} is not a text file. Nothing was imported.", code="binary")
    return text


def _records(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """(line, cells), without empty lines. Spreadsheets of some countries write semicolons.

    Each line by itself: a quotation mark that is never closed would swallow the numbers behind it.
    """
    first = next((line for line in lines if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    for number, line in enumerate(lines, 1):
        cells = [unguarded(cell.strip()) for row in csv.reader([line], delimiter=delimiter) for cell in row]
        if any(cells):
            yield number, cells


class _Columns(Struct, frozen=True):
    """Places of the columns, from 0."""

    numbers: tuple[int, ...]
    others: dict[str, int]


class _Reader:
    """Row by row. Without ``columns`` every cell may be a number."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str | None], ListedRow] = {}
        self.rejected: list[str] = []
        self.notes: list[str] = []
        self.columns: _Columns | None = None
        self._read: Callable[[str], str] = number_reader()
        self._begun = False

    def has_number(self, cells: list[str]) -> bool:
        return any(self._numbers_of(cell)[0] for cell in cells)

    def take(self, line: int, cells: list[str]) -> None:
        begun, self._begun = self._begun, True
        if self.columns is None and not begun and not any(char.isdigit() for char in "".join(cells)):
            return  # a header that nobody knows
        numbers = self._numbers(line, cells)
        if not numbers:
            return
        scope = self._scope(self._cell("scope", cells))
        source, at = self._source(line, self._cell("source", cells)), self._instant(line, self._cell("since", cells))
        reason = safe_text(self._cell("reason", cells)) or None
        for number in numbers:
            self.rows.setdefault((number, scope), ListedRow(number, scope, source, at, reason))

    def _cell(self, column: str, cells: list[str]) -> str:
        place = self.columns.others.get(column) if self.columns else None
        return "" if place is None or place >= len(cells) else cells[place]

    def _numbers(self, line: int, cells: list[str]) -> list[str]:
        """All numbers and patterns of a row; a row without any is rejected, a cell that looks like one is told."""
        named = self.columns.numbers if self.columns else range(len(cells))
        found: list[str] = []
        unread: list[str] = []
        why = ""
        for cell in (cells[place] for place in named if place < len(cells) and cells[place]):
            numbers, fault = self._numbers_of(cell)
            found += numbers
            why = fault or why
            if not numbers and (self.columns is not None or fault or _looks_like_a_number(cell)):
                unread.append(cell)
        if not found:
            why = why or f"{safe_text(' '.join(cells), 60)!r} is no phone number."
            self.rejected.append(f"Line {line}: {why}")
            return []
        for cell in unread:
            self.notes.append(f"Line {line}: {safe_text(cell, 40)!r} is no phone number; the others of the line are.")
        return found

    def _numbers_of(self, cell: str) -> tuple[list[str], str]:
        """The numbers in a cell; a sentence if it is a pattern that may not be one."""
        found: list[str] = []
        try:
            found.append(number_or_pattern(cell, self._read))
        except Problem as problem:
            if problem.code == "pattern":
                return [], problem.sentence
        # Several in one cell, or a name beside one. Dates and single numbers are not worth the search.
        if _digits(cell) > (_ONE_NUMBER if found else _DATE_DIGITS):
            from dialconsole.lists.numbers import numbers_in

            found = list(dict.fromkeys([*found, *numbers_in(cell)]))
        return found, ""

    def _scope(self, cell: str) -> str | None:
        if not cell:
            return None
        scope = safe_text(cell)
        return EVERYWHERE if scope.casefold() in _ALL else canonical_scope(scope)

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


def _digits(cell: str) -> int:
    return sum(map(str.isdigit, cell))


def _looks_like_a_number(cell: str) -> bool:
    """Whether somebody may have meant a telephone by a cell that is none: digits for one, and neither word nor date."""
    return _digits(cell) > _DATE_DIGITS and not any(char.isalpha() for char in cell)


def _header(above: list[list[str]]) -> int | None:
    """Which of the rows above the first number names the number's column.

    A known name goes before one that speaks of a telephone, so that a title ("Phone campaign, October") does not hide
    the header under it.
    """
    for place, cells in enumerate(above):
        if any(names_a_phone(cell) or squeeze(cell) == _PATTERN for cell in cells):
            return place
    return next((place for place, cells in enumerate(above) if len(cells) > 1 and phone_candidates(cells)), None)


def _columns(cells: Sequence[str]) -> _Columns:
    """The columns of a header. "Number" beside "Telephone" is some other number."""
    names = [squeeze(cell) for cell in cells]
    phones = phone_candidates(cells)
    plain = [place for place in phones if not is_vague(cells[place])] or phones
    numbers = sorted({*plain, *(place for place, name in enumerate(names) if name == _PATTERN)})
    others = {
        column: names.index(next(name for name in known if name in names))
        for column, known in _NAMES.items()
        if any(name in names for name in known)
    }
    return _Columns(tuple(numbers), others)
