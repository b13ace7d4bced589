"""A call list, read row by row: every row becomes a contact, a rejected row with its reason, or a duplicate.

Opening decides everything that must hold for the whole file (encoding, delimiter, columns) and says it in ``notes``;
the rows are then a stream, so a list of any size takes the memory of its distinct numbers and no more (about 100 bytes
each, for the line on which a number was first seen). Reading blocks, so the engine does it off its loop.

Rejected: DictReader (twice the time for keys that are the same in each row), polars and duckdb (hundreds of megabytes
to save a second), and mending rows by guesswork: a row is read as it stands or comes back with a sentence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from dialconsole.lists.address import AddressReader
from dialconsole.lists.columns import ColumnRole, Layout, parse_role
from dialconsole.lists.country import CountryReader, PhoneReader
from dialconsole.lists.dialect import DELIMITERS, detect_dialect
from dialconsole.lists.encoding import TITLES
from dialconsole.lists.facts import FactReader
from dialconsole.lists.fault import quoted
from dialconsole.lists.foreign import NOT_TEXT
from dialconsole.lists.layout import find_layout, is_blank
from dialconsole.lists.numbers import NumberReader
from dialconsole.lists.records import Record, read_blocks, read_records
from dialconsole.lists.rows import RowReader
from dialconsole.lists.source import Source, SourceText, examine
from dialconsole.lists.stops import StopReader
from dialconsole.lists.workbook import SheetText
from dialconsole.lists.zoning import Zoning
from dialconsole.model.contact import Batch, Row
from dialconsole.model.errors import Problem
from dialconsole.model.facts import ContactFacts

SHORT = 256 * 1024
"""Bytes of a list that is read row by row sooner than numpy is loaded: some four thousand rows."""


class CallList:
    """A list that was opened: it is known what its columns are, and that it has rows."""

    def __init__(
        self,
        source: Source,
        delimiter: str,
        layout: Layout,
        phones: PhoneReader,
        address: AddressReader,
        facts: FactReader,
    ) -> None:
        """Use ``open_list``."""
        self._source = source
        self._delimiter = delimiter
        self._layout = layout
        self._phones = phones
        self._address = address
        self._facts = facts
        self._stops = StopReader(layout)
        self._seen_while_reading: tuple[str, ...] = ()
        self._text: SourceText | SheetText | None = None
        """While its rows are read."""

    @property
    def share_read(self) -> float:
        """How much of the file has been read into rows, 0 to 1."""
        return min(1.0, self._text.position / self._source.size) if self._text is not None else 1.0

    @property
    def name(self) -> str:
        """The file's name, safe to show."""
        return self._source.name

    @property
    def sha256(self) -> str:
        """Of the file's bytes, hexadecimal."""
        return self._source.sha256

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, as ``Contact.variables`` uses them."""
        return self._layout.names

    @property
    def unclear(self) -> tuple[str, ...]:
        """Columns that may hold somebody's no and are not understood; such a list is not imported (``watched``)."""
        return self._layout.unclear

    @property
    def notes(self) -> tuple[str, ...]:
        """How the file was understood, in sentences; after ``rows`` has been read to its end, also what was odd."""
        notes = [self._read_as, *self._layout.notes]
        if (damaged := self._source.encoding.damaged) and self._source.sheet is None:
            notes.append(f"{damaged:,} places in the file are not UTF-8 and are shown as “�”.")
        return (*notes, *self._seen_while_reading)

    @property
    def _read_as(self) -> str:
        if (sheet := self._source.sheet) is not None:
            others = f"; the others are not read: {', '.join(map(quoted, sheet.others))}" if sheet.others else ""
            return f"Read from the sheet {quoted(sheet.name)} of the workbook{others}."
        title = TITLES[self._source.encoding.codec]
        return f"Read as {title}, columns separated by {DELIMITERS[self._delimiter]}."

    def rows(self) -> Iterator[Row]:
        """Every row below the header once, in order; blank rows are skipped.

        May be called again. Raises ``Problem`` if the file cannot be read any more or has changed, even behind its last
        row: whoever stores the rows does so in one transaction.
        """
        reader = self._reader()
        first_row = self._layout.data_from
        with self._source.open() as self._text:
            for record in read_records(self._text, self._delimiter):
                if record[0] >= first_row and not is_blank(record[1]):
                    yield reader.read(record)
        self._text = None
        self._source.refuse_if_changed()
        self._seen_while_reading = reader.notes()

    def batches(self) -> Iterator[Batch | Row]:
        """The same rows for whoever counts or stores them: of a long list contacts many at once, and before the other
        rows of their block.

        Three times as fast.
        """
        if self._source.size <= SHORT:
            yield from self.rows()
            return
        from dialconsole.lists.batches import BatchReader

        rows = self._reader(len(self.columns))
        batches = BatchReader(self._layout, self._phones, self._address, self._facts, rows)
        first_row = self._layout.data_from
        with self._source.open() as self._text:
            for found in read_blocks(self._text, self._delimiter, len(self.columns)):
                if not isinstance(found, Record):
                    yield from batches.read(found.behind(first_row))
                elif found.line >= first_row and not is_blank(found.cells):
                    yield rows.read(found)
        self._text = None
        self._source.refuse_if_changed()
        self._seen_while_reading = rows.notes()

    def _reader(self, width: int = 0) -> RowReader:
        """A reader of the rows that knows which numbers some row says must not be called.

        Where rows may say so the list is read through for it, in blocks of this ``width`` (``read_blocks``): half a
        second for a million.
        """
        stopped: dict[int, int] = {}
        if self._stops.any:
            with self._source.open() as text:
                stopped = self._stops.numbers(
                    read_blocks(text, self._delimiter, width), self._phones.read, self._phones.anywhere
                )
        return RowReader(self._layout, self._phones, self._address, self._facts, self._stops, stopped)


def open_list(
    path: str | Path,
    *,
    default_region: str = "US",
    zoning: Zoning,
    now: float,
    columns: Mapping[str, str] | None = None,
    attested: ContactFacts | None = None,
    sheet: str | None = None,
    ignored: Collection[str] = (),
) -> CallList:
    """Open a call list and find out how to read it.

    ``default_region``: of numbers without a country code, and whose order dates with slashes have. ``now``: POSIX
    seconds; a consent after that is none. ``columns``: role (a value of ``ColumnRole``) to column name, where the names
    do not say it. ``attested``: consent that somebody vouches for, of everybody whose row says nothing of theirs.
    ``sheet``: of a workbook; ``None`` is the first. ``ignored``: columns of which somebody says that they mean nothing.
    Raises ``Problem`` for what is missing, unreadable, empty, no text, without rows or without a phone column.
    """
    numbers = NumberReader(default_region)
    mapping = dict(columns or {})
    for role in mapping:
        parse_role(role)
    source = examine(Path(path), sheet)
    with source.open() as text:
        dialect = detect_dialect(text, mapping.values(), delimiter="," if source.sheet is not None else None)
    if all(is_blank(record.cells) for record in dialect.sample):
        raise _nothing_found(source) or Problem(
            f"{source.name} is blank: no row has anything in it.", code="list_empty"
        )
    try:
        layout = find_layout(dialect.sample, numbers, mapping, ignored)
    except Problem as problem:
        raise _nothing_found(source) or Problem(f"{source.name}: {problem.sentence}", code=problem.code) from problem
    countries = CountryReader(zoning)
    phones = PhoneReader(layout.phone, layout.roles.get(ColumnRole.COUNTRY, -1), numbers, countries)
    address = AddressReader(layout.roles, zoning, countries)
    facts = FactReader(layout.roles, numbers.region, now, attested)
    return CallList(source, dialect.delimiter, layout, phones, address, facts)


def _nothing_found(source: Source) -> Problem | None:
    return Problem(f"{source.name} {NOT_TEXT}", code="list_not_csv") if source.binary else None
