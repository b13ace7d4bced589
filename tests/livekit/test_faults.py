"""What is wrong at our end: no agent, no SIP service, a wrong key, an unknown trunk. No phone rings for any of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialconsole.clock import RealClock
from dialconsole.model.attempt import EventKind
from dialconsole.model.outcome import Outcome
from dialconsole.telephony.backend import CallEnd
from dialconsole.telephony.livekit.backend import make_livekit_backend
from kit.livekit.behaviour import PERSON, number
from kit.livekit.calls import Desk, Line, opened_desk, real_trunk, until, write_keys
from kit.livekit.configs import WRONG_SECRET
from kit.livekit.ports import free_port
from kit.livekit.stack import Stack

pytestmark = [pytest.mark.livekit, pytest.mark.timeout(150)]

SILENT_AREA = 13
"""Numbers of this area code must never ring."""


async def place(desk: Desk) -> CallEnd:
    return await desk.backend.place(desk.order(PERSON, SILENT_AREA), Line())


def rang(stack: Stack) -> bool:
    return bool(stack.callees.calls_to(number(PERSON, SILENT_AREA)))


async def test_an_agent_that_does_not_exist(stack: Stack, tmp_path: Path) -> None:
    """LiveKit takes the dispatch of an agent nobody has; our deadline finds out, before the phone rings."""
    async with opened_desk(stack, tmp_path, agent="nobody-of-this-name", agent_ready_s=2.0) as desk:
        end = await place(desk)
    assert end.outcome is Outcome.AGENT_UNAVAILABLE and not end.stops_trunk
    assert not rang(stack)


async def test_a_trunk_that_livekit_does_not_know(stack: Stack, tmp_path: Path) -> None:
    """An unknown trunk is the trunk's fault and stops it; the callee's number is not to blame."""
    async with opened_desk(stack, tmp_path, sip_trunk_id="ST_nobodyknows") as desk:
        end = await place(desk)
    assert end.outcome is Outcome.TRUNK_FAULT and end.stops_trunk
    assert "sip_trunk_id" in end.detail


async def test_a_wrong_key(stack: Stack, tmp_path: Path) -> None:
    """A secret that the server refuses stops the trunk at once, in so many words."""
    write_keys(tmp_path, WRONG_SECRET)
    backend = make_livekit_backend(real_trunk(stack), tmp_path, RealClock())
    try:
        end = await place(Desk(backend))
    finally:
        await backend.close()
    assert end.outcome is Outcome.TRUNK_FAULT and end.stops_trunk
    assert "API key" in end.detail


async def test_a_carrier_that_never_replies(stack: Stack, tmp_path: Path) -> None:
    """A carrier that says nothing looks like a phone nobody answers, because the ring time-out comes first."""
    trunk = await stack.add_trunk(f"127.0.0.1:{free_port()}")
    async with opened_desk(stack, tmp_path, sip_trunk_id=trunk) as desk:
        line = Line()
        end = await desk.backend.place(desk.order(PERSON, SILENT_AREA, ring_timeout_s=3.0), line)
    assert end.outcome in (Outcome.NO_ANSWER, Outcome.TRUNK_FAULT)
    assert EventKind.RINGING not in line.kinds and EventKind.ANSWERED not in line.kinds


async def test_a_trunk_that_demands_what_the_carrier_has_not(stack: Stack, tmp_path: Path) -> None:
    """Encrypted media: found out when somebody has picked up. The trunk stops, and that callee is not called again."""
    trunk = await stack.add_trunk(encrypted=True)
    async with opened_desk(stack, tmp_path, sip_trunk_id=trunk) as desk:
        end = await (await desk.ended(PERSON, 14)).end
    assert end.outcome is Outcome.UNKNOWN and end.stops_trunk
    assert "encrypted media" in end.detail


async def test_a_worker_that_dies_in_a_conversation(stack: Stack, tmp_path: Path) -> None:
    """Nobody is left alone on the line: the agent's worker is killed, and the callee is hung up on."""
    worker = stack.worker_named("mortal", free_port())
    worker.start()
    try:
        async with opened_desk(stack, tmp_path, agent="mortal") as desk:
            call = await desk.reach(EventKind.HUMAN, PERSON, 3)
            worker.kill()
            end = await call.end
            called = stack.callees.calls_to(call.order.number)
            assert end.outcome is Outcome.ANSWERED
            assert EventKind.AGENT_LOST in call.line.kinds
            await until(lambda: stack.callees.calls_to(call.order.number)[0].bye_at, lambda: str(called))
    finally:
        worker.kill()
