"""We hang up, and the callee's phone agrees: it stops ringing, or hears a BYE, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialconsole.model.attempt import EventKind
from dialconsole.model.outcome import Outcome
from dialconsole.telephony.backend import CallOrder
from kit.livekit.behaviour import PERSON, RINGS
from kit.livekit.callee import Received
from kit.livekit.calls import opened_desk, until
from kit.livekit.stack import Stack

pytestmark = [pytest.mark.livekit, pytest.mark.timeout(120)]


def received(stack: Stack, order: CallOrder) -> Received:
    """The one call that the callee of ``order`` got."""
    [call] = stack.callees.calls_to(order.number)
    return call


async def test_while_it_rings(stack: Stack, tmp_path: Path) -> None:
    """Hanging up a ringing call sends CANCEL; nobody answered, and nobody is to blame."""
    async with opened_desk(stack, tmp_path) as desk:
        call = desk.place(desk.order(RINGS, 1))
        await call.line.until(EventKind.RINGING)
        await desk.backend.hang_up(call.order.attempt)
        end = await call.end
        await until(lambda: received(stack, call.order).cancelled_at, lambda: str(received(stack, call.order)))
    assert end.outcome is Outcome.CANCELLED
    assert EventKind.ANSWERED not in call.line.kinds


async def test_while_they_talk(stack: Stack, tmp_path: Path) -> None:
    """Hanging up a conversation sends BYE; the call was answered all the same."""
    async with opened_desk(stack, tmp_path) as desk:
        call = desk.place(desk.order(PERSON, 1))
        await call.line.until(EventKind.HUMAN)
        await desk.backend.hang_up(call.order.attempt)
        end = await call.end
        await until(lambda: received(stack, call.order).bye_at, lambda: str(received(stack, call.order)))
    assert end.outcome is Outcome.ANSWERED


async def test_before_it_rings(stack: Stack, tmp_path: Path) -> None:
    """Hanging up a call that waits for its agent dials nothing."""
    async with opened_desk(stack, tmp_path, agent="nobody-of-this-name") as desk:
        call = desk.place(desk.order(PERSON, 2))
        await call.line.until(EventKind.ROOM)
        await desk.backend.hang_up(call.order.attempt)
        assert (await call.end).outcome is Outcome.CANCELLED
    assert call.line.asked == 0
    assert stack.callees.calls_to(call.order.number) == []
