"""What keys do to the do-not-call list. Nothing is erased: taking a number off is an entry too."""

from __future__ import annotations

from dialconsole.console.desk import Desk
from dialconsole.console.field import Field
from dialconsole.console.render.count import plural
from dialconsole.console.render.optout import SOURCE_WORDS, listed
from dialconsole.model.errors import Problem
from dialconsole.model.optout import (
    EVERYWHERE,
    OptOut,
    OptOutSource,
    campaign_scope,
    client_scope,
    is_pattern,
    scope_words,
)
from dialconsole.model.request.optouts import AddOptOut, ImportOptOuts, RemoveOptOut
from dialconsole.model.request.request import Done, Request

ONE_SCOPE = (
    "An entry binds one campaign or the campaigns of one client: choose every campaign, or leave the client empty."
)


class OptOutControl:
    """Forms that stay open until the engine has taken what was typed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def add(self) -> bool:
        """Ask for a number and why. Whether one was added."""
        typed_by_people = (OptOutSource.CALLER, OptOutSource.OPERATOR, OptOutSource.AGENT)
        fields = (
            Field("number", "Number", hint="+1 212-555-0143, or a beginning: +1201555*", needed=True),
            Field("source", "Who wished it", typed_by_people[0].value, choices=_choices(typed_by_people)),
            Field("reason", "Reason", hint="in the caller's words, if you can", needed=True),
            *self._scope(),
        )

        async def submit(values: dict[str, str]) -> str:
            if _two_scopes(values):
                return ONE_SCOPE
            return await self._change(
                AddOptOut(
                    number=values["number"],
                    source=OptOutSource(values["source"]),
                    reason=values["reason"],
                    scope=_scope_of(values),
                )
            )

        return await self._desk.fill_in("Add to do-not-call", fields, "Add", submit, "From now on it is not dialed.")

    async def remove(self, entry: OptOut) -> bool:
        """Ask why the number may be called again. Whether it was taken off."""
        scope = scope_words(entry.scope) if entry.scope == EVERYWHERE else f"for the {scope_words(entry.scope)}"
        note = (
            f"Listed {scope}; {SOURCE_WORDS[entry.source]}: {entry.reason or 'no reason given'}. "
            "Your name, the time and the reason go into the audit."
        )
        if is_pattern(entry.number):
            note += " Numbers of it that are listed themselves stay on the list."

        async def submit(values: dict[str, str]) -> str:
            return await self._change(RemoveOptOut(number=entry.number, reason=values["reason"], scope=entry.scope))

        fields = (Field("reason", "Reason", hint="why it may be called again", needed=True),)
        return await self._desk.fill_in(
            f"Let {listed(entry.number)} be called again?", fields, "Take off", submit, note
        )

    async def import_file(self) -> bool:
        """Ask for a file on the engine's machine. Whether it was read."""
        fields = (
            Field("path", "File", hint="a file on the engine's machine, a number a line", needed=True),
            Field("reason", "Reason", hint="where the list comes from", needed=True),
            *self._scope(),
        )

        async def submit(values: dict[str, str]) -> str:
            if _two_scopes(values):
                return ONE_SCOPE
            request = ImportOptOuts(path=values["path"], reason=values["reason"], scope=_scope_of(values))
            try:
                report = await self._desk.request(request)
            except Problem as problem:
                return problem.sentence
            faults = len(report.rejected)
            remarks = (*report.rejected, *report.notes)
            first = f": {remarks[0]}" if remarks else ""
            self._desk.say(
                f"{plural(report.added, 'number')} added, {report.known:,} listed before, "
                f"{plural(faults, 'line')} left out{first}",
                "warning" if remarks else "info",
            )
            return ""

        return await self._desk.fill_in("Import into do-not-call", fields, "Import", submit)

    def _scope(self) -> tuple[Field, Field]:
        campaigns = tuple((campaign_scope(name), name) for name in self._desk.store.campaigns)
        return (
            Field("scope", "Binds", EVERYWHERE, choices=((EVERYWHERE, "every campaign"), *campaigns)),
            Field("client", "Only client", hint="a label, for the campaigns of one client"),
        )

    async def _change(self, request: Request[Done]) -> str:
        try:
            done = await self._desk.request(request)
        except Problem as problem:
            return problem.sentence
        self._desk.say(done.sentence)
        return ""


def _two_scopes(values: dict[str, str]) -> bool:
    return bool(values["client"].strip()) and values["scope"] != EVERYWHERE


def _scope_of(values: dict[str, str]) -> str:
    return client_scope(values["client"]) if values["client"].strip() else values["scope"]


def _choices(sources: tuple[OptOutSource, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((source.value, SOURCE_WORDS[source]) for source in sources)
