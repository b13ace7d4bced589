"""Who goes next when several campaigns want one trunk: stride scheduling.

Each campaign has a *pass*; the lowest goes next and is raised by 1 / weight, so over time starts are shared in
proportion to the weights, with at most one start of error at any moment. A campaign that had nothing to dial comes
back at the pass of the one served last: it neither owes nor has saved anything up.

Source: C. A. Waldspurger and W. E. Weihl, "Stride Scheduling", MIT/LCS/TM-528, 1995. Lottery scheduling (their
earlier scheme) is fair only on average, which a campaign of 30 calls would feel.
"""

from __future__ import annotations

from collections.abc import Collection


class Stride:
    def __init__(self) -> None:
        self._passes: dict[str, float] = {}
        self._served = 0.0

    def enter(self, name: str) -> None:
        """``name`` wants its share from now on."""
        self._passes[name] = max(self._passes.get(name, 0.0), self._served)

    def forget(self, name: str) -> None:
        self._passes.pop(name, None)

    def next(self, wanting: Collection[str]) -> str | None:
        """Whose turn it is among ``wanting``; ties by name, so that a run can be repeated. ``None`` if nobody wants."""
        if len(wanting) == 1:  # nearly always
            return next(iter(wanting))
        passes = self._passes
        return min(wanting, key=lambda name: (passes.get(name, 0.0), name), default=None)

    def served(self, name: str, weight: int) -> None:
        """``name`` had its start."""
        self._served = self._passes.get(name, self._served)
        self._passes[name] = self._served + 1.0 / weight
