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

HUNG_UP_EARLY: Final = CallEnd(Outcome.CANCELLED, detail="hung up before the call was dialed")
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
        if sight is not None and sight.listening:
            call.tell(EventKind.AGENT_READY)
            return None
        if call.loop.time() >= deadline:
            return _no_agent(call) if seen else _BLIND


def _no_agent(call: Call) -> CallEnd:
    waited = f"{call.around.settings.agent_ready_s:g} s"
    return CallEnd(
        Outcome.AGENT_UNAVAILABLE,
        detail=f"No agent {call.agent!r} was ready within {waited}; the phone did not ring.",
    )
