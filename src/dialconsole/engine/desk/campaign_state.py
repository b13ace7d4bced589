"""A campaign's state beside its settings: start, pause, drain, finish, hang up.

A pause does not wait for anything. It forbids new calls in the instant it arrives (``Floor.halted``) and then takes
its place in the line to be recorded, so neither a slow disk nor a colleague's edit in progress can delay it, and no
edit can undo it. Nor can a disk that takes nothing: the pause holds, whoever asked for it is told that a restart would
forget it, and it is written down (``_owed``) as soon as there is room.
"""

from __future__ import annotations

import asyncio
import itertools

import msgspec
from msgspec import Struct

from dialconsole.engine.desk.campaign_rules import must_be_complete, must_exist
from dialconsole.engine.desk.desk import Handlers
from dialconsole.engine.desk.journal import Journal
from dialconsole.engine.floor import Floor
from dialconsole.engine.troubles import DISK_AGAIN_S
from dialconsole.model.campaign import Campaign
from dialconsole.model.errors import Problem
from dialconsole.model.outcome import CampaignState
from dialconsole.model.request.campaigns import (
    DrainCampaign,
    HangUpCall,
    HangUpCampaign,
    PauseAll,
    PauseCampaign,
    StartCampaign,
)
from dialconsole.model.request.request import Caller, Done
from dialconsole.model.text import safe_text
from dialconsole.model.view import Role
from dialconsole.store.documents import Documents, NotWritten

_AT_WORK = (CampaignState.RUNNING, CampaignState.DRAINING)

ENGINE = Caller(user="engine", uid=-1, pid=0, role=Role.ADMIN)
"""Who changes what no person asked for."""


class _Owed(Struct, frozen=True):
    """A pause or drain that is in force and that the disk has refused to take."""

    place: int
    """Of the request among all."""
    state: CampaignState
    caller: Caller
    reason: str
    why: str
    """What the disk said."""


class CampaignStateSection:
    def __init__(self, floor: Floor, documents: Documents, journal: Journal) -> None:
        self.editing = asyncio.Lock()
        """Whoever writes a campaign's document holds it, for a setting too: no change is then lost to another."""
        self._floor = floor
        self._documents = documents
        self._journal = journal
        self._requests = itertools.count()
        self._heading: dict[str, tuple[int, CampaignState]] = {}
        """Changes of state that wait for the disk: the place of the last request, and the state it leads to."""
        self._owed: dict[str, _Owed] = {}
        """What the disk refused and must still be written."""

    def handlers(self) -> Handlers:
        return {
            StartCampaign: self.start,
            PauseCampaign: self.pause,
            PauseAll: self.pause_all,
            DrainCampaign: self.drain,
            HangUpCampaign: self.hang_up_all,
            HangUpCall: self.hang_up,
        }

    # -- states -------------------------------------------------------------------------------------------------------

    async def start(self, request: StartCampaign, caller: Caller) -> Done:
        name, place = request.name, next(self._requests)
        doc, standing = must_exist(self._floor, name), self._floor.standings[name]
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
        self._floor.started(name)
        why = self._floor.brake.sentence or self._floor.care.sentence(doc)
        held = f" Nothing is dialed at the moment, though: {why}" if why else ""
        word = "resumed" if old is CampaignState.PAUSED else "started"
        return Done(sentence=f"{name} {word}.{held}", undo=f"pause {name}")

    async def pause(self, request: PauseCampaign, caller: Caller) -> Done:
        name = request.name
        doc = must_exist(self._floor, name)
        if not self.at_work(doc):
            return Done(sentence=f"{name} is {doc.state.value}; there was nothing to pause.", changed=False)
        unwritten = await self._stand_still(name, CampaignState.PAUSED, caller, request.reason, self._halt(name))
        live = self._floor.standings[name].live
        going_on = f" {live} call{'s' * (live != 1)} in progress go{'es' * (live == 1)} on." if live else ""
        return Done(sentence=f"{name} paused: no new calls.{going_on}{unwritten}", undo=f"resume {name}")

    async def pause_all(self, request: PauseAll, caller: Caller) -> Done:
        names = [name for name, doc in self._floor.campaigns.items() if self.at_work(doc)]
        halts = {name: self._halt(name) for name in names}
        if not names:
            return Done(sentence="No campaign was running.", changed=False)
        unwritten = ""
        for name, place in halts.items():
            sentence = await self._stand_still(name, CampaignState.PAUSED, caller, request.reason, place)
            unwritten = unwritten or sentence
        return Done(
            sentence=f"Everything is paused: {', '.join(names)}. Calls in progress go on.{unwritten}",
            undo=f"resume {' '.join(names)}",
        )

    async def drain(self, request: DrainCampaign, caller: Caller) -> Done:
        name = request.name
        doc = must_exist(self._floor, name)
        if self._heads_for(doc) in (CampaignState.DRAFT, CampaignState.FINISHED):
            return Done(sentence=f"{name} is {doc.state.value}; there is nothing to drain.", changed=False)
        place = self._halt(name)
        live = self._floor.standings[name].live
        state = CampaignState.DRAINING if live else CampaignState.FINISHED
        unwritten = await self._stand_still(name, state, caller, request.reason, place)
        tail = f"its {live} live calls end by themselves" if live else "no call was in progress"
        return Done(sentence=f"{name} drains: no new calls, {tail}.{unwritten}", undo=f"resume {name}")

    async def finished(self, name: str, reason: str) -> None:
        """The engine's own word: a campaign has nothing left to do."""
        doc = self._floor.campaigns.get(name)
        if doc is None or not self.at_work(doc):
            return
        if self._heads_for(doc) is not doc.state:
            return  # somebody wants something else, which is being written, and is asked about when it is
        try:
            await self._become(name, CampaignState.FINISHED, ENGINE, reason, next(self._requests))
        except NotWritten:
            await asyncio.sleep(DISK_AGAIN_S)
            self._floor.maybe_finish(name)  # if it still has nothing left to do
            return
        self._floor.notices.tell(f"{name} is finished: {reason}")

    async def hold_incomplete(self) -> None:
        """Pause what an older version, or a hand in the file, left running without what it must say.

        A start and an edit ask for it; a campaign that runs already when an engine comes up was asked by neither.
        """
        for doc in list(self._floor.campaigns.values()):
            try:
                must_be_complete(doc)
            except Problem as problem:
                if doc.state is CampaignState.RUNNING:
                    await self.pause(PauseCampaign(name=doc.name, reason=problem.sentence), ENGINE)
                    self._floor.notices.tell(f"{doc.name} is paused: {problem.sentence}", "error")

    async def reopen(self, name: str, reason: str, caller: Caller) -> str:
        """A finished campaign has contacts again: it is paused, until somebody starts it. A sentence on that."""
        doc = self._floor.campaigns.get(name)
        if doc is None or self._heads_for(doc) is not CampaignState.FINISHED:
            return ""
        await self._become(name, CampaignState.PAUSED, caller, reason, next(self._requests))
        return f" {name} was finished; start it again: dialconsole campaign start {name}"

    def at_work(self, doc: Campaign) -> bool:
        """Whether it runs or drains, or is about to."""
        return self._heads_for(doc) in _AT_WORK

    def forget(self, name: str) -> None:
        """The campaign is no more: nothing of it is owed, and nothing halted."""
        self._owed.pop(name, None)
        self._floor.halted.pop(name, None)

    # -- hanging up ---------------------------------------------------------------------------------------------------

    async def hang_up_all(self, request: HangUpCampaign, caller: Caller) -> Done:
        name = request.name
        doc = must_exist(self._floor, name)
        place = self._halt(name) if self.at_work(doc) else None
        calls = [call for call in self._floor.live.values() if call.claim.campaign == name]
        await asyncio.gather(*(call.hang_up(caller.user) for call in calls))
        unwritten = ""
        if place is not None:
            unwritten = await self._stand_still(name, CampaignState.PAUSED, caller, request.reason, place)
        await self._journal.note(caller, "all calls hung up", name, old=f"{len(calls)} live", reason=request.reason)
        return Done(
            sentence=f"{len(calls)} calls of {name} hung up; the campaign is paused.{unwritten}", changed=bool(calls)
        )

    async def hang_up(self, request: HangUpCall, caller: Caller) -> Done:
        call = self._floor.live.get(request.attempt)
        if call is None:
            return Done(sentence="That call is over already.", changed=False)
        await call.hang_up(caller.user, not_at_once=True)
        await self._journal.note(caller, "call hung up", request.attempt, reason=request.reason)
        return Done(sentence=f"The call to {call.claim.number} was hung up.")

    # -- written down -------------------------------------------------------------------------------------------------

    def _heads_for(self, doc: Campaign) -> CampaignState:
        """The state a campaign has when every request made so far is written."""
        if doc.name in self._heading:
            return self._heading[doc.name][1]
        return self._owed[doc.name].state if doc.name in self._owed else doc.state

    def _halt(self, name: str) -> int:
        """No new call from this instant. Returns the request's place among all."""
        place = self._floor.halted[name] = next(self._requests)
        self._floor.wake(name)
        return place

    async def _stand_still(self, name: str, state: CampaignState, caller: Caller, reason: str, place: int) -> str:
        """``_become`` for what halts (``place`` is the halt's), which never fails for want of room: the halt holds, and
        it is written down later. Returns what to say of that; empty if it is on disk."""
        try:
            await self._become(name, state, caller, reason, place)
        except NotWritten as refusal:
            self._owe(name, _Owed(place, state, caller, reason, refusal.why))
            return (
                f" This could not be written down yet ({refusal.path}: {refusal.why}), so after a restart of the "
                "engine it would run again; it is written as soon as there is room."
            )
        return ""

    def _owe(self, name: str, owed: _Owed) -> None:
        begin = not self._owed
        self._owed[name] = owed
        self._floor.notices.tell(
            f"{name}: {owed.state.value} as {owed.caller.user} wants it, but that could not be written down "
            f"({owed.why}); after a restart it would run again",
            "error",
        )
        if begin:
            self._floor.later(self._write_what_is_owed())

    async def _write_what_is_owed(self) -> None:
        while self._owed:
            await asyncio.sleep(DISK_AGAIN_S)
            for name, owed in list(self._owed.items()):
                if self._owed.get(name) is not owed or name in self._heading:
                    continue  # something newer is being written
                try:
                    await self._become(name, owed.state, owed.caller, owed.reason, owed.place)
                except NotWritten:
                    break  # the others are in the same file
                self._floor.notices.tell(f"{name}: {owed.state.value}, and now written down")

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
                if state is not CampaignState.FINISHED and name in self._floor.campaigns:
                    self._floor.maybe_finish(name)  # its last call may have ended while this was written
        await self._tell_of_owed(name, doc, place)
        write = self._journal.record if state is CampaignState.RUNNING else self._journal.note
        await write(caller, f"campaign {state.value}", name, old=doc.state.value, new=state.value, reason=reason)
        return doc.state

    async def _tell_of_owed(self, name: str, doc: Campaign, place: int) -> None:
        """A state is written: what was owed before it need not be any more, but it did hold, so it is in the audit."""
        owed = self._owed.get(name)
        if owed is None or owed.place > place:
            return
        del self._owed[name]
        if owed.place < place:
            state = owed.state.value
            await self._journal.note(
                owed.caller, f"campaign {state}", name, old=doc.state.value, new=state, reason=owed.reason
            )

    async def _write_state(self, name: str, state: CampaignState, caller: Caller, reason: str, place: int) -> Campaign:
        """The document as it was before."""
        floor = self._floor
        async with self.editing:
            doc = must_exist(floor, name)
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
