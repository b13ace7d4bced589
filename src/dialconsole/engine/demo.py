"""The demonstration: a workspace in which there is always something to see.

It starts on a Tuesday at 10:10 Eastern: the East is open, the Pacific is not, so one campaign is held and everybody
can see why. One is paused, one dials a number for each outcome there is, one calls a clinic's patients. One calls New
Jersey, whose do-not-call list is a day too old: it dials nobody until the fresh list, which lies ready in the
workspace, is imported.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from dialconsole.clock import Clock
from dialconsole.compliance.registry.demo import write_demo_registry
from dialconsole.compliance.registry.header import GOOD_FOR_DAYS, Kind
from dialconsole.compliance.registry.importing import import_registry
from dialconsole.engine.engine import Engine
from dialconsole.model.campaign import Campaign, Limits, RetryPolicy, Trunk
from dialconsole.model.optout import OptOutSource
from dialconsole.model.purpose import ConsentBasis, Purpose
from dialconsole.model.request.campaigns import CreateCampaign, PauseCampaign, StartCampaign
from dialconsole.model.request.lists import ImportList
from dialconsole.model.request.optouts import AddOptOut
from dialconsole.model.request.request import Caller
from dialconsole.model.request.trunks import AddTrunk
from dialconsole.model.view import Role
from dialconsole.resources import folder
from dialconsole.store.workspace import Workspace

DEMO_START = datetime(2026, 3, 3, 15, 10, tzinfo=UTC)
"""Tuesday, 10:10 Eastern, five days before the clocks change."""

DEMO_ZONE = "America/New_York"

TRAINER = Caller(user="trainer", uid=-1, pid=0, role=Role.ADMIN)

_TRUNKS = (
    Trunk(name="main", limits=Limits(max_concurrent=12, calls_per_minute=30, calls_per_second=1.0)),
    Trunk(name="backup", limits=Limits(max_concurrent=6, calls_per_minute=20, calls_per_second=0.5)),
)

_SAID: dict[str, Any] = {"caller_identity": "Hillside Clinic", "opt_out_line": "+12125550199"}

_OWN = Limits(calls_per_minute=20)
"""Below its trunk's, so that the keys of the pace do something at the first try, both ways."""

_CAMPAIGNS = (
    (
        Campaign(name="reminders", trunk="main", weight=2, limits=_OWN, purpose=Purpose.INFORMATIONAL, **_SAID),
        "clinic_reminders.csv",
    ),
    (
        Campaign(name="outcomes", trunk="main", retry=RetryPolicy(busy_s=60.0, no_answer_s=300.0), **_SAID),
        "numbers.csv",
    ),
    (
        Campaign(name="survey", trunk="backup", limits=Limits(max_concurrent=3), purpose=Purpose.SURVEY, **_SAID),
        "survey_small.csv",
    ),
    (Campaign(name="arrears", trunk="backup", purpose=Purpose.DEBT_COLLECTION, **_SAID), "arrears.csv"),
)

STALE = Campaign(name="renewals", trunk="backup", purpose=Purpose.INFORMATIONAL, **_SAID)
"""The campaign that a registry holds."""

STALE_LIST, FRESH_FILE = "us-nj", "new_jersey.csv"

_NEW_JERSEY = tuple(f"{code}55501{line}" for code in (201, 732, 973) for line in range(24, 34))
"""Nobody in the sample lists lives there, so no other campaign is held."""
_LISTED = ("2015550198", "7325550198", "9735550198")

_DO_NOT_CALL = (
    ("+12125550160", OptOutSource.OPERATOR, "asked in writing"),
    ("+13035550103", OptOutSource.OPERATOR, "please stop calling"),
    ("+14045550188", OptOutSource.OPERATOR, "wrong person"),
)


async def prepare_demo(path: Path, clock: Clock, *, scenario: str = "basic") -> Workspace:
    """Make the workspace of the demonstration at ``path``; its engine is then opened like any other."""
    workspace = Workspace.create(path, name="clinic", demo=True, at=clock.time())
    await asyncio.to_thread(_write_registries, workspace, clock.time())
    engine = await Engine.open(workspace, clock, dialing=False, zone=DEMO_ZONE)
    try:
        await _fill(engine, scenario, path)
    finally:
        await engine.close()
    return workspace


async def _fill(engine: Engine, scenario: str, folder_of_lists: Path) -> None:
    samples = folder("sample_lists")
    for trunk in _TRUNKS:
        await engine.handle(AddTrunk(trunk=_with_scenario(trunk, scenario)), TRAINER)
    for number, source, reason in _DO_NOT_CALL:
        await engine.handle(AddOptOut(number=number, source=source, reason=reason), TRAINER)
    for campaign, sample in _CAMPAIGNS:
        await engine.handle(CreateCampaign(campaign=campaign), TRAINER)
        file = str(samples / sample)
        await engine.handle(ImportList(campaign=campaign.name, path=file, attest=ConsentBasis.WRITTEN), TRAINER)
        await engine.handle(StartCampaign(name=campaign.name), TRAINER)
    await _renew(engine, folder_of_lists)
    await engine.handle(PauseCampaign(name="survey", reason="new script"), TRAINER)


async def _renew(engine: Engine, folder_of_lists: Path) -> None:
    await engine.handle(CreateCampaign(campaign=STALE), TRAINER)
    path = folder_of_lists / "renewals.csv"
    path.write_text("".join(["phone,name\n", *(f"{n},Member {i}\n" for i, n in enumerate(_NEW_JERSEY, 1))]), "utf-8")
    await engine.handle(ImportList(campaign=STALE.name, path=str(path), attest=ConsentBasis.WRITTEN), TRAINER)
    await engine.handle(StartCampaign(name=STALE.name), TRAINER)


def _write_registries(workspace: Workspace, now: float) -> None:
    """The demo registry of today, and New Jersey's list as it was a day too long ago."""
    write_demo_registry(workspace.registry_path, now)
    fresh = workspace.path / FRESH_FILE
    fresh.write_text("".join(f"{number}\n" for number in _LISTED), "utf-8")
    obtained = demo_day(now) - timedelta(days=GOOD_FOR_DAYS + 1)
    import_registry(workspace.registry_path, [fresh], obtained=obtained, kind=Kind.STATE, list_name=STALE_LIST)


def demo_day(now: float) -> date:
    """The day (UTC) of a demonstration, from which its registry counts."""
    return datetime.fromtimestamp(now, UTC).date()


def _with_scenario(trunk: Trunk, scenario: str) -> Trunk:
    return Trunk(name=trunk.name, limits=trunk.limits, scenario=scenario, caller_ids=trunk.caller_ids)
