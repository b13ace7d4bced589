"""What a campaign's pane foresees before a start, and what the desk answers about who may be called."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from dialconsole.clock import LoopClock
from dialconsole.engine.engine import Engine
from dialconsole.model.campaign import Campaign
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import CampaignState, Outcome
from dialconsole.model.purpose import ConsentBasis, Purpose
from dialconsole.model.request.campaigns import CreateCampaign, DeleteCampaign, PauseCampaign, StartCampaign
from dialconsole.model.request.lists import ImportList
from dialconsole.model.request.looking import GetStatus, ListUndialable, ShowCampaign, ShowDialable
from dialconsole.model.request.optouts import AddOptOut
from dialconsole.model.view import CampaignView, Hold, Kind
from dialconsole.store.workspace import Workspace
from kit.engine import MARIA, NOON_EAST, Callee, Room, number, open_room, virtual


async def draft(room: Room, consent: ConsentBasis | None = None, count: int = 4) -> None:
    """A draft of marketing calls to New York."""
    said = {"caller_identity": "A test", "opt_out_line": "+12125550199", "min_gap_s": 0.0}
    await room.ask(CreateCampaign(campaign=Campaign(name="spring", trunk="main", **said)))  # type: ignore[arg-type]
    path = room.path / "list.csv"
    path.write_text("phone,name\n" + "".join(f"{number(i)},Person {i}\n" for i in range(count)), "utf-8")
    await room.ask(ImportList(campaign="spring", path=str(path), attest=consent))


def view_of(room: Room) -> CampaignView:
    view = room.engine.view(Kind.CAMPAIGN, "spring")
    assert isinstance(view, CampaignView)
    return view


def test_a_draft_foresees_who_would_be_refused(tmp_path: Path) -> None:
    """Consent is missing: the pane says so before anybody starts it, while somebody watches."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await draft(room)
            assert view_of(room).holds == ()  # nobody watches, nothing is counted
            changed: set[str] = set()
            stop = room.engine.watch(lambda kind, id: changed.add(id) if kind is Kind.CAMPAIGN else None)
            view_of(room)
            changed.clear()
            await asyncio.sleep(0.5)
            assert changed == {"spring"}  # the counts have come
            view = view_of(room)
            missing = Hold("consent_missing", "without the consent the call needs", 4, None, refused=True)
            assert (view.ready, view.held, view.holds) == (0, 4, (missing,))
            stop()

    virtual(main)


def test_counts_while_a_campaign_runs_and_after(tmp_path: Path) -> None:
    """Those being called, those whose next attempt is later today, and those that are done, with their lists."""
    busy = Callee(outcome=Outcome.BUSY)

    async def main() -> None:
        async with open_room(tmp_path, lambda order: busy if order.number == number(0) else Callee()) as room:
            await draft(room, ConsentBasis.WRITTEN)
            await room.ask(AddOptOut(number=number(3)))
            await room.ask(StartCampaign(name="spring"))
            await asyncio.sleep(10)
            report = await room.ask(ShowDialable(name="spring", fresh=True))
            assert (report.total, report.ready, report.live) == (4, 0, 2)
            [retry] = report.reasons
            assert (retry.code, retry.count, retry.today, report.done) == ("retry", 1, 1, {"suppressed": 1})
            page = await room.ask(ListUndialable(name="spring", code="retry"))
            assert [contact.number for contact in page.contacts] == [number(0)]
            assert "next attempt is due" in page.contacts[0].reasons[-1] and page.contacts[0].until == retry.until
            await asyncio.sleep(60)
            [done] = (await room.ask(ListUndialable(name="spring", code="suppressed"))).contacts
            assert done.number == number(3) and "do-not-call list" in done.reasons[0]
            first = await room.ask(ListUndialable(name="spring", code="completed", limit=1))
            assert first.next is not None
            rest = await room.ask(ListUndialable(name="spring", code="completed", after=first.next))
            assert {c.number for c in (*first.contacts, *rest.contacts)} == {number(1), number(2)}
            assert rest.next is None

    virtual(main)


def test_a_campaign_that_is_deleted_is_counted_no_more(tmp_path: Path) -> None:
    """Its counts go with it; another of the same name starts anew."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await draft(room, ConsentBasis.WRITTEN)
            assert (await room.ask(ShowDialable(name="spring"))).ready == 4
            await room.ask(DeleteCampaign(name="spring"))
            with pytest.raises(Problem, match="no campaign 'spring'"):
                await room.ask(ShowDialable(name="spring"))
            await draft(room, ConsentBasis.WRITTEN, count=2)
            assert (await room.ask(ShowDialable(name="spring", fresh=True))).ready == 2

    virtual(main)


def test_a_workspace_without_a_running_engine(tmp_path: Path) -> None:
    """The contacts are read from the ledger for the question, by the same gate."""

    async def main() -> None:
        async with open_room(tmp_path, dialing=False) as room:
            await draft(room, ConsentBasis.WRITTEN)
            assert (await room.ask(ShowDialable(name="spring"))).ready == 4
            await room.ask(AddOptOut(number=number(3)))
            report = await room.ask(ShowDialable(name="spring"))
            assert (report.ready, report.refused) == (3, 1)
            page = await room.ask(ListUndialable(name="spring", code="opted_out"))
            assert [contact.name for contact in page.contacts] == ["Person 3"]

    virtual(main)


def test_a_paused_campaign_is_foreseen_too(tmp_path: Path) -> None:
    """What would hold its contacts if it were resumed now."""

    async def main() -> None:
        async with open_room(tmp_path, lambda order: Callee(talk_s=600.0)) as room:
            stop = room.engine.watch(lambda kind, id: None)
            await draft(room, ConsentBasis.WRITTEN)
            await room.ask(StartCampaign(name="spring"))
            await room.engine.handle(PauseCampaign(name="spring"), MARIA)
            await room.ask(AddOptOut(number=number(3)))
            for _ in range(3):
                view_of(room)
                await asyncio.sleep(2)
            view = view_of(room)
            assert view.live + view.ready + view.held + view.done == 4
            stop()

    virtual(main)


async def without_registry(room: Room, zone_of_rest: str = "Pacific/Honolulu") -> None:
    """A running marketing campaign before its hours, and no registry to ask."""
    for file in (room.engine._workspace.registry_path).iterdir():
        file.unlink()
    assert await room.engine.floor.safeguards.look_again(room.clock.time())
    await room.campaign((number(i) for i in range(4)), zone=zone_of_rest, purpose=Purpose.MARKETING)


def test_what_no_hour_will_end_is_told_before_the_hours_of_a_running_campaign(tmp_path: Path) -> None:
    """Its lanes are closed, but it is the missing registry that holds: on the screen, in the status, in an alert."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await without_registry(room)
            [view] = (await room.ask(GetStatus(foresee=True))).campaigns
            assert (view.state, [(h.code, h.count, h.until) for h in view.holds]) == (
                CampaignState.RUNNING,
                [("registry_none", 4, None)],
            )
            assert view.held == 4
            shown = (await room.ask(ShowCampaign(name="spring"))).view
            assert [h.code for h in shown.holds] == ["registry_none"]
            stop = room.engine.watch(lambda kind, id: None)
            view_of(room)
            await asyncio.sleep(2)
            assert [h.code for h in view_of(room).holds] == ["registry_none"]
            stop()
            alerts = [alert.sentence for alert in room.engine.floor.notices.all()]
            assert any("spring: 4 of 4 contacts will not be called at any hour" in said for said in alerts)
            assert any("was imported" in said for said in alerts)

    virtual(main)


def test_an_engine_that_starts_without_a_registry_says_so(tmp_path: Path) -> None:
    """The campaigns that run already get the alert anew."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await without_registry(room)
        workspace = Workspace.open(tmp_path / "workspace")
        engine = await Engine.open(workspace, LoopClock(NOON_EAST), dialing=True, zone="America/New_York")
        await asyncio.sleep(5)
        alerts = [alert.sentence for alert in engine.floor.notices.all()]
        await engine.close()
        assert any("spring: 4 of 4 contacts will not be called at any hour" in said for said in alerts)

    virtual(main)


def test_closed_hours_alone_are_told_as_hours(tmp_path: Path) -> None:
    """With a registry that can be asked nothing else is in the way, and no alert says so."""

    async def main() -> None:
        async with open_room(tmp_path) as room:
            await room.campaign((number(i) for i in range(4)), zone="Pacific/Honolulu", purpose=Purpose.MARKETING)
            [view] = (await room.ask(GetStatus(foresee=True))).campaigns
            assert [(h.code, h.count) for h in view.holds] == [("hours", 4)]
            assert room.engine.floor.notices.all() == ()

    virtual(main)
