"""Which columns of a table fit into a width, and where each one stands.

Widths are fixed or shared out by ``grow``, never measured from the content: columns that follow their content dance at
five updates a second, and measuring 100,000 rows is what makes the usual table slow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dialconsole.console.render.cell import Column

GUTTER = 1
"""Cells left of the first column, for the cursor mark: the cursor must show where there is no colour."""
GAP = 2
"""Cells between two columns."""


class Slot(NamedTuple):
    """A column that is shown: its place in the list of columns, where it begins, how wide it is."""

    column: int
    x: int
    width: int


def fit_columns(columns: Sequence[Column], width: int) -> tuple[Slot, ...]:
    """The columns that fit into ``width`` cells, in order. At least one stays, narrowed if it must be."""
    kept = list(range(len(columns)))
    while len(kept) > 1 and _needed(columns, kept) > width:
        kept.remove(max(kept, key=lambda i: (columns[i].priority, i)))
    widths = _widths(columns, kept, width)
    slots: list[Slot] = []
    x = GUTTER
    for index, cells in zip(kept, widths, strict=True):
        slots.append(Slot(index, x, cells))
        x += cells + GAP
    return tuple(slots)


def _needed(columns: Sequence[Column], kept: Sequence[int]) -> int:
    return GUTTER + sum(columns[i].width for i in kept) + GAP * (len(kept) - 1)


def _widths(columns: Sequence[Column], kept: Sequence[int], width: int) -> list[int]:
    """Widths with the spare cells shared out; the rest of a division goes to the leftmost that grow."""
    widths = [columns[i].width for i in kept]
    spare = width - _needed(columns, kept)
    if spare < 0:
        return [max(0, widths[0] + spare)]
    shares = [columns[i].grow for i in kept]
    whole = sum(shares)
    if not whole:
        return widths
    given = [spare * share // whole for share in shares]
    rest = spare - sum(given)
    for place, share in enumerate(shares):
        if share and rest:
            given[place] += 1
            rest -= 1
    return [w + g for w, g in zip(widths, given, strict=True)]
