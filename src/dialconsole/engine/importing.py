"""A call list into a campaign: read, recorded whole or not at all, queued.

Reading runs in a thread and is over before the ledger sees the first row. The ledger's single writer must stay free
for claims: a list of 100,000 odd numbers takes phonenumbers some seconds.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

from msgspec import Struct

from dialconsole.engine.floor import Floor
from dialconsole.model.campaign import Campaign
from dialconsole.model.contact import Contact, RejectedRow
from dialconsole.model.errors import Problem
from dialconsole.model.request import ImportReport
from dialconsole.store.ledger import LedgerFull


class _ReadList(Struct, frozen=True):
    name: str
    sha256: str
    rows: list[Contact | RejectedRow]
    duplicates: int


class ListImporter:
    """``dialing`` false: the contacts are recorded, and queued when an engine next opens the workspace."""

    def __init__(self, floor: Floor, *, dialing: bool) -> None:
        self._floor = floor
        self._dialing = dialing

    async def run(self, campaign: Campaign, path: str, columns: dict[str, str]) -> ImportReport:
        """Import one file. Raises ``Problem`` if it cannot be read or recorded; then nothing was imported."""
        floor = self._floor
        read = await asyncio.to_thread(_read, Path(path), campaign.default_region, columns)
        try:
            imported = await floor.ledger.add_list(
                campaign.name, read.name, read.sha256, floor.clock.time(), read.rows, read.duplicates
            )
        except LedgerFull as why:
            raise Problem(f"{read.name} could not be recorded: {why} Nothing was imported.", code="disk") from None
        standing = floor.standings[campaign.name]
        standing.total += imported.summary.contacts
        if self._dialing and imported.summary.contacts:
            floor.zone_sets.update(await floor.ledger.zone_sets())
            async for block in floor.ledger.queued(imported.first_contact):
                floor.queue.load(block, floor.clock.time())
        faults = Counter(row.fault.value for row in read.rows if isinstance(row, RejectedRow))
        return ImportReport(
            list=imported.summary, already_in_campaign=imported.already_in_campaign, by_fault=dict(faults)
        )


def _read(path: Path, region: str, columns: dict[str, str]) -> _ReadList:
    from dialconsole.engine.zoning import ZoningByCompliance
    from dialconsole.lists.reading import open_list

    call_list = open_list(path, default_region=region, zoning=ZoningByCompliance(), columns=columns or None)
    rows: list[Contact | RejectedRow] = []
    duplicates = 0
    for row in call_list.rows():
        if isinstance(row, (Contact, RejectedRow)):
            rows.append(row)
        else:
            duplicates += 1
    return _ReadList(call_list.name, call_list.sha256, rows, duplicates)
