"""From cells to a line of the terminal: roles become styles here, and nowhere else in the table.

Roles are looked up among the app's theme variables when a line is painted, not written into CSS: a table then works in
an app without our themes, and a row may name any role without a component class for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color, ColorParseError
from textual.strip import Strip

from dialconsole.console.render.cell import Cell, Column, fit_text
from dialconsole.console.widgets.live_table.columns import GUTTER, Slot


class RoleStyles:
    """Styles of the roles under one theme. ``variables`` are the app's theme variables, ``base`` the widget's style.

    A role has up to three variables: ``NAME`` (the text), ``NAME-background`` and ``NAME-style`` (``bold reverse``).
    A role that is not among them looks like plain text.
    """

    def __init__(self, variables: Mapping[str, str], base: Style) -> None:
        self.base = base
        self._variables = variables
        self._known: dict[tuple[str, str], Style] = {}

    def style(self, role: str, under: str = "") -> Style:
        """The style of ``role`` on a row painted as ``under`` (``cursor``, ``cursor-blurred`` or nothing)."""
        style = self._known.get((role, under))
        if style is None:
            style = self._known[role, under] = self.base + self._own(under) + self._own(role)
        return style

    def _own(self, role: str) -> Style:
        if not role:
            return Style.null()
        words = self._variables.get(f"{role}-style", "none").split()
        return Style(
            color=_rich_color(self._variables.get(role)),
            bgcolor=_rich_color(self._variables.get(f"{role}-background")),
            bold="bold" in words or None,
            italic="italic" in words or None,
            reverse="reverse" in words or None,
            underline="underline" in words or None,
        )


def _rich_color(value: str | None) -> RichColor | None:
    """A theme variable as a Rich colour; ``None`` for what is no colour of its own (``auto``, ``transparent``)."""
    if value is None:
        return None
    try:
        color = Color.parse(value)
    except ColorParseError:
        return None
    return color.rich_color if color.a else None


def row_strip(
    cells: Sequence[Cell],
    columns: Sequence[Column],
    slots: Sequence[Slot],
    width: int,
    styles: RoleStyles,
    *,
    under: str = "",
    mark: str = " ",
    all_role: str = "",
) -> Strip:
    """One line, ``width`` cells wide. ``mark`` stands in the gutter; ``all_role`` replaces the cells' own roles."""
    around = styles.style(all_role, under)
    segments = [Segment(fit_text(mark, GUTTER), around)]
    used = GUTTER
    for slot in slots:
        if slot.x > used:
            segments.append(Segment(" " * (slot.x - used), around))
        cell = cells[slot.column]
        text = fit_text(cell.text, slot.width, columns[slot.column].align)
        segments.append(Segment(text, styles.style(all_role or cell.role, under)))
        used = slot.x + slot.width
    if used < width:
        segments.append(Segment(" " * (width - used), around))
    return Strip(segments, max(used, width)).crop(0, width)


def text_strip(text: str, width: int, style: Style, align: str = "left") -> Strip:
    """A line that is no row: the empty state, the space below the last row."""
    return Strip([Segment(fit_text(text, width, align), style)], width)


def wrapped(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` cells, broken between words only."""
    lines: list[str] = []
    for word in text.split():
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
