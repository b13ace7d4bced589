"""Many rows at once: what ``rows`` comes to, column by column.

A list of a million rows is mostly a million rows of the same shape, and asking each of its cells through three readers
costs more than the answers. So a block of rows is taken apart into columns, whose cells are cleaned, looked up and
written down by a few calls each. Whatever is out of the ordinary in a row (another width, a number the table does not
know, anything wrong with it) goes to ``RowReader``, which alone decides what becomes of such a row; a test compares the
two on lists of every kind.

Rejected: numpy and polars, which hold text in arrays of their own and so cannot ask our memories of addresses and
dates; and the same loop in one long function, half as fast and nothing to test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from operator import itemgetter
from typing import cast

import msgspec

from dialconsole.lists.address import AddressReader
from dialconsole.lists.columns import ColumnRole, Layout
from dialconsole.lists.country import PhoneReader
from dialconsole.lists.facts import FactReader
from dialconsole.lists.fault import Fault
from dialconsole.lists.layout import is_blank
from dialconsole.lists.records import Record, Records, Table
from dialconsole.lists.rows import RowReader
from dialconsole.model.contact import Batch, Duplicate, Located, Row
from dialconsole.model.facts import ContactFacts
from dialconsole.model.text import MAX_TEXT, safe_text

_PLAIN = re.compile(r"[\x20-\x7e\xa1-\xac\xae-\u02ff\n]*\Z")
"""Text that is safe but for blanks at its ends; cells are looked at together, with a line break between two."""

_ESCAPED = re.compile(r'["\\]')
"""What JSON writes in another way, among plain characters."""

_LINE = itemgetter(0)

_Columns = Sequence[Sequence[str]]
"""The cells of rows of the header's width: a sequence for each column."""

_encode = msgspec.json.Encoder().encode


class BatchReader:
    """Reads blocks of rows of one list, in order, with the readers of its cells."""

    def __init__(
        self, layout: Layout, phones: PhoneReader, address: AddressReader, facts: FactReader, rows: RowReader
    ) -> None:
        self._width = len(layout.names)
        self._phone = layout.phone
        self._name = layout.roles.get(ColumnRole.NAME, -1)
        parts = (ColumnRole.FIRST_NAME, ColumnRole.LAST_NAME)
        self._parts = [layout.roles[role] for role in parts if role in layout.roles]
        self._others = [i for i, _ in layout.variables]
        self._keys = [name for _, name in layout.variables]
        quoted = (_encode(name).decode().replace("%", "%%") for name in self._keys)
        self._template = "{" + ",".join(f'{name}:"%s"' for name in quoted) + "}"
        self._phones = phones
        self._address = address
        self._facts = facts
        self._rows = rows

    def read(self, found: Table | Records) -> Iterator[Batch | Row]:
        """The contacts of a block that are of one shape, and whatever else is in it; blank rows are skipped."""
        if isinstance(found, Table):
            yield from self._read(list(found.lines), found.columns, [])
            return
        whole = [len(cells) == self._width for cells in found.rows]
        others = [Record(*one) for one, fits in zip(zip(*found, strict=True), whole, strict=True) if not fits]
        columns = list(zip(*compress(found.rows, whole), strict=True))
        yield from self._read(list(compress(found.lines, whole)), columns, others)

    def _read(self, lines: list[int], columns: _Columns, others: list[Record]) -> Iterator[Batch | Row]:
        """``others``: rows of another width than the header's."""
        batch, left = self._regular(lines, columns)
        odd = [*others, *_records(lines, columns, left)]
        if batch is not None and self._may_clash(batch, odd):
            batch, odd = None, [*others, *_records(lines, columns, range(len(lines)))]
        if batch is not None:
            for one in self._first_of_each(batch):
                if isinstance(one, Batch):
                    self._rows.count_contradicting(sum(bool(at.whereabouts.contradictions) for at in one.places))
                yield one
        for record in sorted(odd, key=_LINE):
            if not is_blank(record.cells):
                yield self._rows.read(record)

    def _regular(self, lines: list[int], columns: _Columns) -> tuple[Batch | None, Sequence[int]]:
        """The contacts among rows of the header's width, and the places of those that are none, or not easily."""
        kept: Sequence[int] = range(len(lines))
        if not lines:
            return None, kept
        numbers = self._phones.many(columns)
        if stopped := self._rows.stopped:
            numbers = [0 if number in stopped else number for number in numbers]
        if not all(numbers):
            kept, columns = list(compress(kept, numbers)), _only(columns, numbers)
            numbers = list(filter(None, numbers))
        if not kept:
            return None, range(len(lines))
        located, facts = self._address.many(columns, numbers), self._facts.many(columns)
        if Fault in {*map(type, located), *map(type, facts)}:
            good = [not any(map(_is_fault, both)) for both in zip(located, facts, strict=True)]
            kept, columns = list(compress(kept, good)), _only(columns, good)
            numbers = list(compress(numbers, good))
            located, facts = list(compress(located, good)), list(compress(facts, good))
        if not kept:
            return None, range(len(lines))
        every = len(kept) == len(lines)
        batch = Batch(
            lines=lines if every else [lines[i] for i in kept],
            numbers=numbers,
            names=self._full_names(columns),
            variables=self._variables(columns),
            places=cast("list[Located]", located),
            facts=cast("list[ContactFacts]", facts),
        )
        return batch, () if every else sorted(set(range(len(lines))).difference(kept))

    def _may_clash(self, batch: Batch, others: list[Record]) -> bool:
        """Whether a number of the batch is in one of the other rows, so that it matters which of them comes first."""
        taken = {f"+{number}" for number in batch.numbers} if others else set()
        for record in others:
            number = self._phones.read(record.cells) if self._phone < len(record.cells) else None
            if getattr(number, "e164", None) in taken:
                return True
        return False

    def _first_of_each(self, batch: Batch) -> Iterator[Batch | Row]:
        """The batch without numbers that the list had before, which are told as duplicates."""
        firsts = list(map(self._rows.first_lines.setdefault, batch.numbers, batch.lines))
        if firsts == batch.lines:
            yield batch
            return
        kept = []
        for i, (line, first) in enumerate(zip(batch.lines, firsts, strict=True)):
            if first == line:
                kept.append(i)
            else:
                yield Duplicate(line, f"+{batch.numbers[i]}", first)
        yield batch.only(kept)

    # -- columns --

    def _full_names(self, columns: _Columns) -> list[str]:
        names = self._safe(columns[self._name]) if self._name >= 0 else [""] * len(columns[0])
        if not self._parts or all(names):
            return names
        parts = [self._safe(columns[i]) for i in self._parts]
        joined = (safe_text(" ".join(filter(None, both))) for both in zip(*parts, strict=True))
        return [name or other for name, other in zip(names, joined, strict=True)]

    def _variables(self, columns: _Columns) -> list[str]:
        """The other columns of each row as JSON."""
        if not self._others:
            return ["{}"] * len(columns[0])
        cells = [self._safe(columns[i]) for i in self._others]
        if any(_ESCAPED.search("\n".join(column)) for column in cells):
            return [_encode(dict(zip(self._keys, row, strict=True))).decode() for row in zip(*cells, strict=True)]
        return list(map(self._template.__mod__, zip(*cells, strict=True)))

    def _safe(self, cells: Sequence[str]) -> list[str]:
        """A column as ``safe_text`` would have its cells."""
        text = "\n".join(cells)
        if _PLAIN.match(text) and text.count("\n") == len(cells) - 1 and max(map(len, cells)) <= MAX_TEXT:
            return list(map(str.strip, cells))
        return list(map(self._rows.safe.__getitem__, cells))


def _records(lines: list[int], columns: _Columns, which: Iterable[int]) -> Iterator[Record]:
    """The rows at these places."""
    return (Record(lines[i], [cells[i] for cells in columns]) for i in which)


def _only(columns: _Columns, kept: Sequence[object]) -> list[list[str]]:
    """The rows whose place in ``kept`` holds something true."""
    return [list(compress(cells, kept)) for cells in columns]


def _is_fault(found: object) -> bool:
    return type(found) is Fault
