"""Contacts that were refused are looked at again when a person changes what refused them."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from pathlib import Path

import pytest

from dialconsole.model.errors import Problem
from dialconsole.model.outcome import CampaignState, ContactStatus, Outcome
from dialconsole.model.purpose import ConsentBasis, Purpose
from dialconsole.model.request.campaigns import SetCampaign, StartCampaign
from dialconsole.model.request.optouts import AddOptOut, RemoveOptOut
from dialconsole.store.ledger import QueuedContact
from kit.engine import Callee, Room, number, open_room, virtual

THREE = [number(i) for i in range(3)]


async def statuses(room: Room, campaign: str = "spring") -> dict[ContactStatus, int]:
    return (await room.ledger.status_counts())[campaign]


async def refused_list(room: Room) -> None:
    """Marketing by an artificial voice to people who consented orally: nobody may be called."""
    await room.campaign(THREE, consent=ConsentBasis.ORAL, purpose=Purpose.MARKETING)
    await asyncio.sleep(60)
    assert await statuses(room) == {ContactStatus.FAILED: 3}
    assert room.engine.floor.campaigns["spring"].state is CampaignState.FINISHED


@pytest.mark.parametrize("restart", ["none", "before the edit", "after the edit"])
@pytest.mark.parametrize("setting", [{"voice": "human"}, {"purpose": "informational"}])
def test_a_list_refused_for_the_wrong_setting_is_called_with_the_right_one(
    tmp_path: Path, setting: dict[str, str], restart: str
) -> None:
    """The answer counts them and says what to do; they are called once each, also by the next engine."""

    async def edit(room: Room) -> None:
        done = await room.ask(SetCampaign(name="spring", fields=setting))
        assert "3 contacts that were refused are looked at again" in done.sentence
        assert done.sentence.endswith("dialconsole campaign start spring")
        assert await statuses(room) == {ContactStatus.PENDING: 3}
        assert room.engine.floor.campaigns["spring"].state is CampaignState.PAUSED

    async def call(room: Room) -> None:
        assert room.backend.dialed == []
        await room.ask(StartCampaign(name="spring"))
        await asyncio.sleep(600)
        assert sorted(room.backend.numbers) == THREE
        assert await statuses(room) == {ContactStatus.COMPLETED: 3}
        assert room.engine.floor.campaigns["spring"].state is CampaignState.FINISHED

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await refused_list(room)
            if restart != "before the edit":
                await edit(room)
            if restart == "none":
                await call(room)
        if restart == "before the edit":
            async with open_room(tmp_path, dialing=False) as room:
                await edit(room)
        if restart != "none":
            async with open_room(tmp_path) as room:
                await call(room)

    virtual(main)


def test_whom_the_gate_refuses_again_is_final_again(tmp_path: Path) -> None:
    """A setting that changes nothing about consent leaves everything as it was, but for the campaign's state."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await refused_list(room)
            await room.ask(SetCampaign(name="spring", fields={"client": "acme"}))
            await room.ask(StartCampaign(name="spring"))
            await asyncio.sleep(600)
            assert await statuses(room) == {ContactStatus.FAILED: 3}
            assert room.engine.floor.campaigns["spring"].state is CampaignState.FINISHED
            assert room.engine.floor.standings["spring"].final == {ContactStatus.FAILED: 3}
            done = await room.ask(SetCampaign(name="spring", fields={"weight": "2"}))
            assert "refused" not in done.sentence

    virtual(main)


def test_contacts_that_were_called_stay_as_they_are(tmp_path: Path) -> None:
    """What came of a call is no refusal, and no setting takes it back."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(Outcome.BAD_NUMBER)) as room:
            await room.campaign(THREE)
            await asyncio.sleep(600)
            done = await room.ask(SetCampaign(name="spring", fields={"voice": "human"}))
            assert "refused" not in done.sentence
            assert await statuses(room) == {ContactStatus.FAILED: 3}
            assert len(room.backend.dialed) == 3

    virtual(main)


@pytest.mark.parametrize("entry", [THREE[0], THREE[0][:-2] + "*"])
def test_an_opt_out_that_is_taken_back_frees_its_contacts(tmp_path: Path, entry: str) -> None:
    """Of a number or of all that a pattern covers, in every campaign; one that another entry covers stays refused."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            for what in (entry, THREE[2]):
                await room.ask(AddOptOut(number=what, reason="asked"))
            await room.campaign(THREE)
            await room.campaign(THREE, name="other", min_gap_s=0.0)
            await asyncio.sleep(600)
            called = sorted(room.backend.numbers)
            free = 2 if entry.endswith("*") else 1
            done = await room.ask(RemoveOptOut(number=entry, reason="a mistake"))
            assert f"{2 * 3 if free == 2 else 2} contacts that were refused are looked at again" in done.sentence
            for name in ("spring", "other"):
                assert f"dialconsole campaign start {name}" in done.sentence
                await room.ask(StartCampaign(name=name))
            await asyncio.sleep(3600)
            assert sorted(room.backend.numbers) == sorted(called + THREE[:free] * 2)
            for name in ("spring", "other"):
                assert await statuses(room, name) == {ContactStatus.COMPLETED: 2, ContactStatus.SUPPRESSED: 1}

    virtual(main)


@pytest.mark.parametrize("later_s", [0.0, 20.0, 120.0])
def test_two_edits_at_once_count_and_call_nobody_twice(tmp_path: Path, later_s: float) -> None:
    """Both look at the same refused contacts: whoever went back into the queue by one does not by the other, neither
    while it waits there nor in its call nor after it."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await refused_list(room)
            real, reads = room.ledger.refused_contacts, itertools.count()

            async def slow(first_id: int, status: ContactStatus, **which: str) -> list[QueuedContact]:
                block = await real(first_id, status, **which)
                await asyncio.sleep(0 if next(reads) else later_s)
                return block

            room.ledger.refused_contacts = slow  # type: ignore[method-assign]
            first = asyncio.create_task(room.ask(SetCampaign(name="spring", fields={"voice": "human"})))
            await asyncio.sleep(0.1)
            second = asyncio.create_task(room.ask(SetCampaign(name="spring", fields={"client": "acme"})))
            await asyncio.sleep(1)
            with contextlib.suppress(Problem):  # not before the first look is over
                await room.ask(StartCampaign(name="spring"))
            await asyncio.gather(first, second)
            await room.ask(StartCampaign(name="spring"))
            await asyncio.sleep(600)
            assert sorted(room.backend.numbers) == THREE
            assert await statuses(room) == {ContactStatus.COMPLETED: 3}
            assert room.engine.floor.standings["spring"].done == 3
            assert not any("internal fault" in alert.sentence for alert in room.engine.floor.notices.all())

    virtual(main)
