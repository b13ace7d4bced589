"""Contacts that the gate refused, on their way to the ledger: many at once, for a list may hold thousands of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from dialconsole.engine.troubles import Troubles
from dialconsole.model.outcome import ContactStatus
from dialconsole.store.ledger import Ledger


class RefusalWriter:
    """``ledger`` is asked for anew at each write; ``later`` keeps a task alive."""

    def __init__(
        self, ledger: Callable[[], Ledger], troubles: Troubles, later: Callable[[Coroutine[Any, Any, object]], None]
    ) -> None:
        self._ledger = ledger
        self._troubles = troubles
        self._later = later
        self._waiting: list[tuple[int, ContactStatus, tuple[str, ...]]] = []
        self._one_at_a_time = asyncio.Lock()

    def add(self, contact: int, status: ContactStatus, reasons: tuple[str, ...]) -> None:
        """Give a contact its final state; it is written soon."""
        if not self._waiting:
            self._later(self._write_soon())
        self._waiting.append((contact, status, reasons))

    async def _write_soon(self) -> None:
        """One transaction for all that were refused in the same turn and for the same reasons."""
        await asyncio.sleep(0)
        await self.write()

    async def write(self) -> None:
        """Returns when every refusal so far is in the ledger."""
        async with self._one_at_a_time:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                by_reason: dict[tuple[ContactStatus, tuple[str, ...]], list[int]] = {}
                for contact, status, reasons in batch:
                    by_reason.setdefault((status, reasons), []).append(contact)
                for (status, reasons), contacts in by_reason.items():
                    await self._troubles.durably(partial(self._ledger().set_contacts, contacts, status, reasons))
