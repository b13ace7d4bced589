"""Thousands of phone cells at once: those of +1 in the few shapes in which nearly all are written.

A cell's shape is the cell with all its digits alike, ``(000) 000-0000``. Where in a shape the digits of the number
stand is found out once; the cells of that shape are then added up as columns of digits.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from dialconsole.exchanges import ExchangeKind, exchange_kinds
from dialconsole.lists.memory import NOTHING, Memory
from dialconsole.lists.table import Bytes, Mask

LONGEST = 24
"""Bytes of a cell; of a number in the longest shape 19."""

MOST = 1024
"""Shapes remembered. A list has some ten; one that somebody typed, a few dozen."""

_SHAPE = re.compile(r" *(?:\+?(0)[ .-]?)?\(?000\)?[ .-]{0,2}000[ .-]?0000 *")
"""``numbers._NANP``, but for what the digits must be: the first of eleven 1, the others what the table knows."""

_ZERO, _NINE = ord("0"), ord("9")

Numbers = NDArray[np.int64]


class NumberShapes:
    """Knows the shapes of one list. Use by one thread."""

    def __init__(self) -> None:
        self._memory = Memory(LONGEST // 8, MOST)
        self._places: list[list[int]] = [[]]
        """Of the digits, by entry of the memory; none where the shape is no number's."""
        self._kinds = np.frombuffer(exchange_kinds(), np.uint8)

    def read(self, cells: Bytes, whole: Mask) -> Numbers:
        """The digits of those numbers that the table of exchanges knows, with the 1 before them; 0 for all others.

        ``cells`` as of ``Table.padded``, ``LONGEST`` bytes each.
        """
        is_digit = (cells >= _ZERO) & (cells <= _NINE)
        shapes = np.where(is_digit, np.uint8(_ZERO), cells).view(np.uint64)
        entries = self._memory.find(shapes)
        unknown = np.flatnonzero((entries == NOTHING) & whole)
        if len(unknown):
            entries[unknown] = self._memory.add(shapes[unknown])
            self._learn()
        numbers = np.zeros(len(cells), np.int64)
        for entry in np.unique(entries[whole]).tolist():
            if places := self._places[entry]:
                which = (entries == entry) & whole
                numbers[which] = self._sum(cells[which], places)
        return numbers

    def _learn(self) -> None:
        for shape in self._memory.keys_from(len(self._places)):
            found = _SHAPE.fullmatch(shape.tobytes().rstrip(b"\0").decode("latin-1"))
            self._places.append([i for i, byte in enumerate(shape.tobytes()) if byte == _ZERO] if found else [])

    def _sum(self, cells: Bytes, places: list[int]) -> Numbers:
        numbers = np.zeros(len(cells), np.int64)
        for place in places:
            numbers = numbers * 10 + (cells[:, place] - _ZERO)
        if len(places) == 10:
            numbers += 10_000_000_000
        exchanges = numbers // 10_000 - 1_000_000
        exchanges[(exchanges < 0) | (exchanges >= 1_000_000)] = 0  # eleven digits that do not begin with 1
        numbers[self._kinds[exchanges] < ExchangeKind.LINE] = 0
        return numbers
