"""What keys do to the do-not-call list. Nothing is erased: taking a number off is an entry too."""

from __future__ import annotations

from dialconsole.console.desk import Desk
from dialconsole.console.field import Field
from dialconsole.console.render.count import plural
from dialconsole.console.render.number import phone
from dialconsole.console.render.optout import SOURCE_WORDS, scope_words
from dialconsole.model.errors import Problem
from dialconsole.model.optout import EVERYWHERE, OptOut, OptOutSource
from dialconsole.model.request import AddOptOut, Done, ImportOptOuts, RemoveOptOut, Request


class OptOutControl:
    """Forms that stay open until the engine has taken what was typed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def add(self) -> bool:
        """Ask for a number and why. Whether one was added."""
        typed_by_people = (OptOutSource.CALLER, OptOutSource.OPERATOR)
        fields = (
            Field("number", "Number", hint="+1 212-555-0143", needed=True),
            Field("source", "Who wished it", typed_by_people[0].value, choices=_choices(typed_by_people)),
            Field("reason", "Reason", hint="in the caller's words, if you can", needed=True),
            self._scope(),
        )

        async def submit(values: dict[str, str]) -> str:
            return await self._change(
                AddOptOut(
                    number=values["number"],
                    source=OptOutSource(values["source"]),
                    reason=values["reason"],
                    scope=values["scope"],
                )
            )

        return await self._desk.fill_in("Add to do-not-call", fields, "Add", submit, "From now on it is not dialed.")

    async def remove(self, entry: OptOut) -> bool:
        """Ask why the number may be called again. Whether it was taken off."""
        note = (
            f"Listed {scope_words(entry.scope)}; {SOURCE_WORDS[entry.source]}: {entry.reason or 'no reason given'}. "
            "Your name, the time and the reason go into the audit."
        )

        async def submit(values: dict[str, str]) -> str:
            return await self._change(RemoveOptOut(number=entry.number, reason=values["reason"], scope=entry.scope))

        fields = (Field("reason", "Reason", hint="why it may be called again", needed=True),)
        return await self._desk.fill_in(f"Let {phone(entry.number)} be called again?", fields, "Take off", submit, note)

    async def import_file(self) -> bool:
        """Ask for a file on the engine's machine. Whether it was read."""
        fields = (
            Field("path", "File", hint="a file on the engine's machine, a number a line", needed=True),
            Field("reason", "Reason", hint="where the list comes from", needed=True),
            self._scope(),
        )

        async def submit(values: dict[str, str]) -> str:
            request = ImportOptOuts(path=values["path"], reason=values["reason"], scope=values["scope"])
            try:
                report = await self._desk.request(request)
            except Problem as problem:
                return problem.sentence
            faults = len(report.rejected)
            first = f": {report.rejected[0]}" if faults else ""
            self._desk.say(
                f"{plural(report.added, 'number')} added, {report.known:,} listed before, "
                f"{plural(faults, 'line')} left out{first}",
                "warning" if faults else "info",
            )
            return ""

        return await self._desk.fill_in("Import into do-not-call", fields, "Import", submit)

    def _scope(self) -> Field:
        campaigns = tuple((name, name) for name in self._desk.store.campaigns)
        return Field("scope", "Binds", EVERYWHERE, choices=((EVERYWHERE, "every campaign"), *campaigns))

    async def _change(self, request: Request[Done]) -> str:
        try:
            done = await self._desk.request(request)
        except Problem as problem:
            return problem.sentence
        self._desk.say(done.sentence)
        return ""


def _choices(sources: tuple[OptOutSource, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((source.value, SOURCE_WORDS[source]) for source in sources)
