"""A trunk's state beside its settings: what it does now, mending it by hand, releasing it for all numbers."""

from __future__ import annotations

import msgspec

from dialconsole.engine.board import Board
from dialconsole.engine.desk.desk import Handlers
from dialconsole.engine.desk.journal import Journal
from dialconsole.engine.desk.trunks import TrunkSection, leads_elsewhere
from dialconsole.engine.floor import Floor
from dialconsole.engine.trunks import TrunkOpener
from dialconsole.model.campaign import Trunk
from dialconsole.model.errors import Problem
from dialconsole.model.request.request import Caller, Done
from dialconsole.model.request.trunks import LockTrunk, ReleaseTrunk, ResetTrunk, ShowTrunk, TrunkReport
from dialconsole.model.text import safe_text
from dialconsole.model.view import Circuit


class TrunkStateSection:
    def __init__(self, floor: Floor, board: Board, journal: Journal, trunks: TrunkSection, opener: TrunkOpener) -> None:
        self._floor = floor
        self._board = board
        self._journal = journal
        self._trunks = trunks
        self._opener = opener

    def handlers(self) -> Handlers:
        return {
            ShowTrunk: self.show,
            ResetTrunk: self.reset,
            ReleaseTrunk: self.release,
            LockTrunk: self.lock,
        }

    async def show(self, request: ShowTrunk, caller: Caller) -> TrunkReport:
        doc = self._trunks.named(request.name)
        return TrunkReport(doc, self._board.trunk(doc.name))

    async def reset(self, request: ResetTrunk, caller: Caller) -> Done:
        """Close the circuit. A backend that could not be made, or was refused for its keys, is made anew first."""
        name = self._trunks.named(request.name).name
        care = self._floor.care.trunks[name]
        was = "agents missed" if self._floor.care.agents.misses(name) else "slowed by the carrier"
        if care.circuit is not Circuit.CLOSED:
            was = f"{care.circuit.value}: {care.cause}"
        if care.broken:
            try:
                await self._opener.renew(name)
            except Problem as problem:
                raise Problem(f"Trunk {name} stays stopped: {problem.sentence}", code=problem.code) from None
        if not self._floor.care.reset(name):
            return Done(
                sentence=f"Nothing holds trunk {name} back: its circuit is closed, its pace is whole.", changed=False
            )
        await self._journal.record(caller, "trunk reset", name, old=was, new="closed", reason=request.reason)
        self._floor.notices.tell(f"{caller.user} reset trunk {name}: its circuit is closed, its pace whole")
        return Done(sentence=f"Trunk {name} is taken for sound again: its circuit is closed, its pace whole.")

    async def release(self, request: ReleaseTrunk, caller: Caller) -> Done:
        doc = self._trunks.named(request.name)
        if request.typed != doc.name:
            raise Problem(
                f"Trunk {doc.name} was not released: its name was to be typed, and {safe_text(request.typed)!r} is "
                "another. It goes on calling its allow list alone.",
                code="not_confirmed",
            )
        if not doc.locked:
            return Done(sentence=f"Trunk {doc.name} may call any number already.", changed=False)
        if self._floor.safeguards.registry.demo:
            # The gate would hold each call; but whoever releases a trunk here takes this workspace for a real one.
            raise Problem(
                f"Trunk {doc.name} was not released: the do-not-call registry of this workspace is a DEMO one of "
                "invented numbers. Import the real one first: dialconsole registry import FILE...",
                code="registry_demo",
            )

        def released(trunk: Trunk) -> Trunk:
            if leads_elsewhere(doc, trunk):
                raise Problem(
                    f"Trunk {doc.name} was not released: somebody changed it, and it leads elsewhere since. Look at it "
                    "(dialconsole trunk show), then release it if you still want to.",
                    code="conflict",
                )
            return msgspec.structs.replace(trunk, released=True)

        await self._trunks.edit(doc.name, released)
        await self._journal.record(
            caller, "trunk released", doc.name, old="allow list", new="any number", reason=request.reason
        )
        self._floor.notices.tell(f"{caller.user} released trunk {doc.name}: it may call any number", "warning")
        return Done(sentence=f"Trunk {doc.name} may call any number now.", undo=f"trunk lock {doc.name}")

    async def lock(self, request: LockTrunk, caller: Caller) -> Done:
        doc = self._trunks.named(request.name)
        if doc.backend != "livekit":
            raise Problem(
                f"Trunk {doc.name} calls nobody real (its backend is {doc.backend}), so it has no lock.", code="no_lock"
            )
        if doc.locked:
            return Done(sentence=f"Trunk {doc.name} calls its allow list alone already.", changed=False)
        await self._trunks.edit(doc.name, lambda trunk: msgspec.structs.replace(trunk, released=False))
        await self._journal.record(
            caller, "trunk locked", doc.name, old="any number", new="allow list", reason=request.reason
        )
        count = len(doc.allowed_numbers)
        self._floor.notices.tell(f"{caller.user} locked trunk {doc.name}: only its allow list of {count} is called")
        return Done(sentence=f"Trunk {doc.name} calls only its allow list of {count} from now on; calls go on.")
