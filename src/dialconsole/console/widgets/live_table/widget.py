"""The widget: a window on ``LiveRows``, a cursor that follows a row's id, and as little repainting as can be.

What is on the screen stands still: when rows come or go above, the scroll offset moves with them, silently, and only
lines and cells that really differ are repainted. Over SSH that is the difference between 130 and 20 kB a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest
from typing import Any, ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from dialconsole.console.render.cell import Cell, Column
from dialconsole.console.widgets.live_table.columns import Slot, fit_columns
from dialconsole.console.widgets.live_table.paint import RoleStyles, row_strip, text_strip, wrapped
from dialconsole.console.widgets.live_table.rows import LiveRows, RowFilter, SortKey

RenderRow = Callable[[str, Any, float], Sequence[Cell]]

HEADER = 1
"""Lines above the first row."""

KEPT_PAINTED = 4
"""Screens full of painted rows that are kept: scrolling back and forth then costs nothing."""


class _Painted:
    """A row as it was last painted: its cells, and its line with and without the cursor."""

    __slots__ = ("cells", "strips")

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.cells = cells
        self.strips: dict[str, Strip] = {}


class LiveTable(ScrollView, can_focus=True, inherit_bindings=False):
    """A table of up to some 100,000 rows under constant change.

    ``render_row(row_id, row, now)`` gives one cell for each column; it is called for visible rows only. Changes become
    visible, and counted, with ``flush``. A row that is discarded while the cursor is on it stays, dimmed, until the
    cursor leaves: another call must not slip under a finger that is about to hang up.
    """

    DEFAULT_CSS = """
    LiveTable {
        width: 1fr;
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
    }
    """

    ALLOW_SELECT = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "cursor_up", "Up", show=False, id="table.up"),
        Binding("down", "cursor_down", "Down", show=False, id="table.down"),
        Binding("pageup", "page_up", "Page up", show=False, id="table.page_up"),
        Binding("pagedown", "page_down", "Page down", show=False, id="table.page_down"),
        Binding("home", "first", "First row", show=False, id="table.first"),
        Binding("end", "last", "Last row", show=False, id="table.last"),
        Binding("enter", "select", "Open", show=False, id="table.open"),
    ]

    class _About(Message):
        """Something about one row of one table."""

        def __init__(self, table: LiveTable, row_id: str) -> None:
            super().__init__()
            self.table = table
            self.row_id = row_id

        @property
        def control(self) -> LiveTable:
            return self.table

    class RowHighlighted(_About):
        """The cursor went to another row."""

    class RowSelected(_About):
        """Enter or a double click on a row."""

    def __init__(
        self,
        columns: Sequence[Column],
        render_row: RenderRow,
        *,
        empty: str = "",
        id: str | None = None,
        classes: str | None = None,
        ascii_only: bool = False,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._columns = tuple(columns)
        self._render_row = render_row
        self._empty = empty
        self._marks = (">", "^", "v") if ascii_only else ("▸", "▲", "▼")
        self._rows = LiveRows()
        self._dirty: set[str] = set()
        self._now = 0.0
        self._cursor: str | None = None
        self._stale = False
        self._sort_column = ""
        self._slots: tuple[Slot, ...] = ()
        self._painted: dict[str, _Painted] = {}
        self._role_styles: RoleStyles | None = None

    # -- rows ---------------------------------------------------------------------------------------------------

    def put(self, row_id: str, row: Any) -> None:
        """Add or change a row. Constant time, nothing is painted."""
        self._rows.put(row_id, row)
        self._dirty.add(row_id)

    def discard(self, row_id: str) -> None:
        """Take a row out, if it is there."""
        self._rows.discard(row_id)
        self._dirty.add(row_id)

    def replace_all(self, rows: Iterable[tuple[str, Any]]) -> None:
        """These rows instead of all others: a new snapshot. Their order is the order of arrival."""
        self._rows.replace_all(rows)
        self._painted.clear()
        self._dirty.clear()
        self.refresh()

    def get(self, row_id: str) -> Any:
        """The row as it was last put; ``None`` if it is not there any more."""
        return self._rows.get(row_id)

    @property
    def row_count(self) -> int:
        """Rows listed: those that pass the filter, as of the last flush."""
        return len(self._rows.order)

    @property
    def pending(self) -> int:
        """New rows that wait for the end of the freeze, as of the last flush."""
        return self._rows.pending

    def visible_ids(self) -> list[str]:
        """The rows on the screen, from top to bottom, as of the last flush."""
        top = self.scroll_offset.y
        return self._rows.order.ids(top, top + self._body_height)

    # -- how they are listed ------------------------------------------------------------------------------------

    @property
    def sort_key(self) -> SortKey:
        """What rows are ordered by, a function of id and row; takes effect at the next flush."""
        return self._rows.sort_key

    @sort_key.setter
    def sort_key(self, key: SortKey) -> None:
        self.sort_by(key)

    def sort_by(self, key: SortKey, *, column: str = "", reverse: bool = False) -> None:
        """Order by ``key``; ``column`` is the key of the column that gets the sort mark in the header."""
        self._rows.sort_key = key
        self._rows.reverse = reverse
        self._sort_column = column
        self._rows.reorder()
        self._refresh_line(0)

    @property
    def filter(self) -> RowFilter | None:
        """Which rows are listed, a function of id and row; ``None`` lists all. Takes effect at the next flush."""
        return self._rows.filter

    @filter.setter
    def filter(self, passes: RowFilter | None) -> None:
        self._rows.filter = passes
        self._rows.reorder()

    @property
    def frozen(self) -> bool:
        """While true no row moves, comes or goes. A filter or a sort order set meanwhile still takes effect."""
        return self._rows.frozen

    @frozen.setter
    def frozen(self, frozen: bool) -> None:
        self._rows.frozen = frozen

    @property
    def stale(self) -> bool:
        """Whether what is shown is old because the engine is gone; all rows are then grey."""
        return self._stale

    @stale.setter
    def stale(self, stale: bool) -> None:
        if stale != self._stale:
            self._stale = stale
            self._forget_painted()

    @property
    def empty(self) -> str:
        """What stands in the middle when no row is listed."""
        return self._empty

    @empty.setter
    def empty(self, text: str) -> None:
        self._empty = text
        if not self.row_count:
            self.refresh()

    # -- cursor -------------------------------------------------------------------------------------------------

    @property
    def cursor_id(self) -> str | None:
        """The row under the cursor. ``None`` until the table has had the focus, or when no row is listed."""
        return self._cursor

    @cursor_id.setter
    def cursor_id(self, row_id: str | None) -> None:
        """Put the cursor on a row, or take it away. An id that is not there leaves it where it is."""
        if row_id is None or self._rows.accepts_cursor(row_id):
            self._move_cursor(row_id)

    def _move_cursor(self, row_id: str | None) -> None:
        if row_id == self._cursor:
            return
        for changed in (self._cursor, row_id):
            self._refresh_row(changed)
        self._cursor = row_id
        if row_id is not None:
            self._scroll_into_view(row_id)
            self.post_message(self.RowHighlighted(self, row_id))

    def _step_cursor(self, step: int) -> None:
        """Move by ``step`` rows, as far as there are any; from nowhere, to the first row on the screen."""
        order = self._rows.order
        if not len(order):
            return
        if self._cursor is None or self._cursor not in order:
            self._place_cursor()
            return
        index = min(max(order.index(self._cursor) + step, 0), len(order) - 1)
        self._move_cursor(order.at(index))
        self._scroll_into_view(order.at(index))

    def _place_cursor(self) -> None:
        """Give a cursor to a table that has none and rows on the screen."""
        visible = self.visible_ids()
        self._move_cursor(visible[0] if visible else None)

    def _scroll_into_view(self, row_id: str) -> None:
        if row_id not in self._rows.order or not self._body_height:
            return
        index, top = self._rows.order.index(row_id), self.scroll_offset.y
        if index < top:
            self.scroll_to(y=index, animate=False)
        elif index >= top + self._body_height:
            self.scroll_to(y=index - self._body_height + 1, animate=False)

    def action_cursor_up(self) -> None:
        self._step_cursor(-1)

    def action_cursor_down(self) -> None:
        self._step_cursor(1)

    def action_page_up(self) -> None:
        self._step_cursor(-max(1, self._body_height - 1))

    def action_page_down(self) -> None:
        self._step_cursor(max(1, self._body_height - 1))

    def action_first(self) -> None:
        self._step_cursor(-self.row_count)

    def action_last(self) -> None:
        self._step_cursor(self.row_count)

    def action_select(self) -> None:
        if self._cursor is not None:
            self.post_message(self.RowSelected(self, self._cursor))

    def on_focus(self) -> None:
        if self._cursor is None:
            self._place_cursor()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or offset.y < HEADER:
            return
        index = self.scroll_offset.y + offset.y - HEADER
        if index < self.row_count:
            self._move_cursor(self._rows.order.at(index))
            if event.chain == 2:
                self.action_select()

    # -- repainting ---------------------------------------------------------------------------------------------

    def flush(self, now: float) -> None:
        """Bring the screen up to date with what was put and discarded. ``now``: POSIX seconds on the engine's clock."""
        self._now = now
        before = self.visible_ids()
        anchors = self._anchors(before)
        if self._rows.arrange(self._cursor):
            self._find_cursor(before)
            self._resize_content()
            self._keep_in_place(anchors)
        if self._cursor is None and self.has_focus:
            self._place_cursor()
        self._repaint(before)

    def tick(self, now: float) -> None:
        """A second went by: render the visible rows anew and repaint the cells that differ (durations)."""
        self._now = now
        for y, row_id in enumerate(self.visible_ids(), start=HEADER):
            self._repaint_cells(row_id, y)

    def _anchors(self, before: Sequence[str]) -> list[tuple[str, int]]:
        """Rows to hold on to, the best first, with their line: the cursor's, else the topmost that remains.

        Nobody's: a table at its top without a cursor shows what is first, whatever that is.
        """
        lines = [(row_id, line) for line, row_id in enumerate(before)]
        held = [(row_id, line) for row_id, line in lines if row_id == self._cursor]
        return held or (lines if self.scroll_offset.y else [])

    def _keep_in_place(self, anchors: Sequence[tuple[str, int]]) -> None:
        top = self.scroll_offset.y
        for row_id, line in anchors:
            if row_id in self._rows.order:
                top = self._rows.order.index(row_id) - line
                break
        self._scroll_silently(min(max(top, 0), int(self.max_scroll_y)))

    def _scroll_silently(self, top: int) -> None:
        """Scroll without repainting: the same rows stay on the same lines, and ``_repaint`` does the others."""
        if top != self.scroll_offset.y:
            self.set_reactive(Widget.scroll_y, float(top))
            self.set_reactive(Widget.scroll_target_y, float(top))
            self.vertical_scrollbar.position = top

    def _find_cursor(self, before: Sequence[str]) -> None:
        """After a new filter or snapshot the cursor's row may be gone: take the nearest that was on the screen."""
        if self._cursor is None or self._cursor in self._rows.order:
            return
        at = before.index(self._cursor) if self._cursor in before else 0
        near = [row_id for row_id in (*before[at:], *reversed(before[:at])) if row_id in self._rows.order]
        if near:
            self._move_cursor(near[0])
        else:
            self._move_cursor(self._rows.order.at(0) if self.row_count else None)

    def _resize_content(self) -> None:
        """Tell the scrollbar how many rows there are; a new layout only when it must appear or go."""
        size = Size(self.size.width, self.row_count + HEADER)
        height = self.container_size.height
        if (size.height > height) != (self.virtual_size.height > height):
            self.virtual_size = size
        elif size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = size.height

    def _repaint(self, before: Sequence[str]) -> None:
        visible = self.visible_ids()
        for row_id in self._dirty.difference(visible):
            self._painted.pop(row_id, None)
        if bool(before) != bool(visible):
            self.refresh()
        for y, (old, new) in enumerate(zip_longest(before, visible), start=HEADER):
            if old != new:
                self._refresh_line(y)
            if new is not None and new in self._dirty:
                self._repaint_cells(new, y)
        self._dirty.clear()
        if len(self._painted) > KEPT_PAINTED * max(self._body_height, 25):
            self._painted = {row_id: self._painted[row_id] for row_id in visible if row_id in self._painted}

    def _repaint_cells(self, row_id: str, y: int) -> None:
        old = self._painted.get(row_id)
        if old is None:
            self._refresh_line(y)
            return
        cells = self._cells_of(row_id)
        changed = [slot for slot in self._slots if cells[slot.column] != old.cells[slot.column]]
        if changed:
            self._painted[row_id] = _Painted(cells)
            self.refresh(*(Region(slot.x, y, slot.width, 1) for slot in changed))

    def _refresh_row(self, row_id: str | None) -> None:
        if row_id is not None and row_id in self._rows.order:
            y = self._rows.order.index(row_id) - self.scroll_offset.y + HEADER
            if HEADER <= y < self.size.height:
                self._refresh_line(y)

    def _refresh_line(self, y: int) -> None:
        self.refresh(Region(0, y, self.size.width, 1))

    def _forget_painted(self) -> None:
        self._painted.clear()
        self._role_styles = None
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._forget_painted()

    def on_resize(self) -> None:
        self._slots = fit_columns(self._columns, self.size.width)
        self._painted.clear()
        self._resize_content()
        if self._cursor is not None:
            self._scroll_into_view(self._cursor)

    # -- painting -----------------------------------------------------------------------------------------------

    @property
    def _body_height(self) -> int:
        return max(0, self.size.height - HEADER)

    @property
    def _styles_of_roles(self) -> RoleStyles:
        if self._role_styles is None:
            self._role_styles = RoleStyles(self.app.theme_variables, self.rich_style)
        return self._role_styles

    def render_line(self, y: int) -> Strip:
        """Line ``y`` of the widget: the header, then the rows from the scroll offset on."""
        if y < HEADER:
            return self._header_strip()
        index = self.scroll_offset.y + y - HEADER
        if index < self.row_count:
            return self._row_strip(self._rows.order.at(index))
        return self._blank_strip(y)

    def _header_strip(self) -> Strip:
        mark = self._marks[2 if self._rows.reverse else 1]
        titles = [Cell(f"{c.title} {mark}" if c.key == self._sort_column else c.title) for c in self._columns]
        return row_strip(
            titles, self._columns, self._slots, self.size.width, self._styles_of_roles, all_role="table-header"
        )

    def _row_strip(self, row_id: str) -> Strip:
        painted = self._painted.get(row_id)
        if painted is None:
            painted = self._painted[row_id] = _Painted(self._cells_of(row_id))
        under = "" if row_id != self._cursor else "cursor" if self.has_focus else "cursor-blurred"
        strip = painted.strips.get(under)
        if strip is None:
            strip = painted.strips[under] = row_strip(
                painted.cells,
                self._columns,
                self._slots,
                self.size.width,
                self._styles_of_roles,
                under=under,
                mark=self._marks[0] if under else " ",
                all_role="stale" if self._stale else "",
            )
        return strip

    def _cells_of(self, row_id: str) -> Sequence[Cell]:
        row, alive = self._rows.listed(row_id)
        cells = self._render_row(row_id, row, self._now)
        return cells if alive else [Cell(cell.text, "dim") for cell in cells]

    def _blank_strip(self, y: int) -> Strip:
        width, style = self.size.width, self._styles_of_roles.style("dim")
        if self.row_count or not self._empty:
            return Strip([Segment(" " * width, self._styles_of_roles.base)], width)
        lines = wrapped(self._empty, width - 2)
        first = HEADER + max(0, (self._body_height - len(lines)) // 2)
        line = lines[y - first] if 0 <= y - first < len(lines) else ""
        return text_strip(line, width, style, "center")
