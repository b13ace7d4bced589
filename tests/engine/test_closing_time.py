"""No telephone rings when its window has closed: whatever is edited meanwhile, and however late it begins to ring."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from dialconsole.clock import posix
from dialconsole.compliance.hours import LATE_S
from dialconsole.model.attempt import CallEvent, EventKind
from dialconsole.model.campaign import CallingWindow
from dialconsole.model.outcome import ContactStatus, Outcome
from dialconsole.model.request.campaigns import SetCampaign
from dialconsole.telephony.backend import CallEnd, CallLine, CallOrder
from kit.engine import Callee, ScriptedBackend, number, open_room, virtual

WIDE = CallingWindow(opens=time(8), closes=time(21))
CLOSES = posix(datetime(2026, 3, 4, 2, tzinfo=UTC))
"""21:00 in New York."""


def before_closing(seconds: float) -> datetime:
    return datetime.fromtimestamp(CLOSES - seconds, UTC)


def test_a_ring_that_was_made_shorter_meanwhile_is_judged_as_it_was_ordered(tmp_path: Path) -> None:
    """The order rings 45 s; that the campaign rings 15 s by now does not make room for it before closing time."""

    async def main() -> None:
        callee = Callee(Outcome.NO_ANSWER, setup_s=20, ring_s=45)
        async with open_room(tmp_path, lambda order: callee, start=before_closing(65)) as room:
            await room.campaign([number(0)], ring_timeout_s=45.0, window=WIDE)
            await asyncio.sleep(3)
            first = room.backend.prepared[0].attempt
            await room.ask(SetCampaign(name="spring", fields={"ring_timeout_s": "15"}))
            await asyncio.sleep(100)
            assert room.backend.dialed == []
            assert {attempt.outcome for attempt in await room.ledger.attempts()} == {Outcome.CANCELLED}
            (record,) = await room.ledger.contacts_of_number(number(0))
            assert (record.status, record.attempts) == (ContactStatus.RETRY, 0)
            assert any("45 s of ringing" in event.detail for event in await room.ledger.events(first))

    virtual(main)


class Slow(ScriptedBackend):
    """Between its last question and the ringing pass as many seconds as may pass at most."""

    def __init__(self) -> None:
        super().__init__()
        self.silent: list[float] = []

    async def place(self, order: CallOrder, line: CallLine) -> CallEnd:
        if not await line.may_dial():
            return CallEnd(Outcome.CANCELLED)
        line.event(CallEvent(EventKind.DIALING, self.clock.time()))
        await asyncio.sleep(LATE_S + order.ring_timeout_s)
        self.silent.append(self.clock.time())
        return CallEnd(Outcome.NO_ANSWER)


@pytest.mark.parametrize(("seconds", "rings"), [(80.0, True), (77.0, True), (73.0, False), (61.0, False)])
def test_a_telephone_that_begins_to_ring_late_stops_in_time_too(tmp_path: Path, seconds: float, rings: bool) -> None:
    """60 s of ringing, begun 15 s late, end before nine in the evening; a call for which that is too late waits."""

    async def main() -> None:
        backend = Slow()
        async with open_room(tmp_path, backend=backend, start=before_closing(seconds)) as room:
            await room.campaign([number(0)], ring_timeout_s=60.0, window=WIDE)
            await asyncio.sleep(200)
            assert len(backend.silent) == rings
            assert all(at <= CLOSES for at in backend.silent)

    virtual(main)
