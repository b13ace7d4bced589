"""How calls from one number fare: blocked by networks, answered, or over within seconds.

A number that analytics have labelled as spam is blocked (603 "Network Blocked", 608), no longer answered, and hung up
on at once; each further call confirms the label. So the newest calls of a day are kept in view, beside those before
them, and a number that networks block is to rest.

Pure, and a function of the calls alone: the same calls from the ledger make the same figures and the same rests, which
is how a rest outlives a restart without being stored.
"""

from __future__ import annotations

import math
from collections import deque
from enum import IntEnum
from typing import Final

from dialconsole.model.outcome import Outcome

WINDOW_CALLS: Final = 50
WINDOW_S: Final = 24 * 3600.0
"""The newest calls of a day: enough to tell a share, few enough that a label shows within the hour it is given."""

REST_S: Final = 24 * 3600.0

REST_BLOCKED: Final = 5
REST_SHARE: Final = 0.25
"""A quarter of the calls is about one large mobile network: its customers cannot be reached from this number."""

BAD_BLOCKED: Final = 3
BAD_SHARE: Final = 0.05

SHORT_S: Final = 6.0
BRIEF_S: Final = 12.0
SHORT_SHARE: Final = 0.2
"""Carriers charge extra for calls of 6 s and less above a fifth of all."""
SHORT_LEAST: Final = 20

BEFORE_CALLS: Final = 450
BEFORE_LEAST: Final = 100
"""The calls of the day before the newest: what share of them was answered is what this number usually gets."""

FALL_SIGMAS: Final = 3.0
FALL_SHARE: Final = 2 / 3
"""A fall is no chance (standard deviations, binomial) and matters (of the usual share): from 50 to 29 %, 30 to 11 %."""

_BLOCKED, _ANSWERED, _SHORT, _BRIEF = 1, 2, 4, 8


class Health(IntEnum):
    """How a number stands with the networks, from well to not to be used."""

    WELL = 0
    NOTED = 1
    """A call was blocked."""
    BAD = 2
    REST = 3


class CallerIdHealth:
    """One number's newest calls. Figures are kept as calls come and go, never counted again."""

    __slots__ = ("_before", "_before_answered", "_calls", "answered", "blocked", "within_6s", "within_12s")

    def __init__(self) -> None:
        self._calls: deque[tuple[float, int]] = deque()
        self._before: deque[tuple[float, int]] = deque()
        self._before_answered = 0
        self.blocked = 0
        self.answered = 0
        self.within_6s = 0
        self.within_12s = 0

    @property
    def calls(self) -> int:
        return len(self._calls)

    def note(self, at: float, outcome: Outcome, talked_s: float | None) -> None:
        """A call is over that reached the network. ``talked_s``: how long it was answered; ``None`` if it was not."""
        marks = _marks(outcome, talked_s)
        self._calls.append((at, marks))
        if marks:
            self._count(marks, 1)
        self.forget(at)

    def forget(self, now: float) -> None:
        """Calls that are too old, or too many, leave the view."""
        calls, before = self._calls, self._before
        while calls and (len(calls) > WINDOW_CALLS or calls[0][0] <= now - WINDOW_S):
            call = calls.popleft()
            before.append(call)
            if marks := call[1]:
                self._count(marks, -1)
                self._before_answered += bool(marks & _ANSWERED)
        while before and (len(before) > BEFORE_CALLS or before[0][0] <= now - WINDOW_S):
            self._before_answered -= bool(before.popleft()[1] & _ANSWERED)

    def _count(self, marks: int, step: int) -> None:
        if marks & _BLOCKED:
            self.blocked += step
        if marks & _ANSWERED:
            self.answered += step
        if marks & _SHORT:
            self.within_6s += step
        if marks & _BRIEF:
            self.within_12s += step

    @property
    def health(self) -> Health:
        blocked, calls = self.blocked, len(self._calls)
        if blocked >= REST_BLOCKED and blocked >= REST_SHARE * calls:
            return Health.REST
        if blocked >= BAD_BLOCKED and blocked >= BAD_SHARE * calls:
            return Health.BAD
        return Health.NOTED if blocked else Health.WELL

    @property
    def many_short(self) -> bool:
        """So many calls are over within seconds that carriers take offence."""
        return len(self._calls) >= SHORT_LEAST and self.within_6s >= SHORT_SHARE * len(self._calls)

    @property
    def answers_fell(self) -> bool:
        """Far fewer of the newest calls were answered than of those before them."""
        before, calls = len(self._before), len(self._calls)
        if before < BEFORE_LEAST or calls < WINDOW_CALLS:
            return False
        usual = self._before_answered / before
        expected = usual * calls
        no_chance = self.answered < expected - FALL_SIGMAS * math.sqrt(expected * (1 - usual))
        return no_chance and self.answered < FALL_SHARE * expected

    @property
    def usual_share(self) -> float:
        """Of the calls before the newest: how many were answered."""
        return self._before_answered / max(1, len(self._before))


_MARKS = {Outcome.BLOCKED: _BLOCKED, Outcome.ANSWERED: _ANSWERED, Outcome.VOICEMAIL: _ANSWERED}


def _marks(outcome: Outcome, talked_s: float | None) -> int:
    marks = _MARKS.get(outcome, 0)
    if marks != _ANSWERED or talked_s is None or talked_s > BRIEF_S:
        return marks
    return _ANSWERED | _BRIEF | _SHORT if talked_s <= SHORT_S else _ANSWERED | _BRIEF
