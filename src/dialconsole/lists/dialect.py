"""Which character separates the columns.

``csv.Sniffer`` was tried and rejected: it takes letters for delimiters, fails on one column and on ragged rows, and
says nothing about why. Here each candidate reads the first lines, and the reading that makes most sense as a call
list is taken: one that shows a known phone header, then one with cells that are a number and nothing else, then even
columns, then many columns.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Collection, Sequence

from msgspec import Struct

from dialconsole.lists.columns import names_a_phone
from dialconsole.lists.header import squeeze
from dialconsole.lists.layout import HEADER_WITHIN, is_blank
from dialconsole.lists.records import MAX_CHARS, LineSource, Record, read_records

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
"""In order of preference between readings of equal sense."""

SAMPLE_LINES = 200
"""Lines with anything on them; a report may begin with any number of blank ones."""

SAMPLE_CHARS = 1_000_000

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
"""Excel's own first line, which it hides again."""

_NUMBER_ALONE = re.compile(r"\s*\+?[\d\s().-]{7,20}\s*")


class Dialect(Struct, frozen=True):
    delimiter: str
    sample: tuple[Record, ...]
    """The first records as this delimiter reads them; a ``sep=`` line is not among them."""


def detect_dialect(source: LineSource, mapped: Collection[str] = (), *, delimiter: str | None = None) -> Dialect:
    """Read the beginning of a text. ``mapped``: column names given by hand, which count like known ones.

    ``delimiter``, if it is known.
    """
    lines = _first_lines(source)
    if delimiter is not None:
        return Dialect(delimiter, tuple(_records(lines, delimiter)))
    declared = _SEPARATOR_LINE.fullmatch(lines[0]) if lines else None
    if declared and declared[1] in DELIMITERS:
        records = _records(lines, declared[1])
        return Dialect(declared[1], tuple(r for r in records if r.line > 1))
    known = {squeeze(name) for name in mapped}
    readings = {delimiter: _records(lines, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: _sense(readings[delimiter], known))
    return Dialect(best, tuple(readings[best]))


def _first_lines(source: LineSource) -> list[str]:
    lines: list[str] = []
    filled = chars = 0
    while filled < SAMPLE_LINES and chars < SAMPLE_CHARS and (line := source.readline(MAX_CHARS + 1)):
        lines.append(line)
        filled += not line.isspace()
        chars += len(line)
    return lines


def _records(lines: Sequence[str], delimiter: str) -> list[Record]:
    return list(read_records(io.StringIO("".join(lines), newline=""), delimiter))


def _sense(records: Sequence[Record], known: Collection[str]) -> tuple[bool, bool, float, int]:
    filled = [record.cells for record in records if not is_blank(record.cells)]
    if not filled:  # nothing but this delimiter: a blank list, and no other reading has more to say
        return True, True, 1.0, 0
    width, rows = Counter(map(len, filled)).most_common(1)[0]
    top = [cell for cells in filled[:HEADER_WITHIN] for cell in cells]
    named = any(names_a_phone(cell) or squeeze(cell) in known for cell in top if cell.strip())
    alone = any(_NUMBER_ALONE.fullmatch(cell) for cells in filled for cell in cells)
    return named, alone, rows / len(filled), width
