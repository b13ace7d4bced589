"""Rejected rows as a CSV file: to be mended in a spreadsheet and imported again.

It will be opened in a spreadsheet, and its cells come from outside, so each is written formula-safe and in quotation
marks. Rejected: writing the original bytes back, which would hand every formula and escape sequence on.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO

from dialconsole.model.contact import RejectedRow
from dialconsole.model.text import safe_cell

HEADER = ("line", "fault", "reason")
"""The first columns: line in the list, ``RowFault``, and the sentence. The row's own cells follow."""


def write_rejects(stream: TextIO, rejected: Iterable[RejectedRow], columns: Sequence[str] = ()) -> int:
    """Write rows to a text stream opened with ``newline=""``; returns how many.

    ``columns``: the list's own column names (``CallList.columns``). Where they are not known any more, the columns of
    the first row are numbered.
    """
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    count = 0
    for row in rejected:
        if count == 0:
            names = columns or [f"column {position}" for position in range(1, len(row.row) + 1)]
            writer.writerow([safe_cell(cell) for cell in (*HEADER, *names)])
        writer.writerow([safe_cell(cell) for cell in (str(row.line), row.fault, row.reason, *row.row)])
        count += 1
    if count == 0:
        writer.writerow([safe_cell(cell) for cell in (*HEADER, *columns)])
    return count


def write_rejects_of(
    stream: TextIO, lists: Iterable[Sequence[str]], rejected: Iterable[tuple[Sequence[str], RejectedRow]]
) -> int:
    """Rejected rows of several lists in one file: each cell stands under the name it had in its own list.

    ``lists``: the column names of each, empty where they are not known; ``rejected``: (the list's column names, row).
    What a row has beyond its list's columns follows behind all others. Of a list that was itself such a file, the first
    three columns are replaced, not repeated. Returns how many rows.
    """
    names = list(dict.fromkeys(name for columns in lists for name in columns[_repeated(columns) :]))
    if not names:
        return write_rejects(stream, (row for _, row in rejected))
    place = {name: position for position, name in enumerate(names)}
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerow([safe_cell(cell) for cell in (*HEADER, *names)])
    count = 0
    for columns, row in rejected:
        count += 1
        first = _repeated(columns)
        cells = [""] * len(names)
        for name, cell in zip(columns[first:], row.row[first:], strict=False):
            cells[place[name]] = cell
        beyond = row.row[len(columns) :]
        writer.writerow([safe_cell(cell) for cell in (str(row.line), row.fault, row.reason, *cells, *beyond)])
    return count


def _repeated(columns: Sequence[str]) -> int:
    return len(HEADER) if tuple(columns[: len(HEADER)]) == HEADER else 0
