"""Writing down who changed what, before they are told that it is done."""

from __future__ import annotations

from dialconsole.clock import Clock
from dialconsole.model.errors import Problem
from dialconsole.model.request import Caller
from dialconsole.model.text import safe_text
from dialconsole.store.ledger import Ledger, LedgerFull


class Journal:
    """The audit, as the desk writes it."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    async def record(
        self, caller: Caller, action: str, subject: str, *, old: str = "", new: str = "", reason: str = ""
    ) -> None:
        """One durable entry. If the disk takes none, says so: the change itself holds."""
        try:
            await self._ledger.add_audit(self._clock.time(), caller.user, action, subject, old, new, safe_text(reason))
        except LedgerFull as why:
            raise Problem(f"Done, but it could not be written to the audit: {why}", code="not_audited") from None
