"""What a call means for every other call to its number: while it lives, after it, and through a crash."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from dialconsole.clock import LoopClock
from dialconsole.model.attempt import CallEvent, EventKind
from dialconsole.model.errors import Problem
from dialconsole.model.optout import OptOutSource
from dialconsole.model.outcome import ContactStatus, Outcome
from dialconsole.model.purpose import ConsentBasis, Purpose
from dialconsole.model.request.optouts import RemoveOptOut
from dialconsole.model.request.trunks import PlaceTestCall
from dialconsole.telephony.backend import CallEnd, CallLine, CallOrder
from kit.engine import Callee, Room, ScriptedBackend, number, open_room, virtual

HOUR = 3600.0
DAY = 24 * HOUR
WISH = "stop calling me"


def outliving(callee: Callee, attempts: Sequence[str]) -> ScriptedBackend:
    """A backend whose calls have outlived the last engine."""
    backend = ScriptedBackend()
    backend.alive.update(dict.fromkeys(attempts, callee))
    return backend


async def crash_with(tmp_path: Path, *, wish: bool, **settings: object) -> list[str]:
    """End an engine in the middle of a conversation; with a ``wish`` between its event and its entry."""
    async with open_room(tmp_path, lambda order: Callee(talk_s=500)) as room:
        await room.campaign([number(0)], **settings)  # type: ignore[arg-type]
        await asyncio.sleep(20)
        (claim,) = await room.ledger.unfinished()
        if wish:
            room.ledger.progress(claim.seq, CallEvent(EventKind.OPT_OUT, room.clock.time(), WISH))
        await asyncio.sleep(5)
        assert await room.ledger.opt_outs() == []
    return [claim.attempt]


@pytest.mark.parametrize("alive", [False, True])
def test_a_wish_not_to_be_called_outlives_a_crash_before_its_entry(tmp_path: Path, alive: bool) -> None:
    """The next engine puts it in force before it dials anybody, and makes it durable when the call is settled."""

    async def main() -> None:
        left = await crash_with(tmp_path, wish=True)
        backend = outliving(Callee(ring_s=0, talk_s=300), left if alive else [])
        backend.unreachable = 0 if alive else 3
        async with open_room(tmp_path, backend=backend) as room:
            await room.campaign([number(0)], name="other", min_gap_s=0.0)
            await asyncio.sleep(HOUR)
            assert backend.dialed == []
            (entry,) = await room.ledger.opt_outs()
            assert (entry.number, entry.source, entry.reason) == (number(0), OptOutSource.CALLER, WISH)
            assert entry.attempt == left[0]
            for campaign in ("spring", "other"):
                assert (await room.ledger.status_counts())[campaign] == {ContactStatus.SUPPRESSED: 1}

    virtual(main)


def test_a_wish_is_one_entry_and_one_that_was_taken_back_stays_so(tmp_path: Path) -> None:
    """It is written in the call and told again with the settlement; in between a person may have reversed it."""

    async def main() -> None:
        callee = Callee(talk_s=300, says=(EventKind.OPT_OUT,))
        async with open_room(tmp_path, lambda order: callee) as room:
            await room.campaign([number(0), number(1)])
            await asyncio.sleep(60)
            assert [entry.number for entry in await room.ledger.opt_outs()] == [number(0), number(1)]
            await room.ask(RemoveOptOut(number=number(1), reason="the agent misheard"))
            await asyncio.sleep(HOUR)
            assert (await room.ledger.status_counts())["spring"] == {ContactStatus.SUPPRESSED: 2}
            assert [entry.number for entry in await room.ledger.opt_outs()] == [number(0)]
            assert len(await room.ledger.opt_out_history(number(0))) == 1
            assert room.engine.floor.safeguards.opt_outs.covers(int(number(1)[1:]), "spring", "") is None

    virtual(main)


class Talking(ScriptedBackend):
    """Somebody answers, and how the call ended is not known."""

    def __init__(self, *heard: EventKind) -> None:
        super().__init__()
        self.heard = heard

    async def _go_on(self, order: CallOrder, line: CallLine, callee: Callee) -> CallEnd:
        for kind in (EventKind.ANSWERED, *self.heard):
            line.event(CallEvent(kind, self.clock.time()))
        await asyncio.sleep(60)
        return CallEnd(Outcome.UNKNOWN, detail="the server is away")


@pytest.mark.parametrize("heard", [(), (EventKind.HUMAN,)])
@pytest.mark.parametrize("restart", [False, True])
def test_a_conversation_counts_however_its_call_ended(
    tmp_path: Path, heard: tuple[EventKind, ...], restart: bool
) -> None:
    """Seven days of quiet about a debt (12 CFR 1006.14(b)(2)) begin with the answer, also if the end is unknown."""

    async def other(room: Room) -> None:
        await room.campaign([number(0)], name="other", purpose=Purpose.DEBT_COLLECTION)
        await asyncio.sleep(6 * DAY)
        assert [order.campaign for _, order in room.backend.dialed] == ["spring"]
        assert "quiet_after_conversation" in holds(room, "other")

    async def main() -> None:
        backend = Talking(*heard)
        async with open_room(tmp_path, backend=backend) as room:
            await room.campaign([number(0)], purpose=Purpose.DEBT_COLLECTION)
            await asyncio.sleep(600)
            assert [attempt.outcome for attempt in await room.ledger.attempts()] == [Outcome.UNKNOWN]
            if not restart:
                await other(room)
        if restart:
            async with open_room(tmp_path, backend=backend) as room:
                await other(room)

    virtual(main)


def test_a_machine_is_no_conversation(tmp_path: Path) -> None:
    """It answers like anybody else, and is taken back when the call turns out to be a machine's."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(Outcome.VOICEMAIL)) as room:
            await room.campaign([number(0)], purpose=Purpose.DEBT_COLLECTION)
            await asyncio.sleep(HOUR)
            await room.campaign([number(0)], name="other", purpose=Purpose.DEBT_COLLECTION)
            await asyncio.sleep(HOUR)
            assert [order.campaign for _, order in room.backend.dialed] == ["spring", "other"]

    virtual(main)


@pytest.mark.parametrize("restart", [False, True])
def test_a_number_in_a_call_is_not_called_by_another_campaign(tmp_path: Path, restart: bool) -> None:
    """Whatever the gap: two of our calls would ring one telephone. The second goes out when the first is over."""

    async def main() -> None:
        left: list[str] = []
        if restart:
            left = await crash_with(tmp_path, wish=False, min_gap_s=0.0)
        backend = outliving(Callee(ring_s=0, talk_s=1800), left)
        backend.script = lambda order: Callee(talk_s=1800)
        async with open_room(tmp_path, backend=backend) as room:
            backend.unreachable = 3 if restart else 0
            if not restart:
                await room.campaign([number(0)], min_gap_s=0.0)
            await room.campaign([number(0)], name="other", min_gap_s=0.0)
            for _ in range(60):
                await asyncio.sleep(29)
                assert len(room.engine.floor.live) <= 1
                assert "other" not in {order.campaign for _, order in backend.dialed}
            assert holds(room, "other") == {"in_a_call"}
            await asyncio.sleep(600)
            assert [call.claim.campaign for call in room.engine.floor.live.values()] == ["other"]
            assert room.clock.time() > min(at for at, order in backend.dialed if order.campaign == "other")

    virtual(main)


def test_a_test_call_does_not_ring_a_telephone_that_is_in_a_call(tmp_path: Path) -> None:
    """It has no gap to keep, so nothing else would stop it; and it says why."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(talk_s=500)) as room:
            await room.campaign([number(0)])
            await asyncio.sleep(20)
            with pytest.raises(Problem, match="A call to this number is going on"):
                await room.ask(PlaceTestCall(number=number(0), campaign="spring", consent=ConsentBasis.WRITTEN))
            assert len(room.backend.dialed) == 1

    virtual(main)


def holds(room: Room, campaign: str) -> set[str]:
    clock: LoopClock = room.clock
    return {code for code, _, _ in room.engine.floor.queue.counts(campaign, clock.time()).holds}
