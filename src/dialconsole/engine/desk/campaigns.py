"""Campaigns: create, fill, change, delete. What they do at the moment is ``campaign_state``'s.

Edits of one document wait for each other, and for a change of state that is being written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from dialconsole.engine.desk.campaign_rules import (
    arriving,
    may_become,
    must_be_for_lists,
    must_be_new,
    must_exist,
)
from dialconsole.engine.desk.campaign_state import CampaignStateSection
from dialconsole.engine.desk.desk import Handlers
from dialconsole.engine.desk.journal import Journal
from dialconsole.engine.edits import edited
from dialconsole.engine.exemption import exemption_words, with_exemption
from dialconsole.engine.floor import Floor
from dialconsole.engine.importing import ListImporter
from dialconsole.engine.second_look import DECIDING, SecondLook
from dialconsole.engine.standing import Standing
from dialconsole.model.campaign import Campaign
from dialconsole.model.errors import Problem
from dialconsole.model.facts import ContactFacts
from dialconsole.model.outcome import CampaignState
from dialconsole.model.request.campaigns import CreateCampaign, DeleteCampaign, SetCampaign
from dialconsole.model.request.lists import CancelImport, ImportList, ImportReport
from dialconsole.model.request.request import Caller, Done
from dialconsole.model.text import safe_text
from dialconsole.model.view import Kind
from dialconsole.store.documents import Documents, NotWritten
from dialconsole.store.ledger import LedgerFull


class CampaignSection:
    def __init__(
        self,
        floor: Floor,
        documents: Documents,
        journal: Journal,
        importer: ListImporter,
        second_look: SecondLook,
        states: CampaignStateSection,
    ) -> None:
        self._floor = floor
        self._documents = documents
        self._journal = journal
        self._importer = importer
        self._second_look = second_look
        self._states = states

    def handlers(self) -> Handlers:
        return {
            CreateCampaign: self.create,
            ImportList: self.import_list,
            CancelImport: self.cancel_import,
            SetCampaign: self.set,
            DeleteCampaign: self.delete,
        }

    @property
    def editing(self) -> asyncio.Lock:
        """Held by whoever writes a campaign's document; while somebody else holds it, no campaign changes its trunk."""
        return self._states.editing

    # -- making -------------------------------------------------------------------------------------------------------

    async def create(self, request: CreateCampaign, caller: Caller) -> Done:
        must_be_for_lists(request.campaign.name)
        doc = with_exemption(request.campaign, None, caller, self._floor.clock.time())
        done = await self.make(CreateCampaign(campaign=doc), caller)
        self._tell_of_exemption(doc, caller)
        return done

    async def make(self, request: CreateCampaign, caller: Caller) -> Done:
        """``create``, of any name."""
        floor = self._floor
        async with self._states.editing:
            name = request.campaign.name
            must_be_new(floor, request.campaign)
            doc = msgspec.structs.replace(
                request.campaign, state=CampaignState.DRAFT, created_at=floor.clock.time(), version=1
            )
            await self._documents.put_campaign(doc)
            floor.campaigns[name] = doc
            floor.standings[name] = Standing()
            floor.apply_limits(doc)
            floor.mark(Kind.CAMPAIGN, name)
        words = "; ".join(filter(None, [f"trunk {doc.trunk}", exemption_words(doc)]))
        await self._journal.record(caller, "campaign created", name, new=words)
        return Done(sentence=f"Campaign {name} is there, as a draft on trunk {doc.trunk}; it has no contacts yet.")

    async def import_list(self, request: ImportList, caller: Caller) -> ImportReport:
        must_be_for_lists(request.campaign)
        async with self._states.editing:  # a campaign that is just being deleted takes no contacts any more
            doc = must_exist(self._floor, request.campaign)
        report = await self._importer.run(request, doc, self._attested(request, caller))
        summary = report.list
        await self._journal.record(
            caller,
            "list imported",
            doc.name,
            new=f"{summary.name}: {summary.contacts} contacts, {summary.duplicates} duplicates, "
            f"{summary.rejected} rejected rows"
            + (f"; {request.attest} consent attested" if request.attest else "")
            + (f"; ignored columns: {', '.join(map(safe_text, request.ignored))}" if request.ignored else ""),
        )
        if summary.contacts:
            await self._states.reopen(doc.name, "new contacts", caller)
        self._floor.wake(doc.name)
        return report

    async def cancel_import(self, request: CancelImport, caller: Caller) -> Done:
        done = await self._importer.cancel(request.id, caller.user)
        if done.changed:
            await self._journal.record(caller, "import cancelled", request.id)
        return done

    def _attested(self, request: ImportList, caller: Caller) -> ContactFacts | None:
        if request.attest is None:
            return None
        now = self._floor.clock.time()
        return ContactFacts(consent=request.attest, consent_at=now, consent_source=f"attested by {caller.user}")

    # -- settings -----------------------------------------------------------------------------------------------------

    async def set(self, request: SetCampaign, caller: Caller) -> Done:
        now = self._floor.clock.time()

        def change(doc: Campaign) -> tuple[Campaign, str, str]:
            new, old_words, new_words = edited(doc, request.fields)
            return with_exemption(new, doc, caller, now), old_words, new_words

        new, old_words, new_words = await self.edit(request.name, change, request.version)
        if "registry_exempt" in request.fields:
            self._tell_of_exemption(new, caller)
        self._floor.ask_campaign_again(new.name)  # nearly every setting decides about somebody
        await self._journal.record(
            caller, "campaign changed", new.name, old=old_words, new=new_words, reason=request.reason
        )
        again = ""
        if not DECIDING.isdisjoint(request.fields) and (count := await self._second_look.at_campaign(new.name)):
            again = f" {looked_at_again(count)}{await self._states.reopen(new.name, 'a setting was changed', caller)}"
        return Done(sentence=f"{new.name}: {new_words} (was {old_words}).{again}", undo=old_words)

    def _tell_of_exemption(self, doc: Campaign, caller: Caller) -> None:
        if words := exemption_words(doc):
            self._floor.notices.tell(f"{caller.user} made {doc.name} {words}", "warning")

    async def edit(
        self, name: str, change: Callable[[Campaign], tuple[Campaign, str, str]], version: int | None
    ) -> tuple[Campaign, str, str]:
        """Apply one change to a campaign's document, durably, after every edit that came before it.

        ``version``: what the change was based on; a ``Problem`` with code ``conflict`` if it is not the present one.
        """
        floor = self._floor
        async with self._states.editing:
            doc = must_exist(floor, name)
            new, old_words, new_words = change(doc)
            if version is not None and version != doc.version:
                raise Problem(
                    f"{name} was changed meanwhile: now {old_words}; you wanted {new_words}. Nothing was changed; "
                    "look again and repeat it if you still want it.",
                    code="conflict",
                )
            may_become(floor, doc, new, at_work=self._states.at_work(doc))
            await self._documents.put_campaign(new)
            floor.campaigns[name] = new
            floor.apply_limits(new)
            floor.wake(name)
        return new, old_words, new_words

    async def delete(self, request: DeleteCampaign, caller: Caller) -> Done:
        floor, name = self._floor, request.name
        async with self._states.editing:
            doc = must_exist(floor, name)
            if doc.state in (CampaignState.RUNNING, CampaignState.DRAINING) or floor.standings[name].live:
                raise Problem(f"{name} is at work; pause it and let its calls end before deleting it.", code="busy")
            if coming := arriving(floor, name):
                raise Problem(
                    f"{coming} is coming into {name}; wait for it, or stop it: "
                    f"dialconsole list cancel --campaign {name}",
                    code="busy",
                )
            try:
                gone = await floor.ledger.forget_campaign(name)
                await self._documents.remove_campaign(name)
            except (LedgerFull, NotWritten) as why:
                self._forget_contacts(doc)  # whoever is gone from the disk must not be called from memory
                raise Problem(
                    f"{name} may be deleted in part: {why} None of its contacts is called "
                    "now. Make room on that disk, then delete it once more.",
                    code="disk",
                ) from None
            self._forget_contacts(doc)
            del floor.campaigns[name], floor.standings[name]
            self._states.forget(name)
        await self._journal.record(caller, "campaign deleted", name, old=f"{gone} contacts")
        return Done(sentence=f"{name} and its {gone} contacts are gone; its attempts stay on record.")

    def _forget_contacts(self, doc: Campaign) -> None:
        floor, standing = self._floor, self._floor.standings[doc.name]
        floor.queue.drop_campaign(doc.name)
        if doc.trunk in floor.dialers:
            floor.dialers[doc.trunk].forget(doc.name)
        standing.total = 0
        standing.final.clear()
        floor.mark(Kind.CAMPAIGN, doc.name)


def looked_at_again(count: int) -> str:
    """Of contacts that were refused."""
    if count == 1:
        return "One contact that was refused is looked at again."
    return f"{count:,} contacts that were refused are looked at again."
