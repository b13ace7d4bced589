"""Which number a call shows, and the rest of those that networks block."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dialconsole.model.campaign import CallerIdChoice, Limits, Trunk
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import Outcome
from dialconsole.model.request.campaigns import SetCampaign
from dialconsole.model.request.looking import ShowCampaign
from dialconsole.model.request.trunks import SetTrunk, ShowTrunk
from dialconsole.model.view import CallerIdView
from dialconsole.telephony.backend import CallOrder
from kit.engine import NOON_EAST, WIDE_OPEN, Callee, Room, number, open_room, virtual

HOUR = 3600.0
NEW_YORK, CHICAGO, BOSTON = "+12125550190", "+13125550191", "+16175550192"
BLOCKED = Callee(Outcome.BLOCKED, ring_s=0.5, sip_code=603, sip_reason="Network Blocked")
SLOW = Limits(max_concurrent=1, calls_per_minute=60, calls_per_second=1.0)


def three(**settings: object) -> Trunk:
    return Trunk(name="main", limits=SLOW, caller_ids=(NEW_YORK, CHICAGO, BOSTON), **settings)  # type: ignore[arg-type]


def shown(room: Room) -> list[str]:
    return [order.caller_id for _, order in room.backend.dialed]


async def view(room: Room, caller: str) -> CallerIdView:
    views = (await room.ask(ShowTrunk(name="main"))).view.caller_ids
    return next(v for v in views if v.number == caller)


def alerts(room: Room, word: str) -> list[str]:
    return [alert.sentence for alert in room.engine.floor.notices.all() if word in alert.sentence]


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ({}, [NEW_YORK] * 4),
        ({"caller_id": BOSTON}, [BOSTON] * 4),
        ({"caller_id_choice": CallerIdChoice.ROTATE}, [NEW_YORK, CHICAGO, BOSTON, NEW_YORK]),
        ({"caller_id_choice": CallerIdChoice.SAME_AREA}, [CHICAGO] * 4),
    ],
)
def test_a_campaign_chooses_what_its_calls_show(tmp_path: Path, settings: dict[str, Any], wanted: list[str]) -> None:
    """The trunk's first, its own, each in turn, or the one of the callee's area."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(talk_s=1), trunk=three()) as room:
            await room.campaign((number(i, "312") for i in range(4)), **settings)
            await asyncio.sleep(120)
            assert shown(room) == wanted

    virtual(main)


def test_without_a_number_of_the_area_each_in_turn(tmp_path: Path) -> None:
    """A callee in Seattle; the trunk has none from there."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(talk_s=1), trunk=three()) as room:
            await room.campaign((number(i, "206") for i in range(3)), caller_id_choice=CallerIdChoice.SAME_AREA)
            await asyncio.sleep(120)
            assert shown(room) == [NEW_YORK, CHICAGO, BOSTON]

    virtual(main)


def blocks(*callers: str) -> object:
    """A network that blocks calls from these numbers."""
    return lambda order: BLOCKED if order.caller_id in callers else Callee(talk_s=20)


def test_a_number_that_networks_block_rests_for_a_day(tmp_path: Path) -> None:
    """Five blocked calls; the next number is shown from then on, and an alert says so once; then it is used again."""

    async def main() -> None:
        async with open_room(tmp_path, blocks(NEW_YORK), trunk=three()) as room:  # type: ignore[arg-type]
            await room.campaign(number(i) for i in range(12))
            await asyncio.sleep(HOUR)
            assert shown(room) == [NEW_YORK] * 5 + [CHICAGO] * 7
            found = await view(room, NEW_YORK)
            assert (found.calls, found.blocked, found.answered) == (5, 5, 0)
            assert found.resting_until is not None
            assert 23 * HOUR - 60 < found.resting_until - room.clock.time() < 24 * HOUR
            assert len(alerts(room, "rests for 24 h")) == 1
            assert len(alerts(room, NEW_YORK)) == 3, "the first one, the third, the rest"
            await asyncio.sleep(24 * HOUR)
            assert (await view(room, NEW_YORK)).resting_until is None
            assert alerts(room, "is used again") == [f"{NEW_YORK} has rested for a day and is used again"]

    virtual(main)


def test_a_burst_of_calls_is_not_judged_by_those_that_ended_first(tmp_path: Path) -> None:
    """Six of fifty are blocked, at once; the others still ring or talk. No quarter, before and after a restart."""

    async def main() -> None:
        burst = Trunk(name="main", limits=WIDE_OPEN, caller_ids=(NEW_YORK,))
        script = lambda order: BLOCKED if int(order.number) % 8 == 0 else Callee(talk_s=300)  # noqa: E731
        async with open_room(tmp_path, script, trunk=burst) as room:
            await room.campaign(number(i) for i in range(50))
            await asyncio.sleep(30)
            found = await view(room, NEW_YORK)
            assert (found.calls, found.blocked, found.resting_until) == (found.blocked, 6, None)
            await asyncio.sleep(HOUR)
            assert (await view(room, NEW_YORK)).calls == 50
        async with open_room(tmp_path, start=NOON_EAST + timedelta(hours=2)) as room:
            assert (await view(room, NEW_YORK)).resting_until is None
            assert not room.engine.floor.care.caller_ids.resting

    virtual(main)


def test_when_all_rest_the_calls_wait_rather_than_burn_the_last(tmp_path: Path) -> None:
    """The campaign is held with that reason and the time; a day later it goes on."""

    async def main() -> None:
        down = [True]

        def script(order: CallOrder) -> Callee:
            return BLOCKED if down[0] else Callee(talk_s=1)

        async with open_room(tmp_path, script, trunk=three()) as room:
            await room.campaign(number(i) for i in range(30))
            await asyncio.sleep(HOUR)
            assert len(shown(room)) == 15, "five for each of the three"
            campaign = (await room.ask(ShowCampaign(name="spring"))).view
            hold = campaign.holds[0]
            assert (hold.code, hold.count, campaign.ready) == ("caller_ids_rest", 15, 0)
            assert hold.until == (await view(room, NEW_YORK)).resting_until
            down[0] = False
            await asyncio.sleep(24 * HOUR)
            assert len(shown(room)) == 30

    virtual(main)


def test_a_campaign_with_its_own_number_waits_alone(tmp_path: Path) -> None:
    """Another campaign of the trunk, with other numbers, goes on."""

    async def main() -> None:
        async with open_room(tmp_path, blocks(BOSTON), trunk=three()) as room:  # type: ignore[arg-type]
            await room.campaign((number(i) for i in range(10)), caller_id=BOSTON)
            await asyncio.sleep(HOUR)
            assert shown(room) == [BOSTON] * 5
            await room.campaign((number(i, "646") for i in range(3)), name="autumn")
            await asyncio.sleep(HOUR)
            assert shown(room)[5:] == [NEW_YORK] * 3

    virtual(main)


def test_a_call_in_set_up_does_not_show_a_number_that_began_to_rest(tmp_path: Path) -> None:
    """Ten at once with slow agents: those not dialed yet when it begins to rest show another one later."""

    async def main() -> None:
        count = iter(range(100))

        def script(order: CallOrder) -> Callee:
            callee = BLOCKED if order.caller_id == NEW_YORK else Callee(talk_s=1)
            return Callee(callee.outcome, 1.0 + 2 * next(count), callee.ring_s, callee.talk_s, callee.sip_code)

        trunk = Trunk(name="main", limits=WIDE_OPEN, caller_ids=(NEW_YORK, CHICAGO))
        async with open_room(tmp_path, script, trunk=trunk) as room:
            await room.campaign((number(i) for i in range(10)), min_gap_s=0.0)
            await asyncio.sleep(HOUR)
            assert shown(room).count(NEW_YORK) == 5
            assert shown(room).count(CHICAGO) == 5

    virtual(main)


def test_rests_can_be_switched_off(tmp_path: Path) -> None:
    """The alert stays; switching it on again honours the rest that is due."""

    async def main() -> None:
        async with open_room(tmp_path, blocks(NEW_YORK), trunk=three(rest_caller_ids=False)) as room:  # type: ignore[arg-type]
            await room.campaign(number(i) for i in range(20))
            await asyncio.sleep(10)
            assert set(shown(room)) == {NEW_YORK}
            await room.ask(SetTrunk(name="main", fields={"rest_caller_ids": "on"}))
            await asyncio.sleep(HOUR)
            assert shown(room).count(NEW_YORK) < 20
            assert alerts(room, "labelled as spam")

    virtual(main)


def test_rests_and_figures_outlive_the_engine(tmp_path: Path) -> None:
    """Made again from the ledger's attempts: the same rest, to the second; nothing is shown that rests."""

    async def main() -> None:
        async with open_room(tmp_path, blocks(NEW_YORK, CHICAGO), trunk=three()) as room:  # type: ignore[arg-type]
            await room.campaign(number(i) for i in range(20))
            await asyncio.sleep(60)
            before = [await view(room, caller) for caller in (NEW_YORK, CHICAGO, BOSTON)]
            assert before[1].resting_until is not None
        async with open_room(tmp_path, start=NOON_EAST + timedelta(minutes=2)) as room:
            after = [await view(room, caller) for caller in (NEW_YORK, CHICAGO, BOSTON)]
            for old, new in zip(before[:2], after[:2], strict=True):
                assert old.resting_until is not None
                assert new.resting_until == pytest.approx(old.resting_until, abs=0.001)
                assert (new.calls, new.blocked) == (old.calls, old.blocked)
            await asyncio.sleep(HOUR)
            assert set(shown(room)) == {BOSTON}
            assert not alerts(room, "labelled")

    virtual(main)


def test_many_short_calls_are_told_once(tmp_path: Path) -> None:
    """Carriers charge for them."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(talk_s=3), trunk=three()) as room:
            await room.campaign(number(i) for i in range(60))
            await asyncio.sleep(HOUR)
            assert len(alerts(room, "over within 6 s")) == 1
            assert (await view(room, NEW_YORK)).within_6s == 50

    virtual(main)


def test_one_blocked_call_is_told_once(tmp_path: Path) -> None:
    """Not again with each call after it that nobody answers."""

    async def main() -> None:
        first = iter([BLOCKED])
        gone = Callee(Outcome.BAD_NUMBER, sip_code=404)
        async with open_room(tmp_path, lambda order: next(first, gone), trunk=three()) as room:
            await room.campaign(number(i) for i in range(20))
            await asyncio.sleep(HOUR)
            assert len(shown(room)) == 20
            assert alerts(room, "blocked") == [
                f"The network blocked a call from {NEW_YORK} (603, 608); that caller ID may be labelled as spam"
            ]

    virtual(main)


def test_a_fall_in_answers_is_told_once(tmp_path: Path) -> None:
    """Half of the calls were answered, then none: whoever sees that number is no longer shown a name they trust."""
    calls = 0

    def answering(order: CallOrder) -> Callee:
        nonlocal calls
        calls += 1
        return Callee(talk_s=20) if calls % 2 and calls <= 120 else Callee(Outcome.BAD_NUMBER, sip_code=404)

    async def main() -> None:
        async with open_room(tmp_path, answering, trunk=three()) as room:
            numbers = [number(i, area) for area in ("212", "646") for i in range(100)]
            await room.campaign(numbers[:120])
            await asyncio.sleep(2 * HOUR)
            assert not alerts(room, "used to be")
            await room.campaign(numbers[120:], name="more")
            await asyncio.sleep(2 * HOUR)
            [alert] = alerts(room, "used to be")
            assert NEW_YORK in alert and "50%" in alert

    virtual(main)


def test_what_is_no_number_is_not_shown_to_anybody(tmp_path: Path) -> None:
    """Neither a trunk nor a campaign takes it, and both stay as they are."""

    async def main() -> None:
        async with open_room(tmp_path, trunk=three()) as room:
            await room.campaign([number(1)])
            with pytest.raises(Problem, match="'555 0100' cannot be a caller ID"):
                await room.ask(SetTrunk(name="main", fields={"caller_ids": "+12125550190,555 0100"}))
            with pytest.raises(Problem, match="'anonymous' cannot be a caller ID"):
                await room.ask(SetCampaign(name="spring", fields={"caller_id": "anonymous"}))
            assert room.engine.floor.trunks["main"].caller_ids == (NEW_YORK, CHICAGO, BOSTON)
            assert room.engine.floor.campaigns["spring"].caller_id is None

    virtual(main)
