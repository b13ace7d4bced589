"""A trunk's circuit: when so many calls fail at the carrier that the next one would only fail too, no more are placed.

Pure: it is told what happened and what time it is (seconds on any steady clock), and answers whether a call may go.

    closed      calls go. It opens at once on an answer that a thousand more calls would get too (wrong credentials, no
                balance, no common codec), when half of at least ten calls in two minutes are the trunk's faults, and
                when five of ten are within a second of the dial.
    open        no call goes, for 30 s after the first time, twice as long after each trial that failed, 10 min at most.
    half open   one call goes, as a trial. Its fault opens the circuit again; that it reached anybody closes it.

Busy and no answer are successes: the carrier did its part. So is 480, as a rule; some carriers say it when their own
lines are full, so ten in a row within a second are a failure all the same. A call that says nothing about the carrier
(cancelled, no agent, nobody knows, told to go slower) counts neither way, and a trial that ends so leaves the trial to
the next call. What was dialed before the circuit last closed is not counted after it: an outage's stragglers would open
it again.

Rejected: counting 404 among the fast failures (a list of old numbers would stop a sound trunk), a share without a
least number of calls (one fault in the night is a hundred per cent), and asking the carrier with OPTIONS (it answers
them on routes that carry no call).
"""

from __future__ import annotations

from collections import deque
from enum import Enum, auto
from typing import Final

from dialconsole.model.outcome import Outcome
from dialconsole.model.view import Circuit
from dialconsole.telephony import sip
from dialconsole.telephony.backend import CallEnd

OPENS_AT_ONCE: Final = frozenset({401, 402, 407, 488, 606})
"""SIP codes that say: no call of this trunk can work until somebody mends it."""

WINDOW_S: Final = 120.0
LEAST_CALLS: Final = 10
FAULT_SHARE: Final = 0.5

NEWEST: Final = 10
FAST_FAILURES: Final = 5
FAST_S: Final = 1.0

FIRST_WAIT_S: Final = 30.0
LONGEST_WAIT_S: Final = 600.0


class Sign(Enum):
    """What the end of a call says about its trunk."""

    WORKS = auto()
    FAULT = auto()
    NOTHING = auto()


def sign_of(end: CallEnd) -> Sign:
    return Sign.FAULT if end.stops_trunk else _SIGNS[end.outcome]


_SIGNS = dict.fromkeys(Outcome, Sign.WORKS) | {
    Outcome.TRUNK_FAULT: Sign.FAULT,
    Outcome.CANCELLED: Sign.NOTHING,
    Outcome.AGENT_UNAVAILABLE: Sign.NOTHING,
    Outcome.UNKNOWN: Sign.NOTHING,
    Outcome.THROTTLED: Sign.NOTHING,
}


class Breaker:
    """One trunk's circuit. ``cause`` says why it is not closed, ``retry_at`` when an open one lets a trial go
    (``None``: something else decides that)."""

    def __init__(self) -> None:
        self.state = Circuit.CLOSED
        self.cause = ""
        self.retry_at: float | None = None
        self.trial: str | None = None
        """The call that is the trial of a half-open circuit, once it is on its way."""
        self._wait_s = FIRST_WAIT_S
        self._since = float("-inf")
        self._calls: deque[tuple[float, bool]] = deque()
        """(when it ended, whether it was a fault) of the calls of the window."""
        self._faults = 0
        self._newest: deque[tuple[float, bool, bool]] = deque(maxlen=NEWEST)
        """(when it ended, whether it failed within a second of the dial, whether that was a fault)."""

    @property
    def admits(self) -> bool:
        """Whether a call may be started now."""
        return self.state is Circuit.CLOSED or (self.state is Circuit.HALF_OPEN and self.trial is None)

    def launched(self, attempt: str) -> None:
        """A call is started. In a half-open circuit it is the trial, and no other goes before it is over."""
        if self.state is Circuit.HALF_OPEN and self.trial is None:
            self.trial = attempt

    def given_up(self, attempt: str) -> bool:
        """The call was not placed after all. True if it was the trial, so that the next call is."""
        if attempt != self.trial:
            return False
        self.trial = None
        return True

    def answered(self, attempt: str, now: float) -> bool:
        """Somebody answered; a trial need not wait for the end of the conversation. True if that closed the circuit."""
        if attempt != self.trial:
            return False
        self._close(now)
        return True

    def ended(self, attempt: str, end: CallEnd, lasted_s: float | None, now: float) -> bool:
        """A call is over, ``lasted_s`` after its dial (``None``: it was never dialed). True if the state changed."""
        if self.state is Circuit.CLOSED:
            return self._count(end, lasted_s, now)
        if attempt != self.trial:
            return False
        sign = sign_of(end)
        self.trial = None
        if sign is Sign.FAULT:
            self.trip(_said(end), now)
        elif sign is Sign.WORKS:
            self._close(now)
        return True

    def trip(self, cause: str, now: float) -> None:
        """Open the circuit, or open it again for twice as long."""
        self._wait_s = FIRST_WAIT_S if self.state is Circuit.CLOSED else min(2 * self._wait_s, LONGEST_WAIT_S)
        self.state, self.cause, self.trial = Circuit.OPEN, cause, None
        self.retry_at = now + self._wait_s

    def half_open(self, now: float) -> bool:
        """Let one call go if the wait is over. True if it was."""
        if self.state is not Circuit.OPEN or (self.retry_at is not None and now < self.retry_at):
            return False
        self.state, self.retry_at = Circuit.HALF_OPEN, None
        return True

    def reset(self, now: float) -> bool:
        """A person says that it works. True if the circuit was not closed."""
        if self.state is Circuit.CLOSED:
            return False
        self._close(now)
        return True

    def _close(self, now: float) -> None:
        self._since = now
        self.state, self.cause, self.trial, self.retry_at = Circuit.CLOSED, "", None, None
        self._wait_s = FIRST_WAIT_S
        self._calls.clear()
        self._newest.clear()
        self._faults = 0

    def _count(self, end: CallEnd, lasted_s: float | None, now: float) -> bool:
        sign = sign_of(end)
        if sign is Sign.NOTHING or (lasted_s is not None and now - lasted_s < self._since):
            return False
        fault = sign is Sign.FAULT
        fast = (fault or end.sip_code == 480) and (lasted_s is None or lasted_s < FAST_S)
        calls, oldest = self._calls, now - WINDOW_S
        calls.append((now, fault))
        self._faults += fault
        while calls[0][0] <= oldest:
            self._faults -= calls.popleft()[1]
        self._newest.append((now, fast, fast and fault))
        if not fault and not fast:
            return False
        cause = self._why_open(end, fault, fast, now)
        if cause:
            self.trip(cause, now)
        return bool(cause)

    def _why_open(self, end: CallEnd, fault: bool, fast: bool, now: float) -> str:
        """The sentence of the rule that this failure fulfils; empty if none."""
        if end.stops_trunk or end.sip_code in OPENS_AT_ONCE:
            return _said(end)
        count = len(self._calls)
        if fault and count >= LEAST_CALLS and self._faults >= FAULT_SHARE * count:
            return f"{self._faults} of {count} calls in {WINDOW_S / 60:.0f} min failed at the carrier: {_said(end)}"
        recent = [(failed, faulty) for at, failed, faulty in self._newest if at > now - WINDOW_S]
        quick = sum(faulty for _, faulty in recent)
        all_failed = sum(failed for failed, _ in recent) == NEWEST
        if fast and (all_failed or (fault and quick >= FAST_FAILURES)):
            count = NEWEST if all_failed else quick
            return f"{count} of the newest {NEWEST} calls failed within a second of the dial: {_said(end)}"
        return ""


def _said(end: CallEnd) -> str:
    """What the carrier said, as a sentence."""
    return end.detail or sip.describe(end.sip_code, end.sip_reason, retry_after_s=end.retry_after_s)
