"""Gauges and progress as text: block characters with eighths, so that twelve cells show a hundred steps.

Rejected: Textual's ProgressBar and Sparkline (2 to 17 times the bytes to the terminal, measured at 24 gauges, 10 Hz).
"""

from __future__ import annotations

from dialconsole.console.render.cell import Cell

EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
WARN_AT = 0.8
"""Share of a limit from which a gauge says that it is nearly full."""


def bar(share: float, width: int, *, ascii_only: bool = False) -> tuple[str, str]:
    """The filled and the empty part of a bar, ``width`` cells together. ``share`` from 0 to 1, beyond is cut off.

    Anything above 0 shows, and nothing below 1 looks full: both would be read as a statement.
    """
    steps = 1 if ascii_only else 8
    whole = width * steps
    filled = int(share * whole) if share < 1 else whole
    if 0 < share < 1:
        filled = min(max(filled, 1), whole - 1)
    if ascii_only:
        return "#" * filled, "-" * (width - filled)
    text = "█" * (filled // 8) + EIGHTHS[filled % 8]
    return text, "░" * (width - len(text))


def gauge(used: int, limit: int, width: int, *, ascii_only: bool = False) -> tuple[Cell, Cell]:
    """How much of a limit is in use. A limit of 0 is a full gauge: nothing may pass."""
    share = used / limit if limit else 1.0
    role = "gauge-full" if share >= 1 else "gauge-warn" if share >= WARN_AT else "gauge-ok"
    filled, empty = bar(share, width, ascii_only=ascii_only)
    return Cell(filled, role), Cell(empty, "gauge-empty")


def progress(done: int, total: int, width: int, *, ascii_only: bool = False) -> tuple[Cell, Cell]:
    """How much of a work is done: being full is no warning here. Nothing to do counts as nothing done."""
    filled, empty = bar(done / total if total else 0.0, width, ascii_only=ascii_only)
    return Cell(filled, "gauge-ok"), Cell(empty, "gauge-empty")
