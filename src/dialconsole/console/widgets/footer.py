"""The keys that work here and now, made from the screen's real bindings.

Rejected: Textual's Footer (it shows every binding in the order of the code, cuts the last one, and knows no roles).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dialconsole.console.render.line import Line
from dialconsole.console.widgets.lines import Lines


class Hint(NamedTuple):
    """A key, what it does in a word or two, and how much it is needed: 1 stays longest."""

    key: str
    title: str
    rank: int


class KeyFooter(Lines):
    """One line. What does not fit is left out whole, the least important first; a shorter one may take its place."""

    def __init__(self) -> None:
        super().__init__(id="footer")
        self._hints: Sequence[Hint] = ()

    def show(self, hints: Sequence[Hint]) -> None:
        """The keys that do something now, in the order in which they are shown."""
        self._hints = hints
        self.redraw()

    def lines(self, width: int) -> Sequence[Line]:
        kept: list[Hint] = []
        for hint in sorted(self._hints, key=lambda hint: hint.rank):
            if _width([*kept, hint]) <= width - 1:
                kept.append(hint)
        line = Line()
        for hint in self._hints:
            if hint in kept:
                line.add("  " if line.cells else " ").add(hint.key, "key").add(f" {hint.title}", "dim")
        return [line]


def _width(hints: Sequence[Hint]) -> int:
    return sum(len(hint.key) + 1 + len(hint.title) + 2 for hint in hints) - 1
