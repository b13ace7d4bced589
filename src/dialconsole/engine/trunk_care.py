"""What the engine does for one trunk that is in trouble: its circuit, its pace, and their timers.

The rules are in ``breaker`` and ``pace``, which know no clock and no trunk; here they hear of the trunk's calls, and
what they decide reaches its dialer, its limits, the screens and the alerts. A trunk without trouble costs a call one
look at ``easy`` and the note of its end.

Nothing of this outlives the engine: whatever was wrong may be mended when it starts again, and ten calls tell.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from dialconsole.clock import Clock
from dialconsole.engine.breaker import Breaker
from dialconsole.engine.notices import Notices
from dialconsole.engine.pace import Pace
from dialconsole.model.campaign import Limits
from dialconsole.model.outcome import Outcome
from dialconsole.model.text import safe_text
from dialconsole.model.view import Circuit
from dialconsole.telephony.backend import CallEnd


class TrunkCare:
    """``changed`` is called when the trunk's calls may go again, may not, or may go at another pace; ``started`` tells
    the starts of the last minute."""

    def __init__(
        self,
        trunk: str,
        clock: Clock,
        notices: Notices,
        changed: Callable[[], None],
        started: Callable[[], int],
    ) -> None:
        self.trunk = trunk
        self.shut = False
        """No call may be started now."""
        self.easy = True
        """Nothing is wrong: whatever is on its way may be dialed."""
        self.broken = False
        """It has no backend, or one that cannot work as it is: a trial needs a new one."""
        self.make_anew: Callable[[], None] = lambda: None
        """Set by the opener: makes the backend anew, then tells ``revived`` or ``cannot``."""
        self._clock = clock
        self._notices = notices
        self._changed = changed
        self._started = started
        self._time = asyncio.get_running_loop().time
        self._breaker = Breaker()
        self._pace = Pace()
        self._timer: asyncio.TimerHandle | None = None

    # -- what happens in calls ----------------------------------------------------------------------------------------

    def launched(self, attempt: str) -> None:
        """A call is started although not all is well: it is the trial of a half-open circuit."""
        self._breaker.launched(attempt)
        self._look()

    def given_up(self, attempt: str) -> None:
        """A call that was started came to nothing before its backend heard of it."""
        if self._breaker.given_up(attempt):
            self._look()

    def forbids(self, attempt: str) -> str:
        """Why a call that is ready may not be dialed, asked while not all is well; empty if it may."""
        if self._pace.stopped(self._time()):
            return f"The carrier of trunk {self.trunk} asked to wait; the call was not placed."
        if self._breaker.state is Circuit.CLOSED or attempt == self._breaker.trial:
            return ""
        return f"Trunk {self.trunk} failed meanwhile; the call was not placed. {self._breaker.cause}"

    def answered(self, attempt: str) -> None:
        if self._breaker.answered(attempt, self._time()):
            self._tell_closed()
            self._look()

    def ended(self, attempt: str, end: CallEnd, lasted_s: float | None) -> None:
        """A call of this trunk has an outcome, ``lasted_s`` after its dial (``None``: it was never dialed)."""
        now = self._time()
        if end.outcome is Outcome.THROTTLED:
            self._slow_down(end, now - (lasted_s or 0.0), now)
        if not self._breaker.ended(attempt, end, lasted_s, now):
            return
        if self._breaker.state is Circuit.OPEN:
            self.broken = end.stops_trunk
            self._tell_open()
        elif self._breaker.state is Circuit.CLOSED:
            self._tell_closed()
        self._look()

    def _slow_down(self, end: CallEnd, dialed_at: float, now: float) -> None:
        was_whole = self._pace.whole
        cut = self._pace.slow_down(dialed_at, now, end.retry_after_s, self._started() / 60)
        if cut and was_whole:
            self._notices.tell(f"{self.trunk}: the carrier asks for fewer calls; its pace is halved for now", "warning")
        self._look()

    # -- what people and the opener say -------------------------------------------------------------------------------

    def cannot(self, sentence: str) -> None:
        """No backend can be made for the trunk as it stands: open, and tried again like any open circuit."""
        news = self._breaker.cause != safe_text(sentence)
        self.broken = True
        self._breaker.trip(safe_text(sentence), self._time())
        if news:
            self._tell_open()
        self._look()

    def revived(self) -> None:
        """Its backend is there; whether it works the next call tells."""
        self.broken = False
        self._breaker.half_open(math.inf)
        self._look()

    def reset(self) -> bool:
        """Close the circuit and give the whole pace. False if there was nothing to mend."""
        now = self._time()
        self.broken = False
        mended = self._breaker.reset(now)
        mended = self._pace.reset(now) or mended
        self._look()
        return mended

    # -- what follows -------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Take in what has changed: for the dialer, the limits, the screens; and be there when time changes more."""
        stopped = self._pace.stopped(self._time())
        self.shut = stopped or not self._breaker.admits
        self.easy = not stopped and self._breaker.state is Circuit.CLOSED
        self._arm()
        self._changed()

    def _arm(self) -> None:
        self.close()
        now = self._time()
        times = [self._breaker.retry_at, self._pace.next_step]
        if self._pace.stopped(now):
            times.append(self._pace.stopped_until)
        at = min((time for time in times if time is not None), default=math.inf)
        if at < math.inf:
            self._timer = asyncio.get_running_loop().call_at(at, self._due)

    def _due(self) -> None:
        self._timer = None
        now = self._time()
        self._pace.recover(now)
        if self._breaker.retry_at is not None and now >= self._breaker.retry_at:
            if self.broken:
                self._breaker.retry_at = None  # until it is known whether it could be made
                self.make_anew()
            else:
                self._breaker.half_open(now)
        self._look()

    def close(self) -> None:
        """Give the timer back."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tell_open(self) -> None:
        wait = (self._breaker.retry_at or 0.0) - self._time()
        length = f"{wait:.0f} s" if wait < 60 else f"{wait / 60:g} min"
        self._notices.tell(
            f"Trunk {self.trunk} is stopped, its circuit is open: {self._breaker.cause} It is tried again in {length}.",
            "error",
        )

    def _tell_closed(self) -> None:
        self._notices.tell(f"Trunk {self.trunk} works again: its circuit is closed")

    # -- the screen ---------------------------------------------------------------------------------------------------

    @property
    def circuit(self) -> Circuit:
        return self._breaker.state

    @property
    def cause(self) -> str:
        return self._breaker.cause

    @property
    def trial(self) -> bool:
        return self._breaker.trial is not None

    @property
    def retry_at(self) -> float | None:
        """POSIX seconds."""
        return self._instant(self._breaker.retry_at)

    @property
    def stopped_until(self) -> float | None:
        """POSIX seconds."""
        return self._instant(self._pace.stopped_until) if self._pace.stopped(self._time()) else None

    def _instant(self, at: float | None) -> float | None:
        return None if at is None else self._clock.time() + max(0.0, at - self._time())

    def limits(self, limits: Limits) -> Limits:
        """What holds of the operator's limits at the moment."""
        return self._pace.limits(limits)

    def pace(self, limits: Limits) -> float | None:
        """Calls per second while that is less than the operator allows."""
        return None if self._pace.whole else self._pace.limits(limits).calls_per_second
