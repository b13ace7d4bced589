"""Contacts that the gate refused are looked at again when what refused them may have changed.

A refusal is final: nobody asks again by itself whether a person may be called after all. But an edit of a campaign, or
an opt-out that is taken back, is a person's word, and a list that was refused for the wrong setting is not worth
importing anew. Contacts that were refused before any call go back into the queue, durably, and the gate is asked as if
for the first time; whom it refuses again is final again. Contacts that were called stay as they are: their calls, and
not the gate, decided about them.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial

from dialconsole.engine.floor import Floor
from dialconsole.model.campaign import TEST_CALLS
from dialconsole.model.outcome import ContactStatus
from dialconsole.store.ledger import LedgerFull, QueuedContact

DECIDING = frozenset({"purpose", "voice", "registry_exempt", "client"})
"""Settings of a campaign that decide whether somebody is refused: consent, registries, opt-outs of a client."""

Block = Callable[[int], Awaitable[list[QueuedContact]]]
"""The next contacts, from an id on."""


class SecondLook:
    """``dialing`` false: there is no queue; the next engine's has them, because the ledger does."""

    def __init__(self, floor: Floor, *, dialing: bool) -> None:
        self._floor = floor
        self._dialing = dialing
        self._one_at_a_time = asyncio.Lock()
        """Nobody else may return contacts between their being read and their return: they would be called twice."""

    async def at_campaign(self, name: str) -> int:
        """A deciding setting of the campaign has changed. How many of its contacts are looked at again."""
        ledger = self._floor.ledger
        counts = Counter[str]()
        for status in (ContactStatus.FAILED, ContactStatus.SUPPRESSED):
            counts += await self._take_back(status, partial(ledger.refused_contacts, status=status, campaign=name))
        return counts[name]

    async def at_number(self, number: str) -> Counter[str]:
        """An entry of the do-not-call list, number or pattern, was taken off. How many contacts of each campaign."""
        status = ContactStatus.SUPPRESSED
        return await self._take_back(status, partial(self._floor.ledger.refused_contacts, status=status, number=number))

    async def _take_back(self, status: ContactStatus, refused: Block) -> Counter[str]:
        """In blocks, and each contact once: the gate may refuse the first again while the last are read."""
        floor, counts, first = self._floor, Counter[str](), 1
        try:
            async with self._one_at_a_time:
                await floor.refusal_writer.write()
                while block := await refused(first):
                    first = block[-1].id + 1
                    block = [contact for contact in block if contact.campaign != TEST_CALLS]
                    await floor.ledger.set_contacts([contact.id for contact in block], ContactStatus.PENDING, ())
                    counts += self._readmit(block, status)
                    await asyncio.sleep(0)
        except LedgerFull as why:  # those that are left stay refused
            floor.troubles.disk_refused(why)
        for campaign in counts:
            floor.wake(campaign)
        return counts

    def _readmit(self, block: list[QueuedContact], status: ContactStatus) -> Counter[str]:
        """Those whose campaign is still there."""
        floor = self._floor
        block = [contact for contact in block if contact.campaign in floor.standings]
        if self._dialing:
            floor.queue.readmit(block, floor.clock.time())
        counts = Counter(contact.campaign for contact in block)
        for campaign, count in counts.items():
            floor.standings[campaign].final[status] -= count
        floor.moves += 1
        return counts
