"""What tables are made of: columns, and in each place text with the role that decides its colour.

A role, not a style: the functions that make cells stay free of Textual and of themes, and every theme can be gated on
the list of roles alone (``console.themes``).
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct
from rich.cells import cell_len, split_graphemes

from dialconsole.model.text import safe_text

ELLIPSIS = "…"


class Column(Struct, frozen=True):
    """``width`` in terminal cells. ``grow`` is the share of spare width; columns with the highest ``priority`` number
    go first when there is no room."""

    key: str
    title: str
    width: int
    align: str = "left"
    grow: int = 0
    priority: int = 0


class Cell(NamedTuple):
    """``role`` is a theme role such as ``state-ringing`` or ``dim``; empty is plain text."""

    text: str
    role: str = ""


def fit_text(text: str, width: int, align: str = "left") -> str:
    """``text`` in exactly ``width`` terminal cells: padded (``left``, ``right``, ``center``) or cut with an ellipsis.

    It is cut between words where that keeps half of the room used, and never within a character: one of two cells, or
    one with combining marks, is kept whole or left out. Text from outside was cleaned where it entered; what is still
    unprintable here would break the line, so it is cleaned once more.
    """
    if width <= 0:
        return ""
    if not text.isprintable():
        text = safe_text(text)
    size = cell_len(text)
    if size > width:
        text = _cut(text, width - 1) + ELLIPSIS
        size = cell_len(text)
    spare = width - size
    if align == "right":
        return " " * spare + text
    if align == "center":
        return " " * (spare // 2) + text + " " * (spare - spare // 2)
    return text + " " * spare


def _cut(text: str, width: int) -> str:
    """The start of ``text`` within ``width`` cells."""
    end = used = 0
    for _start, stop, size in split_graphemes(text)[0]:
        if used + size > width:
            break
        end, used = stop, used + size
    words = text[:end].rstrip() if text[end : end + 1] == " " else text[:end].rpartition(" ")[0].rstrip()
    return words if cell_len(words) * 2 >= width else text[:end]
