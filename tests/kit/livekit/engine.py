"""An engine on real servers: queue, gate, limiter, ledger and LiveKit backend, at an hour when people may be called."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

from msgspec import Struct

from dialconsole.clock import LoopClock
from dialconsole.engine.engine import Engine
from dialconsole.model.attempt import AttemptRecord
from dialconsole.model.campaign import Campaign, RetryPolicy, Trunk
from dialconsole.model.outcome import CampaignState
from dialconsole.model.purpose import ConsentBasis, Purpose
from dialconsole.model.request.campaigns import CreateCampaign, StartCampaign
from dialconsole.model.request.lists import ImportList
from dialconsole.model.request.looking import ListCalls
from dialconsole.model.request.trunks import AddTrunk, ReleaseTrunk
from dialconsole.store.workspace import Workspace
from kit.engine import MARIA, NOON_EAST
from kit.livekit.calls import write_keys
from kit.registry import write_real_registry

CAMPAIGN = "spring"


class Site(Struct):
    """An open engine with one trunk, ``real``. Its clock began at noon in New York; it goes as fast as any."""

    engine: Engine
    path: Path

    async def campaign(self, numbers: Iterable[str], **settings: Any) -> None:
        """A running campaign; each contact is tried once, and again at once if nothing was dialed."""
        usual: dict[str, Any] = {
            "caller_identity": "A test",
            "opt_out_line": "+12125550199",
            "purpose": Purpose.INFORMATIONAL,
            "retry": RetryPolicy(max_attempts=1, trunk_fault_s=2.0),
            "ring_timeout_s": 15.0,
            "min_gap_s": 0.0,
        }
        document = Campaign(name=CAMPAIGN, trunk="real", **(usual | settings))
        await self.engine.handle(CreateCampaign(campaign=document), MARIA)
        rows = "".join(f"{number},Person {index},America/New_York\n" for index, number in enumerate(numbers))
        path = self.path / "spring.csv"
        path.write_text(f"phone,name,timezone\n{rows}", "utf-8")
        await self.engine.handle(ImportList(campaign=CAMPAIGN, path=str(path), attest=ConsentBasis.WRITTEN), MARIA)
        await self.engine.handle(StartCampaign(name=CAMPAIGN), MARIA)

    @property
    def finished(self) -> bool:
        return self.engine.floor.campaigns[CAMPAIGN].state is CampaignState.FINISHED

    def told(self) -> str:
        """Where the campaign stands."""
        standing = self.engine.floor.standings[CAMPAIGN]
        return f"{standing.live} live, {dict(standing.final)} of {standing.total}"

    async def attempts(self) -> list[AttemptRecord]:
        """All that the ledger has, oldest first."""
        page = await self.engine.handle(ListCalls(limit=1000), MARIA)
        return sorted(page.attempts, key=lambda attempt: attempt.seq)


@contextlib.asynccontextmanager
async def open_site(path: Path, trunk: Trunk) -> AsyncIterator[Site]:
    clock = LoopClock(NOON_EAST)
    workspace = Workspace.create(path / "workspace", id="0000cafe", at=clock.time())
    write_real_registry(workspace.registry_path, clock.time())
    write_keys(workspace.path)
    engine = await Engine.open(workspace, clock, dialing=True, zone="America/New_York")
    try:
        await engine.handle(AddTrunk(trunk=trunk), MARIA)
        await engine.handle(ReleaseTrunk(name=trunk.name, typed=trunk.name), MARIA)
        yield Site(engine, path)
    finally:
        await engine.close()
