"""The calling clock: where it is legal to call now, and when that changes, in the operator's own time."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from dialconsole.console.render.clock import hour
from dialconsole.console.render.glyphs import zone_sign
from dialconsole.console.render.line import Line
from dialconsole.model.view import ZoneView


def zone_lines(zones: Sequence[ZoneView], width: int, zone: str, ascii_only: bool) -> list[Line]:
    """The zones in a grid as wide as fits: ``Eastern ● to 21:00``, ``Pacific ○ at 11:00``."""
    if not zones:
        return []
    label = max(cell_len(z.label) for z in zones)
    cell = label + len(" ● to 21:00")
    across = max(1, (width + 1) // (cell + 1))
    gap = min(3, max(1, (width - across * cell) // across))
    lines = []
    for start in range(0, len(zones), across):
        line = Line()
        for place, view in enumerate(zones[start : start + across]):
            sign = zone_sign(view.open)
            words = f" {sign.mark(ascii_only)} {'to' if view.open else 'at'} {hour(view.changes_at, zone)}"
            # Labels lean to the right: the blanks of the shorter ones then part them from the zone before.
            line.add(" " * gap if place else "").column(view.label, label, align="right").add(words, sign.role)
        lines.append(line)
    return lines
