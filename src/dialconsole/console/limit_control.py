"""What keys do to limits: a step up or down, undo, exact numbers; and what happens when two people do it at once."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import msgspec

from dialconsole.console.desk import Desk
from dialconsole.console.field import Field
from dialconsole.console.throttle import Change, campaign_step, in_words, trunk_step
from dialconsole.model.campaign import Limits
from dialconsole.model.errors import Problem
from dialconsole.model.request.looking import GetStatus
from dialconsole.model.request.trunks import SetLimits
from dialconsole.model.shape import fitted
from dialconsole.model.view import CampaignView, Kind, TrunkView


class _Ahead(NamedTuple):
    seen: int
    """The version that the view had then. One below it is of another trunk or campaign, made anew under that name."""
    version: int
    limits: Limits


class LimitControl:
    """One for each console. Edits carry the version they were based on; a conflict shows both values and asks."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._store = desk.store
        self._one_at_a_time = asyncio.Lock()
        self._ahead: dict[tuple[Kind, str], _Ahead] = {}
        """What the engine confirmed and no view has shown yet: three quick ``+`` are three steps, not one step and two
        conflicts with ourselves."""
        self._undo: Change | None = None

    async def throttle(self, kind: Kind, name: str, direction: int) -> None:
        """One step up (1) or down (-1)."""
        async with self._one_at_a_time:
            view = self._view(kind, name)
            if view is None:
                self._desk.say(f"There is no {kind.value} {name} any more.", "warning")
                return
            version, limits = self._standing(kind, view)
            if isinstance(view, TrunkView):
                step = trunk_step(view, limits, direction)
            else:
                step = campaign_step(view, limits, self._limits_of_trunk(view.trunk), direction)
            if step.limits is None:
                self._desk.say(f"Nothing changed: {step.note}.")
                return
            told = f"{name}: {step.old} → {step.new}{step.note}"
            await self._set(Change(kind, name, limits, step.limits), version, told)

    async def undo(self) -> None:
        """Take the last change back; if somebody changed the same since, ask first."""
        async with self._one_at_a_time:
            change, self._undo = self._undo, None
            view = self._view(change.kind, change.name) if change else None
            if change is None or view is None:
                self._desk.say("There is nothing to undo.")
                return
            version, limits = self._standing(change.kind, view)
            back = Change(change.kind, change.name, limits, change.before)
            if limits != change.after and not await self._still_wanted(back, "It was changed again since.\n\n"):
                return
            told = f"Undone. {change.name}: {in_words(limits)} → {in_words(change.before)}"
            await self._set(back, version, told, undoable=False)

    async def edit(self, kind: Kind, name: str) -> None:
        """Exact numbers, in a form."""
        view = self._view(kind, name)
        if view is None:
            return
        version, limits = self._standing(kind, view)
        fields = (
            Field("calls_per_minute", _LABELS["calls_per_minute"], _typed(limits.calls_per_minute), "no limit"),
            Field("max_concurrent", _LABELS["max_concurrent"], _typed(limits.max_concurrent), "no limit"),
            Field("calls_per_second", _LABELS["calls_per_second"], _typed(limits.calls_per_second), "no limit"),
        )

        async def submit(values: dict[str, str]) -> str:
            try:
                wanted = _limits(values)
            except Problem as problem:
                return problem.sentence
            told = f"{name}: {in_words(limits)} → {in_words(wanted)}"
            async with self._one_at_a_time:
                await self._set(Change(kind, name, limits, wanted), version, told)
            return ""

        note = "In any 60 seconds, not per calendar minute. Empty sets no limit."
        await self._desk.fill_in(f"Limits of {kind.value} {name}", fields, "Set", submit, note)

    # -- one change -----------------------------------------------------------------------------------------------

    async def _set(self, change: Change, version: int | None, told: str, *, undoable: bool = True) -> None:
        request = SetLimits(kind=change.kind.value, name=change.name, limits=change.after, version=version)
        try:
            await self._desk.request(request)
        except Problem as problem:
            if problem.code != "conflict":
                self._desk.say(problem.sentence, "error")
                return
            self._ahead.pop((change.kind, change.name), None)  # another one of that name, which began with our version
            if await self._still_wanted(change):  # the engine's sentence holds the two values as well
                await self._set(change, None, told, undoable=False)
            return
        if version is not None:
            view = self._view(change.kind, change.name)
            seen = min(version, view.version) if view is not None else version
            self._ahead[change.kind, change.name] = _Ahead(seen, version + 1, change.after)
        if undoable:
            self._undo = change
            self._desk.can_take_back("undo", self.undo)
            told = f"{told} · u undo"
        self._desk.say(told)

    async def _still_wanted(self, change: Change, sentence: str = "") -> bool:
        theirs = await self._limits_now(change)
        both = f"{sentence}It is now:   {in_words(theirs)}\nYou wanted:  {in_words(change.after)}"
        return await self._desk.confirm(f"Somebody else changed {change.name}", both, "Set mine", "Keep theirs")

    async def _limits_now(self, change: Change) -> Limits:
        """Asked of the engine: its update may still be on its way, and both values must be true."""
        try:
            status = await self._desk.request(GetStatus())
        except Problem:
            status = None
        told = (*status.trunks, *status.campaigns) if status is not None else ()
        wanted = TrunkView if change.kind is Kind.TRUNK else CampaignView
        fresh = next((v for v in told if isinstance(v, wanted) and v.name == change.name), None)
        view = fresh or self._view(change.kind, change.name)
        return view.limits if view is not None else change.before

    # -- what stands ----------------------------------------------------------------------------------------------

    def _view(self, kind: Kind, name: str) -> TrunkView | CampaignView | None:
        return self._store.trunks.get(name) if kind is Kind.TRUNK else self._store.campaigns.get(name)

    def _standing(self, kind: Kind, view: TrunkView | CampaignView) -> tuple[int, Limits]:
        ahead = self._ahead.get((kind, view.name))
        if ahead is not None and ahead.seen <= view.version < ahead.version:
            return ahead.version, ahead.limits
        return view.version, view.limits

    def _limits_of_trunk(self, name: str) -> Limits | None:
        trunk = self._store.trunks.get(name)
        return self._standing(Kind.TRUNK, trunk)[1] if trunk is not None else None


def _typed(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _limits(values: dict[str, str]) -> Limits:
    """What was typed, as limits. Raises ``Problem`` with the field's name."""
    numbers: dict[str, float | int | None] = {}
    for key, text in values.items():
        try:
            numbers[key] = None if not text else float(text) if key == "calls_per_second" else int(text)
        except ValueError:
            raise Problem(f"{_LABELS[key]}: {text!r} is no {_WANTED[key]}.") from None
    for key, number in numbers.items():
        fitted(Limits, key, number, key=_LABELS[key], typed=values[key])
    return msgspec.convert(numbers, Limits)


_LABELS = {
    "calls_per_minute": "Calls a minute",
    "max_concurrent": "At once",
    "calls_per_second": "Calls a second",
}
_WANTED = {
    "calls_per_minute": "whole number",
    "max_concurrent": "whole number",
    "calls_per_second": "number",
}
