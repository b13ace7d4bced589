"""The servers themselves, asked by LiveKit's own client: what every other test here stands on."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from google.protobuf.duration_pb2 import Duration
from livekit import api

from kit.livekit.behaviour import BUSY, DECLINES, NETWORK_BLOCKED, PERSON_LEAVES, Behaviour, number
from kit.livekit.calls import WITHIN_S, until
from kit.livekit.stack import TRUNK_NUMBER, Stack

pytestmark = [pytest.mark.livekit, pytest.mark.timeout(120)]

AGAIN_S = 0.2

AREA = 14
"""Nobody else here calls numbers of this area code."""


async def dial(client: api.LiveKitAPI, trunk: str, behaviour: Behaviour) -> str:
    """The room, once somebody has answered."""
    room = f"raw-{uuid.uuid4().hex[:8]}"
    request = api.CreateSIPParticipantRequest(
        sip_trunk_id=trunk,
        sip_call_to=number(behaviour, AREA),
        room_name=room,
        participant_identity=room,
        wait_until_answered=True,
        ringing_timeout=Duration(seconds=20),
    )
    await client.sip.create_sip_participant(request)
    return room


async def until_empty(client: api.LiveKitAPI, room: str) -> None:
    for _ in range(round(WITHIN_S / AGAIN_S)):
        if not (await client.room.list_participants(api.ListParticipantsRequest(room=room))).participants:
            return
        await asyncio.sleep(AGAIN_S)
    raise AssertionError(f"somebody is still in {room}")


async def test_a_person_answers_and_hangs_up(stack: Stack) -> None:
    """A call reaches the callee, who sees our caller ID, answers and hangs up; then nobody is in the room any more."""
    called = number(PERSON_LEAVES, AREA)
    async with stack.client() as client:
        room = await dial(client, stack.trunk_id, PERSON_LEAVES)
        await until(lambda: stack.callees.calls_to(called)[0].left_at, lambda: str(stack.callees.calls_to(called)))
        await until_empty(client, room)
    [call] = stack.callees.calls_to(called)
    assert call.caller_id == TRUNK_NUMBER
    assert call.answered_at is not None and call.left_at is not None
    assert call.left_at - call.answered_at > 4


async def test_refusals_come_back_with_code_and_phrase(stack: Stack) -> None:
    """Busy, a person's "Decline" and the network's "Network Blocked" are three different answers to the dialer."""

    async def refused(behaviour: Behaviour) -> tuple[int | None, str | None]:
        with pytest.raises(api.SipCallError) as error:
            await dial(client, stack.trunk_id, behaviour)
        return error.value.sip_status_code, error.value.sip_status

    async with stack.client() as client:
        seen = await asyncio.gather(*(refused(behaviour) for behaviour in (BUSY, DECLINES, NETWORK_BLOCKED)))
    assert seen == [(486, "Busy Here"), (603, "Decline"), (603, "Network Blocked")]


async def test_callees_are_counted_by_sipp_itself(stack: Stack) -> None:
    """The journal that these tests read and SIPp's own statistics know the same number of calls."""
    await until(
        lambda: stack.callees.counted() == len(stack.callees.calls()),
        lambda: f"{stack.callees.counted()} counted, {len(stack.callees.calls())} in the journal",
    )
