"""Looking a trunk over for people: where the engine runs, because there are its keys and its way to the server."""

from __future__ import annotations

from pathlib import Path

from dialconsole.engine.desk.desk import Handlers
from dialconsole.engine.floor import Floor
from dialconsole.model.errors import Problem
from dialconsole.model.request.request import Caller
from dialconsole.model.request.trunks import CheckTrunk, TrunkCheck
from dialconsole.model.text import safe_text


class CheckSection:
    """``folder`` is the workspace. Nothing is changed here, so nothing is written into the audit."""

    def __init__(self, floor: Floor, folder: Path) -> None:
        self._floor = floor
        self._folder = folder

    def handlers(self) -> Handlers:
        return {CheckTrunk: self.check}

    async def check(self, request: CheckTrunk, caller: Caller) -> TrunkCheck:
        from dialconsole.telephony.preflight import check_trunk

        floor = self._floor
        trunk = floor.trunks.get(request.name)
        if trunk is None:
            there = ", ".join(sorted(floor.trunks)) or "none yet (dialconsole trunk add)"
            raise Problem(f"There is no trunk {safe_text(request.name)!r}; there are: {there}.", code="unknown_trunk")
        rings = [doc.ring_timeout_s for doc in floor.campaigns.values() if doc.trunk == trunk.name]
        findings = await check_trunk(
            trunk, clock=floor.clock, folder=self._folder, ring_timeout_s=max(rings, default=0.0)
        )
        return TrunkCheck(trunk=trunk.name, backend=trunk.backend, findings=findings)
