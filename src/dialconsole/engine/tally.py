"""What the gate says of all groups of a stock, added up."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from msgspec import structs

from dialconsole.engine.holds import words
from dialconsole.engine.outlook import Day, Outlook
from dialconsole.model.dialable import CALLABLE, RETRY, ReasonCount
from dialconsole.model.verdict import CheckName, CheckResult, Verdict, VerdictKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Reason = tuple[str, str]
"""Check and code."""

_CHANGES = frozenset({CheckName.HOURS, CheckName.GAP, CheckName.IN_A_CALL, CheckName.CAPS})
"""Checks whose sentences name an instant: those of one code are told in a few words instead."""


class Tally:
    def __init__(self, at: float, end_of_day: float) -> None:
        self.ready = self.today = self.later = self.waiting = self.refused = 0
        self.until = end_of_day
        """How long the counts stand if nothing happens."""
        self.at = at
        self.end = end_of_day
        self._counts: Counter[Reason] = Counter()
        self._today: Counter[Reason] = Counter()
        self._first: dict[Reason, float] = {}
        self._sentences: dict[Reason, set[str]] = {}
        self._refused: set[Reason] = set()

    def add(self, seen: Outlook, count: int) -> None:
        """Contacts that wait for nothing but what the gate says."""
        self.until = min(self.until, seen.until)
        if not count:
            return
        if seen.verdict.clear:
            self.ready += count
            return
        reason = self._reason(seen, seen.verdict.decisive)
        self._counts[reason] += count
        if reason in self._refused:
            self.refused += count
        else:
            self._place(reason, seen.first, count)

    def add_waiting(self, seen: Outlook, day: Day, due: NDArray[np.float64]) -> None:
        """Contacts whose next attempt is due at some time after now."""
        gap = next(
            (c.until for c in seen.verdict.checks if c.check is CheckName.GAP and c.until is not None), -math.inf
        )
        for some in (due[due < gap], due[due >= gap]):
            if len(some):
                self._add_alike(seen, day, some)

    def _add_alike(self, seen: Outlook, day: Day, due: NDArray[np.float64]) -> None:
        """Those whose attempts are due before the gap since the last call is over, or those whose are due after."""
        decisive = decisive_at(seen.verdict, float(due[0]))
        waits = decisive is None and (seen.verdict.clear or bool(seen.verdict.checks))
        reason = (RETRY, RETRY) if waits else self._reason(seen, decisive)
        self._counts[reason] += len(due)
        self.until = min(self.until, seen.until, float(due.min()))
        if reason in self._refused:
            self.refused += len(due)
            return
        first = day.first_from(due)
        today = int((first < self.end).sum())
        self._place(reason, float(first.min()), today)
        self._place(reason, None if seen.first is None else max(self.end, float(due.min())), len(due) - today)

    def reasons(self) -> tuple[ReasonCount, ...]:
        """The largest first."""
        return tuple(
            ReasonCount(
                check=check,
                code=code,
                words=_capital(words(code)),
                sentence=self._sentence((check, code)),
                count=count,
                refused=(check, code) in self._refused,
                today=self._today[check, code],
                until=self._first.get((check, code)),
            )
            for (check, code), count in sorted(self._counts.items(), key=lambda one: (-one[1], one[0]))
        )

    def _place(self, reason: Reason, first: float | None, count: int) -> None:
        if not count:
            return
        if first is None:
            self.waiting += count
            return
        self._first[reason] = min(first, self._first.get(reason, first))
        if first < self.end:
            self.today += count
            self._today[reason] += count
        else:
            self.later += count

    def _reason(self, seen: Outlook, decisive: CheckResult | None) -> Reason:
        if decisive is None:  # no check at all
            return "", ""
        reason = decisive.check.value, decisive.code
        if seen.verdict.verdict is VerdictKind.REFUSED:
            self._refused.add(reason)
        if decisive.check not in _CHANGES:
            self._sentences.setdefault(reason, set()).add(decisive.sentence)
        return reason

    def _sentence(self, reason: Reason) -> str:
        """The gate's own if it says the same to all, else what the code means."""
        sentences = self._sentences.get(reason, set())
        if len(sentences) == 1:
            return next(iter(sentences))
        return f"{_capital(words(reason[1]))}."


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]


def code_of(seen: Outlook, due: float = 0.0) -> str:
    """Under which code a contact is counted whose next attempt is due at ``due``."""
    if seen.verdict.clear:
        return RETRY if due > seen.verdict.at else CALLABLE
    decisive = decisive_at(seen.verdict, due)
    return decisive.code if decisive is not None else RETRY if seen.verdict.checks else ""


def decisive_at(verdict: Verdict, due: float) -> CheckResult | None:
    """The check that decides about a contact whose next attempt is due at ``due``. Not the gap since the last call
    where that is over by then: its time would be told, minutes from now, of a contact that waits for hours."""
    decisive = verdict.decisive
    if decisive is None or not _over(decisive, due):
        return decisive
    return structs.replace(verdict, checks=tuple(c for c in verdict.checks if not _over(c, due))).decisive


def _over(check: CheckResult, due: float) -> bool:
    return check.check is CheckName.GAP and check.until is not None and check.until <= due
