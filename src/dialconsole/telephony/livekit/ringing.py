"""Lost sight of a dialed call: never dial again, look.

The request came back with nothing, or the process that made it is dead. The phone may ring all the same, may have
been answered with nobody waiting, or may never have rung. A call that is still there is followed until it is answered
or gone; one that is gone is settled by what was seen of it, and where that is not enough, by "nobody can say".

After a restart of the LiveKit server a callee who talks is listed as ``dialing``, and one whose phone stopped ringing
meanwhile may be listed as ringing for ever. No phone rings longer than its ring time-out, so past it the first is an
answered call, and the second is over.
"""

from __future__ import annotations

from typing import Final

from dialconsole.model.attempt import EventKind
from dialconsole.model.outcome import Outcome
from dialconsole.telephony import sip
from dialconsole.telephony.backend import CallEnd
from dialconsole.telephony.livekit.call import LOST, UNREACHABLE, Call
from dialconsole.telephony.livekit.pace import Waiting
from dialconsole.telephony.livekit.refusal import HUNG_UP_RINGING
from dialconsole.telephony.livekit.server import ring_seconds
from dialconsole.telephony.livekit.sight import ANSWERED_STATES, Sight

OVERTIME_S: Final = 5.0
"""Past its ring time-out by this much, a phone does not ring any more."""

NEARLY_S: Final = 3.0
"""A callee last seen ringing so shortly before the ring time-out was not going to pick up."""

# LiveKit's DisconnectReason, as webhooks bring it.
_USER_UNAVAILABLE: Final = 11

_RUNG_OUT: Final = CallEnd(Outcome.NO_ANSWER, detail=sip.describe(None, ring_timeout=True))
_GONE: Final = CallEnd(
    Outcome.UNKNOWN, detail="The call was lost sight of and is over now; whether anyone answered is not known."
)
_UNSEEN_ANSWER: Final = "still up after its ring time-out, so it was answered; the server was restarted meanwhile"


async def find_again(call: Call) -> CallEnd | None:
    """Follow a call without its request. None: it is answered, watch it."""
    pace = call.around.pace
    pace.join(Waiting.RING)
    try:
        while True:
            if call.abandoned:
                return LOST
            if call.hung_up and await call.end_room():
                call.tell(EventKind.HANG_UP, "hung up by us")
                return HUNG_UP_RINGING
            sight = await call.look()
            if sight is None:
                if call.out_of_sight:
                    return UNREACHABLE
            elif call.is_gone(sight):
                return _settled(call)
            elif (end := _seen(call, sight)) is not None or call.answered_at is not None:
                return end
            await call.pause(call.interval(Waiting.RING))
    finally:
        pace.leave(Waiting.RING)


def _seen(call: Call, sight: Sight) -> CallEnd | None:
    """Take in a callee who is there. An end: the phone cannot be ringing any more."""
    if sight.callee is None:
        return None
    if sight.callee in ANSWERED_STATES:
        call.answered()
        return None
    overdue = call.dialed_at is not None and (call.loop.time() - call.dialed_at > ring_seconds(call.order) + OVERTIME_S)
    if sight.callee == "ringing":
        if overdue:
            return _RUNG_OUT
        call.ringing()
    elif overdue:
        call.answered(_UNSEEN_ANSWER, unseen=True)
    return None


def _settled(call: Call) -> CallEnd:
    """By what is known of a call that is over. An answer between two looks cannot be ruled out, so little is sure."""
    if call.hint == _USER_UNAVAILABLE:
        return _RUNG_OUT
    if call.rang_at is None or call.dialed_at is None:
        return _GONE
    return _RUNG_OUT if call.rang_at - call.dialed_at >= ring_seconds(call.order) - NEARLY_S else _GONE
