"""Many rows at once: what ``rows`` comes to, column by column.

A list of a million rows is mostly a million rows of the same shape, and asking each of its cells through three readers
costs more than the answers. So a block of rows is a ``Table``, whose columns are looked up as arrays of bytes and made
into texts only where they are kept as texts. Whatever is out of the ordinary in a row (another width, a number in a
shape that nobody knows, anything wrong with it) goes to ``RowReader``, which alone decides what becomes of such a row;
a test compares the two on lists of every kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from operator import itemgetter
from typing import cast

import msgspec
import numpy as np

from dialconsole.lists.address import AddressReader
from dialconsole.lists.columns import ColumnRole, Layout
from dialconsole.lists.country import PhoneReader
from dialconsole.lists.facts import FactReader
from dialconsole.lists.fault import Fault
from dialconsole.lists.layout import is_blank
from dialconsole.lists.records import Record, Records
from dialconsole.lists.rows import RowReader
from dialconsole.lists.table import Table, of_rows
from dialconsole.model.contact import Batch, Duplicate, Located, Row
from dialconsole.model.facts import ContactFacts
from dialconsole.model.text import MAX_TEXT, safe_text

_PLAIN = re.compile(r"[\x20-\x7e\xa1-\xac\xae-\u02ff\n]*\Z")
"""Text that is safe but for blanks at its ends; cells are looked at together, with a line break between two."""

_ESCAPED = re.compile(r'["\\]')
"""What JSON writes in another way, among plain characters."""

_LINE = itemgetter(0)

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
        self._stopped = np.array(list(rows.stopped), np.int64)

    def read(self, found: Table | Records) -> Iterator[Batch | Row]:
        """The contacts of a block that are of one shape, and whatever else is in it; blank rows are skipped."""
        if isinstance(found, Table):
            yield from self._read(found, [])
            return
        whole = [len(cells) == self._width for cells in found.rows]
        records = list(map(Record, found.lines, found.rows))
        table = of_rows(list(compress(found.lines, whole)), list(compress(found.rows, whole)))
        yield from self._read(table, [one for one, fits in zip(records, whole, strict=True) if not (fits and table)])

    def _read(self, table: Table | None, others: list[Record]) -> Iterator[Batch | Row]:
        """``others``: rows that are not in the table."""
        odd = others
        if table:
            batch, left = self._regular(table)
            odd = [*others, *_records(table, left)]
            if batch is None or self._may_clash(batch, odd):
                odd = [*others, *_records(table, range(len(table)))]
            else:
                for one in self._first_of_each(batch):
                    if isinstance(one, Batch):
                        self._rows.count_contradicting(sum(bool(at.whereabouts.contradictions) for at in one.places))
                    yield one
        for record in sorted(odd, key=_LINE):
            if not is_blank(record.cells):
                yield self._rows.read(record)

    def _regular(self, table: Table) -> tuple[Batch | None, list[int]]:
        """The contacts of a table, and the places of rows that are none, or not easily."""
        numbers = self._phones.many(table)
        if self._rows.stopped:
            numbers[np.isin(numbers, self._stopped)] = 0
        kept = numbers != 0
        some, numbers = (table, numbers) if kept.all() else (table.only(kept), numbers[kept])
        located, facts = self._address.many(some, numbers), self._facts.many(some)
        if Fault in {*map(type, located), *map(type, facts)}:
            good = np.array([not any(map(_is_fault, both)) for both in zip(located, facts, strict=True)])
            located, facts = list(compress(located, good)), list(compress(facts, good))
            some, numbers, kept[kept] = some.only(good), numbers[good], good
        if not len(some):
            return None, []
        batch = Batch(
            lines=list(some.lines),
            numbers=numbers.tolist(),
            names=self._full_names(some),
            variables=self._variables(some),
            places=cast("list[Located]", located),
            facts=cast("list[ContactFacts]", facts),
        )
        return batch, np.flatnonzero(~kept).tolist()

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

    def _full_names(self, table: Table) -> list[str]:
        names = self._safe(table.cells(self._name)) if self._name >= 0 else [""] * len(table)
        if not self._parts or all(names):
            return names
        parts = [self._safe(table.cells(i)) for i in self._parts]
        joined = (safe_text(" ".join(filter(None, both))) for both in zip(*parts, strict=True))
        return [name or other for name, other in zip(names, joined, strict=True)]

    def _variables(self, table: Table) -> list[str]:
        """The other columns of each row as JSON."""
        if not self._others:
            return ["{}"] * len(table)
        cells = [self._safe(table.cells(i)) for i in self._others]
        if any(_ESCAPED.search("\n".join(column)) for column in cells):
            return [_encode(dict(zip(self._keys, row, strict=True))).decode() for row in zip(*cells, strict=True)]
        return list(map(self._template.__mod__, zip(*cells, strict=True)))

    def _safe(self, cells: Sequence[str]) -> list[str]:
        """A column as ``safe_text`` would have its cells."""
        text = "\n".join(cells)
        if _PLAIN.match(text) and text.count("\n") == len(cells) - 1 and max(map(len, cells)) <= MAX_TEXT:
            return list(map(str.strip, cells))
        return list(map(self._rows.safe.__getitem__, cells))


def _records(table: Table, which: Iterable[int]) -> Iterator[Record]:
    """The rows at these places."""
    return (Record(table.lines[i], table.row(i)) for i in which)


def _is_fault(found: object) -> bool:
    return type(found) is Fault
