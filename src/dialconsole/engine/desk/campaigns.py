"""Campaigns: create, fill, start, pause, drain, change, hang up, delete.

Edits of one document wait for each other; a pause does not wait for anything. It forbids new calls in the instant it
arrives (``Floor.halted``) and then takes its place in the line to be recorded, so neither a slow disk nor a colleague's
edit in progress can delay it, and no edit can undo it.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable

import msgspec

from dialconsole.engine.desk.desk import Handlers
from dialconsole.engine.desk.journal import Journal
from dialconsole.engine.edits import edited
from dialconsole.engine.floor import Floor
from dialconsole.engine.importing import ListImporter
from dialconsole.engine.numbers import must_be_caller_ids
from dialconsole.engine.standing import Standing
from dialconsole.model.campaign import TEST_CALLS, Campaign
from dialconsole.model.errors import Problem
from dialconsole.model.facts import ContactFacts
from dialconsole.model.outcome import CampaignState
from dialconsole.model.request import (
    Caller,
    CancelImport,
    CreateCampaign,
    DeleteCampaign,
    Done,
    DrainCampaign,
    HangUpCall,
    HangUpCampaign,
    ImportList,
    ImportReport,
    PauseAll,
    PauseCampaign,
    SetCampaign,
    StartCampaign,
)
from dialconsole.model.text import safe_text
from dialconsole.model.view import Kind, Role
from dialconsole.store.documents import Documents

_AT_WORK = (CampaignState.RUNNING, CampaignState.DRAINING)

ENGINE = Caller(user="engine", uid=-1, pid=0, role=Role.ADMIN)
"""Who changes what no person asked for."""


class CampaignSection:
    def __init__(self, floor: Floor, documents: Documents, journal: Journal, importer: ListImporter) -> None:
        self._floor = floor
        self._documents = documents
        self._journal = journal
        self._importer = importer
        self._editing = asyncio.Lock()
        self._requests = itertools.count()
        self._heading: dict[str, tuple[int, CampaignState]] = {}
        """Changes of state that wait for the disk: the place of the last request, and the state it leads to."""

    def handlers(self) -> Handlers:
        return {
            CreateCampaign: self.create,
            ImportList: self.import_list,
            CancelImport: self.cancel_import,
            StartCampaign: self.start,
            PauseCampaign: self.pause,
            PauseAll: self.pause_all,
            DrainCampaign: self.drain,
            SetCampaign: self.set,
            DeleteCampaign: self.delete,
            HangUpCampaign: self.hang_up_all,
            HangUpCall: self.hang_up,
        }

    # -- making -------------------------------------------------------------------------------------------------------

    async def create(self, request: CreateCampaign, caller: Caller) -> Done:
        _must_be_for_lists(request.campaign.name)
        return await self.make(request, caller)

    async def make(self, request: CreateCampaign, caller: Caller) -> Done:
        """``create``, of any name."""
        floor = self._floor
        async with self._editing:
            name = request.campaign.name
            if name in floor.campaigns:
                raise Problem(f"There is a campaign {name!r} already; choose another name.", code="exists")
            self._trunk_must_exist(request.campaign.trunk)
            must_be_caller_ids(filter(None, [request.campaign.caller_id]))
            doc = msgspec.structs.replace(
                request.campaign, state=CampaignState.DRAFT, created_at=floor.clock.time(), version=1
            )
            await self._documents.put_campaign(doc)
            floor.campaigns[name] = doc
            floor.standings[name] = Standing()
            floor.apply_limits(doc)
            floor.mark(Kind.CAMPAIGN, name)
        await self._journal.record(caller, "campaign created", name, new=f"trunk {doc.trunk}")
        return Done(sentence=f"Campaign {name} is there, as a draft on trunk {doc.trunk}; it has no contacts yet.")

    async def import_list(self, request: ImportList, caller: Caller) -> ImportReport:
        _must_be_for_lists(request.campaign)
        doc = self._campaign(request.campaign)
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
        if self._floor.campaigns[doc.name].state is CampaignState.FINISHED and summary.contacts:
            await self._become(doc.name, CampaignState.PAUSED, caller, "new contacts", next(self._requests))
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

    # -- states -------------------------------------------------------------------------------------------------------

    async def start(self, request: StartCampaign, caller: Caller) -> Done:
        name, place = request.name, next(self._requests)
        doc, standing = self._campaign(name), self._floor.standings[name]
        if self._heads_for(doc) is CampaignState.RUNNING:
            return Done(sentence=f"{name} is running already.", changed=False)
        must_be_complete(doc)
        if not standing.total:
            raise Problem(
                f"{name} has no contacts; import a call list first (dialconsole list import FILE --campaign {name}).",
                code="empty",
            )
        if standing.complete:
            raise Problem(f"Every contact of {name} is done; import another list to go on.", code="complete")
        old = await self._become(name, CampaignState.RUNNING, caller, request.reason, place)
        why = self._floor.brake.sentence or self._floor.care.sentence(doc)
        held = f" Nothing is dialed at the moment, though: {why}" if why else ""
        word = "resumed" if old is CampaignState.PAUSED else "started"
        return Done(sentence=f"{name} {word}.{held}", undo=f"pause {name}")

    async def pause(self, request: PauseCampaign, caller: Caller) -> Done:
        name = request.name
        doc = self._campaign(name)
        if self._heads_for(doc) not in _AT_WORK:
            return Done(sentence=f"{name} is {doc.state.value}; there was nothing to pause.", changed=False)
        await self._become(name, CampaignState.PAUSED, caller, request.reason, self._halt(name))
        live = self._floor.standings[name].live
        going_on = f" {live} call{'s' * (live != 1)} in progress go{'es' * (live == 1)} on." if live else ""
        return Done(sentence=f"{name} paused: no new calls.{going_on}", undo=f"resume {name}")

    async def pause_all(self, request: PauseAll, caller: Caller) -> Done:
        names = [name for name, doc in self._floor.campaigns.items() if self._heads_for(doc) in _AT_WORK]
        halts = {name: self._halt(name) for name in names}
        for name, place in halts.items():
            await self._become(name, CampaignState.PAUSED, caller, request.reason, place)
        if not names:
            return Done(sentence="No campaign was running.", changed=False)
        return Done(sentence=f"Everything is paused: {', '.join(names)}. Calls in progress go on.")

    async def drain(self, request: DrainCampaign, caller: Caller) -> Done:
        name = request.name
        doc = self._campaign(name)
        if self._heads_for(doc) in (CampaignState.DRAFT, CampaignState.FINISHED):
            return Done(sentence=f"{name} is {doc.state.value}; there is nothing to drain.", changed=False)
        place = self._halt(name)
        live = self._floor.standings[name].live
        state = CampaignState.DRAINING if live else CampaignState.FINISHED
        await self._become(name, state, caller, request.reason, place)
        tail = f"its {live} live calls end by themselves" if live else "no call was in progress"
        return Done(sentence=f"{name} drains: no new calls, {tail}.", undo=f"resume {name}")

    async def finished(self, name: str, reason: str) -> None:
        """The engine's own word: a campaign has nothing left to do."""
        doc = self._floor.campaigns.get(name)
        if doc is None or self._heads_for(doc) not in _AT_WORK:
            return
        await self._become(name, CampaignState.FINISHED, ENGINE, reason, next(self._requests))
        self._floor.notices.tell(f"{name} is finished: {reason}")

    def _heads_for(self, doc: Campaign) -> CampaignState:
        """The state a campaign has when every request made so far is written."""
        return self._heading[doc.name][1] if doc.name in self._heading else doc.state

    def _halt(self, name: str) -> int:
        """No new call from this instant. Returns the request's place among all."""
        place = self._floor.halted[name] = next(self._requests)
        self._floor.wake(name)
        return place

    async def _become(self, name: str, state: CampaignState, caller: Caller, reason: str, place: int) -> CampaignState:
        """Set a campaign's state, durably and audited; returns the state it had.

        It ends a halt that was asked for no later than this (``place``): a start that waits for the disk when somebody
        presses pause must not let calls through. The version stays: a pause is no reason to refuse a change of limits
        that somebody makes in the same moment.
        """
        self._heading[name] = place, state
        try:
            doc = await self._write_state(name, state, caller, reason, place)
        finally:
            if self._heading[name][0] == place:
                del self._heading[name]
        await self._journal.record(
            caller, f"campaign {state.value}", name, old=doc.state.value, new=state.value, reason=reason
        )
        return doc.state

    async def _write_state(self, name: str, state: CampaignState, caller: Caller, reason: str, place: int) -> Campaign:
        """The document as it was before."""
        floor = self._floor
        async with self._editing:
            doc = self._campaign(name)
            new = msgspec.structs.replace(
                doc,
                state=state,
                changed_by=caller.user,
                changed_at=floor.clock.time(),
                reason=safe_text(reason),
            )
            await self._documents.put_campaign(new)
            floor.campaigns[name] = new
            if floor.halted.get(name, place) <= place:
                floor.halted.pop(name, None)
            floor.wake(name)
        return doc

    # -- settings -----------------------------------------------------------------------------------------------------

    async def set(self, request: SetCampaign, caller: Caller) -> Done:
        new, old_words, new_words = await self.edit(
            request.name, lambda doc: edited(doc, request.fields), request.version
        )
        now = self._floor.clock.time()
        if any(key.startswith("window.") for key in request.fields):
            self._floor.queue.windows_changed(new.name, now)
            self._floor.wake(new.name)
        if "trunk" in request.fields:  # another trunk, another allow list
            self._floor.queue.release_holds(new.name, now)
            self._floor.wake(new.name)
        await self._journal.record(
            caller, "campaign changed", new.name, old=old_words, new=new_words, reason=request.reason
        )
        return Done(sentence=f"{new.name}: {new_words} (was {old_words}).", undo=old_words)

    async def edit(
        self, name: str, change: Callable[[Campaign], tuple[Campaign, str, str]], version: int | None
    ) -> tuple[Campaign, str, str]:
        """Apply one change to a campaign's document, durably, after every edit that came before it.

        ``version``: what the change was based on; a ``Problem`` with code ``conflict`` if it is not the present one.
        """
        floor = self._floor
        async with self._editing:
            doc = self._campaign(name)
            new, old_words, new_words = change(doc)
            if version is not None and version != doc.version:
                raise Problem(
                    f"{name} was changed meanwhile: now {old_words}; you wanted {new_words}. Nothing was changed; "
                    "look again and repeat it if you still want it.",
                    code="conflict",
                )
            if new.trunk != doc.trunk:
                self._trunk_may_change(doc, new.trunk)
            if new.zone_authoritative is not doc.zone_authoritative:
                self._zones_may_change(doc)
            must_be_caller_ids(filter(None, [new.caller_id]))
            if self._heads_for(doc) in _AT_WORK:
                must_be_complete(new)
            await self._documents.put_campaign(new)
            floor.campaigns[name] = new
            floor.apply_limits(new)
            floor.wake(name)
        return new, old_words, new_words

    async def delete(self, request: DeleteCampaign, caller: Caller) -> Done:
        floor, name = self._floor, request.name
        async with self._editing:
            doc = self._campaign(name)
            if doc.state in (CampaignState.RUNNING, CampaignState.DRAINING) or floor.standings[name].live:
                raise Problem(f"{name} is at work; pause it and let its calls end before deleting it.", code="busy")
            gone = await floor.ledger.forget_campaign(name)
            await self._documents.remove_campaign(name)
            floor.queue.drop_campaign(name)
            if doc.trunk in floor.dialers:
                floor.dialers[doc.trunk].forget(name)
            del floor.campaigns[name], floor.standings[name]
            floor.mark(Kind.CAMPAIGN, name)
        await self._journal.record(caller, "campaign deleted", name, old=f"{gone} contacts")
        return Done(sentence=f"{name} and its {gone} contacts are gone; its attempts stay on record.")

    # -- hanging up ---------------------------------------------------------------------------------------------------

    async def hang_up_all(self, request: HangUpCampaign, caller: Caller) -> Done:
        name = request.name
        doc = self._campaign(name)
        if self._heads_for(doc) in _AT_WORK:
            await self._become(name, CampaignState.PAUSED, caller, request.reason, self._halt(name))
        calls = [call for call in self._floor.live.values() if call.claim.campaign == name]
        await asyncio.gather(*(call.hang_up(caller.user) for call in calls))
        await self._journal.record(caller, "all calls hung up", name, old=f"{len(calls)} live", reason=request.reason)
        return Done(sentence=f"{len(calls)} calls of {name} hung up; the campaign is paused.", changed=bool(calls))

    async def hang_up(self, request: HangUpCall, caller: Caller) -> Done:
        call = self._floor.live.get(request.attempt)
        if call is None:
            return Done(sentence="That call is over already.", changed=False)
        await call.hang_up(caller.user)
        await self._journal.record(caller, "call hung up", request.attempt, reason=request.reason)
        return Done(sentence=f"The call to {call.claim.number} was hung up.")

    # -- looking up ---------------------------------------------------------------------------------------------------

    def _campaign(self, name: str) -> Campaign:
        doc = self._floor.campaigns.get(name)
        if doc is None:
            there = ", ".join(sorted(self._floor.campaigns)) or "none yet"
            raise Problem(f"There is no campaign {safe_text(name)!r}; there are: {there}.", code="unknown_campaign")
        return doc

    def _trunk_must_exist(self, trunk: str) -> None:
        if trunk not in self._floor.trunks:
            there = ", ".join(sorted(self._floor.trunks)) or "none yet (dialconsole trunk add)"
            raise Problem(f"There is no trunk {safe_text(trunk)!r}; there are: {there}.", code="unknown_trunk")

    def _trunk_may_change(self, doc: Campaign, trunk: str) -> None:
        self._trunk_must_exist(trunk)
        if doc.state is CampaignState.RUNNING or self._floor.standings[doc.name].live:
            raise Problem(
                f"{doc.name} is at work on trunk {doc.trunk}; pause it and let its calls end first.", code="busy"
            )

    def _zones_may_change(self, doc: Campaign) -> None:
        """Where a contact may be is decided when its list is read, so contacts that are there would keep the old zones.

        Rejected: working them out anew, because the ledger keeps what a row came to and not its cells.
        """
        coming = any(view.campaign == doc.name for view in self._floor.imports.values())
        if self._floor.standings[doc.name].total or coming:
            raise Problem(
                f"{doc.name} has contacts that were imported with zone_authoritative "
                f"{'on' if doc.zone_authoritative else 'off'}, and they would keep the time zones found then. "
                "Import the list again into a new campaign. Nothing was changed.",
                code="has_contacts",
            )


def _must_be_for_lists(name: str) -> None:
    if name == TEST_CALLS:
        raise Problem(
            f"{TEST_CALLS} is the campaign of test calls (dialconsole call), which each of them makes anew; choose "
            "another name.",
            code="reserved",
        )


def must_be_complete(doc: Campaign) -> None:
    """An artificial voice says at the start who calls, and gives a number to stop it (47 CFR 64.1200(b))."""
    missing = [
        key
        for key, value in (("caller_identity", doc.caller_identity), ("opt_out_line", doc.opt_out_line))
        if not value
    ]
    if doc.voice.artificial and missing:
        raise Problem(
            f"{doc.name} calls with an artificial voice ({doc.voice.value}), so it must say who calls and how to stop "
            f"it: dialconsole campaign set {doc.name} {' '.join(f'{key}=...' for key in missing)}",
            code="incomplete",
        )
