"""One line of the table: what was measured, ours, the aim, the baseline."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable

from msgspec import Struct


class Row(Struct, frozen=True):
    what: str
    ours: float
    unit: str
    aim: str = ""
    """The figure we hold ourselves to, as text: ``<= 2``."""
    baseline: float | None = None
    beside: str = ""
    """What the baseline is."""
    bigger_is_better: bool = False

    @property
    def ratio(self) -> float | None:
        """How many times better than the baseline."""
        if not self.baseline or not self.ours:
            return None
        return self.ours / self.baseline if self.bigger_is_better else self.baseline / self.ours


def rows_of(name: str) -> list[Row]:
    """Run the benchmark of that name."""
    run: Callable[[], Iterable[Row]] = importlib.import_module(f"benchmarks.{name}").run
    return list(run())


def number(value: float) -> str:
    if value == 0:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(rows: Iterable[Row]) -> str:
    head = ("what", "ours", "unit", "aim", "baseline", "ratio", "beside")
    cells = [head]
    for row in rows:
        ratio = row.ratio
        cells.append(
            (
                row.what,
                number(row.ours),
                row.unit,
                row.aim,
                "" if row.baseline is None else number(row.baseline),
                "" if ratio is None else f"x{number(ratio)}",
                row.beside,
            )
        )
    widths = [max(len(line[i]) for line in cells) for i in range(len(head))]
    right = {1, 4, 5}
    lines = [
        "  ".join(c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True)))
        for line in cells
    ]
    return "\n".join(line.rstrip() for line in lines)
