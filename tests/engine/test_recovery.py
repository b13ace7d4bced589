"""What the next engine does with the claims a crash leaves: adopt, settle, or never dial again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from dialconsole.engine.recovery import GRACE_S
from dialconsole.model.attempt import Claim, EventKind
from dialconsole.model.campaign import Limits
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import CampaignState, ContactStatus, Outcome
from dialconsole.model.request.campaigns import DeleteCampaign, DrainCampaign, HangUpCall, PauseCampaign
from dialconsole.model.request.trunks import SetLimits
from dialconsole.store import ledger
from dialconsole.telephony.backend import Found
from kit.engine import Callee, Room, ScriptedBackend, number, open_room, virtual

HOUR = 3600.0


async def crash_with(tmp_path: Path, callee: Callee, *, calls: int = 1, after_s: float = 20) -> list[str]:
    """Run an engine, close it in the middle of its calls, and return the attempt ids it leaves."""
    async with open_room(tmp_path, lambda order: callee) as room:
        await room.campaign(number(i) for i in range(calls))
        await asyncio.sleep(after_s)
        left = await room.ledger.unfinished()
        assert len(left) == calls
    return [claim.attempt for claim in left]


def state(room: Room) -> CampaignState:
    return room.engine.floor.campaigns["spring"].state


async def outcomes(room: Room) -> list[Outcome | None]:
    return [attempt.outcome for attempt in await room.ledger.attempts()]


def test_a_call_that_still_lives_is_adopted_and_supervised_to_its_end(tmp_path: Path) -> None:
    """It keeps its attempt, gets its outcome, and nobody is called again."""

    async def main() -> None:
        (attempt,) = await crash_with(tmp_path, Callee(talk_s=500))
        backend = ScriptedBackend()
        backend.alive[attempt] = Callee(ring_s=0, talk_s=30)
        async with open_room(tmp_path, backend=backend) as room:
            await asyncio.sleep(5)
            assert list(room.engine.floor.live) == [attempt]
            await asyncio.sleep(12 * HOUR)
            assert await outcomes(room) == [Outcome.ANSWERED]
            assert backend.dialed == []
            assert (await room.ledger.status_counts())["spring"] == {ContactStatus.COMPLETED: 1}

    virtual(main)


def test_an_adopted_call_brings_what_the_ledger_knows(tmp_path: Path) -> None:
    """A server that was restarted too may list a callee who talks as one who is dialed; the ledger has the answer."""

    async def main() -> None:
        (attempt,) = await crash_with(tmp_path, Callee(talk_s=500))
        backend = ScriptedBackend()
        backend.alive[attempt] = Callee(ring_s=0, talk_s=30)
        async with open_room(tmp_path, backend=backend) as room:
            await asyncio.sleep(60)
            (order,) = backend.adopted
            (record,) = await room.ledger.attempts()
            assert order.dialed_at is not None and order.answered_at is not None
            assert order.dialed_at == pytest.approx(record.dialed_at)
            assert record.claimed_at < order.dialed_at < order.answered_at

    virtual(main)


def test_a_call_that_was_answered_and_is_gone_is_settled_as_answered(tmp_path: Path) -> None:
    """The ledger has the answer; a restart must not turn it into a retry."""

    async def main() -> None:
        await crash_with(tmp_path, Callee(talk_s=500))
        async with open_room(tmp_path) as room:
            await asyncio.sleep(12 * HOUR)
            assert await outcomes(room) == [Outcome.ANSWERED]
            assert room.backend.dialed == []

    virtual(main)


@pytest.mark.parametrize(
    ("outcome", "heard"), [(Outcome.ANSWERED, EventKind.HUMAN), (Outcome.VOICEMAIL, EventKind.MACHINE)]
)
def test_who_answered_outlives_the_engine(tmp_path: Path, outcome: Outcome, heard: EventKind) -> None:
    """A call that lives is adopted with what was heard of it; one that is gone is settled by that."""

    async def main(lives: bool) -> None:
        path = tmp_path / f"{lives}"
        path.mkdir()
        (attempt,) = await crash_with(path, Callee(outcome, talk_s=500))
        backend = ScriptedBackend()
        if lives:
            backend.alive[attempt] = Callee(outcome, ring_s=0, talk_s=5)
        async with open_room(path, backend=backend) as room:
            await asyncio.sleep(60)
            assert [order.heard for order in backend.adopted] == ([heard] if lives else [])
            assert await outcomes(room) == [outcome]
            assert backend.dialed == []

    virtual(lambda: main(lives=True))
    virtual(lambda: main(lives=False))


@pytest.mark.parametrize(
    "callee",
    [Callee(Outcome.NO_ANSWER, ring_s=500), Callee(setup_s=500)],
    ids=["ringing", "being set up"],
)
def test_a_call_that_was_not_answered_and_is_gone_is_unknown_and_never_dialed_again(
    tmp_path: Path, callee: Callee
) -> None:
    """Its phone may have rung. The contact is kept for a person, with the reason, and an alert names it."""

    async def main() -> None:
        await crash_with(tmp_path, callee)
        async with open_room(tmp_path) as room:
            await asyncio.sleep(12 * HOUR)
            assert await outcomes(room) == [Outcome.UNKNOWN]
            assert room.backend.dialed == []
            (record,) = await room.ledger.contacts_of_number(number(0))
            assert record.status is ContactStatus.FAILED
            assert "not dialed again" in record.reasons[0]
            assert any(number(0) in alert.sentence for alert in room.engine.floor.notices.all())

    virtual(main)


def test_a_backend_that_cannot_be_asked_is_asked_again_until_the_grace_time_is_over(tmp_path: Path) -> None:
    """Unreachable says nothing about the call: neither settled nor dialed meanwhile, unknown in the end."""

    async def main() -> None:
        (attempt,) = await crash_with(tmp_path, Callee(Outcome.NO_ANSWER, ring_s=500))
        backend = ScriptedBackend()
        backend.unreachable = 1000
        async with open_room(tmp_path, backend=backend) as room:
            await asyncio.sleep(GRACE_S - 10)
            assert [claim.attempt for claim in await room.ledger.unfinished()] == [attempt]
            await asyncio.sleep(30)
            assert await outcomes(room) == [Outcome.UNKNOWN]
            assert await backend.find(attempt) is Found.UNREACHABLE

    virtual(main)


def test_a_backend_that_comes_back_within_the_grace_time_is_believed(tmp_path: Path) -> None:
    """Ten seconds of silence, then the call is found and adopted."""

    async def main() -> None:
        (attempt,) = await crash_with(tmp_path, Callee(Outcome.NO_ANSWER, ring_s=500))
        backend = ScriptedBackend()
        backend.unreachable = 2
        backend.alive[attempt] = Callee(Outcome.NO_ANSWER, ring_s=20)
        async with open_room(tmp_path, backend=backend) as room:
            await asyncio.sleep(60)
            assert await outcomes(room) == [Outcome.NO_ANSWER]

    virtual(main)


def test_adopted_calls_keep_their_places_under_the_limits(tmp_path: Path) -> None:
    """Two adopted calls on a trunk of two: nobody else is dialed until one of them ends."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(talk_s=900), limits=Limits(max_concurrent=2)) as room:
            await room.campaign(number(i) for i in range(4))
            await asyncio.sleep(20)
            left = [claim.attempt for claim in await room.ledger.unfinished()]
        assert len(left) == 2
        backend = ScriptedBackend()
        backend.alive = {attempt: Callee(ring_s=0, talk_s=300) for attempt in left}
        async with open_room(tmp_path, backend=backend) as room:
            await asyncio.sleep(290)
            assert backend.dialed == []
            await asyncio.sleep(60)
            assert len(backend.dialed) == 2

    virtual(main)


def test_starts_of_the_last_minute_count_after_a_restart_too(tmp_path: Path) -> None:
    """The carrier has not forgotten them."""

    async def main() -> None:
        limits = Limits(max_concurrent=50, calls_per_minute=5)
        async with open_room(tmp_path, lambda order: Callee(ring_s=1, talk_s=1), limits=limits) as room:
            await room.campaign(number(i) for i in range(10))
            await asyncio.sleep(10)
            assert len(room.backend.dialed) == 5
        async with open_room(tmp_path, lambda order: Callee(ring_s=1, talk_s=1)) as room:
            # The clock of the second room starts at noon again: the first starts lie a moment in its past or future.
            await asyncio.sleep(30)
            assert room.backend.dialed == []
            await asyncio.sleep(60)
            assert len(room.backend.dialed) == 5

    virtual(main)


def test_a_stopping_engine_drains_then_hangs_up_what_is_left(tmp_path: Path) -> None:
    """SIGTERM's way: no new call, a bounded wait, then every call has an outcome and none is left claimed."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(talk_s=5000)) as room:
            await room.campaign(number(i) for i in range(3))
            await asyncio.sleep(20)
            room.engine.stop_soon(30)
            await asyncio.wait_for(room.engine.stopped.wait(), 60)
            assert await room.ledger.unfinished() == []
            assert await outcomes(room) == [Outcome.ANSWERED] * 3

    virtual(main)


def test_a_stopping_engine_dials_nobody_whose_claim_is_being_written(tmp_path: Path) -> None:
    """The backend cannot hang up what it does not know yet; the call itself remembers, and is never placed."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(talk_s=5000)) as room:
            real = room.ledger.claim

            async def slow(claim: Claim) -> ledger.Callee:
                await asyncio.sleep(1)
                return await real(claim)

            room.ledger.claim = slow  # type: ignore[method-assign]
            await room.campaign([number(1)])
            await asyncio.sleep(0.5)
            room.engine.stop_soon(0)
            await asyncio.wait_for(room.engine.stopped.wait(), 5)
            assert room.backend.prepared == []
            assert await room.ledger.unfinished() == []
            assert await room.ledger.status_counts() == {"spring": {ContactStatus.RETRY: 1}}

    virtual(main)


def test_a_call_that_was_gone_gives_its_place_back(tmp_path: Path) -> None:
    """A trunk for one call at a time: what a crash left must not hold its only line for ever."""

    async def main() -> None:
        await crash_with(tmp_path, Callee(talk_s=500))
        async with open_room(tmp_path) as room:
            await room.ask(SetLimits(kind="trunk", name="main", limits=Limits(max_concurrent=1)))
            await room.campaign([number(5)], name="autumn")
            await asyncio.sleep(HOUR)
            assert room.backend.numbers == [number(5)]
            assert room.engine.board.trunk("main").live == 0

    virtual(main)


@pytest.mark.parametrize("outcome", [Outcome.NO_ANSWER, Outcome.BUSY, Outcome.VOICEMAIL])
@pytest.mark.parametrize("others", [0, 2])
def test_a_contact_whose_adopted_call_reached_nobody_is_called_again(
    tmp_path: Path, outcome: Outcome, others: int
) -> None:
    """At its time and by the same engine; the call is off the floor, so that the engine can stop when it is told to."""

    async def main() -> None:
        one = Limits(max_concurrent=1)
        async with open_room(tmp_path, lambda order: Callee(Outcome.NO_ANSWER, ring_s=500), limits=one) as room:
            await room.campaign(number(i) for i in range(1 + others))
            await asyncio.sleep(20)
            (claim,) = await room.ledger.unfinished()
        backend = ScriptedBackend()
        backend.alive[claim.attempt] = Callee(outcome, ring_s=5, talk_s=5)
        async with open_room(tmp_path, backend=backend) as room:
            await asyncio.sleep(60)
            assert claim.attempt not in room.engine.floor.live
            assert (await room.ledger.status_counts())["spring"][ContactStatus.RETRY] == 1
            await asyncio.sleep(30 * HOUR)
            assert sorted(backend.numbers) == [number(i) for i in range(1 + others)]
            assert (await room.ledger.status_counts())["spring"] == {ContactStatus.COMPLETED: 1 + others}
            assert not any("internal fault" in alert.sentence for alert in room.engine.floor.notices.all())

    virtual(main)


def test_an_adopted_call_whose_dial_was_not_recorded_counts_as_dialed(tmp_path: Path) -> None:
    """The engine may have died between the dial and its record: hung up, it is no call that never rang."""

    async def main() -> None:
        (attempt,) = await crash_with(tmp_path, Callee(setup_s=500))
        backend = ScriptedBackend()
        backend.alive[attempt] = Callee(Outcome.NO_ANSWER, ring_s=500)
        async with open_room(tmp_path, backend=backend) as room:
            await asyncio.sleep(5)
            await room.ask(HangUpCall(attempt=attempt))
            await asyncio.sleep(HOUR)
            assert await outcomes(room) == [Outcome.CANCELLED]
            assert backend.dialed == []
            (record,) = await room.ledger.contacts_of_number(number(0))
            assert (record.status, record.attempts) == (ContactStatus.RETRY, 1)

    virtual(main)


def test_a_campaign_whose_call_is_looked_for_is_not_deleted(tmp_path: Path) -> None:
    """The call may talk at this moment; without its campaign nobody would watch it, or write down its end."""

    async def main() -> None:
        (attempt,) = await crash_with(tmp_path, Callee(talk_s=500))
        backend = ScriptedBackend()
        backend.alive[attempt] = Callee(ring_s=0, talk_s=30)
        backend.unreachable = 4
        async with open_room(tmp_path, backend=backend) as room:
            await room.ask(PauseCampaign(name="spring"))
            assert room.engine.board.campaign("spring").live == 1
            with pytest.raises(Problem, match="let its calls end"):
                await room.ask(DeleteCampaign(name="spring"))
            await asyncio.sleep(120)
            assert await outcomes(room) == [Outcome.ANSWERED]
            assert room.engine.board.campaign("spring").live == 0
            await room.ask(DeleteCampaign(name="spring"))

    virtual(main)


def test_a_draining_campaign_is_not_finished_while_one_of_its_calls_is_looked_for(tmp_path: Path) -> None:
    """That the others are over says nothing about it."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(talk_s=500)) as room:
            await room.campaign(number(i) for i in range(4))
            await asyncio.sleep(20)
            await room.ask(DrainCampaign(name="spring"))
        backend = ScriptedBackend()
        backend.unreachable = 1
        async with open_room(tmp_path, backend=backend) as room:
            await asyncio.sleep(2)
            assert len(await room.ledger.unfinished()) == 1
            assert state(room) == CampaignState.DRAINING
            await asyncio.sleep(20)
            assert state(room) == CampaignState.FINISHED

    virtual(main)


def test_a_drained_campaign_whose_engine_died_before_it_said_so_is_finished(tmp_path: Path) -> None:
    """Its last call is settled, so no end of a call will ever ask."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(talk_s=30), limits=Limits(max_concurrent=1)) as room:
            await room.campaign(number(i) for i in range(2))
            await asyncio.sleep(20)
            room.engine.floor.finish = lambda campaign, reason: None
            await room.ask(DrainCampaign(name="spring"))
            await asyncio.sleep(60)
            assert await room.ledger.unfinished() == []
            assert state(room) == CampaignState.DRAINING
        async with open_room(tmp_path) as room:
            await asyncio.sleep(5)
            assert state(room) == CampaignState.FINISHED

    virtual(main)


def test_a_call_that_is_looked_for_keeps_its_place_under_the_limits(tmp_path: Path) -> None:
    """A trunk with one line gets no second call while nobody knows whether the first one is over."""

    async def main() -> None:
        one = Limits(max_concurrent=1)
        async with open_room(tmp_path, lambda order: Callee(talk_s=500), limits=one) as room:
            await room.campaign(number(i) for i in range(2))
            await asyncio.sleep(20)
            (claim,) = await room.ledger.unfinished()
        backend = ScriptedBackend()
        backend.alive[claim.attempt] = Callee(ring_s=0, talk_s=30)
        backend.unreachable = 4
        async with open_room(tmp_path, backend=backend) as room:
            await asyncio.sleep(45)
            assert backend.prepared == []
            await asyncio.sleep(60)
            assert backend.numbers == [number(1)]
            await asyncio.sleep(600)
            assert room.engine.board.trunk("main").live == 0

    virtual(main)
