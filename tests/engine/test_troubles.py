"""What forbids every call: a disk that takes no records, and how dialing goes on by itself."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dialconsole.engine.dialer import CHECK_AGAIN_S
from dialconsole.engine.troubles import CLOCK_STEADY_S
from dialconsole.model.attempt import Claim
from dialconsole.model.outcome import ContactStatus, Outcome
from dialconsole.store import ledger
from kit.disk import fill
from kit.engine import Callee, Room, number, open_room, virtual


def test_a_full_disk_stops_all_dialing_and_dialing_resumes_when_there_is_room(tmp_path: Path) -> None:
    """Nothing is called unrecorded, nobody is lost, and the reason is on the screen meanwhile."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.campaign((number(i) for i in range(5)), zone="Pacific/Honolulu")
            disk = fill(room)
            disk.full = True
            await asyncio.sleep(3 * 3600)
            assert disk.refused > 0
            assert room.backend.prepared == []
            assert "the disk is full" in room.engine.board.engine().stopped
            disk.full = False
            await asyncio.sleep(3600)
            assert room.engine.board.engine().stopped == ""
            assert sorted(room.backend.numbers) == [number(i) for i in range(5)]
            assert (await room.ledger.status_counts())["spring"] == {ContactStatus.COMPLETED: 5}

    virtual(main)


def test_an_outcome_waits_for_the_disk_and_is_written_once(tmp_path: Path) -> None:
    """The call ended while the disk was full: what happened is not forgotten, and its line is free again."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(talk_s=30)) as room:
            await room.campaign([number(1)])
            await asyncio.sleep(10)
            disk = fill(room)
            disk.full = True
            await asyncio.sleep(600)
            assert [claim.number for claim in await room.ledger.unfinished()] == [number(1)]
            assert room.engine.board.trunk("main").live == 0
            disk.full = False
            await asyncio.sleep(60)
            (attempt,) = await room.ledger.attempts()
            assert (attempt.number, attempt.outcome) == (number(1), Outcome.ANSWERED)
            assert await room.ledger.unfinished() == []

    virtual(main)


def test_a_check_that_breaks_holds_its_calls_until_it_is_mended(tmp_path: Path) -> None:
    """Nothing is dialed unchecked, the pane says why, and mending it is enough."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            hours = room.engine.floor.gate._checks[-1]
            working = hours._hours  # type: ignore[attr-defined]
            hours._hours = None  # type: ignore[attr-defined]
            await room.campaign(number(i) for i in range(3))
            await asyncio.sleep(1700)
            assert room.backend.prepared == []
            (hold,) = room.engine.board.campaign("spring").holds
            assert (hold.count, hold.sentence) == (3, "a check could not be made")
            hours._hours = working  # type: ignore[attr-defined]
            await asyncio.sleep(1800)
            assert len(room.backend.dialed) == 3

    virtual(main)


class Jumps:
    """What a room's clock says of the wall clock beside it."""

    def __init__(self, room: Room) -> None:
        self.by = 0.0
        room.clock.jumped = lambda: self.by  # type: ignore[method-assign]
        room.clock.settle = self._settle  # type: ignore[method-assign]
        room.engine.floor.later(room.engine._watch_clock())

    def _settle(self) -> None:
        self.by = 0.0


def test_a_clock_that_jumps_again_must_be_steady_anew(tmp_path: Path) -> None:
    """Whoever notices the second jump first: a minute must pass since the last one."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            jumps = Jumps(room)
            await asyncio.sleep(10)
            jumps.by = 7200.0
            await asyncio.sleep(50)
            jumps.by = -7200.0
            await asyncio.sleep(CLOCK_STEADY_S - 5)
            assert room.engine.floor.brake.on
            await asyncio.sleep(10)
            assert not room.engine.floor.brake.on

    virtual(main)


@pytest.mark.parametrize("at_s", [5.0, 9.9])
def test_a_clock_that_jumps_while_a_call_is_set_up_keeps_it_from_being_dialed(tmp_path: Path, at_s: float) -> None:
    """The hours of its second look would be those of a clock that nobody can trust."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(setup_s=10)) as room:
            jumps = Jumps(room)
            await room.campaign([number(1)])
            await asyncio.sleep(at_s)
            assert len(room.backend.prepared) == 1
            jumps.by = -7200.0
            await asyncio.sleep(CLOCK_STEADY_S - 5)
            assert room.backend.dialed == []
            await asyncio.sleep(600)
            assert room.backend.numbers == [number(1)]

    virtual(main)


def test_a_contact_that_cannot_be_judged_is_held_and_stops_nobody(tmp_path: Path) -> None:
    """A fault of ours in one contact is a check that could not be made; the trunk dials the others."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.campaign([number(1)], name="broken", zone="Pacific/Honolulu")
            floor = room.engine.floor
            (place,) = floor.places
            known = floor.places.pop(place)
            floor.places[place] = None  # type: ignore[assignment]
            floor.queue._windows = lambda campaign, place, now: (True, math.inf)
            floor.ask_campaign_again("broken")
            await room.campaign([number(2)])
            await asyncio.sleep(CHECK_AGAIN_S - 60)
            assert room.backend.numbers == [number(2)]
            (hold,) = room.engine.board.campaign("broken").holds
            assert (hold.count, hold.sentence) == (1, "a check could not be made")
            floor.places[place] = known
            await asyncio.sleep(3 * 3600)
            assert room.backend.numbers == [number(2), number(1)]

    virtual(main)


def test_a_dialer_that_ends_with_a_fault_of_ours_says_so(tmp_path: Path) -> None:
    """Nothing is dialed through its trunk any more; that is no silence to wait in."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            room.engine.floor.weight = lambda campaign: 1 // 0  # type: ignore[method-assign]
            await room.campaign([number(1)])
            await asyncio.sleep(60)
            assert room.backend.dialed == []
            (alert,) = [a for a in room.engine.floor.notices.all() if "ZeroDivisionError" in a.sentence]
            assert alert.severity == "error"
            assert "trunk main" in alert.sentence

    virtual(main)


def test_a_claim_that_the_ledger_does_not_take_leaves_the_floor(tmp_path: Path) -> None:
    """Its contact is called by nobody, an alert names it, and nothing waits for a call that never was one."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            real = room.ledger.claim

            async def claim(claim: Claim) -> ledger.Callee:
                if claim.number == number(1):
                    raise LookupError("there is no contact 1")
                return await real(claim)

            room.ledger.claim = claim  # type: ignore[method-assign]
            await room.campaign(number(i) for i in range(3))
            await asyncio.sleep(600)
            assert sorted(room.backend.numbers) == [number(0), number(2)]
            assert room.engine.floor.live == {}
            assert room.engine.board.campaign("spring").live == 0
            (alert,) = [a for a in room.engine.floor.notices.all() if number(1) in a.sentence]
            assert alert.severity == "error"
            room.engine.stop_soon(600)
            await asyncio.wait_for(room.engine.stopped.wait(), 5)

    virtual(main)


def test_a_crowd_whose_claims_were_refused_as_the_day_ended_is_called_the_next_day(tmp_path: Path) -> None:
    """More than one look moves from waiting into closed hours; the campaign does not sleep over the rest."""

    async def main() -> None:
        async with open_room(tmp_path, start=datetime(2026, 3, 4, 0, 58, tzinfo=UTC)) as room:
            real, numbers = room.ledger.claim, [number(i, area) for area in ("212", "646", "917") for i in range(100)]

            async def late(claim: Claim) -> ledger.Callee:
                await asyncio.sleep(300)
                raise ledger.LedgerFull("ledger.db: the disk is full.")

            room.ledger.claim = late  # type: ignore[method-assign]
            await room.campaign(numbers)
            await asyncio.sleep(600)
            room.ledger.claim = real  # type: ignore[method-assign]
            assert room.backend.prepared == []
            assert not room.engine.floor.brake.on
            await asyncio.sleep(14 * 3600)
            assert sorted(room.backend.numbers) == sorted(numbers)

    virtual(main)
