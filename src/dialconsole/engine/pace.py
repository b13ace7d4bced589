"""How much of its pace a trunk keeps while the carrier asks for fewer calls: half at once, slowly back to all of it.

Additive increase, multiplicative decrease, as TCP does it, on the calls per second. What is kept is a share of what
the operator allows, never a rate of its own: so the pace cannot be above the limit, whatever becomes of the limit
meanwhile, and a share of one is no limit at all. A burst that was dialed before a cut says nothing about the pace after
it, so it does not cut again. Retry-After stops the trunk for as long as the carrier says, an hour at most.

Pure: instants are seconds on any steady clock.
"""

from __future__ import annotations

import math
from typing import Final

import msgspec

from dialconsole.model.campaign import Limits

CUT: Final = 0.5
LEAST_SHARE: Final = 1 / 64
LEAST_PER_SECOND: Final = 1 / 60
"""A trunk that is asked to slow down again and again still tries once a minute (if its limit allows that)."""

STEP: Final = 0.05
STEP_S: Final = 30.0
"""A twentieth of the limit every half minute: from half to all of it in five minutes."""

LONGEST_STOP_S: Final = 3600.0


class Pace:
    """One trunk's share of its limit."""

    def __init__(self) -> None:
        self.share = 1.0
        self.stopped_until = -math.inf
        """No call before this: the carrier's Retry-After."""
        self._cut_at = -math.inf
        self._next_step = math.inf
        self._measured = 0.0

    @property
    def whole(self) -> bool:
        return self.share >= 1.0

    @property
    def next_step(self) -> float:
        """When the share grows; ``inf`` when there is nothing to get back."""
        return self._next_step

    def stopped(self, now: float) -> bool:
        return now < self.stopped_until

    def slow_down(self, dialed_at: float, now: float, retry_after_s: float | None, measured: float) -> bool:
        """The carrier asked for fewer calls, in a call dialed at ``dialed_at``. True if that cut the pace.

        ``measured``: starts a second of the last minute, for a trunk without a limit of its own.
        """
        if retry_after_s is not None:
            self.stopped_until = max(self.stopped_until, now + min(max(0.0, retry_after_s), LONGEST_STOP_S))
        if dialed_at < self._cut_at:
            return False
        if self.whole:
            self._measured = measured
        self.share = max(LEAST_SHARE, self.share * CUT)
        self._cut_at = now
        self._next_step = max(now, self.stopped_until) + STEP_S
        return True

    def recover(self, now: float) -> bool:
        """Give back what is due by now. True if the share grew."""
        if now < self._next_step:
            return False
        steps = 1 + int((now - self._next_step) / STEP_S)
        self.share = min(1.0, self.share + steps * STEP)
        self._next_step = math.inf if self.whole else self._next_step + steps * STEP_S
        return True

    def reset(self, now: float) -> bool:
        """A person says that the trunk may go as fast as its limits. True if it could not before."""
        slowed = not self.whole or self.stopped_until > now
        self.share, self.stopped_until, self._next_step = 1.0, -math.inf, math.inf
        self._cut_at = now
        return slowed

    def limits(self, limits: Limits) -> Limits:
        """The operator's limits with the share taken of their calls per second."""
        if self.whole:
            return limits
        whole = limits.calls_per_second or max(self._measured, LEAST_PER_SECOND)
        return msgspec.structs.replace(limits, calls_per_second=min(whole, max(whole * self.share, LEAST_PER_SECOND)))
