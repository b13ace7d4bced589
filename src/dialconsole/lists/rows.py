"""One record of a list to a contact, a rejected row or a duplicate.

The order of the questions matters: the number first, since without one nothing else counts; then whether the list
says that it must not be called, in this row or another; then whether this list had it already; then whether it is
anyone's line to call; then where the callee may be; then what they consented to. A row whose cells do not match the
header is kept while its number and its place can be trusted, and counted, because thousands of exports leave out
trailing empty cells; but a cell that may have moved gives nobody's consent and takes nobody's no away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from dialconsole.lists.address import AddressReader
from dialconsole.lists.columns import ColumnRole, Layout, cell_at
from dialconsole.lists.consent import read_consent
from dialconsole.lists.country import PhoneReader
from dialconsole.lists.facts import FactReader
from dialconsole.lists.fault import Fault, quoted
from dialconsole.lists.numbers import Number
from dialconsole.lists.records import MAX_CHARS, Breakage, Record
from dialconsole.lists.stops import StopReader, stopped_by
from dialconsole.model.contact import Contact, Duplicate, Located, RejectedRow, RowFault
from dialconsole.model.text import safe_text

EXTENSION = "extension"
"""The variable that carries an extension, unless the list has a column of that name."""

CELLS_KEPT = 60
"""Cells kept of a rejected row, for a person to recognise and mend it."""

CELLS_REMEMBERED = 65_536
LONGEST_REMEMBERED = 40

_BROKEN = {
    Breakage.UNCLOSED_QUOTE: (
        "A quotation mark on this line is never closed, so it cannot be said where its columns end. "
        "Write a quotation mark inside a cell twice."
    ),
    Breakage.TOO_LONG: f"This line has more than {MAX_CHARS:,} characters; it is no row of a call list.",
}

_NOT_IF_MOVED = {
    ColumnRole.LATITUDE: "coordinates",
    ColumnRole.LONGITUDE: "coordinates",
    ColumnRole.CONSENT: "consent",
    ColumnRole.CONSENT_DATE: "consent",
    ColumnRole.CONSENT_SOURCE: "consent",
    ColumnRole.LAST_PURCHASE: "last purchase",
    ColumnRole.LAST_INQUIRY: "last inquiry",
    ColumnRole.LINE_TYPE: "kind of line",
}
"""Columns in which a neighbour's cell would be taken for true."""


class SafeCells(dict[str, str]):
    """Cells as safe text. Those of other columns repeat (states, cities, products), and are cleaned once."""

    def __missing__(self, cell: str) -> str:
        text = safe_text(cell)
        if len(self) < CELLS_REMEMBERED and len(cell) <= LONGEST_REMEMBERED:
            self[cell] = text
        return text


class RowReader:
    """Reads the rows of one list, in order; remembers the numbers it has seen."""

    def __init__(
        self,
        layout: Layout,
        phones: PhoneReader,
        address: AddressReader,
        facts: FactReader,
        stops: StopReader,
        stopped: Mapping[int, int] = MappingProxyType({}),
    ) -> None:
        """``stopped``: numbers of which a row of the list says that they must not be called, and its line."""
        self._width = len(layout.names)
        self._phone = layout.phone
        self._variables = layout.variables
        self._names = [layout.roles.get(role, -1) for role in (ColumnRole.FIRST_NAME, ColumnRole.LAST_NAME)]
        self._name = layout.roles.get(ColumnRole.NAME, -1)
        self._not_if_moved = [(i, _NOT_IF_MOVED[role]) for role, i in layout.roles.items() if role in _NOT_IF_MOVED]
        self._consent = layout.roles.get(ColumnRole.CONSENT, -1)
        self._keeps_extension = EXTENSION not in layout.names
        self._phones = phones
        self._address = address
        self._facts = facts
        self._stops = stops
        self.stopped = stopped
        self.safe = SafeCells()
        self.first_lines: dict[int, int] = {}
        """Numbers, as digits, and the lines on which they were first seen."""
        self._extensions = self._narrow = self._wide = self._contradicting = 0

    def read(self, record: Record) -> Contact | RejectedRow | Duplicate:
        line, cells, broken = record
        if broken:
            return _rejected(record, Fault(RowFault.WRONG_COLUMNS, _BROKEN[broken]))
        whole = len(cells) == self._width
        number = self._phones.read(cells) if whole else self._number(cells)
        if isinstance(number, Fault):
            return _rejected(record, number)
        digits = int(number.e164)
        if digits in self.stopped:
            return _rejected(record, self._stopped(cells, digits))
        first_line = self.first_lines.get(digits)
        if first_line is not None:
            return Duplicate(line, number.e164, first_line)
        row = self._contact(line, cells, number, digits)
        if isinstance(row, Fault):
            return _rejected(record, row)
        self.first_lines[digits] = line
        if number.extension or row.contradictions or not whole:
            self._count(cells, number, row)
        return row

    def count_contradicting(self, contacts: int) -> None:
        """Take contacts that were read in another way into the notes."""
        self._contradicting += contacts

    def _stopped(self, cells: Sequence[str], digits: int) -> Fault:
        """Of a number that some row says must not be called: why, by its own words if they are its own."""
        if said := self._stops.read(cells):
            return said
        consent = read_consent(cell_at(cells, self._consent))
        return consent if isinstance(consent, Fault) else stopped_by(self.stopped[digits])

    def _contact(self, line: int, cells: Sequence[str], number: Number, digits: int) -> Contact | Fault:
        located = self._address.read(cells, number.e164, digits)
        whole = len(cells) == self._width
        if not whole and (moved := self._moved(cells, located)):
            return moved
        if isinstance(located, Fault):
            return located
        facts = self._facts.read(cells)
        if isinstance(facts, Fault):
            return facts
        place = located.whereabouts
        if whole:
            safe = self.safe
            variables = {name: safe[cells[i]] for i, name in self._variables}
        else:
            variables = {name: cell_at(cells, i) for i, name in self._variables}
        if number.extension and self._keeps_extension:
            variables[EXTENSION] = safe_text(number.extension)
        return Contact(
            line,
            number.e164,
            self._full_name(cells),
            place.zones,
            located.source,
            variables,
            place.jurisdictions,
            facts,
            place.contradictions,
        )

    def notes(self) -> tuple[str, ...]:
        """What was odd about the contacts read so far, in sentences."""
        told = (
            (self._extensions, "with an extension behind the number", "it is not dialed; the agent gets it."),
            (self._narrow, "with fewer columns than the header", "the missing cells are read as empty."),
            (self._wide, "with more columns than the header", "what stands beyond it is left out."),
            (
                self._contradicting,
                "whose address does not fit together, or whose ZIP code cannot be read",
                "every place that a column names counts, and the number's.",
            ),
        )
        return tuple(
            f"{count:,} {'row' if count == 1 else 'rows'} {what}: {then}" for count, what, then in told if count
        )

    def _number(self, cells: Sequence[str]) -> Number | Fault:
        """Of a row that does not match the header."""
        if self._phone >= len(cells):
            return self._wrong_columns(cells, "so the phone column is missing.")
        number = self._phones.read(cells)
        if isinstance(number, Fault):
            return self._wrong_columns(cells, f"and {quoted(cells[self._phone])} stands where the number should be.")
        if self._another_number_within_reach(cells):
            return self._wrong_columns(cells, "and two of them hold a number, so it cannot be said which is the phone.")
        return number

    def _another_number_within_reach(self, cells: Sequence[str]) -> bool:
        """Whether a missing or an extra cell may have moved a neighbour's number into the phone column."""
        shift = len(cells) - self._width
        reach = range(self._phone + min(shift, 0), self._phone + max(shift, 0) + 1)
        numbers = self._phones.reader(cells)
        return any(i != self._phone and 0 <= i < len(cells) and numbers.is_number(cells[i]) for i in reach)

    def _moved(self, cells: Sequence[str], located: Located | Fault) -> Fault | None:
        """Why a row of the wrong width is not to be trusted, although its number is."""
        if isinstance(located, Fault):
            return (
                None if located.fault is RowFault.NOT_CALLABLE else self._wrong_columns(cells, f"and {located.reason}")
            )
        if self._stops.columns:
            return self._wrong_columns(cells, "so it cannot be said whether this person may be called.")
        if self._consent >= 0 and self._facts.attests:
            return self._wrong_columns(cells, "so it cannot be said whether this person said no to the calls.")
        for i, what in self._not_if_moved:
            if cell_at(cells, i):
                return self._wrong_columns(cells, f"so its {what} cannot be trusted.")
        if odd := located.whereabouts.contradictions:
            return self._wrong_columns(cells, f"and its address is odd: {odd[0]}")
        return None

    def _wrong_columns(self, cells: Sequence[str], consequence: str) -> Fault:
        has = "1 column" if len(cells) == 1 else f"{len(cells):,} columns"
        return Fault(
            RowFault.WRONG_COLUMNS,
            f"The row has {has} where the header has {self._width}, {consequence} "
            "Put cells that hold the delimiter in quotation marks.",
        )

    def _count(self, cells: Sequence[str], number: Number, contact: Contact) -> None:
        self._extensions += bool(number.extension)
        self._narrow += len(cells) < self._width
        self._wide += len(cells) > self._width and any(cell.strip() for cell in cells[self._width :])
        self._contradicting += bool(contact.contradictions)

    def _full_name(self, cells: Sequence[str]) -> str:
        if self._name >= 0 and (name := cell_at(cells, self._name)):
            return name
        return safe_text(" ".join(part for i in self._names if (part := cell_at(cells, i))))


def _rejected(record: Record, fault: Fault) -> RejectedRow:
    cells = tuple(safe_text(cell) for cell in record.cells[:CELLS_KEPT])
    return RejectedRow(record.line, fault.fault, fault.reason, cells)
