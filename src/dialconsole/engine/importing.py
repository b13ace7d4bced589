"""A call list into a campaign: read, recorded whole or not at all, queued.

The rows come in blocks from a reader beside the engine (``list_sources``) and are recorded between the claims of calls,
so a list of any length delays no call and is never in memory as a whole. Everybody sees how far it is, and whoever may
import may stop it; what was recorded of it then counts for nothing and is cleared away.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from dialconsole.engine.floor import Floor
from dialconsole.model.campaign import Campaign
from dialconsole.model.errors import Problem
from dialconsole.model.facts import ContactFacts
from dialconsole.model.request.lists import ImportList, ImportReport
from dialconsole.model.request.request import Done
from dialconsole.model.text import safe_text
from dialconsole.model.view import ImportView, Kind
from dialconsole.store.ledger import ImportedList, LedgerFull, NewContacts

if TYPE_CHECKING:
    from dialconsole.engine.list_reader import Job, Opened, Said, Written
    from dialconsole.engine.list_sources import ListSource
    from dialconsole.model.contact import Contact
    from dialconsole.store.blocks import Block

_KILLED = "Reading {} was ended from outside (out of memory?). Nothing was imported; try again."


class _Import:
    """One list on its way in."""

    def __init__(self, view: ImportView) -> None:
        self.view = view
        self.source: ListSource | None = None
        self.said: Iterator[Said] = iter(())
        self.by_fault: Counter[str] = Counter()
        self.notes: tuple[str, ...] = ()
        self.cancelled_by = ""
        self._ended = False
        self.over: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        """Whether it came in."""

    def begin(self, job: Job, folder: Path) -> Opened:
        """Start the reader and wait for its first word. Blocks."""
        from dialconsole.engine.list_reader import Opened
        from dialconsole.engine.list_sources import source_of

        self.source = source_of(job, folder)
        if self._ended:  # whoever asked went while it was starting
            self.source.close()
        self.said = self.source.said()
        said = None if self.cancelled_by else next(self.said, None)
        if not isinstance(said, Opened):
            raise self.problem(said)
        return said

    def cancel(self, who: str) -> None:
        self.cancelled_by = who
        if self.source is not None:
            self.source.stop()

    def end(self) -> None:
        """Give the reader back. Blocks for a moment."""
        self._ended = True
        if self.source is not None:
            self.source.close()

    def problem(self, said: Said | None) -> Problem:
        """Why the reader did not go on."""
        from dialconsole.engine.list_reader import Failed

        if self.cancelled_by:
            sentence = f"The import of {self.view.list} was cancelled by {self.cancelled_by}. Nothing was imported."
            return Problem(sentence, code="cancelled")
        if isinstance(said, Failed):
            return Problem(said.sentence, code=said.code)
        return Problem(_KILLED.format(self.view.list), code="list_reader")


class ListImporter:
    """``dialing`` false: the contacts are recorded, and queued when an engine next opens the workspace."""

    def __init__(self, floor: Floor, *, dialing: bool) -> None:
        self._floor = floor
        self._dialing = dialing
        self._imports: dict[str, _Import] = {}
        self._ids = itertools.count(1)

    async def run(self, request: ImportList, campaign: Campaign, attested: ContactFacts | None) -> ImportReport:
        """Import one file. Raises ``Problem`` if it cannot be read or recorded; then nothing was imported.

        ``attested``: what somebody vouches for where a row itself says nothing.
        """
        from dialconsole.engine.list_reader import Job

        floor, id = self._floor, request.id or f"import-{next(self._ids)}"
        if id in self._imports:
            raise Problem(f"An import with the id {id!r} is running already.", code="exists")
        job = Job(
            path=request.path,
            region=campaign.default_region,
            columns=request.columns,
            sheet=request.sheet,
            zone_authoritative=campaign.zone_authoritative,
            attested=attested,
            now=floor.clock.time(),
            ignored=request.ignored,
        )
        view = ImportView(
            id=id, campaign=campaign.name, list=safe_text(Path(request.path).name), since=floor.clock.time()
        )
        current = self._imports[id] = _Import(view)
        try:
            with floor.ledger.incoming() as folder:
                try:
                    return await self._run(current, job, folder)
                finally:
                    await asyncio.to_thread(current.end)
        except LedgerFull as why:
            raise Problem(f"{view.list} could not be recorded: {why} Nothing was imported.", code="disk") from None
        finally:
            self._forget(current)

    async def cancel(self, id: str, who: str) -> Done:
        """Stop an import; returns when nothing of it is left, or when it was too late."""
        current = self._imports.get(id)
        if current is None:
            return Done(sentence="That import is over already.", changed=False)
        current.cancel(who)
        if await asyncio.shield(current.over):
            return Done(sentence=f"{current.view.list} had come in already; it is complete.", changed=False)
        return Done(sentence=f"The import of {current.view.list} is cancelled; nothing of it was imported.")

    async def close(self) -> None:
        """End what is still running."""
        for current in list(self._imports.values()):
            await self.cancel(current.view.id, "the end of the engine")

    # -- one of them --

    async def _run(self, current: _Import, job: Job, folder: Path) -> ImportReport:
        self._show(current)
        opened = await asyncio.to_thread(current.begin, job, folder)
        floor, campaign = self._floor, current.view.campaign
        blocks = self._blocks(current, asyncio.get_running_loop())
        new: list[NewContacts] = []
        imported = await floor.ledger.add_blocks(
            campaign, opened.name, opened.sha256, floor.clock.time(), blocks, opened.columns,
            arrived=new.append if self._dialing else None,
        )  # fmt: skip
        current.over.set_result(True)
        await self._take_up(campaign, imported, new)
        return ImportReport(
            list=imported.summary,
            already_in_campaign=imported.already_in_campaign,
            by_fault=dict(sorted(current.by_fault.items())),
            notes=current.notes,
        )

    def _forget(self, current: _Import) -> None:
        del self._imports[current.view.id]
        self._floor.imports.pop(current.view.id, None)
        self._floor.mark(Kind.IMPORT, current.view.id)
        if not current.over.done():
            current.over.set_result(False)

    def _blocks(self, current: _Import, loop: asyncio.AbstractEventLoop) -> Iterator[Block]:
        """Runs in a thread of the ledger's."""
        from dialconsole.engine.list_reader import Ended, Written

        for said in current.said:
            if isinstance(said, Written) and not current.cancelled_by:
                self._count(current, said)
                loop.call_soon_threadsafe(self._show, current)
                yield said.block
            elif isinstance(said, Ended) and not current.cancelled_by:
                current.notes = said.notes
                return
            else:
                raise current.problem(said)
        raise current.problem(None)

    def _count(self, current: _Import, written: Written) -> None:
        floor, view, block = self._floor, current.view, written.block
        current.by_fault.update(block.rejected)
        rows = view.rows + block.rows
        seconds = (floor.clock.time() - view.since) / floor.clock.rate
        current.view = msgspec.structs.replace(
            view,
            rows=rows,
            rejected=view.rejected + sum(block.rejected.values()),
            duplicates=view.duplicates + block.duplicates,
            rate=rows / seconds if seconds > 0 else 0.0,
            share=written.share,
        )

    def _show(self, current: _Import) -> None:
        if current.view.id in self._imports:
            self._floor.imports[current.view.id] = current.view
            self._floor.mark(Kind.IMPORT, current.view.id)

    async def add_one(self, campaign: Campaign, contact: Contact, source: str) -> int:
        """A single contact that no file names; returns its id. Raises ``Problem`` if it cannot be recorded."""
        floor, new = self._floor, list[NewContacts]()
        try:
            imported = await floor.ledger.add_list(
                campaign.name, source, "", floor.clock.time(), [contact], arrived=new.append if self._dialing else None
            )
        except LedgerFull as why:
            raise Problem(f"{contact.number} could not be recorded: {why} Nothing is dialed.", code="disk") from None
        await self._take_up(campaign.name, imported, new)
        return imported.first_contact

    async def _take_up(self, campaign: str, imported: ImportedList, new: list[NewContacts]) -> None:
        floor = self._floor
        floor.standings[campaign].total += imported.summary.contacts
        if not new:
            return
        floor.places.update(await floor.ledger.places())
        floor.facts.update(await floor.ledger.facts())
        for some in new:
            floor.queue.load_new(campaign, some, floor.clock.time())
            await asyncio.sleep(0)  # calls go on
