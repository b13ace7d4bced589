"""A line of text in roles, built from left to right, and text that is never cut inside a word.

Everything outside the call table is made of these: header, campaigns, limits, clock, ladder. Rejected: Rich's Text and
Textual's Content here (both carry styles, so they cannot be compared with what a person should read).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich.cells import cell_len, chop_cells

from dialconsole.console.render.cell import ELLIPSIS, Cell, fit_text

_BLANKS = re.compile(r"[ \t\r\n]+")
"""Where a line may be broken: not at a blank that holds a telephone number together."""


class Line:
    """Cells one after another. ``add`` returns the line, so that one can go on."""

    __slots__ = ("cells",)

    def __init__(self, text: str = "", role: str = "") -> None:
        self.cells: list[Cell] = []
        self.add(text, role)

    def add(self, text: str, role: str = "") -> Line:
        if text:
            self.cells.append(Cell(text, role))
        return self

    def join(self, other: Line) -> Line:
        self.cells.extend(other.cells)
        return self

    def column(self, text: str, width: int, role: str = "", align: str = "left") -> Line:
        """Exactly ``width`` cells, cut between words where it must be."""
        return self.add(fit_text(whole_words(text, width), width, align), role)

    def pad(self, width: int) -> Line:
        """Spaces up to ``width``."""
        return self.add(" " * (width - self.width))

    def crop(self, width: int) -> Line:
        """Without the blanks that stand beyond ``width``."""
        while self.cells and self.width > width and self.cells[-1].text.endswith(" "):
            last = self.cells.pop()
            self.add(last.text[:-1], last.role)
        return self

    @property
    def width(self) -> int:
        return sum(cell_len(cell.text) for cell in self.cells)

    @property
    def text(self) -> str:
        return "".join(cell.text for cell in self.cells)

    def __repr__(self) -> str:
        return f"Line({self.text!r})"


def spread(width: int, *groups: Line) -> Line:
    """Groups over a line: the first at its left end, the last at its right, the others at even distances between."""
    room = width - sum(group.width for group in groups)
    gaps = len(groups) - 1
    line = Line()
    for place, group in enumerate(groups):
        if place:
            line.add(" " * max(1, room * place // gaps - room * (place - 1) // gaps))
        line.join(group)
    return line


def rule(width: int, titles: Iterable[tuple[int, str, str]], stroke: str, role: str = "dim") -> Line:
    """A horizontal rule with words in it; ``titles`` are (column, text, role) from left to right."""
    line = Line()
    for at, text, title_role in titles:
        start = max(at - 1, line.width)
        if start + cell_len(text) + 2 > width + 1:  # the last title may touch the edge, as the figures under it do
            break
        line.add(stroke * (start - line.width), role).add(f" {text} ", title_role)
    return line.add(stroke * (width - line.width), role).crop(width)


def whole_words(text: str, width: int) -> str:
    """``text`` if it fits; else as many of its words as do, and an ellipsis. A first word too long is cut."""
    if cell_len(text) <= width:
        return text
    kept = ""
    for word in text.split(" "):
        longer = f"{kept} {word}" if kept else word
        if cell_len(longer) + 1 > width:
            break
        kept = longer
    return kept.rstrip(" .,;:·-") + ELLIPSIS if kept else fit_text(text, width)


def first_fitting(candidates: Sequence[str], width: int) -> str:
    """The first text that fits, from the fullest to the tersest; the last is cut if even that does not."""
    return next((text for text in candidates if cell_len(text) <= width), whole_words(candidates[-1], width))


def wrap(text: str, width: int, lines: int | None = None) -> list[str]:
    """``text`` over several lines of at most ``width`` cells; past ``lines`` the last ends in an ellipsis. Only a word
    that is longer than a line is broken."""
    wrapped = [""]
    for word in (glued.replace("\u00a0", " ") for glued in _BLANKS.split(text.strip(" \t\r\n"))):
        longer = f"{wrapped[-1]} {word}" if wrapped[-1] else word
        if cell_len(longer) <= width:
            wrapped[-1] = longer
        else:
            wrapped += chop_cells(word, max(2, width))
    if not wrapped[0] and len(wrapped) > 1:
        del wrapped[0]
    if lines is not None and len(wrapped) > lines:
        rest = " ".join(wrapped[lines - 1 :])
        wrapped = [*wrapped[: lines - 1], whole_words(rest, width)]
    return wrapped
