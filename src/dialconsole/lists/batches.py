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
from collections.abc import Iterator, Sequence
from typing import cast

import msgspec

from dialconsole.lists.address import AddressReader
from dialconsole.lists.columns import ColumnRole, Layout
from dialconsole.lists.country import PhoneReader
from dialconsole.lists.facts import FactReader
from dialconsole.lists.fault import Fault
from dialconsole.lists.layout import is_blank
from dialconsole.lists.records import Record
from dialconsole.lists.rows import RowReader
from dialconsole.model.contact import Batch, Duplicate, Located, Row
from dialconsole.model.facts import ContactFacts
from dialconsole.model.text import MAX_TEXT, safe_text

_PLAIN = re.compile(r"[\x20-\x7e\xa1-\xac\xae-\u02ff\n]*\Z")
"""Text that is safe but for blanks at its ends; cells are looked at together, with a line break between two."""

_ESCAPED = re.compile(r'["\\]')
"""What JSON writes in another way, among plain characters."""

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

    def read(self, lines: Sequence[int], rows: list[list[str]]) -> Iterator[Batch | Row]:
        """The contacts of a block that are of one shape, and whatever else is in it; blank rows are skipped."""
        regular, others = self._sort(rows)
        found = None
        if not others:
            found = self._regular(rows, list(lines))
        elif regular:
            found = self._regular([rows[i] for i in regular], [lines[i] for i in regular])
        if found is not None:
            batch, left = found
            others += [regular[i] for i in left]
            others.sort()
            if not self._may_clash(batch, [rows[i] for i in others]):
                for one in self._first_of_each(batch):
                    if isinstance(one, Batch):
                        odd = sum(bool(place.whereabouts.contradictions) for place in one.places)
                        self._rows.count_contradicting(odd)
                    yield one
                yield from self._one_by_one(lines, rows, others)
                return
        yield from self._one_by_one(lines, rows, range(len(rows)))

    def _sort(self, rows: list[list[str]]) -> tuple[list[int], list[int]]:
        """Which have the width of the header, and which have not."""
        if set(map(len, rows)) == {self._width}:
            return list(range(len(rows))), []
        whole = [len(cells) == self._width for cells in rows]
        return [i for i, fits in enumerate(whole) if fits], [i for i, fits in enumerate(whole) if not fits]

    def _one_by_one(self, lines: Sequence[int], rows: list[list[str]], which: Sequence[int]) -> Iterator[Row]:
        for i in which:
            if not is_blank(rows[i]):
                yield self._rows.read(Record(lines[i], rows[i]))

    def _regular(self, rows: list[list[str]], lines: list[int]) -> tuple[Batch, list[int]] | None:
        """The contacts among rows of the header's width, and the places of those that are none, or not easily."""
        digits = self._phones.many(rows)
        if stopped := self._rows.stopped:
            digits = [0 if number in stopped else number for number in digits]
        kept: Sequence[int] = range(len(rows))
        if not all(digits):
            kept = [i for i in kept if digits[i]]
            rows, digits = [rows[i] for i in kept], [digits[i] for i in kept]
        located, facts = self._address.many(rows, digits), self._facts.many(rows)
        if set(map(type, located)) != {Located} or set(map(type, facts)) != {ContactFacts}:
            good = [i for i, both in enumerate(zip(located, facts, strict=True)) if not any(map(_is_fault, both))]
            kept = [kept[i] for i in good]
            rows, digits = [rows[i] for i in good], [digits[i] for i in good]
            located, facts = [located[i] for i in good], [facts[i] for i in good]
        if not kept:
            return None
        columns = list(zip(*rows, strict=True))
        batch = Batch(
            lines=lines if len(kept) == len(lines) else [lines[i] for i in kept],
            numbers=digits,
            names=self._full_names(columns),
            variables=self._variables(columns),
            places=cast("list[Located]", located),
            facts=cast("list[ContactFacts]", facts),
        )
        taken = set(kept) if len(kept) < len(lines) else ()
        return batch, [i for i in range(len(lines)) if i not in taken] if taken else []

    def _may_clash(self, batch: Batch, others: list[list[str]]) -> bool:
        """Whether a number of the batch is in one of the other rows, so that it matters which of them comes first."""
        taken = {f"+{number}" for number in batch.numbers} if others else set()
        for cells in others:
            number = self._phones.read(cells) if self._phone < len(cells) else None
            if getattr(number, "e164", None) in taken:
                return True
        return False

    def _first_of_each(self, batch: Batch) -> Iterator[Batch | Row]:
        """The batch without numbers that the list had before, which are told as duplicates."""
        before = self._rows.first_lines
        new = dict(zip(reversed(batch.numbers), reversed(batch.lines), strict=True))
        if len(new) == len(batch.numbers) and before.keys().isdisjoint(new):
            before.update(new)
            yield batch
            return
        kept = []
        for i, (number, line) in enumerate(zip(batch.numbers, batch.lines, strict=True)):
            first = before.setdefault(number, line)
            if first == line:
                kept.append(i)
            else:
                yield Duplicate(line, f"+{number}", first)
        yield batch.only(kept)

    # -- columns --

    def _full_names(self, columns: list[tuple[str, ...]]) -> list[str]:
        names = self._safe(columns[self._name]) if self._name >= 0 else [""] * len(columns[0])
        if not self._parts or all(names):
            return names
        parts = [self._safe(columns[i]) for i in self._parts]
        joined = (safe_text(" ".join(filter(None, both))) for both in zip(*parts, strict=True))
        return [name or other for name, other in zip(names, joined, strict=True)]

    def _variables(self, columns: list[tuple[str, ...]]) -> list[str]:
        """The other columns of each row as JSON."""
        if not self._others:
            return ["{}"] * len(columns[0])
        cells = [self._safe(columns[i]) for i in self._others]
        if any(_ESCAPED.search("\n".join(column)) for column in cells):
            return [_encode(dict(zip(self._keys, row, strict=True))).decode() for row in zip(*cells, strict=True)]
        return list(map(self._template.__mod__, zip(*cells, strict=True)))

    def _safe(self, cells: tuple[str, ...]) -> list[str]:
        """A column as ``safe_text`` would have its cells."""
        text = "\n".join(cells)
        if _PLAIN.match(text) and text.count("\n") == len(cells) - 1 and max(map(len, cells)) <= MAX_TEXT:
            return list(map(str.strip, cells))
        return list(map(self._rows.safe.__getitem__, cells))


def _is_fault(found: object) -> bool:
    return type(found) is Fault
