"""Rows that say of themselves that they must not be called: do-not-call columns, and a consent that was taken back.

Only an empty cell and a plain no let a row through. What a date, a tick or a word nobody knows means in such a column
is not guessed, since the guess would be a call. And a number counts, not a row: where one row of a list says no, no
other row with the same number (a second address, an export of two systems) is a contact either. That is why a list
with such a column is read through once before its rows are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from dialconsole.lists.columns import ColumnRole, Layout
from dialconsole.lists.consent import is_taken_back
from dialconsole.lists.fault import Fault, quoted
from dialconsole.lists.header import squeeze
from dialconsole.lists.numbers import Number
from dialconsole.lists.records import Record, Records
from dialconsole.model.contact import RowFault
from dialconsole.model.text import safe_text

if TYPE_CHECKING:
    from dialconsole.lists.table import Table

_NO = frozenset(
    (
        *("no", "n", "f", "false", "0", "00", "none", "never", "na", "null", "nil", "nan"),
        *("notlisted", "notonlist", "notondnc", "notdnc", "nodnc", "clean", "clear", "ok"),
    )
)
"""Squeezed words that let a row be called; ``00`` is a spreadsheet's 0.0."""

_NEVER_IN_A_NO = re.compile(r"[^\w\s./_()–—-]")
"""A cross or a question mark beside a no is none without a doubt."""

_DASHES = frozenset({"-", "--", "–", "—", ".", "☐"})
"""Cells without a letter or a digit that are a no. A tick has none either."""

REMEMBERED = 4096
"""Different cells kept with their answer. A column repeats two; one of dates some hundred."""


class StopReader:
    """The columns of one list in which a row may say that it is not to be called."""

    def __init__(self, layout: Layout) -> None:
        self._columns = [(i, layout.names[i]) for i in layout.stops]
        self._consent = layout.roles.get(ColumnRole.CONSENT, -1)
        self._phone = layout.phone
        self._first = layout.data_from
        self._known: dict[str, bool] = {}

    @property
    def columns(self) -> bool:
        """Whether there is a do-not-call column: without its cell nobody knows whether a row may be called."""
        return bool(self._columns)

    @property
    def any(self) -> bool:
        """Whether rows of this list may say no at all."""
        return self.columns or self._consent >= 0

    def read(self, cells: Sequence[str]) -> Fault | None:
        """Why a row must not be called, by its do-not-call columns; ``None`` if they let it be."""
        for i, name in self._columns:
            if i < len(cells) and self._stops(cells[i]):
                return Fault(
                    RowFault.DO_NOT_CALL,
                    f"The column {quoted(name)} says {quoted(cells[i])}; only an empty cell or a no lets a row be "
                    "called. Put the number on the do-not-call list, so that no other list brings it back.",
                )
        return None

    def numbers(
        self,
        found: Iterable[Table | Records | Record],
        number_of: Callable[[Sequence[str]], Number | Fault],
        numbers_in: Callable[[Sequence[str]], Iterable[str]],
    ) -> dict[int, int]:
        """The numbers (digits) of rows that say no, each with the line of the first of them.

        ``number_of`` reads the phone cell of a row, ``numbers_in`` finds whatever number (E.164) stands in it.
        """
        lines: dict[int, int] = {}
        for one in found:
            if not self._may_stop(one):
                continue
            for line, cells in _rows(one):
                if line >= self._first and self._phone < len(cells) and self._says_no(cells):
                    number = number_of(cells)
                    # A cell of several numbers, or with words beside one, is no contact, but each of them said no.
                    for said in [number.e164] if isinstance(number, Number) else numbers_in(cells):
                        lines.setdefault(int(said), line)
        return lines

    def _may_stop(self, found: Table | Records | Record) -> bool:
        """Whether any of the rows says no: their cells repeat, so looking at each kind of them once is quick."""
        for i, _ in self._columns:
            if any(map(self._stops, _kinds(found, i))):
                return True
        return self._consent >= 0 and any(map(is_taken_back, _kinds(found, self._consent)))

    def _says_no(self, cells: Sequence[str]) -> bool:
        if any(i < len(cells) and self._stops(cells[i]) for i, _ in self._columns):
            return True
        return 0 <= self._consent < len(cells) and is_taken_back(cells[self._consent])

    def _stops(self, cell: str) -> bool:
        known = self._known.get(cell)
        if known is None:
            known = not _lets_be(safe_text(cell))
            if len(self._known) < REMEMBERED:
                self._known[cell] = known
        return known


def _kinds(found: Table | Records | Record, column: int) -> set[str]:
    """The different cells of a column."""
    match found:
        case Records():
            return {cells[column] for cells in found.rows if column < len(cells)}
        case Record():
            return set(found.cells[column : column + 1])
        case table:
            return set(table.cells(column))


def _rows(found: Table | Records | Record) -> Iterable[tuple[int, list[str]]]:
    if isinstance(found, Record):
        return [(found.line, found.cells)]
    return zip(found.lines, found.rows, strict=True)


def stopped_by(line: int) -> Fault:
    """Of a row whose number another row, which starts on ``line``, says must not be called."""
    return Fault(RowFault.DO_NOT_CALL, f"The row on line {line:,} says of the same number that it must not be called.")


def _lets_be(cell: str) -> bool:
    word = squeeze(cell)
    if not word:
        return not cell or cell in _DASHES
    return word in _NO and not _NEVER_IN_A_NO.search(cell)
