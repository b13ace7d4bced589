"""Our own signs for terminals that have none: dots, arrows and crosses of sentences, as the glyphs have theirs.

Letters of people's names stay as they are: they are data, and a terminal that cannot show them says so itself.
"""

from __future__ import annotations

_FREE = str.maketrans({"…": "...", "→": "->", "×": "x", "·": "|", "–": "-", "‹": "<", "›": ">", "▪": "#"})
_CELLS = str.maketrans({"…": "~", "→": ">", "×": "x", "·": "|", "–": "-", "‹": "<", "›": ">", "▪": "#"})


def plain(text: str) -> str:
    """For text that is not laid out yet: it may grow."""
    return text.translate(_FREE)


def plain_cells(text: str) -> str:
    """As many cells as before. What was cut ends in ``~``, what is waited for in two dots."""
    return text.replace(" …", "..").translate(_CELLS)
