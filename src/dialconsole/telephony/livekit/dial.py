"""The dial: one request that lasts as long as the phone rings, and what is done beside it.

LiveKit tells the SIP response only to the request that waits for the answer, so the request is kept open; looks beside
it show the ringing. They are few: one soon after the dial, then one now and then, in case the answer of the request
itself is lost on its way.
"""

from __future__ import annotations

import asyncio
from typing import Final

from dialconsole.model.attempt import EventKind
from dialconsole.model.outcome import Outcome
from dialconsole.telephony.backend import CallEnd
from dialconsole.telephony.livekit.call import LOST, Call
from dialconsole.telephony.livekit.pace import Waiting
from dialconsole.telephony.livekit.refusal import HUNG_UP_RINGING, of_dial
from dialconsole.telephony.livekit.ringing import find_again
from dialconsole.telephony.livekit.room import explained
from dialconsole.telephony.livekit.server import NotSent, ring_seconds
from dialconsole.telephony.livekit.sight import ANSWERED_STATES

FIRST_LOOK_S: Final = 0.8
"""After the dial. Carriers ring after half a second or more."""

LOOK_AGAIN_S: Final = 10.0
"""Once it rings; the request tells the rest."""

CANCEL_AGAIN_S: Final = 1.0
"""How long the request may take to come back once the room is gone, before the room is deleted once more."""


async def dial(call: Call) -> CallEnd | None:
    """Ring the callee. None: somebody answered."""
    call.dialed_at = call.loop.time()
    call.tell(EventKind.DIALING)
    request = asyncio.create_task(call.around.server.dial(call.order, call.around.settings.sip_trunk_id))
    request.add_done_callback(lambda _: call.wake())
    call.listen(ring_seconds(call.order) + call.around.settings.verdict_s)
    pace = call.around.pace
    pace.join(Waiting.RING)
    try:
        await _ring(call, request)
        return await _result(call, request)
    finally:
        pace.leave(Waiting.RING)
        if not request.done():
            call.unconfirmed = True
            request.cancel()


async def _ring(call: Call, request: asyncio.Task[None]) -> None:
    """Until the request is back, or waiting for it makes no sense any more."""
    wait_s = FIRST_LOOK_S
    while not request.done() and not call.abandoned:
        if call.hung_up:
            await _cancel(call, request)
            return
        await call.pause(wait_s)
        if request.done() or call.stopping():
            continue
        sight = await call.look()
        if sight is not None and sight.callee in ANSWERED_STATES and not request.done():
            call.answered()
            return
        if sight is not None and sight.callee == "ringing":
            call.ringing()
        wait_s = LOOK_AGAIN_S if call.rang_at is not None else min(LOOK_AGAIN_S, max(wait_s * 2, _least(call)))


def _least(call: Call) -> float:
    return call.around.pace.interval(Waiting.RING)


async def _cancel(call: Call, request: asyncio.Task[None]) -> None:
    """Delete the room, which sends CANCEL, until the request comes back.

    Once is not enough: two requests on two connections may overtake each other. A dial that arrives after the deletion
    makes the room anew, and a phone rings in it that everybody here takes for cancelled.
    """
    while not request.done() and not call.abandoned:
        await call.end_room()
        await asyncio.wait({request}, timeout=CANCEL_AGAIN_S)
    call.ended_here = False  # unless the request says so too, see _cancelled


async def _result(call: Call, request: asyncio.Task[None]) -> CallEnd | None:
    if call.answered_at is not None:
        return None
    if request.done():
        error = request.exception()
        if error is None:
            call.answered()
            return None
        if not isinstance(error, Exception):
            raise error
        end = _of_error(call, error)
        if end is not None:
            return _cancelled(call) if end.outcome is Outcome.CANCELLED else await explained(call, end)
        call.server_away()
        call.unconfirmed = True
        return await find_again(call)
    return LOST


def _of_error(call: Call, error: Exception) -> CallEnd | None:
    assert call.dialed_at is not None
    if isinstance(error, NotSent):
        # It never left this machine, so there is nothing to look for.
        return of_dial(error, hung_up=call.hung_up, rang_s=0.0, ring_timeout_s=0.0)
    rang_s = call.loop.time() - call.dialed_at
    return of_dial(error, hung_up=call.hung_up, rang_s=rang_s, ring_timeout_s=ring_seconds(call.order))


def _cancelled(call: Call) -> CallEnd:
    call.ended_here = True
    call.tell(EventKind.HANG_UP, "hung up by us")
    return HUNG_UP_RINGING
