"""Paints the lines of a live table, and remembers what it painted.

What is remembered is kept by row id until the row's cells differ: a line is made once for each state of a row (and once
more under the cursor), not once for each repaint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rich.segment import Segment
from textual.strip import Strip

from dialconsole.console.render.cell import Cell, Column
from dialconsole.console.render.plain import plain_cells
from dialconsole.console.widgets.live_table.columns import Slot, fit_columns
from dialconsole.console.widgets.live_table.paint import RoleStyles, row_strip, text_strip, wrapped
from dialconsole.console.widgets.live_table.rows import LiveRows

RenderRow = Callable[[str, Any, float], Sequence[Cell]]

KEPT = 256
"""Painted rows that may be kept: some screens full, so that scrolling back and forth costs nothing."""


class _Painted:
    """A row as it was last painted: its cells, and its line by the role that lies under it."""

    __slots__ = ("cells", "strips")

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.cells = cells
        self.strips: dict[str, Strip] = {}


class Painter:
    """Lines of a table of ``columns``, ``width`` cells wide."""

    def __init__(self, columns: Sequence[Column], render_row: RenderRow, rows: LiveRows, *, ascii_only: bool) -> None:
        self._columns = tuple(columns)
        self._render_row = render_row
        self._rows = rows
        self._painted: dict[str, _Painted] = {}
        self._slots: tuple[Slot, ...] = ()
        self._ascii = ascii_only
        self._cursor_mark, *self._sort_marks = (">", "^", "v") if ascii_only else ("▸", "▲", "▼")
        self.width = 0
        self.stale = False
        self.now = 0.0
        """POSIX seconds on the engine's clock: what durations are counted to."""

    def resize(self, width: int) -> None:
        self.width = width
        self._slots = fit_columns(self._columns, width)
        self._painted.clear()

    def forget(self, row_ids: Iterable[str] | None = None) -> None:
        """Make the lines of these rows anew when they are next seen; of all rows without an argument."""
        if row_ids is None:
            self._painted.clear()
            return
        for row_id in row_ids:
            self._painted.pop(row_id, None)

    def trim(self, visible: Sequence[str]) -> None:
        """Bound what is remembered; what is visible stays."""
        if len(self._painted) > max(KEPT, 2 * len(visible)):
            self._painted = {row_id: self._painted[row_id] for row_id in visible if row_id in self._painted}

    def changed_slots(self, row_id: str) -> Sequence[Slot] | None:
        """Render a row anew: where it differs from what was painted. ``None`` if it was not painted yet."""
        old = self._painted.get(row_id)
        if old is None:
            return None
        cells = self._cells(row_id)
        changed = [slot for slot in self._slots if cells[slot.column] != old.cells[slot.column]]
        if changed:
            self._painted[row_id] = _Painted(cells)
        return changed

    def row(self, row_id: str, styles: RoleStyles, under: str) -> Strip:
        """A row of the list; ``under`` is ``cursor``, ``cursor-blurred`` or nothing."""
        painted = self._painted.get(row_id)
        if painted is None:
            painted = self._painted[row_id] = _Painted(self._cells(row_id))
        strip = painted.strips.get(under)
        if strip is None:
            mark = self._cursor_mark if under else " "
            strip = self._line(painted.cells, styles, under, mark, "stale" if self.stale else "")
            painted.strips[under] = strip
        return strip

    def header(self, styles: RoleStyles, sort_column: str, reverse: bool) -> Strip:
        """The titles of the columns; the one sorted by has a mark."""
        mark = self._sort_marks[reverse]
        titles = [Cell(f"{c.title} {mark}" if c.key == sort_column else c.title) for c in self._columns]
        return self._line(titles, styles, "", " ", "table-header")

    def below(self, styles: RoleStyles) -> Strip:
        """A line below the last row."""
        return Strip([Segment(" " * self.width, styles.base)], self.width)

    def empty(self, text: str, y: int, height: int, styles: RoleStyles) -> Strip:
        """Line ``y`` of ``height`` when no row is listed: ``text`` in the middle of them."""
        lines = wrapped(text, self.width - 2)
        place = y - max(0, (height - len(lines)) // 2)
        line = lines[place] if 0 <= place < len(lines) else ""
        return self._as_drawn(text_strip(line, self.width, styles.style("dim"), "center"))

    def _line(self, cells: Sequence[Cell], styles: RoleStyles, under: str, mark: str, all_role: str) -> Strip:
        strip = row_strip(
            cells, self._columns, self._slots, self.width, styles, under=under, mark=mark, all_role=all_role
        )
        return self._as_drawn(strip)

    def _as_drawn(self, strip: Strip) -> Strip:
        """After the cutting, which ends in a sign of its own."""
        if not self._ascii:
            return strip
        return Strip([Segment(plain_cells(part.text), part.style) for part in strip], strip.cell_length)

    def _cells(self, row_id: str) -> Sequence[Cell]:
        row, alive = self._rows.listed(row_id)
        cells = self._render_row(row_id, row, self.now)
        return cells if alive else [Cell(cell.text, "dim") for cell in cells]
