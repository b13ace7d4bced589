"""The carrier's side of the fake: where dialed calls live.

Calls do not live in the backend, because a real call outlives the process that dialed it. A backend is one client of
a network; after a crash a second backend on the same network finds the calls and adopts them. A backend that is given
no network has one of its own, which ends with it.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections import deque
from typing import Final

from dialconsole.clock import Clock
from dialconsole.model.attempt import CallEvent, EventKind
from dialconsole.model.outcome import Outcome
from dialconsole.telephony.backend import CallEnd, CallLine
from dialconsole.telephony.fake.behaviour import Refusal
from dialconsole.telephony.fake.course import NEVER_REPLIED, Course, refused_by_the_carrier
from dialconsole.telephony.fake.scenario import Carrier

_CANCELLED: Final = CallEnd(Outcome.CANCELLED, 487, "Request Terminated", "hung up before anyone answered")
_HUNG_UP: Final = "hung up by us"
_LOST: Final = CallEnd(Outcome.UNKNOWN, detail="Nobody here watches this call any more; it may go on.")


_NEARLY: Final = 0.99
"""Of the time between INVITEs: a trunk that starts exactly ``max_cps`` a second is not refused for rounding."""


class FakeNetwork:
    """Calls in progress, agents in use, and the troubles of ``carrier``."""

    def __init__(self, carrier: Carrier, clock: Clock) -> None:
        self._carrier = carrier
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._opened_at = self._loop.time()
        self._agents_busy = 0
        self._taken: deque[float] = deque(maxlen=math.ceil(carrier.max_cps or 0))
        """When the newest INVITEs were taken, as many as may be taken in a second (at least one)."""
        self._draw = random.Random(0)
        self._calls: dict[str, NetworkCall] = {}

    def __len__(self) -> int:
        """Calls in progress."""
        return len(self._calls)

    def call(self, attempt: str) -> NetworkCall | None:
        return self._calls.get(attempt)

    def reachable(self) -> bool:
        every = self._carrier.outage_every_s
        if every is None:
            return True
        return (self._loop.time() - self._opened_at) % every < every - self._carrier.outage_for_s

    def take_agent(self) -> bool:
        """An agent for one call; ``invite`` takes it over, ``return_agent`` gives it back."""
        if self._carrier.agents is not None and self._agents_busy >= self._carrier.agents:
            return False
        self._agents_busy += 1
        return True

    def return_agent(self) -> None:
        self._agents_busy -= 1

    def invite(self, attempt: str, course: Course) -> NetworkCall:
        """Dial: the call lives from here on, until it ends or is hung up."""
        if not self.reachable():
            course = NEVER_REPLIED
        elif not self._takes_one_more():
            wait_s = float(round(self._draw.uniform(*self._carrier.retry_after_s)))
            course = refused_by_the_carrier(Refusal(503, "Service Unavailable", retry_after_s=wait_s))
        call = self._calls[attempt] = NetworkCall(self, attempt, course, self._loop, self._clock)
        return call

    def ended(self, attempt: str) -> None:
        """Called by a call at its end."""
        del self._calls[attempt]
        self.return_agent()

    def shut_down(self) -> None:
        """Forget every call without telling anyone, as when the process ends that simulates them."""
        for call in self._calls.values():
            call.stop()
        self._calls.clear()

    def _takes_one_more(self) -> bool:
        max_cps, taken, now = self._carrier.max_cps, self._taken, self._loop.time()
        if max_cps is None:
            return True
        if len(taken) == taken.maxlen and now - taken[0] < len(taken) / max_cps * _NEARLY:
            return False
        taken.append(now)
        return True


class NetworkCall:
    """One dialed call: plays its course with one timer at a time, and tells whoever watches."""

    __slots__ = (
        "_attempt",
        "_clock",
        "_course",
        "_dialed_at",
        "_due_s",
        "_line",
        "_loop",
        "_network",
        "_timer",
        "_to_come",
        "_told",
        "_waiter",
    )

    def __init__(
        self, network: FakeNetwork, attempt: str, course: Course, loop: asyncio.AbstractEventLoop, clock: Clock
    ) -> None:
        self._attempt = attempt
        self._network = network
        self._course = course
        self._loop = loop
        self._clock = clock
        self._dialed_at = loop.time()
        self._to_come = [*reversed(course.steps)]
        self._told: list[CallEvent] = []
        self._line: CallLine | None = None
        self._waiter: asyncio.Future[CallEnd] | None = None
        self._arm()

    def watch(self, line: CallLine) -> asyncio.Future[CallEnd]:
        """From now on ``line`` hears the call; the future is its end. Who watched before has lost sight of it."""
        self.abandon()
        self._line = line
        self._waiter = self._loop.create_future()
        return self._waiter

    def abandon(self) -> None:
        """Watch no more; the call goes on. Whoever waits for its end is told so."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(_LOST)
        self.mute()

    def mute(self) -> None:
        """Tell nobody anything from now on, not even that: a dead process hears nothing."""
        self._line = self._waiter = None

    def state(self) -> list[CallEvent]:
        """What a line that comes late must know: that it rings, or the answer and all since (an opt-out above all)."""
        since_answer = [event for event in self._told if event.kind is not EventKind.RINGING]
        return since_answer or self._told[:]

    def hang_up(self) -> None:
        """End the call now: CANCEL while it rings, BYE once it is answered. A call that is over stays as it ended."""
        if self._network.call(self._attempt) is not self:
            return
        self.stop()
        kinds = {event.kind for event in self._told}
        self._tell(CallEvent(EventKind.HANG_UP, self._clock.time(), _HUNG_UP))
        if EventKind.ANSWERED not in kinds:
            self._end(_CANCELLED)
        else:
            outcome = Outcome.VOICEMAIL if EventKind.MACHINE in kinds else Outcome.ANSWERED
            self._end(CallEnd(outcome, 200, "OK", _HUNG_UP))

    def stop(self) -> None:
        """Give the timer back."""
        self._timer.cancel()

    def _arm(self) -> None:
        """A timer for the next step, or for the end."""
        self._due_s = self._to_come[-1].after_s if self._to_come else self._course.ends_after_s
        self._timer = self._loop.call_at(self._dialed_at + self._due_s, self._play)

    def _play(self) -> None:
        """The next step, and those at the same instant; then the end, or a timer for what comes next."""
        to_come, due_s, now = self._to_come, self._due_s, self._clock.time()
        while to_come and to_come[-1].after_s <= due_s:
            step = to_come.pop()
            self._tell(CallEvent(step.kind, now, step.detail))
        if not to_come and self._course.ends_after_s <= due_s:
            self._end(self._course.end)
        else:
            self._arm()

    def _tell(self, event: CallEvent) -> None:
        self._told.append(event)
        if self._line is not None:
            self._line.event(event)

    def _end(self, end: CallEnd) -> None:
        # The timer holds this call and the call its timer: as a cycle each call would wait for the garbage collector.
        del self._timer
        self._network.ended(self._attempt)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(end)
