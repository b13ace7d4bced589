"""Whether the agents that calls ask for exist: no phone rings without one, so a campaign whose agent nobody runs goes
on in silence, call after call.

A trunk's circuit does not see it, for the trunk works: other campaigns have other agents there. So each agent of a
trunk that was missed has a circuit of its own, with the waits of ``breaker``. It opens when ``MISSED`` calls in a row
found no agent ready, lets one call try from time to time, and the first call of that agent that is dialed closes it,
the trial or any other: whoever was dialed had an agent that listened.

Agents that were never missed have none, and cost a call the look at an empty dictionary. Rejected: asking LiveKit which
agents there are (it does not tell), and stopping the trunk.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Final

from dialconsole.clock import Clock
from dialconsole.engine.breaker import Breaker
from dialconsole.engine.notices import Notices
from dialconsole.model.text import safe_text
from dialconsole.model.view import NO_AGENT, Circuit, Hold

MISSED: Final = 3
"""Calls in a row without an agent that say that nobody runs it; a worker that is busy or starts again misses fewer."""

Agent = tuple[str, str]
"""A trunk, and the name under which an agent is asked for there; empty if nobody named one."""


class AgentWatch:
    """Every agent that calls have missed. ``changed`` is told a trunk whose campaigns may go again, or may not."""

    def __init__(self, clock: Clock, notices: Notices, changed: Callable[[str], None]) -> None:
        self.missed: dict[Agent, Missed] = {}
        """Empty as long as all is well."""
        self._clock = clock
        self._notices = notices
        self._changed = changed
        self._time = asyncio.get_running_loop().time

    def holds(self, agent: Agent) -> bool:
        """Whether no call that needs it may be started now."""
        missed = self.missed.get(agent)
        return missed is not None and not missed.circuit.admits

    def misses(self, trunk: str) -> bool:
        """Whether calls of a trunk wait for an agent of theirs."""
        return any(
            missed.circuit.state is not Circuit.CLOSED for agent, missed in self.missed.items() if agent[0] == trunk
        )

    def hold(self, agent: Agent, waiting: int) -> Hold | None:
        """What ``waiting`` contacts of a campaign with this agent wait for."""
        missed = self.missed.get(agent)
        if missed is None or not self.holds(agent):
            return None
        name = _named(agent)
        if missed.circuit.state is Circuit.OPEN and missed.circuit.retry_at is not None:
            retry_at = self._clock.time() + max(0.0, missed.circuit.retry_at - self._time())
            return Hold(NO_AGENT, f"no {name} takes calls", waiting, retry_at)
        return Hold(NO_AGENT, f"no {name} takes calls; one call tries again", waiting)

    # -- what happens in calls ----------------------------------------------------------------------------------------

    def launched(self, agent: Agent, attempt: str) -> None:
        """A call is started. It is the trial of an agent that is missed."""
        missed = self.missed.get(agent)
        if missed is not None and missed.circuit.state is Circuit.HALF_OPEN:
            missed.circuit.launched(attempt)
            self._changed(agent[0])

    def there(self, agent: Agent) -> None:
        """A call was dialed, so its agent listens."""
        missed = self.missed.pop(agent, None)
        if missed is None:
            return
        missed.disarm()
        if missed.circuit.state is not Circuit.CLOSED:
            self._notices.tell(f"Trunk {agent[0]}: {_named(agent)} takes calls again")
            self._changed(agent[0])

    def not_there(self, agent: Agent, attempt: str) -> None:
        """A call ended because no agent was ready for it."""
        missed = self.missed.setdefault(agent, Missed())
        missed.calls += 1
        circuit = missed.circuit
        if circuit.state is not Circuit.CLOSED and attempt != circuit.trial:
            return  # it had been started before
        if circuit.state is Circuit.CLOSED and missed.calls < MISSED:
            return
        news = circuit.state is Circuit.CLOSED
        circuit.trip("no agent was ready", self._time())
        assert circuit.retry_at is not None
        missed.arm(circuit.retry_at, lambda: self._due(agent))
        if news:
            self._notices.tell(
                f"No {_named(agent)} takes calls of trunk {agent[0]}: {MISSED} in a row found none. Its campaigns "
                f"wait, and one call tries now and then. Start its worker: dialconsole trunk check {agent[0]}",
                "error",
            )
        self._changed(agent[0])

    def over(self, agent: Agent, attempt: str) -> None:
        """A call ended before it was known whether its agent is there; if it was the trial, the next call is."""
        missed = self.missed.get(agent)
        if missed is not None and missed.circuit.given_up(attempt):
            self._changed(agent[0])

    # -- what people say, and time ------------------------------------------------------------------------------------

    def reset(self, trunk: str) -> bool:
        """A person says that the agents of a trunk are there. False if none was held for missing."""
        held = self.misses(trunk)
        self.forget(trunk)
        if held:
            self._changed(trunk)
        return held

    def forget(self, trunk: str) -> None:
        """The trunk is closed, or taken for sound."""
        for agent in [agent for agent in self.missed if agent[0] == trunk]:
            self.missed.pop(agent).disarm()

    def close(self) -> None:
        """Give every timer back."""
        for missed in self.missed.values():
            missed.disarm()

    def _due(self, agent: Agent) -> None:
        self.missed[agent].circuit.half_open(math.inf)  # the timer knows: a loop may ring it a hair early
        self._changed(agent[0])


class Missed:
    """One agent that calls have missed."""

    def __init__(self) -> None:
        self.calls = 0
        """In a row."""
        self.circuit = Breaker()
        self._timer: asyncio.TimerHandle | None = None

    def arm(self, at: float, due: Callable[[], None]) -> None:
        self.disarm()
        self._timer = asyncio.get_running_loop().call_at(at, due)

    def disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _named(agent: Agent) -> str:
    return f"agent {safe_text(agent[1])!r}" if agent[1] else "agent"
