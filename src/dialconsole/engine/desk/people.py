"""Who may do what, and the end of the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from dialconsole.engine.desk.desk import Handlers
from dialconsole.engine.desk.journal import Journal
from dialconsole.model.campaign import Operator
from dialconsole.model.errors import Problem
from dialconsole.model.request.people import GrantRole, ListOperators, StopEngine
from dialconsole.model.request.request import Caller, Done
from dialconsole.model.text import safe_text
from dialconsole.store.documents import Documents

MOST_DRAIN_S = 3600.0

Stop = Callable[[float, "asyncio.Task[str]"], None]
"""Begins to stop the engine: real seconds for the calls in progress, and what should be written before the end."""


class PeopleSection:
    def __init__(self, documents: Documents, journal: Journal, owner: int, stop: Stop, *, dialing: bool) -> None:
        self._documents = documents
        self._journal = journal
        self._owner = owner
        self._stop = stop
        self._dialing = dialing
        self.taken_away_by: dict[int, str] = {}
        """Uid and who revoked its role, for the sentence in consoles that are open; the audit has it for good."""

    def handlers(self) -> Handlers:
        return {ListOperators: self.all, GrantRole: self.grant, StopEngine: self.stop}

    async def all(self, request: ListOperators, caller: Caller) -> tuple[Operator, ...]:
        return tuple(self._documents.operators.values())

    async def grant(self, request: GrantRole, caller: Caller) -> Done:
        if request.uid == self._owner:
            raise Problem("The owner of the workspace is always admin; that cannot be changed.", code="owner")
        before = self._documents.operators.get(request.uid)
        old = before.role if before else "none"
        name = safe_text(request.name, 40) or str(request.uid)
        if request.role is None:
            if before is None:
                return Done(sentence=f"{name} has no rights here already.", changed=False)
            self.taken_away_by[request.uid] = caller.user
            await self._documents.remove_operator(request.uid)
        else:
            self.taken_away_by.pop(request.uid, None)
            await self._documents.put_operator(Operator(uid=request.uid, name=name, role=request.role.value))
        new = request.role.value if request.role else "none"
        await self._journal.record(caller, "role", f"{name} ({request.uid})", old=old, new=new)
        return Done(sentence=f"{name}: {new} (was {old}). It holds at once.")

    async def stop(self, request: StopEngine, caller: Caller) -> Done:
        if not self._dialing:
            raise Problem("No engine is running on this workspace.", code="no_engine")
        drain = max(0.0, min(request.drain_s, MOST_DRAIN_S))
        # A stop waits for no disk: no call begins from here on, whether this can be written down or not.
        audited = asyncio.create_task(self._audit_stop(drain, request, caller))
        self._stop(drain, audited)
        unaudited = await asyncio.shield(audited)
        return Done(sentence=f"The engine stops: no new calls, up to {drain:g} s for the ones in progress.{unaudited}")

    async def _audit_stop(self, drain_s: float, request: StopEngine, caller: Caller) -> str:
        """What to say of the audit, if it could not be written."""
        try:
            await self._journal.record(
                caller, "engine stopped", "engine", new=f"drain {drain_s:g} s", reason=request.reason
            )
        except Problem as problem:
            return f" {problem.sentence}"
        return ""
