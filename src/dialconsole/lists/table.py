"""Many rows of one width: their bytes, and where in them each cell begins and ends.

Whoever looks at a million rows looks at a column of thousands of cells at once, as arrays of bytes, and makes a text
only of what is kept as one (names, variables). A list costs a third of what it costs as a text for each cell.

Rejected: polars and duckdb (hundreds of megabytes for what is a page here), and columns as arrays of Python's texts,
whose six million small objects took most of the time.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]
Mask = NDArray[np.bool_]

LONGEST = 64
"""Bytes of a cell that can be looked at with others; behind the last cell as many are kept free."""

_NEWLINE = 0x0A
_CELL, _ROW = "\x1f", "\x1e"
"""Between the cells and behind the rows of a table that is made of texts."""


class Table:
    """Rows, each with the line on which it starts, that all have the same number of cells."""

    def __init__(self, lines: Sequence[int], raw: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> None:
        """Use ``cut`` or ``of_rows``. ``starts`` and ``ends``: of the cells in ``raw`` (UTF-8), rows by columns."""
        self.lines = lines
        self._raw = raw
        self._text = raw.decode() if raw.isascii() else None
        self._starts = starts
        self._ends = ends
        padded = np.frombuffer(raw + bytes(LONGEST), np.uint8)
        shape = len(raw) + 1, LONGEST
        self._windows = np.lib.stride_tricks.as_strided(padded, shape, (1, 1), writeable=False)

    def __len__(self) -> int:
        return len(self._starts)

    def cells(self, column: int) -> list[str]:
        """The cells of a column."""
        return self._texts(self._starts[:, column], self._ends[:, column])

    def row(self, place: int) -> list[str]:
        """The cells of a row."""
        return self._texts(self._starts[place], self._ends[place])

    @property
    def rows(self) -> list[list[str]]:
        """All of them, made anew."""
        return list(map(self.row, range(len(self))))

    def padded(self, column: int, width: int) -> tuple[Bytes, Mask]:
        """The bytes of each cell, zeros behind them, and which cells have no more than ``width`` of them."""
        starts = self._starts[:, column]
        lengths = self._ends[:, column] - starts
        cells = self._windows[starts, :width]
        cells[np.arange(width) >= lengths[:, None]] = 0
        return cells, lengths <= width

    def keys(self, columns: Sequence[int], widths: Sequence[int]) -> tuple[Words, Mask]:
        """The cells of several columns as whole words, for ``Memory``; and of which rows they are whole.

        ``widths``: of the columns, in bytes, multiples of eight.
        """
        cells, whole = zip(*map(self.padded, columns, widths), strict=True)
        return np.hstack(cells).view(np.uint64), np.logical_and.reduce(whole)

    def only(self, which: Mask) -> Table:
        """The rows that are marked."""
        lines = [self.lines[i] for i in np.flatnonzero(which).tolist()]
        return Table(lines, self._raw, self._starts[which], self._ends[which])

    def behind(self, line: int) -> Table:
        """The rows that start on ``line`` or below."""
        start = bisect_left(self.lines, line)
        return Table(self.lines[start:], self._raw, self._starts[start:], self._ends[start:]) if start else self

    def _texts(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> list[str]:
        pairs = zip(starts.tolist(), ends.tolist(), strict=True)
        if (text := self._text) is not None:
            return [text[start:end] for start, end in pairs]
        raw = self._raw
        return [raw[start:end].decode() for start, end in pairs]


def cut(block: str, delimiter: str, width: int, line: int) -> Table | None:
    """The rows of a block of text that needs no parser, the first of them on ``line``; ``None`` if it may need one.

    It does not if nothing is quoted, no cell begins with a blank, and each line has as many delimiters as the next.
    Not for a single column, where an empty line is a row without a cell.
    """
    if width < 2 or '"' in block or "\0" in block:
        return None
    text = block.replace("\r\n", "\n") if "\r" in block else block
    if "\r" in text or text.startswith(" ") or "\n " in text or f"{delimiter} " in text:
        return None
    raw = (text if text.endswith("\n") else text + "\n").encode()
    found = _cut(raw, ord(delimiter), _NEWLINE, width)
    return found and Table(range(line, line + len(found[0])), raw, *found)


def of_rows(lines: Sequence[int], rows: Sequence[Sequence[str]]) -> Table | None:
    """Rows of one width that a parser found; ``None`` if some byte in them stands for something else here."""
    if not rows:
        return None
    text = "".join([_CELL.join(cells) + _ROW for cells in rows])
    try:
        raw = text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which some programs leave behind in a cell
        return None
    found = None if b"\0" in raw else _cut(raw, ord(_CELL), ord(_ROW), len(rows[0]))
    return Table(lines, raw, *found) if found and len(found[0]) == len(rows) else None


def _cut(raw: bytes, between: int, behind: int, width: int) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Where the cells begin and end; ``None`` if the rows are not all of this width."""
    data = np.frombuffer(raw, np.uint8)
    found = np.flatnonzero((data == between) | (data == behind))
    if len(found) % width:
        return None
    ends = found.reshape(-1, width)
    stops = data[ends] == behind
    if not stops[:, -1].all() or stops[:, :-1].any():
        return None
    starts = np.empty_like(ends)
    starts[:, 1:] = ends[:, :-1] + 1
    starts[0, 0] = 0
    starts[1:, 0] = ends[:-1, -1] + 1
    return starts, ends
