"""A short list one can move through: the campaigns, the limits. Its titles stand in the rule above it.

Not the live table: that one is for thousands of rows of one shape; here are a few, each of which may say what it has to
say in its own way. The cursor follows a row's name, never its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from dialconsole.console.render.line import Line
from dialconsole.console.widgets.lines import Lines


class Pane(Lines, can_focus=True):
    """Rows under a rule with their titles, the cursor's row marked, a line or two about it below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("home", "move(-100000)", "First", show=False),
        Binding("end", "move(100000)", "Last", show=False),
        Binding("enter", "select", "Open", show=False),
    ]

    class Opened(Message):
        """Enter or a double click on a row."""

        def __init__(self, pane: Pane, row_id: str) -> None:
            super().__init__()
            self.pane = pane
            self.row_id = row_id

        @property
        def control(self) -> Pane:
            return self.pane

    class Moved(Message):
        """The cursor is on another row."""

    def __init__(self, mark: str, *, id: str) -> None:
        super().__init__(id=id)
        self._mark = mark
        self._cursor: str | None = None
        self._top = 0
        self.most_rows = 5
        """Rows shown at once; the rest is scrolled to."""

    # -- what a subclass says -------------------------------------------------------------------------------------

    def row_ids(self) -> Sequence[str]:
        """The rows from top to bottom."""
        raise NotImplementedError

    def first_row(self, ids: Sequence[str]) -> str:
        """Where the cursor is before anybody moved it, or when its row has gone."""
        return ids[0]

    def titles(self, width: int) -> Line:
        """The rule above the rows."""
        raise NotImplementedError

    def row(self, row_id: str, width: int) -> Line:
        """One row; its first cell is left to the cursor's mark."""
        raise NotImplementedError

    def below(self, width: int, more: str) -> Sequence[Line]:
        """Lines under the rows: about the one with the cursor, or what would fill an empty place. ``more`` says which
        rows are shown, if not all are."""
        return ()

    # -- cursor ---------------------------------------------------------------------------------------------------

    @property
    def cursor(self) -> str | None:
        """The row under the cursor; ``None`` when there is no row."""
        ids = self.row_ids()
        if self._cursor not in ids:
            self._cursor = self.first_row(ids) if ids else None
        return self._cursor

    @cursor.setter
    def cursor(self, row_id: str | None) -> None:
        if row_id in self.row_ids() and row_id != self._cursor:
            self._cursor = row_id
            self.redraw()
            self.post_message(self.Moved())

    def action_move(self, step: int) -> None:
        ids, cursor = self.row_ids(), self.cursor
        if cursor is not None:
            self.cursor = ids[min(max(ids.index(cursor) + step, 0), len(ids) - 1)]

    def action_select(self) -> None:
        if self.cursor is not None:
            self.post_message(self.Opened(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        shown = self._window()
        if 1 <= event.y <= len(shown):
            self.cursor = shown[event.y - 1]
            if event.chain == 2:
                self.action_select()

    def on_focus(self) -> None:
        self.redraw()

    def on_blur(self) -> None:
        self.redraw()

    # -- lines ----------------------------------------------------------------------------------------------------

    def _window(self) -> list[str]:
        """The rows that are shown, so that the cursor's is among them."""
        ids, cursor = self.row_ids(), self.cursor
        if cursor is None:
            return []
        at = ids.index(cursor)
        top = min(max(self._top, at - self.most_rows + 1), at)
        self._top = max(0, min(top, len(ids) - self.most_rows))
        return list(ids[self._top : self._top + self.most_rows])

    def lines(self, width: int) -> Sequence[Line]:
        shown, count = self._window(), len(self.row_ids())
        more = f"{self._top + 1}-{self._top + len(shown)} of {count}" if len(shown) < count else ""
        rows = []
        for row_id in shown:
            mark = self._mark if row_id == self.cursor else " "
            rows.append(Line(mark, "key").join(self.row(row_id, width - 1)))
        return [self.titles(width), *rows, *self.below(width, more)]

    def under(self, y: int) -> str:
        shown = self._window()
        if not 1 <= y <= len(shown) or shown[y - 1] != self.cursor:
            return ""
        return "cursor" if self.has_focus else "cursor-blurred"
