"""A fault found in one cell, before it is known which row it belongs to.

Phone numbers and zones are judged by code that sees a cell and never a row, so that it serves lists, do-not-call
files and single numbers alike. The row reader adds the line. Rejected: raising, which costs more than the parse
itself on a list where every second row is bad.
"""

from __future__ import annotations

from msgspec import Struct

from dialconsole.model.contact import RowFault
from dialconsole.model.text import safe_text

QUOTED = 40
"""Characters of a cell that a sentence repeats: enough to find it again, too few to flood a screen."""


class Fault(Struct, frozen=True):
    fault: RowFault
    reason: str
    """A sentence for people."""


def quoted(cell: str) -> str:
    """A cell as a sentence shows it: safe, short, in quotation marks."""
    return f"“{safe_text(cell, QUOTED)}”"
