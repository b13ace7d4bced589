"""Trunks and limits: who may be dialed through, and how fast."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from dialconsole.engine.desk.campaigns import CampaignSection
from dialconsole.engine.desk.desk import Handlers
from dialconsole.engine.desk.journal import Journal
from dialconsole.engine.dialer import trunk_scope
from dialconsole.engine.edits import Doc, edited
from dialconsole.engine.floor import Floor
from dialconsole.engine.numbers import must_be_caller_ids, number_reader
from dialconsole.engine.trunks import TrunkOpener
from dialconsole.model.campaign import TEST_CALLS, Limits, Trunk
from dialconsole.model.errors import Problem
from dialconsole.model.request.campaigns import DeleteCampaign
from dialconsole.model.request.looking import ListTrunks
from dialconsole.model.request.request import Caller, Done
from dialconsole.model.request.trunks import AddTrunk, RemoveTrunk, SetLimits, SetTrunk
from dialconsole.model.text import safe_text
from dialconsole.model.view import Kind
from dialconsole.store.documents import Documents


class TrunkSection:
    def __init__(
        self, floor: Floor, documents: Documents, journal: Journal, campaigns: CampaignSection, opener: TrunkOpener
    ) -> None:
        self._floor = floor
        self._documents = documents
        self._journal = journal
        self._campaigns = campaigns
        self._opener = opener
        self._editing = asyncio.Lock()

    def handlers(self) -> Handlers:
        return {
            ListTrunks: self.all,
            AddTrunk: self.add,
            RemoveTrunk: self.remove,
            SetTrunk: self.set,
            SetLimits: self.set_limits,
        }

    async def all(self, request: ListTrunks, caller: Caller) -> tuple[Trunk, ...]:
        return tuple(self._floor.trunks.values())

    async def add(self, request: AddTrunk, caller: Caller) -> Done:
        floor, trunk = self._floor, request.trunk
        async with self._editing:
            if trunk.name in floor.trunks:
                raise Problem(f"There is a trunk {trunk.name!r} already; choose another name.", code="exists")
            trunk = _with_numbers(msgspec.structs.replace(trunk, released=False))  # releasing is a step of its own
            await self._opener.check(trunk)
            await self._documents.put_trunk(trunk)
            await self._opener.open(trunk)
            floor.mark(Kind.TRUNK, trunk.name)
        await self._journal.record(caller, "trunk added", trunk.name, new=f"{trunk.backend}; {words(trunk.limits)}")
        locked = f" It {_lock_words(trunk)}" if trunk.locked else ""
        return Done(sentence=f"Trunk {trunk.name} ({trunk.backend}) is there: {words(trunk.limits)}.{locked}")

    async def remove(self, request: RemoveTrunk, caller: Caller) -> Done:
        floor, name = self._floor, request.name
        async with self._editing:
            self.named(name)
            if TEST_CALLS in self._users(name):
                self._must_be_free(name, apart_from=TEST_CALLS)
                await self._drop_test_calls(name, caller)
            async with self._campaigns.editing:  # no campaign comes to it meanwhile
                self._must_be_free(name)
                await self._documents.remove_trunk(name)
                await self._opener.close(name)
            floor.mark(Kind.TRUNK, name)
        await self._journal.record(caller, "trunk removed", name)
        return Done(sentence=f"Trunk {name} is gone.")

    def _users(self, trunk: str) -> list[str]:
        return [campaign.name for campaign in self._floor.campaigns.values() if campaign.trunk == trunk]

    def _must_be_free(self, trunk: str, *, apart_from: str = "") -> None:
        users = [user for user in self._users(trunk) if user != apart_from]
        if users:
            raise Problem(f"Trunk {trunk} is used by {', '.join(users)}; move or delete them first.", code="busy")

    async def _drop_test_calls(self, trunk: str, caller: Caller) -> None:
        """What is left of the trunk's last test call goes with it: nobody made that campaign but us."""
        try:
            await self._campaigns.delete(DeleteCampaign(name=TEST_CALLS), caller)
        except Problem as problem:
            raise Problem(
                f"Trunk {trunk} has a test call under way; remove it when that is over.", code=problem.code
            ) from None

    async def set(self, request: SetTrunk, caller: Caller) -> Done:
        floor = self._floor
        async with self._editing:
            doc = self.named(request.name)
            new, old_words, new_words = edited(doc, request.fields)
            self._check_version(doc, request.version, old_words, new_words)
            new = _with_numbers(new)
            if leads_elsewhere(doc, new):
                new = msgspec.structs.replace(new, released=False)
            broken = floor.care.trunks[doc.name].broken
            if broken or (new.backend, new.scenario, new.livekit) != (doc.backend, doc.scenario, doc.livekit):
                await self._replace_backend(doc, new, broken=broken)
            else:
                await self._documents.put_trunk(new)
                self._take(new)
        await self._journal.record(caller, "trunk changed", new.name, old=old_words, new=new_words)
        return Done(sentence=f"{new.name}: {new_words} (was {old_words}).{self._notes(doc, new)}", undo=old_words)

    async def _replace_backend(self, doc: Trunk, new: Trunk, *, broken: bool) -> None:
        """A trunk that works is not given settings with which it cannot; a broken one may get its settings in steps."""
        async with self._opener.at_rest(doc.name):  # else a call might begin on what is about to be closed
            if self._floor.limiter.usage(trunk_scope(doc.name)).live:
                raise Problem(
                    f"Trunk {doc.name} has calls in progress; its backend can change when they are over.", code="busy"
                )
            if not broken:
                await self._opener.check(new)
            await self._documents.put_trunk(new)
            await self._opener.close(doc.name)
            await self._opener.open(new)
        self._ask_anew(new.name)

    def _notes(self, doc: Trunk, new: Trunk) -> str:
        """What follows from a change besides the change."""
        care = self._floor.care.trunks[new.name]
        notes = f" It still cannot place calls: {care.cause}" if care.broken else ""
        if new.locked and not doc.locked:
            notes += f" It leads elsewhere now, so it {_lock_words(new)}"
        return notes

    async def edit(self, name: str, change: Callable[[Trunk], Trunk]) -> None:
        """Apply one change to a trunk's document, durably, after every edit that came before it; its limits, backend
        and dialer stay as they are."""
        async with self._editing:
            doc = self.named(name)
            new = msgspec.structs.replace(change(doc), version=doc.version + 1)
            await self._documents.put_trunk(new)
            self._take(new)

    async def set_limits(self, request: SetLimits, caller: Caller) -> Done:
        if request.kind == "campaign":
            _, old, new = await self._campaigns.edit(
                request.name, lambda doc: _with_limits(doc, request.limits), request.version
            )
        elif request.kind == "trunk":
            async with self._editing:
                doc = self.named(request.name)
                changed, old, new = _with_limits(doc, request.limits)
                self._check_version(doc, request.version, old, new)
                await self._documents.put_trunk(changed)
                self._take(changed)
        else:
            raise Problem(
                f"Limits belong to a trunk or a campaign, not to {safe_text(request.kind)!r}.", code="bad_kind"
            )
        if old == new:
            return Done(sentence=f"{request.name} keeps {new}.", changed=False)
        await self._journal.record(
            caller, f"{request.kind} limits", request.name, old=old, new=new, reason=request.reason
        )
        self._floor.notices.tell(f"{caller.user} set the limits of {request.name}: {new} (was {old})")
        nothing = " Nothing is dialed with that." if _forbids_all(request.limits) else ""
        return Done(sentence=f"{request.name}: {new} (was {old}).{nothing}", undo=old)

    def _ask_anew(self, trunk: str) -> None:
        """Look again at whoever is held for the allow list of a trunk."""
        floor, now = self._floor, self._floor.clock.time()
        for campaign in floor.campaigns.values():
            if campaign.trunk == trunk:
                floor.queue.release_holds(campaign.name, now)
                floor.wake(campaign.name)

    def _take(self, trunk: Trunk) -> None:
        """Put a changed trunk in force."""
        floor = self._floor
        before = floor.trunks[trunk.name]
        floor.trunks[trunk.name] = trunk
        floor.apply_limits(trunk)
        floor.mark(Kind.TRUNK, trunk.name)
        if (before.locked, before.allowed_numbers) != (trunk.locked, trunk.allowed_numbers):
            self._ask_anew(trunk.name)
        for campaign in floor.campaigns.values():
            if campaign.trunk == trunk.name:
                floor.wake(campaign.name)

    def _check_version(self, doc: Trunk, version: int | None, old: str, new: str) -> None:
        if version is not None and version != doc.version:
            raise Problem(
                f"{doc.name} was changed meanwhile: now {old}; you wanted {new}. Nothing was changed; "
                "look again and repeat it if you still want it.",
                code="conflict",
            )

    def named(self, name: str) -> Trunk:
        """The trunk of that name. Raises ``Problem`` if there is none."""
        doc = self._floor.trunks.get(name)
        if doc is None:
            there = ", ".join(sorted(self._floor.trunks)) or "none yet (dialconsole trunk add)"
            raise Problem(f"There is no trunk {safe_text(name)!r}; there are: {there}.", code="unknown_trunk")
        return doc


def _with_numbers(trunk: Trunk) -> Trunk:
    """With the numbers of its allow list in E.164. Raises ``Problem`` for what is no number, or no caller ID."""
    must_be_caller_ids(trunk.caller_ids)
    if not trunk.allowed_numbers:
        return trunk
    read = number_reader()
    return msgspec.structs.replace(trunk, allowed_numbers=tuple(dict.fromkeys(map(read, trunk.allowed_numbers))))


def leads_elsewhere(old: Trunk, new: Trunk) -> bool:
    """Whether calls go another way from now on, so that the first ones are first calls again."""
    path = (new.backend, new.livekit.url, new.livekit.sip_trunk_id)
    return path != (old.backend, old.livekit.url, old.livekit.sip_trunk_id)


def _lock_words(trunk: Trunk) -> str:
    count = len(trunk.allowed_numbers)
    numbers = f"{count} number{'s' * (count != 1)}" if count else "which is empty"
    return f"calls only its allow list ({numbers}) until an admin releases it: dialconsole trunk release {trunk.name}"


def _forbids_all(limits: Limits) -> bool:
    return 0 in (limits.max_concurrent, limits.calls_per_minute)


def _with_limits(doc: Doc, limits: Limits) -> tuple[Doc, str, str]:
    new = msgspec.structs.replace(doc, limits=limits, version=doc.version + 1)
    return new, words(doc.limits), words(limits)


def words(limits: Limits) -> str:
    """``12 at once, 30 a minute, 1 a second``; what is not limited is left out."""
    parts = []
    if limits.max_concurrent is not None:
        parts.append(f"{limits.max_concurrent} at once")
    if limits.calls_per_minute is not None:
        parts.append(f"{limits.calls_per_minute} a minute")
    if limits.calls_per_second is not None:
        parts.append(f"{limits.calls_per_second:g} a second")
    return ", ".join(parts) or "no limits of its own"
