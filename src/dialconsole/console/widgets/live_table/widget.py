"""The widget: a window on ``LiveRows``, a cursor that follows a row's id, and as little repainting as can be.

What is on the screen stands still: when rows come or go above, the scroll offset moves with them, and only lines and
cells that really differ are repainted. Over SSH that is the difference between 130 and 20 kB a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from dialconsole.console.render.cell import Column
from dialconsole.console.widgets.live_table.paint import RoleStyles
from dialconsole.console.widgets.live_table.painter import Painter, RenderRow
from dialconsole.console.widgets.live_table.rows import LiveRows, RowFilter, SortKey
from dialconsole.console.widgets.live_table.view import HEADER, StillView


class LiveTable(StillView):
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
        Binding("up", "step(-1)", "Up", show=False, id="table.up"),
        Binding("down", "step(1)", "Down", show=False, id="table.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="table.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="table.page_down"),
        Binding("home", "first", "First row", show=False, id="table.first"),
        Binding("end", "last", "Last row", show=False, id="table.last"),
        Binding("enter", "select", "Open", show=False, id="table.open"),
    ]

    class _OfRow(Message):
        """Something about one row of one table."""

        def __init__(self, table: LiveTable, row_id: str) -> None:
            super().__init__()
            self.table = table
            self.row_id = row_id

        @property
        def control(self) -> LiveTable:
            return self.table

    class RowHighlighted(_OfRow):
        """The cursor went to another row."""

    class RowSelected(_OfRow):
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
        self._rows = LiveRows()
        self._painter = Painter(columns, render_row, self._rows, ascii_only=ascii_only)
        self._role_styles: RoleStyles | None = None
        self._dirty: set[str] = set()
        self._cursor: str | None = None
        self._sort_column = ""
        self._empty = empty

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
        self._painter.forget()
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
        return self._rows.order.ids(top, top + self.body_height)

    # -- how they are listed ------------------------------------------------------------------------------------

    @property
    def sort_key(self) -> SortKey:
        """What rows are ordered by, a function of id and row. Takes effect at the next flush."""
        return self._rows.sort_key

    @sort_key.setter
    def sort_key(self, key: SortKey) -> None:
        self.sort_by(key)

    def sort_by(self, key: SortKey, *, column: str = "", reverse: bool = False) -> None:
        """Order by ``key``; ``column`` is the key of the column that gets the sort mark in the header."""
        self._rows.sort_by(key, reverse=reverse)
        self._sort_column = column
        self.refresh_screen_line(0)

    @property
    def filter(self) -> RowFilter | None:
        """Which rows are listed, a function of id and row; ``None`` lists all. Takes effect at the next flush."""
        return self._rows.filter

    @filter.setter
    def filter(self, passes: RowFilter | None) -> None:
        self._rows.filter_by(passes)

    @property
    def frozen(self) -> bool:
        """While true no row moves, comes or goes. A filter or a sort order set meanwhile still takes effect."""
        return self._rows.frozen

    @frozen.setter
    def frozen(self, frozen: bool) -> None:
        self._rows.frozen = frozen

    @property
    def stale(self) -> bool:
        """Whether what is shown is old because the engine is gone: all rows are then grey."""
        return self._painter.stale

    @stale.setter
    def stale(self, stale: bool) -> None:
        if stale != self.stale:
            self._painter.stale = stale
            self._repaint_all()

    @property
    def empty(self) -> str:
        """What stands in the middle when no row is listed."""
        return self._empty

    @empty.setter
    def empty(self, text: str) -> None:
        if text != self._empty and not self.row_count:
            self.refresh()
        self._empty = text

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
            self._show_cursor()
            self.post_message(self.RowHighlighted(self, row_id))

    def _show_cursor(self) -> None:
        if self._cursor is not None and self._cursor in self._rows.order:
            self.scroll_row_into_view(self._rows.order.index(self._cursor))

    def _place_cursor(self) -> None:
        """The first row on the screen, for a table that has no cursor."""
        visible = self.visible_ids()
        self._move_cursor(visible[0] if visible else None)

    def action_step(self, step: int) -> None:
        """Move by ``step`` rows, as far as there are any; from nowhere, to the first row on the screen."""
        order = self._rows.order
        if self._cursor is None or self._cursor not in order:
            self._place_cursor()
            return
        self._move_cursor(order.at(min(max(order.index(self._cursor) + step, 0), len(order) - 1)))
        self._show_cursor()

    def action_page(self, pages: int) -> None:
        self.action_step(pages * max(1, self.body_height - 1))

    def action_first(self) -> None:
        self.action_step(-self.row_count)

    def action_last(self) -> None:
        self.action_step(self.row_count)

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

    # -- keeping up ---------------------------------------------------------------------------------------------

    def flush(self, now: float) -> None:
        """Bring the screen up to date with what was put and discarded. ``now``: POSIX seconds on the engine's clock."""
        self._painter.now = now
        before = self.visible_ids()
        anchors = self._anchors(before)
        was_listed = self._cursor in self._rows.order
        if self._rows.arrange(self._cursor):
            self.resize_content(self.row_count)
            self._keep_in_place(anchors)
        self._find_cursor(before)
        if not was_listed:
            self._show_cursor()
        self._repaint(before)

    def tick(self, now: float) -> None:
        """A second went by: render the visible rows anew and repaint the cells that differ (durations)."""
        self._painter.now = now
        for y, row_id in enumerate(self.visible_ids(), start=HEADER):
            self._repaint_cells(row_id, y)

    def _anchors(self, before: Sequence[str]) -> list[tuple[str, int]]:
        """Rows to hold on to, the best first, with their line: the cursor's, else the topmost that remains.

        Nobody's: a table at its top without a cursor shows what is first, whatever that is.
        """
        lines = [(row_id, line) for line, row_id in enumerate(before)]
        held = [(row_id, line) for row_id, line in lines if row_id == self._cursor]
        return held + (lines if self.scroll_offset.y else [])

    def _keep_in_place(self, anchors: Sequence[tuple[str, int]]) -> None:
        order = self._rows.order
        held = next(((row_id, line) for row_id, line in anchors if row_id in order), None)
        self.scroll_unseen(self.scroll_offset.y if held is None else order.index(held[0]) - held[1])

    def _find_cursor(self, before: Sequence[str]) -> None:
        """After a new filter or snapshot the cursor's row may be gone: take the nearest that was on the screen."""
        order = self._rows.order
        if self._cursor is None:
            if self.has_focus:
                self._place_cursor()
            return
        if self._cursor in order:
            return
        at = before.index(self._cursor) if self._cursor in before else 0
        near = (*before[at:], *reversed(before[:at]), *order.ids(0, 1))
        self._move_cursor(next((row_id for row_id in near if row_id in order), None))

    # -- painting -----------------------------------------------------------------------------------------------

    def _repaint(self, before: Sequence[str]) -> None:
        """Repaint the lines that show another row than before, and the cells that differ of those that do not."""
        visible = self.visible_ids()
        self._painter.forget(self._dirty.difference(visible))
        if bool(before) != bool(visible):
            self.refresh()  # the empty text comes or goes
        for y, (old, new) in enumerate(zip_longest(before, visible), start=HEADER):
            if old != new:
                self.refresh_screen_line(y)
            if new is not None and new in self._dirty:
                self._repaint_cells(new, y)
        self._dirty.clear()
        self._painter.trim(visible)

    def _repaint_cells(self, row_id: str, y: int) -> None:
        changed = self._painter.changed_slots(row_id)
        if changed is None:
            self.refresh_screen_line(y)
        elif changed:
            self.refresh(*(Region(slot.x, y, slot.width, 1) for slot in changed))

    def _refresh_row(self, row_id: str | None) -> None:
        if row_id is not None and row_id in self._rows.order:
            y = self._rows.order.index(row_id) - self.scroll_offset.y + HEADER
            if HEADER <= y < self.size.height:
                self.refresh_screen_line(y)

    def _repaint_all(self) -> None:
        self._painter.forget()
        self._role_styles = None
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._repaint_all()

    def on_resize(self) -> None:
        self.resize_content(self.row_count)
        self._show_cursor()

    def render_line(self, y: int) -> Strip:
        """Line ``y`` of the widget: the header, then the rows from the scroll offset on."""
        if self._painter.width != self.body_width:  # Textual paints a new size before it tells us of it
            self._painter.resize(self.body_width)
        if self._role_styles is None:
            self._role_styles = RoleStyles(self.app.theme_variables, self.rich_style)
        styles = self._role_styles
        if y < HEADER:
            return self._painter.header(styles, self._sort_column, self._rows.reverse)
        if not self.row_count:
            return self._painter.empty(self._empty, y - HEADER, self.body_height, styles)
        index = self.scroll_offset.y + y - HEADER
        if index >= self.row_count:
            return self._painter.below(styles)
        row_id = self._rows.order.at(index)
        under = "" if row_id != self._cursor else "cursor" if self.has_focus else "cursor-blurred"
        return self._painter.row(row_id, styles, under)
