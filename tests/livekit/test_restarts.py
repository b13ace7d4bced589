"""A server dies under calls that ring and calls that talk. No call is dialed twice, and none that lives is given up."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from livekit import api
from livekit.protocol import models

from dialconsole.model.attempt import EventKind
from dialconsole.model.outcome import Outcome
from kit.livekit.behaviour import PERSON, PERSON_LATE, PERSON_LEAVES, RINGS, number
from kit.livekit.calls import Desk, Placed, faults, opened_desk, restart
from kit.livekit.stack import Stack

pytestmark = [pytest.mark.livekit, pytest.mark.timeout(200)]


SETTLED_S = 3.0
"""Long enough for a look at an answered call."""

RING_S = 12.0
"""A ring time-out longer than a server needs to come back."""


def nobody_twice(stack: Stack) -> bool:
    numbers = [call.number for call in stack.callees.calls()]
    return len(numbers) == len(set(numbers))


async def agents_with(stack: Stack, call: Placed) -> int:
    """How many agents are in a call's room."""
    async with stack.client() as client:
        listed = await client.room.list_participants(api.ListParticipantsRequest(room=call.order.attempt))
    return sum(participant.kind == models.ParticipantInfo.AGENT for participant in listed.participants)


async def hung_up(desk: Desk, call: Placed) -> Outcome:
    await desk.backend.hang_up(call.order.attempt)
    return (await call.end).outcome


async def test_livekit_server(own_stack: Stack, tmp_path: Path) -> None:
    """livekit-server is killed and comes back: a conversation goes on, an answer given meanwhile is found out, and a
    phone that rang in vain is not taken for answered."""
    async with opened_desk(own_stack, tmp_path) as desk:
        talking = await desk.reach(EventKind.HUMAN, PERSON)
        vain = await desk.reach(EventKind.RINGING, RINGS, ring_timeout_s=RING_S)
        late = await desk.reach(EventKind.RINGING, PERSON_LATE, ring_timeout_s=RING_S)
        own_stack.server.kill()
        await restart(own_stack.server)
        # The server lists the callee who answered meanwhile as "dialing" from now on; only the time tells.
        await late.line.until(EventKind.ANSWERED)
        # Who it is may have been said to nobody: a person all the same, or not known, and never a machine.
        await asyncio.sleep(SETTLED_S)
        assert EventKind.MACHINE not in late.line.kinds, late.line.events
        assert await hung_up(desk, late) in (Outcome.ANSWERED, Outcome.UNKNOWN)
        assert (await vain.end).outcome in (Outcome.NO_ANSWER, Outcome.UNKNOWN)
        assert not talking.end.done(), talking.line.events
        # LiveKit sends its agents into the rooms once more.
        assert await agents_with(own_stack, talking) == 1
        assert desk.backend.requests["remove_participant"] >= 1
        assert await hung_up(desk, talking) is Outcome.ANSWERED
    assert nobody_twice(own_stack)


async def test_sip_service(own_stack: Stack, tmp_path: Path) -> None:
    """The SIP service is killed: its calls are over, new ones are refused in so many words, until it is back."""
    async with opened_desk(own_stack, tmp_path) as desk:
        talking = await desk.reach(EventKind.HUMAN, PERSON)
        ringing = await desk.reach(EventKind.RINGING, RINGS, ring_timeout_s=6.0)
        own_stack.sip.kill()
        refused = await desk.place(desk.order(PERSON, 1)).end
        assert refused.outcome is Outcome.TRUNK_FAULT and not refused.stops_trunk
        assert "No SIP service" in refused.detail
        assert await faults(own_stack, tmp_path) == ["sip_node"]
        await desk.backend.hang_up(ringing.order.attempt)
        await restart(own_stack.sip)
        assert (await (await desk.ended(PERSON_LEAVES)).end).outcome is Outcome.ANSWERED
        assert (await talking.end).outcome is Outcome.ANSWERED
        assert (await ringing.end).outcome in (Outcome.CANCELLED, Outcome.NO_ANSWER, Outcome.UNKNOWN)
    assert nobody_twice(own_stack)
    assert own_stack.callees.calls_to(number(PERSON, 1)) == []


async def test_redis(own_stack: Stack, tmp_path: Path) -> None:
    """Redis is killed and comes back: calls that ring and calls that talk go on as if nothing had been."""
    async with opened_desk(own_stack, tmp_path) as desk:
        talking = await desk.reach(EventKind.ANSWERED, PERSON)
        vain = await desk.reach(EventKind.RINGING, RINGS, ring_timeout_s=RING_S)
        late = await desk.reach(EventKind.RINGING, PERSON_LATE, ring_timeout_s=RING_S)
        own_stack.redis.kill()
        await restart(own_stack.redis)
        await late.line.until(EventKind.ANSWERED)
        assert (await vain.end).outcome is Outcome.NO_ANSWER
        assert not talking.end.done() and not late.end.done()
        assert await hung_up(desk, talking) is await hung_up(desk, late) is Outcome.ANSWERED
        assert (await (await desk.ended(PERSON_LEAVES)).end).outcome is Outcome.ANSWERED
    assert nobody_twice(own_stack)
