"""From a list to the last outcome: what the engine dials, when, and what it leaves alone."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from dialconsole.clock import LoopClock, posix
from dialconsole.engine.dialer import CHOICES_PER_TURN
from dialconsole.engine.simulate import most_at_once, most_starts
from dialconsole.limits.limiter import Slot
from dialconsole.model.attempt import CallEvent, EventKind
from dialconsole.model.campaign import CallingWindow, Campaign, Limits, RetryPolicy
from dialconsole.model.errors import Problem
from dialconsole.model.optout import OptOutSource
from dialconsole.model.outcome import CampaignState, ContactStatus, Outcome
from dialconsole.model.place import Place
from dialconsole.model.purpose import ConsentBasis, Purpose
from dialconsole.model.request.campaigns import (
    DrainCampaign,
    HangUpCall,
    HangUpCampaign,
    PauseAll,
    PauseCampaign,
    SetCampaign,
    StartCampaign,
)
from dialconsole.model.request.looking import Explain
from dialconsole.model.request.optouts import AddOptOut, RemoveOptOut
from dialconsole.model.request.trunks import SetLimits
from dialconsole.model.verdict import Verdict
from dialconsole.model.view import Kind
from dialconsole.telephony.backend import CallEnd, CallLine, CallOrder
from kit.engine import MARIA, Callee, Room, ScriptedBackend, number, open_room, virtual

HOUR = 3600.0


async def statuses(room: Room, campaign: str = "spring") -> dict[ContactStatus, int]:
    return (await room.ledger.status_counts()).get(campaign, {})


def test_every_contact_reaches_its_last_outcome(tmp_path: Path) -> None:
    """Twenty callees who answer are called once each, and the campaign is then finished by itself."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.campaign(number(i) for i in range(20))
            await asyncio.sleep(HOUR)
            assert sorted(room.backend.numbers) == sorted(number(i) for i in range(20))
            assert await statuses(room) == {ContactStatus.COMPLETED: 20}
            assert room.engine.floor.campaigns["spring"].state is CampaignState.FINISHED

    virtual(main)


def test_a_callee_who_does_not_answer_is_tried_three_times_two_hours_apart(tmp_path: Path) -> None:
    """Retries come at their time and stop at the cap."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(Outcome.NO_ANSWER, ring_s=30)) as room:
            await room.campaign([number(1)])
            await asyncio.sleep(12 * HOUR)
            times = [at for at, _ in room.backend.dialed]
            gaps = [later - earlier for earlier, later in pairwise(times)]
            assert gaps == pytest.approx([2 * HOUR + 30.5] * 2, abs=1)
            assert await statuses(room) == {ContactStatus.FAILED: 1}

    virtual(main)


def test_nobody_is_called_outside_the_hours_of_their_zone(tmp_path: Path) -> None:
    """At noon in the East it is 7:00 in Honolulu: held until 9:00 there, then called, with no other event needed."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.campaign([number(1, "808")], zone="Pacific/Honolulu")
            await asyncio.sleep(HOUR)
            assert room.backend.dialed == []
            view = room.engine.board.campaign("spring")
            assert (view.held, view.holds[0].until) == (1, posix(datetime(2026, 3, 3, 19, 0, tzinfo=UTC)))
            await asyncio.sleep(2 * HOUR)
            (at, _), *more = room.backend.dialed
            assert more == []
            assert at == pytest.approx(posix(datetime(2026, 3, 3, 19, 0, tzinfo=UTC)), abs=2)

    virtual(main)


def test_an_unknown_zone_is_held_and_never_dialed(tmp_path: Path) -> None:
    """In doubt the engine does not dial, and says why."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.campaign([number(1), number(2)])
            await room.ask(PauseCampaign(name="spring"))
            nowhere = Place(("Mars/Olympus_Mons",), ("US-NY",))
            room.engine.floor.places.update(dict.fromkeys(room.engine.floor.places, nowhere))
            room.engine.floor.queue.windows_changed("spring", room.clock.time())
            dialed = len(room.backend.dialed)
            await room.ask(StartCampaign(name="spring"))
            await asyncio.sleep(24 * HOUR)
            assert len(room.backend.dialed) == dialed
            assert room.engine.board.campaign("spring").held == 2

    virtual(main)


def test_a_number_on_the_do_not_call_list_is_never_dialed(tmp_path: Path) -> None:
    """It becomes suppressed, with the reason, and its campaign goes on without it."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.ask(AddOptOut(number=number(2), reason="asked in writing"))
            await room.campaign([number(1), number(2), number(3)])
            await asyncio.sleep(HOUR)
            assert sorted(room.backend.numbers) == [number(1), number(3)]
            assert await statuses(room) == {ContactStatus.COMPLETED: 2, ContactStatus.SUPPRESSED: 1}
            (record,) = await room.ledger.contacts_of_number(number(2))
            assert "do-not-call" in " ".join(record.reasons).lower()

    virtual(main)


def test_an_opt_out_takes_effect_while_the_call_is_being_set_up(tmp_path: Path) -> None:
    """Checked again between claim and dial: the phone does not ring."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(setup_s=8)) as room:
            await room.campaign([number(1)])
            await asyncio.sleep(4)
            assert len(room.backend.prepared) == 1
            await room.ask(AddOptOut(number=number(1), reason="just now"))
            await asyncio.sleep(HOUR)
            assert room.backend.dialed == []
            assert await statuses(room) == {ContactStatus.SUPPRESSED: 1}

    virtual(main)


@pytest.mark.parametrize(
    ("listed", "scope"),
    [("+1212555*", ""), (number(1), "client:acme health"), ("+1 212-555*", "client:Acme  Health")],
)
def test_a_pattern_and_a_clients_entry_take_effect_while_the_call_is_being_set_up(
    tmp_path: Path, listed: str, scope: str
) -> None:
    """As one for the number does: the phone does not ring, and the contact says which entry it was."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(setup_s=8)) as room:
            await room.campaign([number(1)], client="Acme Health")
            await asyncio.sleep(4)
            assert len(room.backend.prepared) == 1
            await room.ask(AddOptOut(number=listed, reason="just now", scope=scope))
            await asyncio.sleep(HOUR)
            assert room.backend.dialed == []
            (record,) = await room.ledger.contacts_of_number(number(1))
            assert record.status is ContactStatus.SUPPRESSED
            assert "just now" in record.reasons[0]

    virtual(main)


def test_an_entry_for_another_client_stops_nobody(tmp_path: Path) -> None:
    """The other client's campaign leaves the number alone, this one calls it."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.campaign([number(1)], name="theirs", client="Other")
            assert (await room.ask(PauseAll())).undo == "resume theirs"
            await room.ask(AddOptOut(number=number(1), scope="client:other"))
            await room.campaign([number(1)], client="Acme")
            await asyncio.sleep(HOUR)
            assert room.backend.numbers == [number(1)]
            await room.ask(StartCampaign(name="theirs"))
            await asyncio.sleep(3 * HOUR)
            assert room.backend.numbers == [number(1)]

    virtual(main)


def test_a_pause_stops_calls_that_are_being_set_up_and_leaves_the_others_alone(tmp_path: Path) -> None:
    """No new call from that instant; the call in progress goes on; the other contact is called after the resume."""

    async def main() -> None:
        script = lambda order: Callee(setup_s=1 if order.number == number(1) else 8, talk_s=60)  # noqa: E731
        async with open_room(tmp_path, script) as room:
            await room.campaign([number(1), number(2)])
            await asyncio.sleep(4)
            await room.ask(PauseCampaign(name="spring", reason="script wrong"))
            await asyncio.sleep(HOUR)
            assert room.backend.numbers == [number(1)]
            assert await statuses(room) == {ContactStatus.COMPLETED: 1, ContactStatus.RETRY: 1}
            view = room.engine.board.campaign("spring")
            assert (view.state, view.changed_by, view.reason) == (CampaignState.PAUSED, "maria", "script wrong")
            await room.ask(StartCampaign(name="spring"))
            await asyncio.sleep(HOUR)
            assert room.backend.numbers == [number(1), number(2)]
            assert await statuses(room) == {ContactStatus.COMPLETED: 2}

    virtual(main)


def test_a_pause_holds_before_it_is_on_disk(tmp_path: Path) -> None:
    """A slow disk delays the answer to a pause, never the pause."""

    async def main() -> None:
        async with open_room(tmp_path, limits=Limits(max_concurrent=1)) as room:
            documents = room.engine._workspace.documents
            real = documents.put_campaign

            async def slow(doc: Campaign) -> None:
                await asyncio.sleep(300)
                await real(doc)

            await room.campaign(number(i) for i in range(10))
            await asyncio.sleep(1)
            documents.put_campaign = slow  # type: ignore[method-assign, assignment]
            pausing = asyncio.ensure_future(room.ask(PauseCampaign(name="spring")))
            await asyncio.sleep(0)
            dialed = len(room.backend.dialed)
            await asyncio.sleep(250)
            assert not pausing.done()
            assert len(room.backend.dialed) == dialed
            await pausing

    virtual(main)


def test_a_pause_wins_over_a_start_that_is_still_being_written(tmp_path: Path) -> None:
    """Asked for in this order: start, pause. The start reaches the disk first and must not let one call through."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.campaign((number(i) for i in range(10)), zone="Pacific/Honolulu")
            await room.ask(PauseCampaign(name="spring"))
            await asyncio.sleep(3 * HOUR)  # open there now
            documents = room.engine._workspace.documents
            real = documents.put_campaign

            async def slow(doc: Campaign) -> None:
                await asyncio.sleep(60)
                await real(doc)

            documents.put_campaign = slow  # type: ignore[method-assign, assignment]
            starting = asyncio.ensure_future(room.ask(StartCampaign(name="spring")))
            await asyncio.sleep(1)
            pausing = asyncio.ensure_future(room.ask(PauseCampaign(name="spring")))
            await asyncio.sleep(90)
            assert starting.done()
            assert not pausing.done()
            assert room.backend.prepared == []
            await pausing
            assert room.backend.prepared == []
            assert room.engine.board.campaign("spring").state is CampaignState.PAUSED

    virtual(main)


def test_no_sixty_seconds_ever_see_one_start_too_many(tmp_path: Path) -> None:
    """The carrier's own count: 10 a minute, whatever the setup of each call takes."""

    async def main() -> None:
        limits = Limits(max_concurrent=50, calls_per_minute=10)
        script = lambda order: Callee(setup_s=int(order.number[-1]) * 1.3, talk_s=5)  # noqa: E731
        async with open_room(tmp_path, script, limits=limits) as room:
            await room.campaign(number(i) for i in range(60))
            await asyncio.sleep(HOUR)
            attempts = await room.ledger.attempts(limit=1000)
            assert len(attempts) == 60
            assert most_starts(attempts) == 10
            # As fast as that allows: a place is taken during the set-up (up to 11.7 s) and for 60.25 s from the start.
            assert max(a.dialed_at for a in attempts if a.dialed_at) - min(a.claimed_at for a in attempts) < 5 * 72 + 12

    virtual(main)


@pytest.mark.parametrize(("look_s", "apart_s"), [(0.3, 2.0), (3.0, 4.5)])
def test_calls_that_look_before_they_dial_keep_the_spacing(tmp_path: Path, look_s: float, apart_s: float) -> None:
    """The spacing lies between INVITEs, however long a call looks once it has its turn; a short look costs no pace."""

    async def main() -> None:
        limits = Limits(max_concurrent=50, calls_per_minute=1000, calls_per_second=0.5)
        script = lambda order: Callee(setup_s=1.0 + int(order.number[-1]) % 3, look_s=look_s, talk_s=5)  # noqa: E731
        async with open_room(tmp_path, script, limits=limits) as room:
            await room.campaign(number(i) for i in range(20))
            await asyncio.sleep(HOUR)
            gaps = [later - earlier for (earlier, _), (later, _) in pairwise(room.backend.dialed)]
            assert len(gaps) == 19
            assert min(gaps) >= 2.0 - 1e-5
            assert max(gaps[5:]) <= apart_s + 1e-5, "from when calls wait for it"

    virtual(main)


def test_concurrency_holds_per_trunk_and_per_campaign(tmp_path: Path) -> None:
    """Two campaigns of two each on a trunk of three are never four."""

    async def main() -> None:
        async with open_room(tmp_path, limits=Limits(max_concurrent=3)) as room:
            two = Limits(max_concurrent=2)
            await room.campaign((number(i) for i in range(20)), name="a", limits=two)
            await room.campaign((number(i, "646") for i in range(20)), name="b", limits=two)
            await asyncio.sleep(2 * HOUR)
            everything = await room.ledger.attempts(limit=1000)
            assert len(everything) == 40
            assert most_at_once(everything) == 3
            for name in ("a", "b"):
                assert most_at_once([a for a in everything if a.campaign == name]) == 2

    virtual(main)


def test_campaigns_share_a_trunk_by_weight(tmp_path: Path) -> None:
    """Weight 3 gets three starts for each one of weight 1."""

    async def main() -> None:
        async with open_room(tmp_path, limits=Limits(max_concurrent=1)) as room:
            await room.campaign((number(i) for i in range(90)), name="heavy", weight=3)
            await room.campaign((number(i, "646") for i in range(90)), name="light")
            await asyncio.sleep(HOUR)
            first = [order.campaign for _, order in room.backend.dialed[4:44]]
            assert first.count("heavy") == 30

    virtual(main)


def test_a_campaign_whose_contacts_are_all_refused_keeps_no_other_waiting(tmp_path: Path) -> None:
    """Looking through its list takes the engine a while; the slot goes to whoever has somebody to call."""

    async def main() -> None:
        async with open_room(tmp_path, limits=Limits(max_concurrent=1)) as room:
            late = "Pacific/Honolulu"
            numbers = [number(i, area) for area in ("212", "646", "917", "347", "718") for i in range(100)]
            await room.campaign(numbers, zone=late, consent=ConsentBasis.ORAL, purpose=Purpose.MARKETING)
            await room.campaign([number(7, "213")], name="survey", zone=late)
            floor, real = room.engine.floor, room.engine.floor.launch
            refused: list[int] = []

            def launch(contact: int, verdict: Verdict, slot: Slot) -> None:
                refused.append(floor.refusals.total())
                real(contact, verdict, slot)

            floor.launch = launch  # type: ignore[method-assign]
            await asyncio.sleep(4 * HOUR)
            assert floor.refusals.total() == len(numbers)
            assert refused == [CHOICES_PER_TURN]

    virtual(main)


def test_limits_change_while_calls_wait(tmp_path: Path) -> None:
    """Throttled to nothing no call starts, and none is lost; raised again they all do."""

    async def main() -> None:
        async with open_room(tmp_path, limits=Limits(max_concurrent=5)) as room:
            await room.campaign(number(i) for i in range(30))
            await asyncio.sleep(2)
            await room.ask(SetLimits(kind="trunk", name="main", limits=Limits(calls_per_minute=0)))
            dialed = len(room.backend.dialed)
            await asyncio.sleep(HOUR)
            assert len(room.backend.dialed) == dialed
            await room.ask(SetLimits(kind="trunk", name="main", limits=Limits(max_concurrent=30)))
            await asyncio.sleep(60)
            assert len(room.backend.dialed) == 30
            assert await statuses(room) == {ContactStatus.COMPLETED: 30}

    virtual(main)


def test_two_people_who_change_one_limit_at_once_find_out(tmp_path: Path) -> None:
    """The second edit names both values and changes nothing; a pause never conflicts."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.campaign([number(1)], zone="Pacific/Honolulu")
            seen = room.engine.board.trunk("main").version
            await room.ask(SetLimits(kind="trunk", name="main", limits=Limits(calls_per_minute=20), version=seen))
            with pytest.raises(Problem, match=r"now 20 a minute; you wanted 40 a minute") as told:
                await room.ask(SetLimits(kind="trunk", name="main", limits=Limits(calls_per_minute=40), version=seen))
            assert told.value.code == "conflict"
            assert room.engine.floor.trunks["main"].limits == Limits(calls_per_minute=20)
            assert (await room.ask(PauseAll())).changed

    virtual(main)


def test_one_number_is_not_called_twice_within_the_gap_by_any_campaign(tmp_path: Path) -> None:
    """Two campaigns have the same number: fifteen minutes lie between their calls."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.campaign([number(1)], name="a")
            await room.campaign([number(1)], name="b")
            await asyncio.sleep(2 * HOUR)
            (first, _), (second, _) = room.backend.dialed
            assert second - first >= 15 * 60

    virtual(main)


def test_a_decline_suppresses_the_number_in_every_campaign(tmp_path: Path) -> None:
    """603 is an opt-out with source ``sip603``; the other campaign's contact is suppressed unheard."""

    async def main() -> None:
        script = lambda order: Callee(Outcome.REJECTED, sip_code=603, sip_reason="Decline")  # noqa: E731
        async with open_room(tmp_path, script) as room:
            await room.campaign([number(1)], name="a")
            await asyncio.sleep(60)
            await room.campaign([number(1)], name="b")
            await asyncio.sleep(2 * HOUR)
            assert room.backend.numbers == [number(1)]
            (entry,) = await room.ledger.opt_outs()
            assert (entry.number, entry.source) == (number(1), OptOutSource.SIP603)
            assert await statuses(room, "b") == {ContactStatus.SUPPRESSED: 1}

    virtual(main)


def test_a_network_block_is_no_opt_out(tmp_path: Path) -> None:
    """603 "Network Blocked" says nothing about the callee's wishes: an alert on the caller ID instead."""

    async def main() -> None:
        script = lambda order: Callee(Outcome.BLOCKED, sip_code=603, sip_reason="Network Blocked")  # noqa: E731
        async with open_room(tmp_path, script) as room:
            await room.campaign([number(1)])
            await asyncio.sleep(60)
            assert await room.ledger.opt_outs() == []
            assert any("blocked" in alert.sentence for alert in room.engine.floor.notices.all())

    virtual(main)


def test_an_opt_out_said_in_the_call_is_in_force_before_the_call_is_over(tmp_path: Path) -> None:
    """The agent reports it; the call goes on for half a minute."""

    async def main() -> None:
        script = lambda order: Callee(says=(EventKind.OPT_OUT,), talk_s=30)  # noqa: E731
        async with open_room(tmp_path, script) as room:
            await room.campaign([number(1)])
            await asyncio.sleep(10)
            assert room.engine.floor.live
            (entry,) = await room.ledger.opt_outs()
            assert entry.source is OptOutSource.CALLER
            await asyncio.sleep(60)
            assert await statuses(room) == {ContactStatus.SUPPRESSED: 1}

    virtual(main)


def test_taking_a_number_off_the_list_needs_a_reason_and_works(tmp_path: Path) -> None:
    """Reversible, audited, effective at once."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.ask(AddOptOut(number=number(1)))
            with pytest.raises(Problem, match="needs a reason"):
                await room.ask(RemoveOptOut(number=number(1), reason=" "))
            assert (await room.ask(Explain(number=number(1)))).verdict.verdict == "refused"
            await room.ask(RemoveOptOut(number=number(1), reason="wrong number was written down"))
            assert (await room.ask(Explain(number=number(1), consent=ConsentBasis.WRITTEN))).verdict.clear
            history = await room.ledger.opt_out_history(number(1))
            assert [entry.removed for entry in history] == [False, True]

    virtual(main)


def test_drain_lets_calls_end_and_then_finishes(tmp_path: Path) -> None:
    """No new calls; the campaign is finished when the last one ends; what is left can be resumed."""

    async def main() -> None:
        async with open_room(tmp_path, limits=Limits(max_concurrent=2)) as room:
            await room.campaign(number(i) for i in range(10))
            await asyncio.sleep(10)
            await room.ask(DrainCampaign(name="spring"))
            assert room.engine.board.campaign("spring").state is CampaignState.DRAINING
            await asyncio.sleep(HOUR)
            assert len(room.backend.dialed) == 2
            assert room.engine.floor.campaigns["spring"].state is CampaignState.FINISHED
            await room.ask(StartCampaign(name="spring"))
            await asyncio.sleep(HOUR)
            assert await statuses(room) == {ContactStatus.COMPLETED: 10}

    virtual(main)


def test_a_campaign_that_is_resumed_while_it_drains_is_not_finished_by_its_last_call(tmp_path: Path) -> None:
    """The call ends while the start is being written: it is the person's word that counts, not the engine's."""

    async def main() -> None:
        async with open_room(tmp_path, limits=Limits(max_concurrent=1)) as room:
            await room.campaign(number(i) for i in range(9))
            await asyncio.sleep(10)
            await room.ask(DrainCampaign(name="spring"))
            documents = room.engine._workspace.documents
            real = documents.put_campaign

            async def slow(doc: Campaign) -> None:
                await asyncio.sleep(60)
                await real(doc)

            documents.put_campaign = slow  # type: ignore[method-assign, assignment]
            await room.ask(StartCampaign(name="spring"))
            assert room.engine.board.campaign("spring").live == 0
            await asyncio.sleep(HOUR)
            assert await statuses(room) == {ContactStatus.COMPLETED: 9}

    virtual(main)


def test_hanging_up_all_ends_every_call_and_pauses(tmp_path: Path) -> None:
    """Talking calls end as answered, ringing ones as cancelled."""

    async def main() -> None:
        script = lambda order: Callee(ring_s=1 if order.number == number(1) else 25, talk_s=500)  # noqa: E731
        async with open_room(tmp_path, script) as room:
            await room.campaign([number(1), number(2)])
            await asyncio.sleep(10)
            done = await room.ask(HangUpCampaign(name="spring", reason="wrong list"))
            assert done.sentence.startswith("2 calls of spring hung up")
            await asyncio.sleep(1)
            assert not room.engine.floor.live
            outcomes = {a.number: a.outcome for a in await room.ledger.attempts()}
            assert outcomes == {number(1): Outcome.ANSWERED, number(2): Outcome.CANCELLED}

    virtual(main)


def test_hanging_up_all_does_not_wait_for_the_disk(tmp_path: Path) -> None:
    """Its pause is written down when the calls are over already; nobody goes on talking for a slow disk."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(talk_s=500), limits=Limits(max_concurrent=3)) as room:
            await room.campaign(number(i) for i in range(10))
            await asyncio.sleep(20)
            documents = room.engine._workspace.documents
            real = documents.put_campaign

            async def slow(doc: Campaign) -> None:
                await asyncio.sleep(60)
                await real(doc)

            documents.put_campaign = slow  # type: ignore[method-assign, assignment]
            hanging_up = asyncio.ensure_future(room.ask(HangUpCampaign(name="spring")))
            await asyncio.sleep(1)
            assert room.engine.board.campaign("spring").live == 0
            assert "3 calls of spring hung up" in (await hanging_up).sentence
            assert len(room.backend.dialed) == 3
            assert room.engine.board.campaign("spring").state is CampaignState.PAUSED

    virtual(main)


def test_a_call_that_waits_for_its_turn_is_hung_up_at_once(tmp_path: Path) -> None:
    """Its agent took long, so others start before it; it never dials, even if the backend asks, and holds nobody up."""

    async def main() -> None:
        script = lambda order: Callee(setup_s=25 if order.number == number(1) else 1, talk_s=5)  # noqa: E731
        async with open_room(tmp_path, script, limits=Limits(calls_per_second=0.1)) as room:
            begun = room.clock.time()
            await room.campaign((number(i) for i in range(1, 5)), retry=RetryPolicy(once=True))
            await asyncio.sleep(27)
            (waits,) = (call for call in room.engine.floor.live.values() if call.claim.number == number(1))
            await room.ask(HangUpCall(attempt=waits.claim.attempt))
            await asyncio.sleep(0.1)
            assert (waits.end and waits.end.outcome, waits.dialed_at) == (Outcome.CANCELLED, None)
            assert waits.claim.attempt not in room.engine.floor.live
            await asyncio.sleep(20)
            assert [round(at - begun) for at, _ in room.backend.dialed] == [11, 21, 31]

    virtual(main)


def test_a_call_that_is_hung_up_does_not_begin_again_at_once(tmp_path: Path) -> None:
    """Its phone never rang; its contact waits as after a call that nobody answered, and is then called."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(setup_s=20)) as room:
            await room.campaign([number(1)])
            await asyncio.sleep(10)
            (call,) = room.engine.floor.live.values()
            await room.ask(HangUpCall(attempt=call.claim.attempt))
            await asyncio.sleep(HOUR)
            assert room.backend.dialed == []
            assert len(room.backend.prepared) == 1
            await asyncio.sleep(HOUR + 60)
            assert len(room.backend.dialed) == 1

    virtual(main)


def test_an_edit_of_the_window_takes_effect_while_running(tmp_path: Path) -> None:
    """Closed at noon, then opened: the waiting contacts are called at once."""

    async def main() -> None:
        window = CallingWindow(days=(5, 6))
        async with open_room(tmp_path) as room:
            await room.campaign([number(1), number(2)], window=window)
            await asyncio.sleep(HOUR)
            assert room.backend.dialed == []
            await room.ask(SetCampaign(name="spring", fields={"window.days": "mon-fri"}))
            await asyncio.sleep(60)
            assert len(room.backend.dialed) == 2

    virtual(main)


def test_trunk_faults_cost_no_attempt(tmp_path: Path) -> None:
    """Two faults, then an answer: it is still the first attempt that counts."""

    async def main() -> None:
        faults = iter([Outcome.TRUNK_FAULT, Outcome.TRUNK_FAULT])
        script = lambda order: Callee(next(faults, Outcome.ANSWERED), ring_s=0.1)  # noqa: E731
        async with open_room(tmp_path, script) as room:
            await room.campaign([number(1)], retry=RetryPolicy(max_attempts=1), min_gap_s=0.0)
            await asyncio.sleep(HOUR)
            assert [a.attempt_no for a in await room.ledger.attempts()] == [1, 1, 1]
            assert await statuses(room) == {ContactStatus.COMPLETED: 1}

    virtual(main)


def test_a_backend_that_raises_leaves_an_unknown_that_is_never_redialed(tmp_path: Path) -> None:
    """A broken promise of a backend, once it has told of the dial, is not a reason to call twice."""

    class Broken(ScriptedBackend):
        async def _go_on(self, order: CallOrder, line: CallLine, callee: Callee) -> CallEnd:
            raise RuntimeError("bug")

    async def main() -> None:
        async with open_room(tmp_path, backend=Broken()) as room:
            await room.campaign([number(1)])
            await asyncio.sleep(12 * HOUR)
            (attempt,) = await room.ledger.attempts()
            assert attempt.outcome is Outcome.UNKNOWN
            assert await statuses(room) == {ContactStatus.FAILED: 1}

    virtual(main)


@pytest.mark.parametrize("answered", [False, True])
def test_an_unknown_end_is_told_by_what_is_not_known(tmp_path: Path, *, answered: bool) -> None:
    """Of a call that was answered nobody doubts that it rang."""

    class Lost(ScriptedBackend):
        async def _go_on(self, order: CallOrder, line: CallLine, callee: Callee) -> CallEnd:
            if answered:
                line.event(CallEvent(EventKind.ANSWERED, self.clock.time()))
            return CallEnd(Outcome.UNKNOWN)

    async def main() -> None:
        async with open_room(tmp_path, backend=Lost()) as room:
            await room.campaign([number(1)])
            await asyncio.sleep(60)
            [told] = [a.sentence for a in room.engine.floor.notices.all() if "nobody can say" in a.sentence]
            assert ("rang" in told) is not answered

    virtual(main)


def test_a_backend_that_raises_before_the_dial_has_dialed_nobody(tmp_path: Path) -> None:
    """Nothing was dialed, so the contact is as it was: a fault of the trunk, which its circuit counts."""

    async def main() -> None:
        broken = iter([True] * 2)

        def script(order: object) -> Callee:
            if next(broken, False):
                raise RuntimeError("bug")
            return Callee(talk_s=5)

        async with open_room(tmp_path, script) as room:
            await room.campaign([number(1)], min_gap_s=0.0)
            await asyncio.sleep(HOUR)
            attempts = await room.ledger.attempts()
            assert sorted(a.outcome for a in attempts if a.outcome) == [Outcome.ANSWERED, *[Outcome.TRUNK_FAULT] * 2]
            assert {a.attempt_no for a in attempts} == {1}
            assert await statuses(room) == {ContactStatus.COMPLETED: 1}

    virtual(main)


def test_a_clock_that_jumps_stops_all_dialing_until_it_is_steady(tmp_path: Path) -> None:
    """Calling hours cannot be trusted in the meantime; then dialing goes on by itself."""

    async def main() -> None:
        async with open_room(tmp_path, limits=Limits(max_concurrent=1)) as room:
            jumps = [7200.0]
            clock = room.clock
            clock.jumped = lambda: jumps[0] if jumps else 0.0  # type: ignore[method-assign]
            clock.settle = lambda: jumps.clear()  # type: ignore[method-assign]
            await room.campaign(number(i) for i in range(3))
            await asyncio.sleep(30)
            assert room.backend.dialed == []
            assert "clock jumped by +7200 s" in room.engine.board.engine().stopped
            await asyncio.sleep(HOUR)
            assert room.engine.board.engine().stopped == ""
            assert len(room.backend.dialed) == 3

    virtual(main)


def test_every_row_of_the_screen_can_be_seen(tmp_path: Path) -> None:
    """Each key that ``rows`` names has a view that survives the wire."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(talk_s=500)) as room:
            await room.campaign(number(i) for i in range(3))
            await asyncio.sleep(20)
            rows = list(room.engine.rows())
            assert {kind for kind, _ in rows} >= {Kind.ENGINE, Kind.CAMPAIGN, Kind.TRUNK, Kind.CALL, Kind.ZONE}
            for kind, id in rows:
                view = room.engine.view(kind, id)
                assert view is not None
                assert msgspec.msgpack.decode(msgspec.msgpack.encode(view), type=type(view)) == view
            assert room.engine.view(Kind.CALL, "att-never") is None

    virtual(main)


def test_the_clock_of_a_room_starts_where_it_was_told(tmp_path: Path) -> None:
    """The kit itself: engines of tests begin at noon in the East."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            assert isinstance(room.clock, LoopClock)
            assert isinstance(room.backend, ScriptedBackend)
            assert room.engine.role_of(MARIA.uid) is None

    virtual(main)
