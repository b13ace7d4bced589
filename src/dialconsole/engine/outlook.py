"""When a call may be placed, from an instant on: the gate asked now, and again whenever a hold of it is over.

The gate names with each hold when to look again. Following that from hold to hold finds the first instant at which it
says yes, without a second notion of hours, holidays or gaps.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from dialconsole.model.verdict import Verdict, VerdictKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Judge = Callable[[float], Verdict]
"""The gate's word on one call at an instant."""

_STEPS = 12
"""Holds that are followed. A holiday behind a weekend behind a cap makes four."""

_DAY_S = 86_400.0
_TEN = 36_000.0


class Outlook(Struct, frozen=True):
    verdict: Verdict
    first: float | None
    """The first instant, not before ``verdict.at``, at which the call is clear; ``None`` if no time is known."""
    until: float
    """How long all this stands if nothing happens."""


def outlook(judge: Judge, at: float) -> Outlook:
    """What the gate says at ``at``, and when it will first say yes."""
    verdict = judge(at)
    return Outlook(verdict, _first(judge, verdict), stands_until(verdict))


def _first(judge: Judge, verdict: Verdict) -> float | None:
    for _ in range(_STEPS):
        if verdict.clear:
            return verdict.at
        if verdict.verdict is VerdictKind.REFUSED or verdict.until is None or verdict.until <= verdict.at:
            return None
        verdict = judge(verdict.until)
    return None


def stands_until(verdict: Verdict) -> float:
    """Until when a verdict holds if nothing happens: a check's time is over, or a registry is a day older.

    Versions of a registry age at midnight UTC; one whose date lies ahead begins to be of use at ten, when it is
    midnight where people live furthest east.
    """
    until = _registry_turns(verdict.at)
    for check in verdict.checks:
        if check.until is not None and verdict.at < check.until < until:
            until = check.until
    return until


def _registry_turns(at: float) -> float:
    midnight = at - at % _DAY_S
    return midnight + _TEN if at < midnight + _TEN else midnight + _DAY_S


class Day:
    """Where in what is left of a day a call is clear. Contacts that wait for a time look where theirs falls.

    Worked out as far as it is asked for: most are due within the hour.
    """

    def __init__(self, judge: Judge, now: float, end: float) -> None:
        self._judge = judge
        self._end = end
        self._at = now
        """As far as it is known."""
        self._steps = 0
        self._spans: list[tuple[float, float]] = []

    def first_from(self, at: NDArray[np.float64]) -> NDArray[np.float64]:
        """The first instant from each of ``at`` on, within the day, at which the call is clear; infinite if none is."""
        import numpy as np

        self._work_out(float(at.max()))
        begins, ends = np.array([*self._spans, (math.inf, math.inf)]).T
        first: NDArray[np.float64] = np.maximum(at, begins[np.searchsorted(ends, at, side="right")])
        return first

    def _work_out(self, last: float) -> None:
        """Go on until a span reaches beyond ``last``, or the day is over, or no time is named."""
        while self._at < self._end and self._steps < _STEPS and not (self._spans and self._spans[-1][1] > last):
            self._steps += 1
            verdict = self._judge(self._at)
            if verdict.clear:
                over = min(stands_until(verdict), self._end)
                self._spans.append((self._at, over))
            elif verdict.verdict is VerdictKind.REFUSED or verdict.until is None or verdict.until <= self._at:
                over = self._end
            else:
                over = verdict.until
            self._at = over
