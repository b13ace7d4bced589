"""Before the phone rings: a room, and an agent in it that listens.

A callee who picks up must not hear an agent starting up; with cold workers that spoils a third of all first half
minutes. So the phone rings only when an agent is there *and* says that it listens. Dispatching an agent that does not
exist is no error for LiveKit; only our deadline tells.
"""

from __future__ import annotations

from typing import Final

from dialconsole.model.attempt import EventKind
from dialconsole.model.outcome import Outcome
from dialconsole.telephony.backend import CallEnd
from dialconsole.telephony.livekit.call import Call
from dialconsole.telephony.livekit.pace import Waiting
from dialconsole.telephony.livekit.refusal import SKEW_S, clocks_differ, is_wrong_key, of_setup, refused
from dialconsole.telephony.livekit.server import Failure
from dialconsole.telephony.livekit.sight import Sight

HUNG_UP_EARLY: Final = CallEnd(Outcome.CANCELLED, detail="hung up before the call was dialed")
_AGENT_LEFT: Final = CallEnd(
    Outcome.AGENT_UNAVAILABLE, detail="The agent left while the call waited for its turn; the phone did not ring."
)
_BLIND: Final = CallEnd(
    Outcome.TRUNK_FAULT,
    detail="The LiveKit server made a room and then could not be asked about it. Nothing was dialed.",
)


async def prepare(call: Call) -> CallEnd | None:
    """Room and agent. None: the phone may ring."""
    call.has_room = True
    try:
        await call.around.server.create_room(call.order.attempt, call.agent, call.job())
    except Failure as error:
        call.has_room = not refused(error)
        return await explained(call, of_setup(error))
    call.tell(EventKind.ROOM)
    pace = call.around.pace
    pace.join(Waiting.AGENT)
    try:
        return await _agent_listens(call)
    finally:
        pace.leave(Waiting.AGENT)


async def explained(call: Call, end: CallEnd) -> CallEnd:
    """``end``; but a refused key is no wrong key if the clocks disagree."""
    if not is_wrong_key(end):
        return end
    skew_s = await call.around.server.skew_s()
    return clocks_differ(skew_s) if skew_s is not None and abs(skew_s) > SKEW_S else end


async def _agent_listens(call: Call) -> CallEnd | None:
    deadline = call.loop.time() + call.around.settings.agent_ready_s
    seen = False
    while True:
        left = deadline - call.loop.time()
        await call.pause(min(left, call.interval(Waiting.AGENT)))
        if call.stopping():
            return HUNG_UP_EARLY
        sight = await call.look()
        if call.stopping():
            return HUNG_UP_EARLY
        seen |= sight is not None
        if sight is not None and _meet(call, sight):
            call.tell(EventKind.AGENT_READY)
            return None
        if call.loop.time() >= deadline:
            return _no_agent(call) if seen else _BLIND


async def still_listens(call: Call) -> CallEnd | None:
    """One more look, after a wait: workers die, and LiveKit closes a room in which an agent is alone for too long. A
    dial would make such a room anew, without an agent. None: the phone may ring."""
    sight = await call.look() or await call.look()  # the other calls of the trunk wait, but not for one lost packet
    if call.stopping():
        return HUNG_UP_EARLY
    if sight is None:
        return _BLIND
    return None if _meet(call, sight) else _AGENT_LEFT


def _meet(call: Call, sight: Sight) -> bool:
    """Whether an agent listens; it is the call's from now on, unless the call's own one listens too."""
    if sight.listening and call.agent_identity not in sight.listening:
        call.agent_identity = sight.listening[0]
    return bool(sight.listening)


def _no_agent(call: Call) -> CallEnd:
    waited = f"{call.around.settings.agent_ready_s:g} s"
    return CallEnd(
        Outcome.AGENT_UNAVAILABLE,
        detail=f"No agent {call.agent!r} was ready within {waited}; the phone did not ring.",
    )
