"""A full disk delays what is written, never what forbids calls: pause, stop, hang up."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from dialconsole.model.campaign import Limits
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import CampaignState, ContactStatus
from dialconsole.model.request.campaigns import (
    DeleteCampaign,
    DrainCampaign,
    HangUpCampaign,
    PauseAll,
    PauseCampaign,
    StartCampaign,
)
from dialconsole.model.request.looking import AuditEntry, ListAudit
from dialconsole.model.request.people import StopEngine
from dialconsole.model.view import Kind
from dialconsole.store.documents import Documents
from dialconsole.store.ledger import LedgerFull
from kit.disk import Disk
from kit.engine import Callee, Room, number, open_room, virtual


def state(room: Room, name: str = "spring") -> CampaignState:
    return room.engine.board.campaign(name).state


def on_disk(room: Room, name: str = "spring") -> CampaignState:
    return Documents.open(room.engine._workspace.path / "workspace.json").campaigns[name].state


async def audit(room: Room) -> list[tuple[str, str, str]]:
    """(who, action, subject) of what became of campaigns after their first start, oldest first."""
    newest: tuple[AuditEntry, ...] = await room.ask(ListAudit(limit=100))
    entries = [e for e in reversed(newest) if e.action.startswith("campaign ")]
    first = max(i for i, e in enumerate(entries) if e.action == "campaign running" and e.old == "draft")
    return [(e.who, e.action, e.subject) for e in entries[first + 1 :]]


def test_a_pause_holds_on_a_full_disk_and_is_written_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is answered with what a restart would do; screen, file and audit agree afterwards, and resume works."""

    async def main() -> None:
        async with open_room(tmp_path, limits=Limits(max_concurrent=1)) as room:
            await room.campaign(number(i) for i in range(10))
            await asyncio.sleep(1)
            disk = Disk(room, monkeypatch)
            disk.full = True
            said = (await room.ask(PauseCampaign(name="spring", reason="script wrong"))).sentence
            assert said.startswith("spring paused: no new calls.")
            assert "No space left on device" in said
            assert "after a restart of the engine it would run again" in said
            assert state(room) is CampaignState.PAUSED
            assert on_disk(room) is CampaignState.RUNNING
            assert not (await room.ask(PauseCampaign(name="spring"))).changed
            with pytest.raises(Problem, match="could not be written"):
                await room.ask(StartCampaign(name="spring"))
            assert state(room) is CampaignState.PAUSED, "a start that could not be written lifts no pause"
            dialed = len(room.backend.dialed)
            disk.full = False
            await asyncio.sleep(60)
            assert on_disk(room) is CampaignState.PAUSED
            view = room.engine.board.campaign("spring")
            assert (view.state, view.changed_by, view.reason) == (CampaignState.PAUSED, "maria", "script wrong")
            assert await audit(room) == [("maria", "campaign paused", "spring")]
            assert len(room.backend.dialed) == dialed
            assert (await room.ask(StartCampaign(name="spring"))).sentence.startswith("spring resumed.")
            await asyncio.sleep(3600)
            assert len(room.backend.dialed) == 10

    virtual(main)


def test_a_resume_that_comes_before_a_pause_was_written_lifts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not say "running already", calls go on, and the audit has both in their order."""

    async def main() -> None:
        async with open_room(tmp_path, limits=Limits(max_concurrent=1)) as room:
            await room.campaign(number(i) for i in range(10))
            await asyncio.sleep(1)
            disk = Disk(room, monkeypatch)
            disk.full = True
            await room.ask(PauseCampaign(name="spring"))
            disk.full = False
            assert (await room.ask(StartCampaign(name="spring"))).changed
            assert state(room) is CampaignState.RUNNING
            await asyncio.sleep(3600)
            assert on_disk(room) is CampaignState.FINISHED
            assert len(room.backend.dialed) == 10
            assert [action for _, action, _ in await audit(room)] == [
                "campaign paused",
                "campaign running",
                "campaign finished",
            ]

    virtual(main)


def test_pause_all_pauses_every_campaign_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one that cannot be written keeps none of the others from being paused."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            for name in ("spring", "summer"):
                await room.campaign((number(i) for i in range(3)), name=name, zone="Pacific/Honolulu")
            disk = Disk(room, monkeypatch)
            disk.full = True
            said = (await room.ask(PauseAll())).sentence
            assert "spring, summer" in said
            assert "could not be written down yet" in said
            await asyncio.sleep(3 * 3600)
            assert room.backend.prepared == []
            disk.full = False
            await asyncio.sleep(60)
            assert [on_disk(room, name) for name in ("spring", "summer")] == [CampaignState.PAUSED] * 2
            assert await audit(room) == [
                ("maria", "campaign paused", "spring"),
                ("maria", "campaign paused", "summer"),
            ]
            await asyncio.sleep(3600)
            assert room.backend.prepared == []

    virtual(main)


def test_calls_are_hung_up_and_a_campaign_drains_on_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What ends calls waits for nothing, and a drained campaign is finished when there is room."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(talk_s=5000)) as room:
            await room.campaign([number(1)], name="spring")
            await room.campaign([number(2)], name="summer")
            await asyncio.sleep(20)
            disk = Disk(room, monkeypatch)
            disk.full = True
            await room.ask(DrainCampaign(name="summer"))
            said = (await room.ask(HangUpCampaign(name="spring"))).sentence
            assert "1 calls of spring hung up" in said
            await asyncio.sleep(6000)
            disk.full = False
            await asyncio.sleep(60)
            assert room.engine.floor.live == {}
            assert on_disk(room, "summer") is CampaignState.FINISHED

    virtual(main)


def test_an_engine_stops_on_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Stopped first, audited if it can be; what is left is counted in a sentence and found by the next engine."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(talk_s=5000), durable=True) as room:
            await room.campaign([number(1)])
            await asyncio.sleep(20)
            disk = Disk(room, monkeypatch)
            disk.full = True
            said = (await room.ask(StopEngine(drain_s=1.0))).sentence
            assert said.startswith("The engine stops: no new calls")
            assert "could not be written to the audit" in said
            await asyncio.wait_for(room.engine.stopped.wait(), 60)
            real = room.ledger.close

            async def close() -> None:
                await real()
                raise LedgerFull("the disk is full")

            monkeypatch.setattr(room.engine.floor.ledger, "close", close, raising=False)
            with caplog.at_level(logging.ERROR):
                await room.engine.close()
        assert "1 call could not be recorded" in caplog.text
        assert "The next engine looks them up" in caplog.text
        async with open_room(tmp_path) as again:
            await asyncio.sleep(60)
            assert (await again.ledger.status_counts())["spring"] == {ContactStatus.COMPLETED: 1}

    virtual(main)


def test_a_call_that_was_never_claimed_leaves_the_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not stay there "preparing" for ever, and consoles are told that its row is gone."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            marked: set[tuple[Kind, str]] = set()
            stop = room.engine.watch(lambda kind, id: marked.add((kind, id)))
            disk = Disk(room, monkeypatch)
            await room.campaign([number(1)], zone="Pacific/Honolulu")
            disk.full = True
            await asyncio.sleep(3 * 3600)
            calls = {id for kind, id in marked if kind is Kind.CALL}
            assert calls
            assert [row for row in room.engine.rows() if row[0] is Kind.CALL] == []
            assert [room.engine.view(Kind.CALL, id) for id in calls] == [None] * len(calls)
            stop()

    virtual(main)


@pytest.mark.parametrize("forgotten", [True, False])
def test_a_campaign_that_could_not_be_deleted_is_what_the_ledger_still_has_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forgotten: bool
) -> None:
    """Its contacts may be gone and its document not: whoever is gone is not called, whoever is left is."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.campaign((number(i) for i in range(3)), zone="Pacific/Honolulu")
            await room.campaign([number(9)], name="other", zone="Pacific/Honolulu")
            await room.ask(PauseCampaign(name="spring"))
            disk = Disk(room, monkeypatch)
            real = room.ledger.forget_campaign

            async def forget(campaign: str) -> int:
                if not forgotten:
                    raise LedgerFull("ledger.db: the disk is full.")
                return await real(campaign)

            room.ledger.forget_campaign = forget  # type: ignore[method-assign]
            disk.full = True
            with pytest.raises(Problem, match="could not be deleted, or not all of it"):
                await room.ask(DeleteCampaign(name="spring"))
            disk.full = False
            left = 0 if forgotten else 3
            assert room.engine.floor.standings["spring"].total == left
            assert len(room.engine.floor.queue) == left + 1
            if forgotten:
                with pytest.raises(Problem, match="has no contacts"):
                    await room.ask(StartCampaign(name="spring"))
            else:
                await room.ask(StartCampaign(name="spring"))
            await asyncio.sleep(6 * 3600)
            assert sorted(room.backend.numbers) == [*(number(i) for i in range(left)), number(9)]
            room.ledger.forget_campaign = real  # type: ignore[method-assign]
            await room.ask(DeleteCampaign(name="spring"))

    virtual(main)
