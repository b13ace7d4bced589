"""The rules' own data: the calendar that operators edit, and the do-not-call registry's lists."""

from __future__ import annotations

from dialconsole.engine.desk.desk import Handlers
from dialconsole.engine.desk.journal import Journal
from dialconsole.engine.floor import Floor
from dialconsole.model.calendar import CalendarDay
from dialconsole.model.errors import Problem
from dialconsole.model.request.request import Caller, Done
from dialconsole.model.request.rules import (
    AddDay,
    ListCalendar,
    RegistryList,
    RegistryReport,
    ReloadRegistry,
    RemoveDay,
    ShowRegistry,
)
from dialconsole.model.text import safe_text
from dialconsole.store.documents import Documents, day_key


class RuleSection:
    def __init__(self, floor: Floor, documents: Documents, journal: Journal) -> None:
        self._floor = floor
        self._documents = documents
        self._journal = journal

    def handlers(self) -> Handlers:
        return {
            ListCalendar: self.days,
            AddDay: self.add_day,
            RemoveDay: self.remove_day,
            ShowRegistry: self.registry,
            ReloadRegistry: self.reload_registry,
        }

    async def days(self, request: ListCalendar, caller: Caller) -> tuple[CalendarDay, ...]:
        return tuple(self._floor.safeguards.calendar.days())

    async def add_day(self, request: AddDay, caller: Caller) -> Done:
        place = self._place(request.jurisdiction)
        reason = safe_text(request.reason)
        if not reason:
            raise Problem("A day without calls needs a reason; it stands in the evidence of every call it holds.")
        day = CalendarDay(place, request.day, reason, by=caller.user, at=self._floor.clock.time())
        self._floor.safeguards.calendar.add(day)  # in force first: the mistake must be on the side of not calling
        self._floor.ask_again()
        await self._documents.put_day(day)
        await self._journal.record(caller, "calendar day added", day_key(day), new=reason)
        return Done(sentence=f"Nobody in {place} is called on {request.day}: {reason}.", undo=f"remove {day_key(day)}")

    async def remove_day(self, request: RemoveDay, caller: Caller) -> Done:
        place = self._place(request.jurisdiction)
        calendar = self._floor.safeguards.calendar
        held = calendar.get(place, request.day)
        if held is None:
            return Done(sentence=f"The calendar has no {request.day} for {place}.", changed=False)
        key = day_key(held)
        await self._documents.remove_day(key)
        now = calendar.get(place, request.day)
        if now is None:
            return Done(sentence=f"{request.day} was taken off for {place} by somebody else.", changed=False)
        if now is not held:
            # Somebody entered it meanwhile: that is in force, and comes to the disk behind the removal.
            return Done(sentence=f"{request.day} was entered for {place} anew meanwhile: it stays.", changed=False)
        calendar.remove(place, request.day)
        self._floor.ask_again()
        await self._journal.record(caller, "calendar day removed", key, reason=request.reason)
        return Done(sentence=f"{request.day} is a day like any other in {place} again; its holidays by law stay.")

    async def registry(self, request: ShowRegistry, caller: Caller) -> RegistryReport:
        safeguards = self._floor.safeguards
        lists = []
        for state in safeguards.registry.states():
            header = state.header
            if header is None:
                lists.append(RegistryList(state.name, fault=state.fault or ""))
                continue
            lists.append(
                RegistryList(
                    state.name,
                    obtained=header.obtained,
                    version=header.version,
                    area_codes=len(header.counts),
                    numbers=header.numbers,
                    san=header.san or "",
                    demo=header.demo,
                )
            )
        warnings = tuple(safeguards.warnings(self._floor.clock.time()))
        return RegistryReport(tuple(lists), warnings, self._missing({entry.name for entry in lists}))

    def _missing(self, imported: set[str]) -> tuple[str, ...]:
        """Nobody is held for want of a state's list, so that it is missing must be said."""
        from dialconsole.compliance.registry.lists import jurisdiction, not_imported, title

        somewhere = {code for place in self._floor.places.values() for code in place.jurisdictions}
        return tuple(
            f"Contacts may be in {jurisdiction(name)}, and the {title(name)} was not imported, so it is not asked."
            for name in not_imported(somewhere, imported)
        )

    async def reload_registry(self, request: ReloadRegistry, caller: Caller) -> Done:
        changed = await self._floor.safeguards.look_again(self._floor.clock.time())
        await self._journal.record(caller, "registry", "registry", new=safe_text(request.what))
        self._floor.notices.tell(f"Do-not-call registry: {request.what}")
        return Done(sentence=f"The registry is in force: {safe_text(request.what)}.", changed=changed)

    def _place(self, text: str) -> str:
        """The jurisdiction somebody means. ``CA`` alone is refused: it is California here and Canada there."""
        from dialconsole.compliance.places.states import nearest_state, state_of

        typed = text.strip().upper()
        places = self._floor.safeguards.book.places
        if typed != "CA" and typed in places:
            return typed
        if typed == "CA":
            raise Problem("CA is Canada or California; write Canada, or US-CA.", code="ambiguous")
        named = {name.upper(): code for code, name in places.items()}
        found = named.get(typed) or state_of(text)
        if found is None:
            near = nearest_state(text)
            hint = f" Did you mean {near}?" if near else " Write a state (LA, Louisiana) or a country (GB)."
            raise Problem(f"There is no place {safe_text(text, 40)!r} with rules.{hint}", code="unknown_place")
        return found
