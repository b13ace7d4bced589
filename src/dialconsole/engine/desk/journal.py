"""Writing down who changed what, before they are told that it is done."""

from __future__ import annotations

from functools import partial

from dialconsole.engine.floor import Floor
from dialconsole.model.errors import Problem
from dialconsole.model.request.request import Caller
from dialconsole.model.text import safe_text
from dialconsole.store.ledger import LedgerFull


class Journal:
    """The audit, as the desk writes it."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    async def record(
        self, caller: Caller, action: str, subject: str, *, old: str = "", new: str = "", reason: str = ""
    ) -> None:
        """One durable entry. If the disk takes none, says so: the change itself holds."""
        at = self._floor.clock.time()
        try:
            await self._add(at, caller.user, action, subject, old, new, safe_text(reason))
        except LedgerFull as why:
            raise Problem(f"Done, but it could not be written to the audit: {why}", code="not_audited") from None

    async def note(
        self, caller: Caller, action: str, subject: str, *, old: str = "", new: str = "", reason: str = ""
    ) -> None:
        """One entry of what only forbids calls and therefore never fails: what the disk refuses now is written when it
        takes records again, with the time at which it was done."""
        entry = self._floor.clock.time(), caller.user, action, subject, old, new, safe_text(reason)
        try:
            await self._add(*entry)
        except LedgerFull:
            troubles = self._floor.troubles
            self._floor.later(troubles.durably(partial(self._add, *entry)))

    async def _add(self, at: float, who: str, action: str, subject: str, old: str, new: str, reason: str) -> None:
        await self._floor.ledger.add_audit(at, who, action, subject, old, new, reason)
