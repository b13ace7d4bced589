"""A server dies under calls that ring and calls that talk. No call is dialed twice, and none that lives is given up."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialconsole.model.attempt import EventKind
from dialconsole.model.outcome import Outcome
from kit.livekit.behaviour import PERSON, PERSON_LATE, PERSON_LEAVES, RINGS, number
from kit.livekit.calls import Desk, Placed, opened_desk, restart
from kit.livekit.stack import Stack

pytestmark = [pytest.mark.livekit, pytest.mark.timeout(200)]

RING_S = 16.0
"""A ring time-out longer than a server needs to come back."""


def nobody_twice(stack: Stack) -> bool:
    numbers = [call.number for call in stack.callees.calls()]
    return len(numbers) == len(set(numbers))


async def hung_up(desk: Desk, call: Placed) -> Outcome:
    await desk.backend.hang_up(call.order.attempt)
    return (await call.end).outcome


async def test_livekit_server(own_stack: Stack, tmp_path: Path) -> None:
    """livekit-server is killed and comes back: a conversation goes on, an answer given meanwhile is found out, and a
    phone that rang in vain is not taken for answered."""
    async with opened_desk(own_stack, tmp_path) as desk:
        talking = desk.place(desk.order(PERSON))
        await talking.line.until(EventKind.HUMAN)
        late = desk.place(desk.order(PERSON_LATE, ring_timeout_s=RING_S))
        vain = desk.place(desk.order(RINGS, ring_timeout_s=RING_S))
        await late.line.until(EventKind.RINGING)
        await vain.line.until(EventKind.RINGING)
        own_stack.server.kill()
        await restart(own_stack.server)
        # The server lists the callee who answered meanwhile as "dialing" from now on; only the time tells.
        await late.line.until(EventKind.ANSWERED)
        assert await hung_up(desk, late) in (Outcome.ANSWERED, Outcome.VOICEMAIL)
        assert (await vain.end).outcome in (Outcome.NO_ANSWER, Outcome.UNKNOWN)
        assert not talking.end.done(), talking.line.events
        assert await hung_up(desk, talking) is Outcome.ANSWERED
    assert nobody_twice(own_stack)


async def test_sip_service(own_stack: Stack, tmp_path: Path) -> None:
    """The SIP service is killed: its calls are over, new ones are refused in so many words, until it is back."""
    async with opened_desk(own_stack, tmp_path) as desk:
        talking = desk.place(desk.order(PERSON))
        await talking.line.until(EventKind.ANSWERED)
        ringing = desk.place(desk.order(RINGS))
        await ringing.line.until(EventKind.RINGING)
        own_stack.sip.kill()
        refused = await desk.place(desk.order(PERSON, 1)).end
        assert refused.outcome is Outcome.TRUNK_FAULT and not refused.stops_trunk
        assert "No SIP service" in refused.detail
        assert await hung_up(desk, ringing) is Outcome.CANCELLED
        await restart(own_stack.sip)
        assert (await desk.place(desk.order(PERSON_LEAVES)).end).outcome is Outcome.ANSWERED
        assert (await talking.end).outcome in (Outcome.ANSWERED, Outcome.VOICEMAIL)
    assert nobody_twice(own_stack)
    assert own_stack.callees.calls_to(number(PERSON, 1)) == []


async def test_redis(own_stack: Stack, tmp_path: Path) -> None:
    """Redis is killed and comes back: calls that ring and calls that talk go on as if nothing had been."""
    async with opened_desk(own_stack, tmp_path) as desk:
        talking = desk.place(desk.order(PERSON))
        await talking.line.until(EventKind.ANSWERED)
        late = desk.place(desk.order(PERSON_LATE, ring_timeout_s=RING_S))
        vain = desk.place(desk.order(RINGS, ring_timeout_s=RING_S))
        await late.line.until(EventKind.RINGING)
        await vain.line.until(EventKind.RINGING)
        own_stack.redis.kill()
        await restart(own_stack.redis)
        await late.line.until(EventKind.ANSWERED)
        assert (await vain.end).outcome is Outcome.NO_ANSWER
        assert not talking.end.done() and not late.end.done()
        assert await hung_up(desk, talking) is await hung_up(desk, late) is Outcome.ANSWERED
        assert (await desk.place(desk.order(PERSON_LEAVES)).end).outcome is Outcome.ANSWERED
    assert nobody_twice(own_stack)
