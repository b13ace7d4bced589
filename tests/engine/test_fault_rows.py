"""A contact in whose calls the trunk always fails is not dialed for ever."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

from dialconsole.engine.fault_rows import FaultRows
from dialconsole.engine.retry import MOST_FAULTS
from dialconsole.model.outcome import ContactStatus, Outcome
from dialconsole.telephony.backend import CallOrder
from kit.engine import Callee, number, open_room, virtual

HOUR = 3600.0
FAULT = Callee(outcome=Outcome.TRUNK_FAULT, sip_code=500, setup_s=0.1, ring_s=2.0)


def script(order: CallOrder) -> Callee:
    """One number cannot be routed; the trunk itself is well."""
    return FAULT if order.number == number(1) else Callee()


def test_a_row_is_what_came_since_anything_else_was_heard() -> None:
    """Calls that the carrier never tried to place neither lengthen nor end it; anything heard does."""
    rows = FaultRows()
    rows.load(
        [
            (1, Outcome.TRUNK_FAULT, True),
            (1, Outcome.TRUNK_FAULT, True),
            (1, Outcome.CANCELLED, False),
            (1, Outcome.THROTTLED, True),
            (1, Outcome.AGENT_UNAVAILABLE, False),
            (2, Outcome.TRUNK_FAULT, True),
            (2, Outcome.BUSY, True),
        ]
    )
    assert (rows.of(1), rows.of(2), rows.of(3)) == (2, 0, 0)
    rows.ended(1, Outcome.CANCELLED, dialed=True)
    assert rows.of(1) == 0


def test_a_contact_whose_trunk_always_fails_is_set_aside(tmp_path: Path) -> None:
    """Eight dials within days instead of one every five minutes for ever; the others are called as usual."""

    async def main() -> None:
        async with open_room(tmp_path, script) as room:
            await room.campaign((number(i) for i in range(4)), min_gap_s=0.0)
            await asyncio.sleep(72 * HOUR)
            times = [at for at, order in room.backend.dialed if order.number == number(1)]
            assert len(times) == MOST_FAULTS
            gaps = [later - earlier for earlier, later in pairwise(times)]
            assert gaps[:4] == sorted(gaps[:4]) and gaps[3] > 7 * gaps[0]
            assert await room.ledger.status_counts() == {
                "spring": {ContactStatus.COMPLETED: 3, ContactStatus.FAILED: 1}
            }
            [record] = await room.ledger.contacts_of_number(number(1))
            assert record.reasons == ("the trunk failed in 8 calls to this number in a row; set aside",)
            assert record.attempts == 0

    virtual(main)


def test_the_row_outlives_a_restart(tmp_path: Path) -> None:
    """It is read from the ledger: an engine that restarts each night does not dial such a number for ever."""

    async def main() -> None:
        async with open_room(tmp_path, script) as room:
            await room.campaign([number(1), number(2)])
            await asyncio.sleep(HOUR)
            before = len(room.backend.dialed) - 1
            assert before >= 3
        async with open_room(tmp_path, script) as room:
            assert room.engine.floor.faults(1) == before
            await asyncio.sleep(72 * HOUR)
            assert len(room.backend.dialed) == MOST_FAULTS - before

    virtual(main)
