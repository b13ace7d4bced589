"""Test calls: one number, once, through everything that a campaign's call goes through."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dialconsole.model.attempt import EventKind
from dialconsole.model.campaign import TEST_CALLS, Campaign, Limits, Trunk
from dialconsole.model.errors import Problem
from dialconsole.model.optout import OptOutSource
from dialconsole.model.outcome import CampaignState, ContactStatus, Outcome
from dialconsole.model.purpose import ConsentBasis, Purpose
from dialconsole.model.request.campaigns import CreateCampaign
from dialconsole.model.request.lists import ImportList
from dialconsole.model.request.looking import Explain, ListAudit, ShowCall
from dialconsole.model.request.optouts import AddOptOut
from dialconsole.model.request.trunks import AddTrunk, PlacedCall, PlaceTestCall, RemoveTrunk, ResetTrunk, SetLimits
from kit.engine import WIDE_OPEN, Callee, Room, number, open_room, virtual
from kit.registry import write_real_registry

OWN = number(42)
LATER_S = 3 * 3600.0
"""Longer than any wait before a second call but the one after a voicemail."""


def ask_for(**said: object) -> PlaceTestCall:
    return PlaceTestCall(**{"number": OWN, "trunk": "main", "consent": ConsentBasis.WRITTEN, **said})  # type: ignore[arg-type]


async def refused(room: Room, request: PlaceTestCall) -> Problem:
    """The problem with which a test call is refused; nothing was dialed for it."""
    before = len(room.backend.prepared)
    with pytest.raises(Problem) as caught:
        await room.ask(request)
    assert len(room.backend.prepared) == before
    return caught.value


def test_whole_path(tmp_path: Path) -> None:
    """It is claimed with its evidence, dialed from the trunk's caller ID, settled, and stands in the audit."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            placed = await room.ask(ask_for(number="(212) 555-0142"))
            assert placed == PlacedCall(attempt=placed.attempt, number=OWN, trunk="main", campaign=TEST_CALLS)
            await asyncio.sleep(60)
            report = await room.ask(ShowCall(attempt=placed.attempt))
            assert report.attempt.outcome is Outcome.ANSWERED
            assert report.attempt.caller_id == "+12125550100"
            assert [event.kind for event in report.events][:2] == [EventKind.CLAIMED, EventKind.AGENT_READY]
            assert report.evidence is not None
            assert any("attested by maria" in check.sentence for check in report.evidence.checks)
            assert room.engine.floor.campaigns[TEST_CALLS].state is CampaignState.FINISHED
            [entry] = [entry for entry in await room.ask(ListAudit()) if entry.action == "test call"]
            assert (entry.who, entry.subject) == ("maria", placed.attempt)
            assert "written" in entry.reason

    virtual(main)


@pytest.mark.parametrize(
    "outcome", [Outcome.NO_ANSWER, Outcome.BUSY, Outcome.TRUNK_FAULT, Outcome.AGENT_UNAVAILABLE, Outcome.CANCELLED]
)
def test_once(tmp_path: Path, outcome: Outcome) -> None:
    """Whatever comes of it, the number is not dialed again by itself after any of the usual waits."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(outcome)) as room:
            await room.ask(ask_for())
            await asyncio.sleep(LATER_S)
            assert room.backend.numbers == [OWN]
            standing = room.engine.floor.standings[TEST_CALLS]
            assert standing.final == {ContactStatus.FAILED: 1}

    virtual(main)


def test_hung_up_while_preparing(tmp_path: Path) -> None:
    """A test call that the last check stopped is not tried again either."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(setup_s=5)) as room:
            placed = await room.ask(ask_for())
            await room.ask(AddOptOut(number=OWN, reason="changed my mind"))
            await asyncio.sleep(LATER_S)
            report = await room.ask(ShowCall(attempt=placed.attempt))
            assert report.attempt.outcome is Outcome.CANCELLED
            assert room.backend.numbers == []
            assert len(room.backend.prepared) == 1

    virtual(main)


def test_again(tmp_path: Path) -> None:
    """The same number can be called again at once; each call has its own attempt, and they stay on record."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            attempts = []
            for _ in range(3):
                attempts.append((await room.ask(ask_for())).attempt)
                await asyncio.sleep(60)
            assert len(set(attempts)) == 3
            assert room.backend.numbers == [OWN] * 3
            for attempt in attempts:
                assert (await room.ask(ShowCall(attempt=attempt))).evidence is not None

    virtual(main)


def test_one_at_a_time(tmp_path: Path) -> None:
    """A second one is refused while the first lives, with its id; also while it still waits for a place."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            first = asyncio.create_task(room.ask(ask_for()))
            await asyncio.sleep(0)
            assert (await refused(room, ask_for())).code == "busy"
            placed = await first
            problem = await refused(room, ask_for())
            assert placed.attempt in problem.sentence

    virtual(main)


def test_gate_is_asked_first(tmp_path: Path) -> None:
    """An opt-out, closed hours or missing consent refuse it with the gate's words, and leave no campaign behind."""

    async def main() -> None:
        async with open_room(tmp_path, start=datetime(2026, 3, 3, 7, 0, tzinfo=UTC)) as room:
            assert "it is 02:00" in (await refused(room, ask_for())).sentence
            assert TEST_CALLS not in room.engine.floor.campaigns
        async with open_room(tmp_path / "day") as room:
            problem = await refused(room, ask_for(consent=None))
            assert problem.sentence.endswith("say so: --consent written.")
            await room.ask(AddOptOut(number=OWN, source=OptOutSource.OPERATOR, reason="mine"))
            problem = await refused(room, ask_for())
            assert problem.code == "refused"
            assert "do-not-call" in problem.sentence
            await asyncio.sleep(LATER_S)
            assert room.backend.prepared == []

    (tmp_path / "day").mkdir()
    virtual(main)


def test_no_place(tmp_path: Path) -> None:
    """A trunk without a free place within a minute: said, and not dialed when the place comes."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.ask(SetLimits(kind="trunk", name="main", limits=Limits(max_concurrent=0)))
            assert (await refused(room, ask_for())).code == "no_place"
            await room.ask(SetLimits(kind="trunk", name="main", limits=Limits(max_concurrent=5)))
            await asyncio.sleep(LATER_S)
            assert room.backend.prepared == []

    virtual(main)


def test_like_a_campaign(tmp_path: Path) -> None:
    """With a campaign named, its agent, rings and purpose are used, and its trunk if none is named."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            said = {"caller_identity": "A test", "opt_out_line": "+12125550199", "agent": "reminder"}
            doc = Campaign(name="spring", trunk="main", purpose=Purpose.INFORMATIONAL, ring_timeout_s=20, **said)  # type: ignore[arg-type]
            await room.ask(CreateCampaign(campaign=doc))
            placed = await room.ask(ask_for(trunk=None, campaign="spring"))
            await asyncio.sleep(60)
            [(_, order)] = room.backend.dialed
            assert (order.agent, order.ring_timeout_s, order.trunk) == ("reminder", 20, "main")
            assert placed.trunk == "main"
            assert "no campaign 'autumn'" in (await refused(room, ask_for(campaign="autumn"))).sentence

    virtual(main)


def test_nobody_else_uses_the_campaign(tmp_path: Path) -> None:
    """No campaign of that name can be created, and no list be imported into it: the next test call would forget it."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            with pytest.raises(Problem, match="choose another name"):
                await room.ask(CreateCampaign(campaign=Campaign(name=TEST_CALLS, trunk="main")))
            with pytest.raises(Problem, match="choose another name"):
                await room.ask(ImportList(campaign=TEST_CALLS, path="list.csv"))

    virtual(main)


def test_needs_an_engine(tmp_path: Path) -> None:
    """Without a running engine nothing is placed, and it says how to start one."""

    async def main() -> None:
        async with open_room(tmp_path, dialing=False) as room:
            problem = await refused(room, ask_for())
            assert problem.code == "no_engine"
            assert "dialconsole run" in problem.sentence

    virtual(main)


@pytest.mark.parametrize(
    "said", [{"number": "call me"}, {"trunk": "backup"}, {"trunk": None}, {"number": "+18005550142"}]
)
def test_bad_questions(tmp_path: Path, said: dict[str, object]) -> None:
    """A number that is none or nobody's, or a trunk that does not exist, is a sentence."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            assert (await refused(room, ask_for(**said))).sentence

    virtual(main)


def test_left_over(tmp_path: Path) -> None:
    """A test call that was asked for just before the engine ended is not placed by the next engine."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.ask(SetLimits(kind="trunk", name="main", limits=Limits(max_concurrent=0)))
            asking = asyncio.create_task(room.ask(ask_for()))
            await asyncio.sleep(5)
            assert room.engine.floor.campaigns[TEST_CALLS].state is CampaignState.RUNNING
            # As a killed engine leaves it: nobody has cleared away.
            shutil.copytree(
                tmp_path / "workspace", tmp_path / "after" / "workspace", ignore=shutil.ignore_patterns("registry")
            )
            asking.cancel()
        async with open_room(tmp_path / "after") as room:
            await room.ask(SetLimits(kind="trunk", name="main", limits=Limits(max_concurrent=5)))
            await asyncio.sleep(LATER_S)
            assert room.backend.prepared == []
            assert (await room.ask(ask_for())).number == OWN

    virtual(main)


def test_explain_forgets_it(tmp_path: Path) -> None:
    """Asked whether a number may be called, a test call that it got before is no campaign of its own."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.ask(ask_for())
            await asyncio.sleep(3600)
            assert (await room.ask(Explain(number=OWN))).campaign is None
            assert (await room.ask(Explain(number=OWN, campaign=TEST_CALLS))).campaign == TEST_CALLS

    virtual(main)


def test_locked_trunk(tmp_path: Path) -> None:
    """A trunk that is not released calls the numbers of its allow list, and no other, for a test call too."""
    doc = Trunk(name="main", backend="livekit", limits=WIDE_OPEN, allowed_numbers=(OWN,))

    async def main() -> None:
        async with open_room(tmp_path, trunk=doc, registry=write_real_registry) as room:
            assert "allow list" in (await refused(room, ask_for(number=number(43)))).sentence
            await room.ask(ask_for())
            await asyncio.sleep(60)
            assert room.backend.numbers == [OWN]

    virtual(main)


def test_trunk_in_trouble(tmp_path: Path) -> None:
    """A trunk that has stopped is told at once with its cause, instead of waited for; mended, it is called through."""
    wrong = Callee(Outcome.TRUNK_FAULT, ring_s=0.0, stops_trunk=True, detail="LiveKit does not accept the key.")

    async def main() -> None:
        async with open_room(tmp_path, lambda order: wrong) as room:
            await room.ask(ask_for())
            await asyncio.sleep(5)
            problem = await refused(room, ask_for())
            assert problem.code == "trunk_trouble"
            assert "does not accept the key" in problem.sentence
            room.backend.script = lambda order: Callee()
            await room.ask(ResetTrunk(name="main"))
            await room.ask(ask_for())

    virtual(main)


def test_a_trunk_goes_with_its_test_calls(tmp_path: Path) -> None:
    """A campaign that nobody made keeps no trunk; a test call under way does, and so does a person's campaign."""

    async def main() -> None:
        async with open_room(tmp_path, lambda _: Callee(talk_s=20)) as room:
            await room.ask(AddTrunk(trunk=Trunk(name="other", limits=WIDE_OPEN)))
            placed = await room.ask(ask_for(trunk="other"))
            await asyncio.sleep(5)
            with pytest.raises(Problem, match="Trunk other has a test call under way; remove it when that is over"):
                await room.ask(RemoveTrunk(name="other"))
            await asyncio.sleep(60)
            assert (await room.ask(RemoveTrunk(name="other"))).sentence == "Trunk other is gone."
            assert TEST_CALLS not in room.engine.floor.campaigns
            assert (await room.ask(ShowCall(attempt=placed.attempt))).attempt.outcome is Outcome.ANSWERED
            actions = [entry.action for entry in await room.ask(ListAudit(limit=2))]
            assert actions == ["trunk removed", "campaign deleted"]
            await room.campaign([number(1)])
            await room.ask(ask_for(trunk="main"))
            await asyncio.sleep(60)
            with pytest.raises(Problem, match=r"used by spring; move or delete them first"):
                await room.ask(RemoveTrunk(name="main"))

    virtual(main)


def test_a_list_may_know_more_of_the_number_than_it_says_itself(tmp_path: Path) -> None:
    """A New York number whose owner lives in Los Angeles, by the list, is asleep at nine in the morning."""

    async def main() -> None:
        async with open_room(tmp_path, start=datetime(2026, 3, 3, 14, 0, tzinfo=UTC)) as room:
            await room.campaign([OWN], zone="America/Los_Angeles")
            await asyncio.sleep(10)
            explained = await room.ask(Explain(number=OWN, campaign="spring"))
            assert explained.verdict.zones == ("America/Los_Angeles", "America/New_York")
            problem = await refused(room, ask_for(campaign="spring", trunk=None))
            assert "In America/Los_Angeles it is 06:00" in problem.sentence
            assert room.backend.dialed == []

    virtual(main)
