"""How many calls started in each of the last 60 minutes, as far as this console knows.

Counted here from the rows that pass by, and filled up once from the engine's list of attempts: sixty numbers that only
a sparkline needs are not worth a place in every update.
"""

from __future__ import annotations

from collections.abc import Iterable

MINUTES = 60


class PaceHistory:
    """Starts by minute of the engine's clock. Each attempt counts once, however often it is seen."""

    def __init__(self) -> None:
        self._minutes: dict[int, set[str]] = {}

    def clear(self) -> None:
        self._minutes.clear()

    def add(self, starts: Iterable[tuple[str, float]]) -> None:
        """Attempts with the instant (POSIX seconds) at which each was claimed."""
        for attempt, at in starts:
            self._minutes.setdefault(int(at // 60), set()).add(attempt)

    def per_minute(self, now: float) -> list[int]:
        """Calls in each of the last 60 minutes, oldest first; the last is the minute that still runs. Minutes before
        the first call that is known are left out."""
        current = int(now // 60)
        for minute in [m for m in self._minutes if m <= current - MINUTES]:
            del self._minutes[minute]
        first = min(self._minutes, default=current)
        return [len(self._minutes.get(minute, ())) for minute in range(first, current + 1)]
