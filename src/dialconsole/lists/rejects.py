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
