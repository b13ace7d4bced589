"""A call list into a campaign: read, recorded whole or not at all, queued.

The file is read in a thread and recorded block by block between the claims of calls, so a list of any length delays no
call and is never in memory as a whole.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dialconsole.engine.floor import Floor
from dialconsole.model.campaign import Campaign
from dialconsole.model.contact import Contact, Duplicate, RejectedRow
from dialconsole.model.errors import Problem
from dialconsole.model.facts import ContactFacts
from dialconsole.model.request import ImportReport
from dialconsole.store.ledger import ImportedList, LedgerFull

if TYPE_CHECKING:
    from dialconsole.lists.reading import CallList


class ListImporter:
    """``dialing`` false: the contacts are recorded, and queued when an engine next opens the workspace."""

    def __init__(self, floor: Floor, *, dialing: bool) -> None:
        self._floor = floor
        self._dialing = dialing

    async def run(
        self, campaign: Campaign, path: str, columns: dict[str, str], attested: ContactFacts | None
    ) -> ImportReport:
        """Import one file. Raises ``Problem`` if it cannot be read or recorded; then nothing was imported.

        ``attested``: what somebody vouches for where a row itself says nothing.
        """
        floor = self._floor
        now = floor.clock.time()
        call_list = await asyncio.to_thread(_open, Path(path), campaign, columns, attested, now)
        faults: Counter[str] = Counter()
        try:
            imported = await floor.ledger.add_list(
                campaign.name, call_list.name, call_list.sha256, floor.clock.time(), _counting(call_list, faults)
            )
        except LedgerFull as why:
            raise Problem(f"{call_list.name} could not be recorded: {why} Nothing was imported.", code="disk") from None
        await self._take_up(campaign, imported)
        return ImportReport(
            list=imported.summary, already_in_campaign=imported.already_in_campaign, by_fault=dict(faults)
        )

    async def add_one(self, campaign: Campaign, contact: Contact, source: str) -> int:
        """A single contact that no file names; returns its id. Raises ``Problem`` if it cannot be recorded."""
        floor = self._floor
        try:
            imported = await floor.ledger.add_list(campaign.name, source, "", floor.clock.time(), [contact])
        except LedgerFull as why:
            raise Problem(f"{contact.number} could not be recorded: {why} Nothing is dialed.", code="disk") from None
        await self._take_up(campaign, imported)
        return imported.first_contact

    async def _take_up(self, campaign: Campaign, imported: ImportedList) -> None:
        self._floor.standings[campaign.name].total += imported.summary.contacts
        if self._dialing and imported.summary.contacts:
            await self._queue(imported.first_contact)

    async def _queue(self, first_contact: int) -> None:
        floor = self._floor
        floor.places.update(await floor.ledger.places())
        floor.facts.update(await floor.ledger.facts())
        async for block in floor.ledger.queued(first_contact):
            floor.queue.load(block, floor.clock.time())


def _open(
    path: Path, campaign: Campaign, columns: dict[str, str], attested: ContactFacts | None, now: float
) -> CallList:
    from dialconsole.engine.zoning import ZoningByCompliance
    from dialconsole.lists.reading import open_list

    zoning = ZoningByCompliance(zone_authoritative=campaign.zone_authoritative)
    return open_list(
        path, default_region=campaign.default_region, zoning=zoning, columns=columns or None, attested=attested, now=now
    )


def _counting(call_list: CallList, faults: Counter[str]) -> Iterator[Contact | RejectedRow | Duplicate]:
    for row in call_list.rows():
        if isinstance(row, RejectedRow):
            faults[row.fault.value] += 1
        yield row
