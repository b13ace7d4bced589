"""Trunks in trouble, with the whole engine in virtual time: who is called, when, and who is left alone meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from dialconsole.clock import Clock
from dialconsole.engine.simulate import most_starts
from dialconsole.model.campaign import Campaign, Limits, LiveKitSettings, Trunk
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import ContactStatus, Outcome
from dialconsole.model.purpose import ConsentBasis
from dialconsole.model.request.campaigns import CreateCampaign, SetCampaign, StartCampaign
from dialconsole.model.request.lists import ImportList
from dialconsole.model.request.looking import GetStatus, ListAudit, ShowCampaign
from dialconsole.model.request.request import Request
from dialconsole.model.request.rules import ReloadRegistry
from dialconsole.model.request.trunks import (
    AddTrunk,
    LockTrunk,
    ReleaseTrunk,
    RemoveTrunk,
    ResetTrunk,
    SetLimits,
    SetTrunk,
    ShowTrunk,
)
from dialconsole.model.view import CampaignView, Circuit, TrunkView, WebhookView
from dialconsole.store.workspace import Workspace
from dialconsole.telephony.asides import Tell
from dialconsole.telephony.backend import Backend, CallEnd, CallLine, CallOrder
from dialconsole.telephony.fake import FakeBackend, load_scenario
from kit.engine import Callee, Room, ScriptedBackend, number, open_room, virtual
from kit.registry import write_real_registry

HOUR = 3600.0
SLOW = Limits(max_concurrent=10, calls_per_minute=60, calls_per_second=1.0)
FAULT = Callee(Outcome.TRUNK_FAULT, ring_s=5.0, sip_code=500, sip_reason="Server Internal Error")
NO_CREDIT = Callee(Outcome.TRUNK_FAULT, ring_s=0.1, sip_code=402, sip_reason="Payment Required")


async def trunk(room: Room, name: str = "main") -> TrunkView:
    return (await room.ask(ShowTrunk(name=name))).view


async def campaign(room: Room, name: str = "spring") -> CampaignView:
    return (await room.ask(ShowCampaign(name=name))).view


def alerts(room: Room, word: str) -> list[str]:
    return [alert.sentence for alert in room.engine.floor.notices.all() if word in alert.sentence]


class Carrier:
    """Callees behind a carrier that is down until it is mended."""

    def __init__(self, down: Callee, up: Callee | None = None) -> None:
        self.down: Callee | None = down
        self.up = up or Callee(talk_s=5)

    def __call__(self, order: CallOrder) -> Callee:
        return self.down or self.up


def trouble(doc: Trunk, clock: Clock) -> Backend:
    """The fake carrier with all its troubles."""
    return FakeBackend(load_scenario("carrier_trouble"), seed=4, clock=clock)


# -- circuit ----------------------------------------------------------------------------------------------------------


def test_one_refusal_for_the_account_stops_the_trunk_until_one_call_gets_through(tmp_path: Path) -> None:
    """402 on the first call: no second one for 30 s, one then, one after a minute more; all go on when it is paid."""

    async def main() -> None:
        carrier = Carrier(NO_CREDIT)
        async with open_room(tmp_path, carrier, limits=SLOW) as room:
            await room.campaign(number(i) for i in range(20))
            await asyncio.sleep(25)
            assert len(room.backend.dialed) == 1
            view = await trunk(room)
            assert (view.circuit, view.trial) == (Circuit.OPEN, False)
            assert "402" in view.cause
            assert view.retry_at is not None
            assert view.retry_at - room.clock.time() < 10
            assert len(alerts(room, "its circuit is open")) == 1
            await asyncio.sleep(60)
            assert len(room.backend.dialed) == 2, "one trial after 30 s, the next a minute after that"
            carrier.down = None
            await asyncio.sleep(30)
            assert (await trunk(room)).circuit is Circuit.CLOSED
            assert len(alerts(room, "works again")) == 1
            await asyncio.sleep(HOUR)
            assert (await room.ledger.status_counts())["spring"] == {ContactStatus.COMPLETED: 20}

    virtual(main)


def test_contacts_hit_by_the_fault_lose_no_attempt_and_wait_for_the_trunk(tmp_path: Path) -> None:
    """An outage of two hours: attempts are as they were, and nobody but a trial is called while the circuit is open."""

    async def main() -> None:
        carrier = Carrier(FAULT)
        async with open_room(tmp_path, carrier, limits=SLOW) as room:
            await room.campaign((number(i) for i in range(15)), min_gap_s=0.0)
            await asyncio.sleep(120)
            tried = len(room.backend.dialed)
            assert tried <= 15
            await asyncio.sleep(2 * HOUR)
            # 2 h of waits of 30 s, 1, 2, 4, 8, then 10 min each, one call for each.
            assert len(room.backend.dialed) - tried <= 15
            carrier.down = None
            await asyncio.sleep(2 * HOUR)
            assert (await room.ledger.status_counts())["spring"] == {ContactStatus.COMPLETED: 15}
            answered = [a for a in await room.ledger.attempts(limit=1000) if a.outcome is Outcome.ANSWERED]
            assert {attempt.attempt_no for attempt in answered} == {1}

    virtual(main)


def test_only_one_call_at_a_time_tries_the_trunk(tmp_path: Path) -> None:
    """However many wait, and however long the trial rings; an answer lets the others go before its talk is over."""

    async def main() -> None:
        carrier = Carrier(NO_CREDIT, Callee(ring_s=20, talk_s=300))
        async with open_room(tmp_path, carrier, limits=SLOW) as room:
            await room.campaign(number(i) for i in range(30))
            await asyncio.sleep(10)
            before = len(room.backend.dialed)
            carrier.down = None
            await asyncio.sleep(35)
            assert len(room.engine.floor.live) == 1
            assert len(room.backend.dialed) == before + 1
            view = await trunk(room)
            assert (view.circuit, view.trial) == (Circuit.HALF_OPEN, True)
            assert (await campaign(room)).holds[0].code == "trunk_trial"
            await asyncio.sleep(30)
            assert (await trunk(room)).circuit is Circuit.CLOSED
            assert len(room.engine.floor.live) > 5

    virtual(main)


def test_a_call_that_was_being_set_up_is_not_dialed_when_the_circuit_opens(tmp_path: Path) -> None:
    """Its agent took 20 s; meanwhile the trunk failed. The contact loses nothing."""

    async def main() -> None:
        slow = iter([True, False])

        def script(order: CallOrder) -> Callee:
            if next(slow, None):
                return Callee(setup_s=20)
            return NO_CREDIT if not carrier_mended else Callee(talk_s=5)

        carrier_mended = False
        async with open_room(tmp_path, script, limits=Limits(max_concurrent=2)) as room:
            await room.campaign([number(1), number(2)], min_gap_s=0.0)
            await asyncio.sleep(25)
            assert room.backend.numbers == [number(2)], "the first one's set-up ended after the circuit opened"
            first = next(a for a in await room.ledger.attempts() if a.number == number(1))
            assert (first.outcome, first.dialed_at) == (Outcome.CANCELLED, None)
            carrier_mended = True
            await asyncio.sleep(HOUR)
            assert (await room.ledger.status_counts())["spring"] == {ContactStatus.COMPLETED: 2}

    virtual(main)


def test_a_campaign_says_that_its_trunk_is_stopped(tmp_path: Path) -> None:
    """Those who could be called are held for that reason, with the time of the next try; starting it says so too."""

    async def main() -> None:
        async with open_room(tmp_path, Carrier(NO_CREDIT), limits=SLOW) as room:
            await room.campaign([number(1), number(2), number(3)])
            await asyncio.sleep(5)
            view = await campaign(room)
            hold = view.holds[0]
            assert (view.ready, hold.code, hold.count) == (0, "trunk_open", 2)
            assert "trunk main stopped" in hold.sentence
            assert hold.until == (await trunk(room)).retry_at
            await room.campaign([number(9)], name="autumn")
            status = await room.ask(GetStatus())
            assert next(v for v in status.campaigns if v.name == "autumn").holds[0].code == "trunk_open"

    virtual(main)


def test_other_trunks_go_on(tmp_path: Path) -> None:
    """A circuit is its trunk's alone."""

    async def main() -> None:
        def script(order: CallOrder) -> Callee:
            return NO_CREDIT if order.trunk == "main" else Callee(talk_s=5)

        async with open_room(tmp_path, script) as room:
            await room.ask(AddTrunk(trunk=Trunk(name="backup", limits=SLOW)))
            await room.campaign([number(1), number(2)])
            await room.campaign([number(3), number(4)], name="autumn", trunk="backup")
            await asyncio.sleep(60)
            assert (await room.ledger.status_counts())["autumn"] == {ContactStatus.COMPLETED: 2}

    virtual(main)


def test_an_operator_resets_it_by_hand(tmp_path: Path) -> None:
    """At once, in the audit with the reason; a second time there is nothing to reset."""

    async def main() -> None:
        carrier = Carrier(NO_CREDIT)
        async with open_room(tmp_path, carrier) as room:
            await room.campaign([number(1), number(2)])
            await asyncio.sleep(5)
            carrier.down = None
            assert (await room.ask(ResetTrunk(name="main", reason="paid"))).changed
            await asyncio.sleep(1)
            assert len(room.backend.dialed) == 2
            entry = (await room.ask(ListAudit(limit=1)))[0]
            assert (entry.action, entry.subject, entry.reason) == ("trunk reset", "main", "paid")
            assert "402" in entry.old
            assert not (await room.ask(ResetTrunk(name="main"))).changed

    virtual(main)


def test_nothing_of_it_outlives_the_engine(tmp_path: Path) -> None:
    """A new engine takes the trunk for sound; one call finds out."""

    async def main() -> None:
        async with open_room(tmp_path, Carrier(NO_CREDIT)) as room:
            await room.campaign([number(1), number(2)])
            await asyncio.sleep(5)
        async with open_room(tmp_path) as room:
            assert (await trunk(room)).circuit is Circuit.CLOSED

    virtual(main)


def test_an_outage_of_the_fake_carrier_is_ridden_out(tmp_path: Path) -> None:
    """Scenario ``carrier_trouble``, away from minute 11 to 15: after the rule's two minutes only trials are dialed, and
    when it is back dialing goes on by itself. Nobody loses an attempt.
    """

    async def main() -> None:
        areas = (
            "212",
            "646",
            "718",
            "347",
            "917",
            "929",
            "315",
            "518",
            "607",
            "716",
            "845",
            "914",
            "516",
            "631",
            "585",
        )
        async with open_room(tmp_path, limits=SLOW, backends=trouble) as room:
            await room.ask(SetTrunk(name="main", fields={"rest_caller_ids": "off"}))
            began = room.clock.time()
            await room.campaign(number(i, area) for area in areas for i in range(100))
            await asyncio.sleep(20 * 60)
            attempts = await room.ledger.attempts(limit=10_000)
            at = [a.dialed_at - began for a in attempts if a.dialed_at is not None]
            assert len([t for t in at if t < 660]) > 50
            assert len([t for t in at if 660 < t < 780]) > 5, "the rule needs calls to judge"
            assert len([t for t in at if 780 < t < 900]) <= 3, "trials after 30 s, 1 min, 2 min"
            assert len([t for t in at if t > 900 + 240]) > 10
            assert (await trunk(room)).circuit is not Circuit.OPEN
            faults = {a.contact for a in attempts if a.outcome is Outcome.TRUNK_FAULT}
            for contact in faults:
                record = await room.ledger.contact(contact)
                outcomes = [a.outcome for a in attempts if a.contact == contact]
                assert record is not None
                assert record.attempts == sum(o is not None and o.reached_the_callee for o in outcomes)

    virtual(main)


# -- backends that cannot be made -------------------------------------------------------------------------------------


class Keys:
    """A backend maker that refuses until the keys are there."""

    def __init__(self, backend: ScriptedBackend) -> None:
        self.backend = backend
        self.there = False
        self.asked = 0

    def __call__(self, doc: Trunk, clock: Clock) -> Backend:
        self.asked += 1
        if not self.there:
            raise Problem("The keys to LiveKit are missing.", code="no_keys")
        self.backend.clock = clock
        return self.backend


async def without_keys(tmp_path: Path) -> Keys:
    """A workspace with a running campaign whose trunk has lost its keys."""
    async with open_room(tmp_path) as room:
        await room.campaign([number(1), number(2)])
        room.engine.floor.brake.pull("test", "not yet")
    return Keys(ScriptedBackend(lambda order: Callee(talk_s=5)))


def test_the_engine_comes_up_without_the_keys_of_a_trunk(tmp_path: Path) -> None:
    """The circuit is open with that sentence, making is tried again, and the first call is a trial."""

    async def main() -> None:
        keys = await without_keys(tmp_path)
        async with open_room(tmp_path, backends=keys) as room:
            view = await trunk(room)
            assert (view.circuit, view.cause) == (Circuit.OPEN, "The keys to LiveKit are missing.")
            await asyncio.sleep(100)
            assert keys.asked == 3, "at the start, after 30 s, after 60 more"
            assert len(alerts(room, "keys to LiveKit")) == 1, "said once, not at every try"
            keys.there = True
            await asyncio.sleep(200)
            assert (await room.ledger.status_counts())["spring"] == {ContactStatus.COMPLETED: 2}

    virtual(main)


def test_the_engine_comes_up_without_a_backend_that_fails_in_another_way(tmp_path: Path) -> None:
    """A fault of ours in one trunk is no reason to leave the others, and every console, without an engine."""

    async def main() -> None:
        keys = await without_keys(tmp_path)

        def make(doc: Trunk, clock: Clock) -> Backend:
            if not keys.there:
                raise RuntimeError("a fault of ours")
            return keys(doc, clock)

        async with open_room(tmp_path, backends=make) as room:
            assert (await trunk(room)).circuit is Circuit.OPEN
            assert "RuntimeError" in (await trunk(room)).cause
            keys.there = True
            await asyncio.sleep(200)
            assert (await room.ledger.status_counts())["spring"] == {ContactStatus.COMPLETED: 2}

    virtual(main)


@pytest.mark.parametrize("how", ["reset", "set"])
def test_mended_keys_are_taken_when_somebody_says_so(tmp_path: Path, how: str) -> None:
    """``trunk reset`` and ``trunk set`` make the backend at once; as long as they cannot, they say why."""

    async def main() -> None:
        keys = await without_keys(tmp_path)
        async with open_room(tmp_path, backends=keys) as room:
            with pytest.raises(Problem, match="stays stopped: The keys to LiveKit are missing"):
                await room.ask(ResetTrunk(name="main"))
            done = await room.ask(SetTrunk(name="main", fields={"rest_caller_ids": "no"}))
            assert "still cannot place calls: The keys to LiveKit are missing." in done.sentence
            keys.there = True
            if how == "reset":
                await room.ask(ResetTrunk(name="main"))
            else:
                await room.ask(SetTrunk(name="main", fields={"rest_caller_ids": "yes"}))
            assert (await trunk(room)).circuit is Circuit.CLOSED
            await asyncio.sleep(60)
            assert (await room.ledger.status_counts())["spring"] == {ContactStatus.COMPLETED: 2}

    virtual(main)


def test_calls_of_a_trunk_without_keys_are_looked_for_when_it_has_them(tmp_path: Path) -> None:
    """A call that outlived the engine is adopted though its trunk could not be asked at first."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(talk_s=500)) as room:
            await room.campaign([number(1)])
            await asyncio.sleep(20)
        keys = Keys(ScriptedBackend())
        keys.backend.alive = {claim: Callee(ring_s=0, talk_s=5) for claim in await _unfinished(tmp_path)}
        async with open_room(tmp_path, backends=keys) as room:
            await asyncio.sleep(10)
            keys.there = True
            await asyncio.sleep(60)
            assert [a.outcome for a in await room.ledger.attempts()] == [Outcome.ANSWERED]

    virtual(main)


async def _unfinished(tmp_path: Path) -> list[str]:
    from dialconsole.store.sqlite_ledger import SqliteLedger

    ledger = await SqliteLedger.open(Workspace.open(tmp_path / "workspace").ledger_path)
    try:
        return [claim.attempt for claim in await ledger.unfinished()]
    finally:
        await ledger.close()


def test_a_wrong_key_opens_at_once_and_the_next_try_makes_the_backend_anew(tmp_path: Path) -> None:
    """The keys may have been mended in their file meanwhile; the old backend would never see that."""

    async def main() -> None:
        wrong = Callee(Outcome.TRUNK_FAULT, ring_s=0.0, stops_trunk=True, detail="LiveKit does not accept the key.")
        carrier = Carrier(wrong)
        backend = ScriptedBackend(carrier)
        keys = Keys(backend)
        keys.there = True
        async with open_room(tmp_path, backends=keys) as room:
            made = keys.asked
            await room.campaign([number(1), number(2)], min_gap_s=0.0)
            await asyncio.sleep(10)
            assert (await trunk(room)).cause == "LiveKit does not accept the key."
            carrier.down = None
            await asyncio.sleep(60)
            assert keys.asked == made + 1
            assert (await trunk(room)).circuit is Circuit.CLOSED

    virtual(main)


@pytest.mark.parametrize("failing", ["the new one", "the old one"])
def test_a_backend_that_cannot_be_replaced_is_tried_again(tmp_path: Path, failing: str) -> None:
    """Whatever was raised by the one that should come or the one that should go: the circuit is not left open."""

    async def main() -> None:
        wrong = Callee(Outcome.TRUNK_FAULT, ring_s=0.0, stops_trunk=True, detail="LiveKit does not accept the key.")
        carrier = Carrier(wrong)

        class Failing(ScriptedBackend):
            async def close(self) -> None:
                if failing == "the old one" and carrier.down is None and keys.asked == made + 1:
                    raise OSError("the line broke")

        keys = Keys(Failing(carrier))
        keys.there = True

        def make(doc: Trunk, clock: Clock) -> Backend:
            backend = keys(doc, clock)
            if failing == "the new one" and carrier.down is None and keys.asked == made + 1:
                raise RuntimeError("no home")
            return backend

        made = 0
        async with open_room(tmp_path, backends=make) as room:
            made = keys.asked
            await room.campaign([number(1), number(2)], min_gap_s=0.0)
            await asyncio.sleep(10)
            carrier.down = None
            await asyncio.sleep(HOUR)
            assert (await trunk(room)).circuit is Circuit.CLOSED
            assert (await room.ledger.status_counts())["spring"] == {ContactStatus.COMPLETED: 2}

    virtual(main)


# -- pace -------------------------------------------------------------------------------------------------------------


def test_a_throttled_trunk_goes_at_half_its_pace_and_comes_back(tmp_path: Path) -> None:
    """The limit in the document stays; the view says what holds of it; after five minutes all of it holds again."""

    async def main() -> None:
        first = iter([Callee(Outcome.THROTTLED, ring_s=0.1, sip_code=429, sip_reason="Too Many Requests")])
        async with open_room(tmp_path, lambda order: next(first, Callee(talk_s=1)), limits=SLOW) as room:
            await room.campaign(number(i, area) for area in ("212", "646", "718") for i in range(100))
            await asyncio.sleep(60)
            view = await trunk(room)
            assert (view.limits, view.circuit) == (SLOW, Circuit.CLOSED)
            assert view.pace is not None
            assert 0.5 <= view.pace <= 0.6
            assert 25 <= len(room.backend.dialed) <= 40
            await room.ask(SetLimits(kind="trunk", name="main", limits=Limits(calls_per_second=0.2)))
            pace = (await trunk(room)).pace
            assert pace is not None
            assert pace < 0.2, "a share of the operator's limit, whatever it is now"
            await asyncio.sleep(300)
            assert (await trunk(room)).pace is None

    virtual(main)


def test_retry_after_is_kept(tmp_path: Path) -> None:
    """No call before its end; the campaign and the trunk say until when."""

    async def main() -> None:
        first = iter([Callee(Outcome.THROTTLED, ring_s=0.1, sip_code=503, retry_after_s=40.0)])
        async with open_room(tmp_path, lambda order: next(first, Callee(talk_s=1)), limits=SLOW) as room:
            await room.campaign(number(i) for i in range(50))
            await asyncio.sleep(10)
            view = await trunk(room)
            assert view.stopped_until is not None
            assert (await campaign(room)).holds[0].code == "trunk_waits"
            await asyncio.sleep(60)
            times = [at for at, _ in room.backend.dialed]
            assert not [at for at in times if view.stopped_until - 39 < at < view.stopped_until]
            assert len(times) > 5

    virtual(main)


def test_no_minute_sees_more_starts_than_the_limit_says(tmp_path: Path) -> None:
    """Whatever the carrier asks for: a throttled trunk is never faster than its operator allows."""

    async def main() -> None:
        limits = Limits(max_concurrent=50, calls_per_minute=100, calls_per_second=4.0)
        async with open_room(tmp_path, limits=limits, backends=trouble) as room:
            await room.ask(SetTrunk(name="main", fields={"rest_caller_ids": "off"}))
            await room.campaign(number(i, area) for area in ("212", "646", "718", "347") for i in range(100))
            await asyncio.sleep(600)
            attempts = await room.ledger.attempts(limit=10_000)
            assert len(attempts) > 40
            assert most_starts(attempts) <= 100

    virtual(main)


# -- release ----------------------------------------------------------------------------------------------------------

REAL = Trunk(
    name="main",
    backend="livekit",
    limits=SLOW,
    livekit=LiveKitSettings(url="wss://example.livekit.cloud", sip_trunk_id="ST_1"),
    allowed_numbers=("+12125550101",),
    released=True,
)


def real_room(path: Path) -> AbstractAsyncContextManager[Room]:
    """A trunk to the real network, and a registry for it."""
    return open_room(path, lambda order: Callee(talk_s=1), trunk=REAL, registry=write_real_registry)


def test_a_new_trunk_calls_its_allow_list_until_its_name_is_typed(tmp_path: Path) -> None:
    """Who is not on it waits without a time, and is called at once when the trunk is released; a lock takes it back."""

    async def main() -> None:
        async with real_room(tmp_path) as room:
            await room.campaign(number(i) for i in range(1, 6))
            await asyncio.sleep(HOUR)
            assert room.backend.numbers == [number(1)], "added as released, yet locked: that is a step of its own"
            held = (await campaign(room)).holds[0]
            assert (held.code, held.count, held.until) == ("not_on_allow_list", 4, None)
            view = await trunk(room)
            assert (view.locked, view.allowed) == (True, 1)
            with pytest.raises(Problem, match="'mian' is another"):
                await room.ask(ReleaseTrunk(name="main", typed="mian"))
            await asyncio.sleep(60)
            assert len(room.backend.dialed) == 1
            done = await room.ask(ReleaseTrunk(name="main", typed="main"))
            assert done.sentence == "Trunk main may call any number now."
            await asyncio.sleep(1)
            await room.ask(LockTrunk(name="main"))
            await asyncio.sleep(HOUR)
            assert len(room.backend.dialed) == 2, "one more in the second that it was released"
            assert [e.action for e in await room.ask(ListAudit(limit=2))] == ["trunk locked", "trunk released"]

    virtual(main)


def test_numbers_put_on_the_list_are_called(tmp_path: Path) -> None:
    """As typed, in E.164 on the list; what is no number changes nothing."""

    async def main() -> None:
        async with real_room(tmp_path) as room:
            await room.campaign(number(i) for i in range(1, 6))
            await asyncio.sleep(60)
            with pytest.raises(Problem):
                await room.ask(SetTrunk(name="main", fields={"allowed_numbers": "+12125550102,12"}))
            await room.ask(SetTrunk(name="main", fields={"allowed_numbers": "(212) 555-0102, +12125550103"}))
            assert room.engine.floor.trunks["main"].allowed_numbers == ("+12125550102", "+12125550103")
            await asyncio.sleep(60)
            assert sorted(room.backend.numbers) == [number(1), number(2), number(3)]
            with pytest.raises(Problem, match="no setting 'released'"):
                await room.ask(SetTrunk(name="main", fields={"released": "true"}))

    virtual(main)


def test_a_trunk_that_leads_elsewhere_is_locked_again(tmp_path: Path) -> None:
    """Another server or another trunk there: its first calls are first calls again."""

    async def main() -> None:
        async with real_room(tmp_path) as room:
            await room.ask(ReleaseTrunk(name="main", typed="main"))
            await room.ask(SetTrunk(name="main", fields={"livekit.agent": "receptionist"}))
            assert not (await trunk(room)).locked
            done = await room.ask(SetTrunk(name="main", fields={"livekit.sip_trunk_id": "ST_2"}))
            assert "It leads elsewhere now, so it calls only its allow list" in done.sentence
            assert (await trunk(room)).locked

    virtual(main)


def test_a_release_is_of_the_trunk_as_it_was_when_it_was_asked_for(tmp_path: Path) -> None:
    """Another admin leads it elsewhere in the same moment: what comes out of that is nobody's word yet."""

    async def main() -> None:
        async with real_room(tmp_path) as room:
            elsewhere = SetTrunk(name="main", fields={"livekit.sip_trunk_id": "ST_2"})
            done, released = await asyncio.gather(
                room.ask(elsewhere), room.ask(ReleaseTrunk(name="main", typed="main")), return_exceptions=True
            )
            assert not isinstance(done, BaseException)
            assert isinstance(released, Problem) and "leads elsewhere since" in released.sentence
            assert (await trunk(room)).locked
            await room.ask(ReleaseTrunk(name="main", typed="main"))
            assert not (await trunk(room)).locked

    virtual(main)


def test_a_demonstrations_registry_is_none_for_a_real_trunk(tmp_path: Path) -> None:
    """It is not released, and not even its allow list is called, until a real registry is there."""

    async def main() -> None:
        async with open_room(tmp_path, trunk=REAL) as room:
            await room.campaign([number(1)])
            with pytest.raises(Problem, match="DEMO one") as refused:
                await room.ask(ReleaseTrunk(name="main", typed="main"))
            assert refused.value.code == "registry_demo"
            await asyncio.sleep(HOUR)
            assert room.backend.prepared == []
            held = (await campaign(room)).holds[0]
            assert (held.code, held.count, held.until) == ("registry_demo", 1, None)
            write_real_registry(room.engine._workspace.registry_path, room.clock.time())
            await room.ask(ReloadRegistry(what="the real one"))
            await room.ask(ReleaseTrunk(name="main", typed="main"))
            await asyncio.sleep(60)
            assert room.backend.numbers == [number(1)]

    virtual(main)


def test_a_trunk_that_becomes_real_stops_calling_by_a_demonstrations_registry(tmp_path: Path) -> None:
    """The same document, another backend: who was clear a moment ago is held."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.campaign([number(1)])
            await asyncio.sleep(60)
            assert room.backend.numbers == [number(1)]
            real = {"livekit.url": "wss://example.livekit.cloud", "livekit.sip_trunk_id": "ST_1"}
            allowed = {"allowed_numbers": number(2)}
            await room.ask(SetTrunk(name="main", fields={"backend": "livekit", **real, **allowed}))
            await room.campaign([number(2)], name="other")
            await asyncio.sleep(HOUR)
            assert room.backend.numbers == [number(1)]

    virtual(main)


def test_no_call_begins_on_a_backend_that_is_being_replaced(tmp_path: Path) -> None:
    """A new scenario, and a campaign that is started in the same moment: its calls begin on the new backend, because
    a call on the old one would have nobody who watches it."""
    made: list[Closing] = []

    class Closing(ScriptedBackend):
        gone = False
        under_way = 0

        async def place(self, order: CallOrder, line: CallLine) -> CallEnd:
            self.under_way += 1
            end = await super().place(order, line)
            self.under_way -= 1
            return end

        async def close(self) -> None:
            await asyncio.sleep(1)
            assert not self.under_way
            self.gone = True

    def make(trunk: Trunk, clock: Clock) -> Closing:
        made.append(Closing())
        made[-1].clock = clock
        return made[-1]

    async def main() -> None:
        async with open_room(tmp_path, backends=make) as room:
            said = Campaign(name="spring", trunk="main", caller_identity="A test", opt_out_line="+12125550199")
            await room.ask(CreateCampaign(campaign=said))
            (tmp_path / "spring.csv").write_text(f"phone\n{number(1)}\n{number(2)}\n", "utf-8")
            path = str(tmp_path / "spring.csv")
            await room.ask(ImportList(campaign="spring", path=path, attest=ConsentBasis.WRITTEN))
            change = SetTrunk(name="main", fields={"scenario": "calm"})
            started, changed = await asyncio.gather(room.ask(StartCampaign(name="spring")), room.ask(change))
            assert started.changed and changed.changed
            await asyncio.sleep(60)
            assert sorted(made[-1].numbers) == [number(1), number(2)]
            assert [backend.gone for backend in made] == [True] * (len(made) - 1) + [False]

    virtual(main)


@pytest.mark.parametrize("way", ["create", "set"])
def test_a_trunk_does_not_go_while_a_campaign_comes_to_it(tmp_path: Path, way: str) -> None:
    """Two people at once: whoever is later is refused, so no campaign waits for ever on a trunk that is not there."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.ask(AddTrunk(trunk=Trunk(name="other")))
            come: Request[Any] = CreateCampaign(campaign=Campaign(name="spring", trunk="other"))
            if way == "set":
                await room.ask(CreateCampaign(campaign=Campaign(name="spring", trunk="main")))
                come = SetCampaign(name="spring", fields={"trunk": "other"})
            for requests in ((RemoveTrunk(name="other"), come), (come, RemoveTrunk(name="other"))):
                answers = await asyncio.gather(*map(room.ask, requests), return_exceptions=True)
                assert [isinstance(answer, Problem) for answer in answers] == [False, True]
                assert {doc.trunk for doc in room.engine.floor.campaigns.values()} <= room.engine.floor.trunks.keys()
                if "other" not in room.engine.floor.trunks:
                    await room.ask(AddTrunk(trunk=Trunk(name="other")))

    virtual(main)


def test_trunks_that_call_nobody_real_have_no_lock(tmp_path: Path) -> None:
    """A lock that binds nothing would only look safe."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            with pytest.raises(Problem, match="has no lock"):
                await room.ask(LockTrunk(name="main"))
            assert not (await room.ask(ReleaseTrunk(name="main", typed="main"))).changed

    virtual(main)


# -- beside the calls -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("refused", [False, True])
def test_no_call_is_started_on_a_backend_that_is_being_replaced(tmp_path: Path, refused: bool) -> None:
    """Writing the new settings takes a moment, in which the trunk dials nobody; then it goes on, also as it was."""

    async def main() -> None:
        closed: list[ScriptedBackend] = []

        class Closing(ScriptedBackend):
            async def close(self) -> None:
                closed.append(self)

        made: list[ScriptedBackend] = []

        def make(doc: Trunk, clock: Clock) -> Backend:
            backend = Closing(lambda order: Callee(talk_s=1))
            backend.clock = clock
            made.append(backend)
            return backend

        async with open_room(tmp_path, limits=SLOW, backends=make) as room:
            documents = room.engine._workspace.documents
            real = documents.put_trunk

            async def slow(doc: Trunk) -> None:
                await room.campaign(number(i) for i in range(3))
                await asyncio.sleep(60)
                if refused:
                    raise Problem("The disk is full.", code="disk")
                await real(doc)

            documents.put_trunk = slow  # type: ignore[method-assign, assignment]
            with contextlib.suppress(Problem):
                await room.ask(SetTrunk(name="main", fields={"scenario": "calm"}))
            assert [order.number for backend in made for order in backend.prepared] == []
            await asyncio.sleep(600)
            (used,) = [backend for backend in made if backend.dialed]
            assert sorted(used.numbers) == [number(i) for i in range(3)]
            assert used not in closed

    virtual(main)


def test_what_a_backend_says_beside_its_calls_becomes_an_alert(tmp_path: Path) -> None:
    """A port in use for webhooks is no call's end; it is told with the trunk's name, and the state is in the view."""

    class Hearing(ScriptedBackend):
        def tell_with(self, tell: Tell) -> None:
            self.tell = tell

        def webhooks(self) -> WebhookView | None:
            return WebhookView("127.0.0.1:8089", open=False, refused=3)

    async def main() -> None:
        backend = Hearing()
        async with open_room(tmp_path, backend=backend) as room:
            backend.tell("LiveKit's webhooks cannot be taken.", "warning")
            [alert] = alerts(room, "webhooks")
            assert alert == "main: LiveKit's webhooks cannot be taken."
            seen = (await trunk(room)).webhooks
            assert seen is not None
            assert (seen.open, seen.refused) == (False, 3)

    virtual(main)


def test_a_server_that_is_away_is_not_the_carriers_fault(tmp_path: Path) -> None:
    """No SIP code, no carrier: alerts and the circuit's cause say what could not be reached, and by which name."""

    async def main() -> None:
        gone = (
            "The LiveKit server could not be reached: the name lk.example cannot be resolved (DNS). Nothing was dialed."
        )
        carrier = Carrier(Callee(Outcome.TRUNK_FAULT, ring_s=5.0, detail=gone))
        async with open_room(tmp_path, carrier, limits=SLOW) as room:
            await room.campaign(number(i) for i in range(20))
            await asyncio.sleep(60)
            assert alerts(room, "main: a call failed. The LiveKit server could not be reached: the name lk.example")
            assert "lk.example" in (await trunk(room)).cause
            assert alerts(room, "carrier") == []

    virtual(main)
