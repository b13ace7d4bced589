"""The fake backend: places calls that ring nobody, exactly as a trunk would. For training, simulation and tests.

It follows the protocol to the letter (room, agent, the last question, INVITE, events, one end), because whatever it
lets pass is found out later, on real phones. It knows no retries and no queue, as no backend does.
"""

from __future__ import annotations

import asyncio
from typing import Final

from dialconsole.clock import Clock
from dialconsole.model.attempt import CallEvent, EventKind
from dialconsole.model.outcome import Outcome
from dialconsole.telephony.backend import CallEnd, CallLine, CallOrder, Found, end_of_gone
from dialconsole.telephony.fake.callee import Cast
from dialconsole.telephony.fake.course import course_of
from dialconsole.telephony.fake.network import FakeNetwork, NetworkCall
from dialconsole.telephony.fake.scenario import Scenario

AGENT_DEADLINE_S: Final = 10.0
"""How long a call waits for an agent that listens. The phone has not rung yet."""

EMPTY_S: Final = 120.0
"""How long an agent stays alone in a room before the server sends it home."""

_NO_AGENT: Final = CallEnd(
    Outcome.AGENT_UNAVAILABLE, detail=f"No agent was ready within {AGENT_DEADLINE_S:g} s; the phone did not ring."
)
_AGENT_LEFT: Final = CallEnd(
    Outcome.AGENT_UNAVAILABLE, detail="The agent left while the call waited for its turn; the phone did not ring."
)
_HUNG_UP_EARLY: Final = CallEnd(Outcome.CANCELLED, detail="hung up before the call was dialed")
_NOT_ALLOWED: Final = CallEnd(Outcome.CANCELLED, detail="the last check before dialing said no")
_CLOSED: Final = CallEnd(Outcome.CANCELLED, detail="the backend is closed; nothing was dialed")
_SPOILED: Final = (Outcome.TRUNK_FAULT, Outcome.THROTTLED)
_TWICE: Final = CallEnd(Outcome.UNKNOWN, detail="This attempt is in progress already; it was not dialed again.")


class FakeBackend:
    """``Backend`` over a ``FakeNetwork``; made inside the event loop it works on.

    What a callee does depends on (seed, number, attempt_no) and on how often the carrier spoiled that; the troubles of
    the scenario's carrier (outages, calls per second, agents in use) depend on when calls are placed, as they must.
    """

    def __init__(self, scenario: Scenario, *, seed: int, clock: Clock, network: FakeNetwork | None = None) -> None:
        self._cast = Cast(scenario, seed)
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._own_network = network is None
        self._network = FakeNetwork(scenario.carrier, clock) if network is None else network
        self._preparing: dict[str, _Preparation] = {}
        self._watched: dict[str, NetworkCall] = {}
        self._spoiled: dict[str, int] = {}
        """Number -> how often the carrier has spoiled a call to it."""
        self._closed = False

    async def place(self, order: CallOrder, line: CallLine) -> CallEnd:
        """See ``Backend.place``. The line's own errors are not caught; they leave no call behind."""
        attempt = order.attempt
        if self._closed:
            return _CLOSED
        if attempt in self._preparing or self._network.call(attempt) is not None:
            return _TWICE
        callee = self._cast.callee(order.number, order.attempt_no, self._spoiled.get(order.number, 0))
        has_agent = self._network.take_agent()
        # A server does not repeat a dispatch that found no agent free, so the deadline decides then.
        ready_s = callee.agent_ready_s if has_agent else AGENT_DEADLINE_S
        preparation = self._preparing[attempt] = _Preparation(self._loop, ready_s)
        dialed = False
        try:
            end = await self._prepare(preparation, has_agent, line)
            if end is not None:
                return end
            line.event(CallEvent(EventKind.DIALING, self._clock.time()))
            call = self._network.invite(attempt, course_of(order, callee))
            dialed = True
        finally:
            del self._preparing[attempt]
            preparation.end()
            if has_agent and not dialed:
                self._network.return_agent()
        end = await self._watch(attempt, call, line)
        if end.outcome in _SPOILED:
            self._spoiled[order.number] = self._spoiled.get(order.number, 0) + 1
        return end

    async def hang_up(self, attempt: str) -> None:
        """See ``Backend.hang_up``. While the line is asked, it takes effect when that returns: nothing is dialed."""
        preparation = self._preparing.get(attempt)
        if preparation is not None:
            preparation.hang_up()
        elif (call := self._network.call(attempt)) is not None:
            call.hang_up()

    async def find(self, attempt: str) -> Found:
        """See ``Backend.find``. Unreachable while the scenario's carrier is."""
        if attempt in self._preparing or attempt in self._watched:
            return Found.ALIVE
        if not self._network.reachable():
            return Found.UNREACHABLE
        return Found.GONE if self._network.call(attempt) is None else Found.ALIVE

    async def adopt(self, order: CallOrder, line: CallLine) -> CallEnd:
        """See ``Backend.adopt``. The line first hears what it missed, with the instants at which it happened."""
        call = self._network.call(order.attempt)
        if call is None:
            return end_of_gone(order)
        for event in call.state():
            line.event(event)
        return await self._watch(order.attempt, call, line)

    async def close(self) -> None:
        """See ``Backend.close``. A ``place`` that still waits returns ``UNKNOWN``: the call may go on."""
        self._closed = True
        for preparation in self._preparing.values():
            preparation.hang_up()
        for call in self._watched.values():
            call.abandon()
        if self._own_network:
            self._network.shut_down()

    def crash(self) -> None:
        """As if the process were killed now: calls go on in the network, the lines hear nothing more.

        The tasks of ``place`` stay as they are, for ever; whoever simulates the crash cancels them, which hangs
        nothing up any more.
        """
        self._closed = True
        for preparation in self._preparing.values():
            preparation.freeze()
        for call in self._watched.values():
            call.mute()
        if self._own_network:
            self._network.shut_down()

    async def _prepare(self, preparation: _Preparation, has_agent: bool, line: CallLine) -> CallEnd | None:
        """Room, agent, the turn, the last question. None: dial now."""
        made_at = self._loop.time()
        line.event(CallEvent(EventKind.ROOM, self._clock.time()))
        if await preparation.cut_short:
            return _HUNG_UP_EARLY
        if not has_agent:
            return _NO_AGENT
        line.event(CallEvent(EventKind.AGENT_READY, self._clock.time()))
        await line.turn()
        if preparation.stopping():
            return _HUNG_UP_EARLY
        if self._loop.time() - made_at >= EMPTY_S:
            return _AGENT_LEFT
        if not await line.may_dial():
            return _NOT_ALLOWED
        # Asked to hang up during the question: nothing was dialed, and nothing shall be.
        return _HUNG_UP_EARLY if preparation.stopping() else None

    async def _watch(self, attempt: str, call: NetworkCall, line: CallLine) -> CallEnd:
        self._watched[attempt] = call
        try:
            return await call.watch(line)
        except asyncio.CancelledError:
            if not self._closed:
                call.hang_up()
            raise
        finally:
            self._watched.pop(attempt, None)


class _Preparation:
    """A call that is not dialed yet: a wait that hanging up cuts short."""

    __slots__ = ("_timer", "cut_short", "hung_up")

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self.cut_short: asyncio.Future[bool] = loop.create_future()
        """Done when the wait is over."""
        self.hung_up = False
        self._timer: asyncio.TimerHandle | None = loop.call_at(loop.time() + seconds, self._ring)

    def stopping(self) -> bool:
        return self.hung_up

    def hang_up(self) -> None:
        self.freeze()
        if not self.cut_short.done():
            self.cut_short.set_result(True)

    def freeze(self) -> None:
        """Never go on and never dial: the process is dead."""
        self.hung_up = True
        self.end()

    def end(self) -> None:
        """Give the timer back, if it has not rung."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ring(self) -> None:
        self._timer = None
        if not self.cut_short.done():
            self.cut_short.set_result(False)
