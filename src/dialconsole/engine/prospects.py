"""When a contact that waits may be called, and why not now: for exports, from files alone.

The same gate and the same way from hold to hold (``outlook``) as everywhere, over what is on disk: no engine is asked,
so an export costs a running one nothing. Reads the ledger over the caller's connection, as it is at one instant.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from functools import partial
from pathlib import Path
from typing import Self

from msgspec import structs

from dialconsole.compliance.gate import ProposedCall
from dialconsole.engine.outlook import outlook
from dialconsole.engine.safeguards import Safeguards, proposed
from dialconsole.model.campaign import Campaign, Trunk
from dialconsole.model.optout import OptOut
from dialconsole.model.outcome import CampaignState, ContactStatus
from dialconsole.model.place import Place
from dialconsole.store import reading
from dialconsole.store.documents import Documents
from dialconsole.store.ledger import ContactRecord
from dialconsole.store.places import DOCUMENTS, REGISTRY


class Prospects:
    """``at``: POSIX seconds at which contacts are judged."""

    def __init__(
        self, safeguards: Safeguards, campaigns: dict[str, Campaign], trunks: dict[str, Trunk], at: float
    ) -> None:
        self._safeguards = safeguards
        self._campaigns = campaigns
        self._trunks = trunks
        self._at = at

    @classmethod
    def read(cls, workspace: Path, connection: sqlite3.Connection) -> Self:
        """What there is on disk. Blocking. Raises ``Problem``.

        Contacts are judged now; those of a demonstration or simulation, whose clock is its own, at its last event.
        """
        documents = Documents.open(workspace / DOCUMENTS)
        at = reading.last_event_at(connection) if documents.info.demo else None
        at = time.time() if at is None else at
        safeguards = Safeguards(workspace / REGISTRY, documents.calendar.values())
        asyncio.run(safeguards.load(_Calls(connection), at))
        return cls(safeguards, documents.campaigns, documents.trunks, at)

    def told(self, contact: ContactRecord) -> ContactRecord:
        """The contact, with ``reasons`` and ``next_at`` as the gate says if it waits. Others stay as they are.

        What the ledger says of the last call goes first. ``next_at`` is the first instant at which it may be called as
        things stand; ``None`` if it may be called at once, or if no time is known.
        """
        campaign = self._campaigns.get(contact.campaign)
        if campaign is None or contact.status.final or contact.status is ContactStatus.CALLING:
            return contact
        due = max(self._at, contact.next_at or 0.0)
        judge = partial(self._safeguards.gate.judge, self._proposed(contact, campaign, CampaignState.RUNNING))
        seen = outlook(judge, due)
        if not seen.verdict.clear:
            return structs.replace(contact, reasons=(*contact.reasons, *seen.verdict.reasons), next_at=seen.first)
        if due > self._at or campaign.state is CampaignState.RUNNING:
            return contact
        stands = self._safeguards.gate.judge(self._proposed(contact, campaign, campaign.state), due)
        return structs.replace(contact, reasons=(*contact.reasons, *stands.reasons))

    def _proposed(self, contact: ContactRecord, campaign: Campaign, state: CampaignState) -> ProposedCall:
        place = Place(contact.zones, contact.jurisdictions)
        trunk = self._trunks.get(campaign.trunk)
        return proposed(campaign, state, int(contact.number[1:]), place, contact.facts, contact.attempts, trunk)

    def close(self) -> None:
        self._safeguards.close()


class _Calls:
    """What ``Safeguards`` reads of a ledger, over a connection that only reads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def opt_outs(self) -> list[OptOut]:
        return reading.opt_outs(self._connection)

    async def recent_calls(self, since: float) -> list[tuple[int, float]]:
        return reading.recent_calls(self._connection, since)

    async def history(self, since: float) -> list[tuple[int, float, float | None]]:
        return reading.history(self._connection, since)
