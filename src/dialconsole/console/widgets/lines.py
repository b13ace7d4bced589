"""Widgets that are nothing but lines of text in roles, repainted only where a line really differs.

Rejected: Textual's Static (it parses, measures and lays out again for each change, and repaints whole where one number
moved) and one widget for each row (a layout for every campaign that comes).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from dialconsole.console.render.cell import Cell
from dialconsole.console.render.line import Line
from dialconsole.console.render.plain import plain_cells
from dialconsole.console.widgets.live_table.paint import RoleStyles
from dialconsole.console.widgets.said import without_glyphs

Shown = tuple[tuple[Cell, ...], str]
"""A line's cells, and the role that lies under all of them (``cursor``)."""


def _plain(line: Line) -> Line:
    plain = Line()
    plain.cells = [Cell(plain_cells(cell.text), cell.role) for cell in line.cells]
    return plain


class Lines(Widget):
    """Shows ``lines(width)``, as high as they are many."""

    DEFAULT_CSS = "Lines { height: auto; width: 1fr; }"

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._shown: list[Shown] = []
        self._shown_width = 0
        self._strips: dict[int, Strip] = {}
        self._height_asked = 0
        """Lines for which a layout was asked since the last one, so that a place too small for them is not laid out
        again and again."""
        self._role_styles: RoleStyles | None = None
        self._stale = False

    def lines(self, width: int) -> Sequence[Line]:
        """What stands there now."""
        raise NotImplementedError

    def under(self, y: int) -> str:
        """The role under line ``y``."""
        return ""

    @property
    def stale(self) -> bool:
        """Whether all is grey because the engine is gone."""
        return self._stale

    @stale.setter
    def stale(self, stale: bool) -> None:
        if stale != self._stale:
            self._stale = stale
            self.repaint()

    @property
    def text(self) -> str:
        """What a person reads, line by line."""
        return "\n".join("".join(cell.text for cell in cells).rstrip() for cells, _ in self._shown)

    def redraw(self) -> None:
        """Bring the widget up to date. Where nothing changed this costs a comparison."""
        width, height = self.size
        if not width:
            return
        old, old_width = self._shown, self._shown_width
        self._ask_anew(width)
        if len(self._shown) not in (height, self._height_asked):
            self._height_asked = len(self._shown)
            self._strips.clear()
            self.refresh(layout=True)
        elif (len(self._shown), width) != (len(old), old_width):
            self._strips.clear()
            self.refresh()
        else:
            for y, (new_line, old_line) in enumerate(zip(self._shown, old, strict=True)):
                if new_line != old_line:
                    self._strips.pop(y, None)
                    self.refresh(Region(0, y, width, 1))

    def _ask_anew(self, width: int) -> None:
        lines = self.lines(width)
        if without_glyphs(self):
            lines = [_plain(line) for line in lines]
        self._shown = [(tuple(line.cells), self.under(y)) for y, line in enumerate(lines)]
        self._shown_width = width

    def repaint(self) -> None:
        """Paint all anew: the theme, or what lies under it, is another."""
        self._strips.clear()
        self._role_styles = None
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self.repaint()

    def on_resize(self) -> None:
        self._height_asked = 0
        self.redraw()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.lines(width)) if width else 0

    def render_line(self, y: int) -> Strip:
        if self._shown_width != self.size.width:  # Textual paints a new size before it tells us of it
            self._ask_anew(self.size.width)
            self._strips.clear()
        if self._role_styles is None:
            self._role_styles = RoleStyles(self.app.theme_variables, self.rich_style)
        if (strip := self._strips.get(y)) is None:
            strip = self._strips[y] = self._paint(y, self._role_styles)
        return strip

    def _paint(self, y: int, styles: RoleStyles) -> Strip:
        width = self.size.width
        if y >= len(self._shown):
            return Strip([Segment(" " * width, styles.base)], width)
        cells, under = self._shown[y]
        segments = [Segment(c.text, styles.style("stale" if self._stale else c.role, under)) for c in cells]
        return Strip(segments).adjust_cell_length(width, styles.style("", under))


class LinesFrom(Lines):
    """Lines that a function makes; for places without a cursor or keys."""

    def __init__(self, make: Callable[[int], Sequence[Line]], *, id: str) -> None:
        super().__init__(id=id)
        self._make = make

    def lines(self, width: int) -> Sequence[Line]:
        return self._make(width)
