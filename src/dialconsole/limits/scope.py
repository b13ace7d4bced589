"""The books of one scope: who holds a place, who started when, and when the next place comes free.

Arithmetic only: no loop, no tasks, no clock of its own, so that each rule can be read and tested in one place. Every
comparison is between *stored* instants (the instant a start leaves the window, the instant the spacing is over) and
now. Sums that are computed twice in two ways differ in the last bit, and a waiter that is woken a bit too early asks
again for ever; the waker and the question use the same float here.

Two spacings are kept, with one length. Starts are never closer than it. Grants are not either, because a hundred
reservations made at once would only wait for each other with their agents idle. Between the two lies the set-up, whose
length varies, so a few granted slots may wait for their start: that keeps the pace when one set-up is slow. If more
pile up (the trunk slept, or its limit was cut) grants stop until they have gone; else that line would stay for good,
since from then on as many join it as leave it.

Rejected: token bucket, leaky bucket and GCRA, which let 2N - 1 starts into some window of N; counters per clock
minute, which let 2N.
"""

from __future__ import annotations

import math
from bisect import insort
from collections import deque

from dialconsole.limits.limiter import GUARD_S, WINDOW_S, Usage
from dialconsole.model.campaign import Limits

CONCURRENT = "concurrent"
PER_MINUTE = "per_minute"
PER_SECOND = "per_second"

START_LINE = 4
"""Slots that may be ready and waiting for the spacing while new ones are granted."""

START_LINE_S = 4.0
"""The same in seconds, for fast trunks: as long as set-ups of agents commonly differ."""

_NO_LIMITS = Limits()


class Scope:
    """Places under one set of limits. ``now`` is always ``loop.time()``, and never goes back."""

    __slots__ = (
        "_concurrent",
        "_expiries",
        "_granted_at",
        "_next_grant",
        "_per_minute",
        "_ready_most",
        "_spacing",
        "_started_at",
        "held",
        "limits",
        "live",
        "name",
        "next_start",
        "ready",
        "reserved",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.live = 0
        """Slots granted and not released."""
        self.reserved = 0
        """Those of them that have not started."""
        self.ready = 0
        """Those of them that are set up and wait for the spacing; kept by the limiter."""
        self.held = False
        """One of those has its turn: the others wait for its start, however late that is. Kept by the limiter."""
        self._expiries: deque[float] = deque()
        """When each start leaves the window. Its length, with ``reserved``, is what the window holds."""
        self._granted_at = -math.inf
        self._started_at = -math.inf
        self.set_limits(_NO_LIMITS)

    def set_limits(self, limits: Limits) -> None:
        """Replace the limits. What is granted stays granted; the spacing counts from the last grant and start."""
        self.limits = limits
        self._concurrent = math.inf if limits.max_concurrent is None else limits.max_concurrent
        self._per_minute = math.inf if limits.calls_per_minute is None else limits.calls_per_minute
        pace = limits.calls_per_second
        self._spacing = 0.0 if pace is None else 1.0 / pace
        self._ready_most = math.inf if pace is None else max(START_LINE, int(START_LINE_S * pace))
        self._next_grant = self._granted_at + self._spacing
        self.next_start = self._started_at + self._spacing

    def missing(self, now: float) -> str:
        """Which limit forbids a grant now (``CONCURRENT`` before the others); empty if none does."""
        if self.live >= self._concurrent:
            return CONCURRENT
        if self.reserved + len(self._expiries) >= self._per_minute:
            self._forget(now)
            if self.reserved + len(self._expiries) >= self._per_minute:
                return PER_MINUTE
        if now < self._next_grant or self.ready > self._ready_most:
            return PER_SECOND
        return ""

    def take(self, now: float) -> bool:
        """Reserve a place, if there is one."""
        # The question of ``missing``, in the order in which the answer is nearly always found.
        if now < self._next_grant or self.ready > self._ready_most or self.live >= self._concurrent:
            return False
        if self.reserved + len(self._expiries) >= self._per_minute:
            self._forget(now)
            if self.reserved + len(self._expiries) >= self._per_minute:
                return False
        self.live += 1
        self.reserved += 1
        self._granted_at = now
        self._next_grant = now + self._spacing
        return True

    def start(self, now: float) -> None:
        """A reservation starts: from now on the window holds it by its stamp."""
        self._forget(now)
        self.reserved -= 1
        self._expiries.append(now + (WINDOW_S + GUARD_S))
        self._started_at = now
        self.next_start = now + self._spacing

    def occupy(self, started: float, now: float) -> None:
        """Take a place whatever the limits say, for a call that started in the past: O(n) in the starts of a minute."""
        self.live += 1
        self._forget(now)
        expiry = started + (WINDOW_S + GUARD_S)
        if expiry > now:
            insort(self._expiries, expiry)
        self._granted_at = max(self._granted_at, started)
        self._started_at = max(self._started_at, started)
        self._next_grant = self._granted_at + self._spacing
        self.next_start = self._started_at + self._spacing

    def leave(self, started: bool) -> bool:
        """A slot is released; returns whether that may have made room.

        One that never started leaves the window; its turn in the spacing is spent, or a trunk on which every set-up
        fails would be asked faster than one on which calls go out.
        """
        full = self.live >= self._concurrent
        self.live -= 1
        if not started:
            self.reserved -= 1
        return full or not started

    @property
    def crowded(self) -> bool:
        """So many are ready and wait for the spacing that grants wait for them."""
        return self.ready > self._ready_most

    def room_at(self, now: float) -> float:
        """When time alone makes room; ``inf`` if it takes a release, a start or an edit first."""
        if self.live >= self._concurrent:
            return math.inf
        at = max(now, self._next_grant)
        if self.ready > self._ready_most:
            if self.held and now >= self.next_start:
                return math.inf
            at = max(at, self.next_start + (self.ready - self._ready_most - 1) * self._spacing)
        self._forget(now)
        too_many = self.reserved + len(self._expiries) + 1 - self._per_minute
        if too_many > len(self._expiries):
            return math.inf
        return max(at, self._expiries[int(too_many) - 1]) if too_many > 0 else at

    def idle(self, now: float) -> bool:
        """Nothing under this scope counts any more: it can be forgotten."""
        self._forget(now)
        return not self.live and not self._expiries

    def usage(self, now: float, waiting: int) -> Usage:
        self._forget(now)
        missing = self.missing(now)
        at = self.room_at(now) if missing else math.inf
        return Usage(
            limits=self.limits,
            live=self.live,
            starts=self.reserved + len(self._expiries),
            waiting=waiting,
            next_at=at if math.isfinite(at) else None,
            full=missing,
        )

    def _forget(self, now: float) -> None:
        expiries = self._expiries
        while expiries and expiries[0] <= now:
            expiries.popleft()
