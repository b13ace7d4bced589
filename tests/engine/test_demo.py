"""The demonstration: a campaign that a stale registry holds, and how it comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from dialconsole.clock import LoopClock, run_virtual
from dialconsole.compliance.registry.importing import import_registry
from dialconsole.engine.demo import (
    DEMO_START,
    DEMO_ZONE,
    FRESH_FILE,
    STALE,
    STALE_LIST,
    TRAINER,
    demo_day,
    prepare_demo,
)
from dialconsole.engine.engine import Engine
from dialconsole.model.request.looking import ListCalls, ShowCampaign, ShowDialable
from dialconsole.model.request.rules import ReloadRegistry
from dialconsole.store.workspace import Workspace

Script = Callable[[Engine, Workspace], Awaitable[None]]


def demonstrate(folder: Path, script: Script) -> None:
    async def main() -> None:
        clock = LoopClock(DEMO_START)
        workspace = await prepare_demo(folder / "clinic", clock)
        engine = await Engine.open(workspace, clock, dialing=True, zone=DEMO_ZONE)
        try:
            await script(engine, workspace)
        finally:
            await engine.close()

    run_virtual(main)


async def calls(engine: Engine) -> int:
    return len((await engine.handle(ListCalls(campaign=STALE.name), TRAINER)).attempts)


def test_a_stale_registry_holds_one_campaign_until_a_fresh_one_is_imported(tmp_path: Path) -> None:
    """It dials nobody and says why; after the import it goes on by itself. The other campaigns are not touched."""

    async def script(engine: Engine, workspace: Workspace) -> None:
        await asyncio.sleep(300)
        assert await calls(engine) == 0
        view = (await engine.handle(ShowCampaign(name=STALE.name), TRAINER)).view
        assert [(hold.code, hold.sentence, hold.count) for hold in view.holds] == [
            ("registry_too_old", "the registry is too old", view.total)
        ]
        report = await engine.handle(ShowDialable(name=STALE.name), TRAINER)
        assert report.waiting == report.total and "32 days old" in report.reasons[0].sentence
        for name in set(engine.floor.campaigns) - {STALE.name}:
            others = await engine.handle(ShowDialable(name=name), TRAINER)
            assert not any(reason.code == "registry_too_old" for reason in others.reasons), name
        fresh, today = workspace.path / FRESH_FILE, demo_day(engine.floor.clock.time())
        import_registry(workspace.registry_path, [fresh], obtained=today, kind="state", list_name=STALE_LIST)
        assert (await engine.handle(ReloadRegistry(what="New Jersey"), TRAINER)).changed
        after = await engine.handle(ShowDialable(name=STALE.name, fresh=True), TRAINER)
        assert after.ready + after.live == report.total
        await asyncio.sleep(300)
        assert await calls(engine) > 5

    demonstrate(tmp_path, script)


def test_the_first_minute_of_the_demonstration(tmp_path: Path) -> None:
    """Two campaigns call, one is paused, one waits for the West, one for its registry; nothing else warns."""

    async def script(engine: Engine, workspace: Workspace) -> None:
        await asyncio.sleep(60)
        views = {name: engine.board.campaign(name) for name in engine.floor.campaigns}
        held = {name: view.holds[0].code for name, view in views.items() if view.holds and not view.ready}
        assert held == {"arrears": "hours", STALE.name: "registry_too_old"}
        warnings = [alert.sentence for alert in engine.floor.notices.all() if alert.severity != "info"]
        assert len([sentence for sentence in warnings if "do-not-call list" in sentence]) == 1

    demonstrate(tmp_path, script)


def test_the_keys_of_the_pace_do_something_at_the_first_try(tmp_path: Path) -> None:
    """The README says to try + and -: the campaign that calls has a limit of its own, with room above it."""

    async def script(engine: Engine, workspace: Workspace) -> None:
        own = engine.floor.campaigns["reminders"].limits.calls_per_minute
        trunk = engine.floor.trunks["main"].limits.calls_per_minute
        assert own is not None and trunk is not None
        assert 1 < own < trunk

    demonstrate(tmp_path, script)


@pytest.mark.parametrize("name", ["arrears", "survey", "reminders"])
def test_every_campaign_is_counted(tmp_path: Path, name: str) -> None:
    """Each contact of the demonstration is callable, waits for a reason, is refused for one, or is done."""

    async def script(engine: Engine, workspace: Workspace) -> None:
        report = await engine.handle(ShowDialable(name=name, fresh=True), TRAINER)
        assert report.open + report.live + sum(report.done.values()) == report.total > 0
        assert sum(reason.count for reason in report.reasons) == report.open - report.ready

    demonstrate(tmp_path, script)
