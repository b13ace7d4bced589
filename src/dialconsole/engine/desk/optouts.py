"""Do not call: add, take off, import, list.

An entry is in force before it is durable and stays in force if the disk refuses it: the mistake must be on the side
of not calling. A reversal works the other way round: durable first.
"""

from __future__ import annotations

import asyncio
import csv
from pathlib import Path

from dialconsole.engine.desk.desk import Handlers
from dialconsole.engine.desk.journal import Journal
from dialconsole.engine.floor import Floor
from dialconsole.engine.numbers import e164, numbers_in
from dialconsole.model.errors import Problem
from dialconsole.model.optout import EVERYWHERE, OptOut, OptOutSource
from dialconsole.model.request import (
    AddOptOut,
    Caller,
    Done,
    ImportOptOuts,
    ListOptOuts,
    OptOutImport,
    OptOutPage,
    RemoveOptOut,
)
from dialconsole.model.text import safe_text
from dialconsole.store.ledger import LedgerFull


class OptOutSection:
    def __init__(self, floor: Floor, journal: Journal) -> None:
        self._floor = floor
        self._journal = journal

    def handlers(self) -> Handlers:
        return {
            ListOptOuts: self.page,
            AddOptOut: self.add,
            RemoveOptOut: self.remove,
            ImportOptOuts: self.import_file,
        }

    async def page(self, request: ListOptOuts, caller: Caller) -> OptOutPage:
        entries = await self._floor.ledger.opt_outs()
        wanted = _matching(entries, request.search)
        wanted.sort(key=lambda entry: entry.at, reverse=True)
        page = wanted[request.offset : request.offset + request.limit]
        return OptOutPage(tuple(page), total=len(wanted), more=request.offset + len(page) < len(wanted))

    async def add(self, request: AddOptOut, caller: Caller) -> Done:
        number = e164(request.number)
        self._scope_must_exist(request.scope)
        where = _where(request.scope)
        if self._listed(number, request.scope):
            return Done(sentence=f"{number} is on the do-not-call list {where} already.", changed=False)
        entry = OptOut(
            number=number,
            source=request.source,
            reason=safe_text(request.reason),
            by=caller.user,
            at=self._floor.clock.time(),
            scope=request.scope,
        )
        self._floor.suppress(entry)
        await self._write([entry])
        await self._journal.record(caller, "do-not-call added", number, new=where, reason=request.reason)
        return Done(sentence=f"{number} is on the do-not-call list {where}, from now on.", undo=f"remove {number}")

    async def remove(self, request: RemoveOptOut, caller: Caller) -> Done:
        number = e164(request.number)
        if not request.reason.strip():
            raise Problem(
                "Taking a number off the do-not-call list needs a reason; it is kept for good.", code="reason"
            )
        if not self._listed(number, request.scope):
            return Done(sentence=f"{number} is not on the do-not-call list {_where(request.scope)}.", changed=False)
        entry = OptOut(
            number=number,
            source=OptOutSource.OPERATOR,
            reason=safe_text(request.reason),
            by=caller.user,
            at=self._floor.clock.time(),
            scope=request.scope,
            removed=True,
        )
        await self._write([entry])
        self._floor.safeguards.opt_outs.add(entry)  # a reversal takes the number off
        await self._journal.record(
            caller, "do-not-call removed", number, old=_where(request.scope), reason=request.reason
        )
        return Done(sentence=f"{number} may be called again, as far as the do-not-call list goes.")

    async def import_file(self, request: ImportOptOuts, caller: Caller) -> OptOutImport:
        self._scope_must_exist(request.scope)
        numbers, rejected = await asyncio.to_thread(_read, Path(request.path))
        now, reason = self._floor.clock.time(), safe_text(request.reason or f"import of {Path(request.path).name}")
        new = [
            OptOut(number, OptOutSource.IMPORT, reason, caller.user, now, scope=request.scope)
            for number in numbers
            if not self._listed(number, request.scope)
        ]
        for entry in new:
            self._floor.suppress(entry)
        await self._write(new)
        name = Path(request.path).name
        await self._journal.record(
            caller, "do-not-call imported", name, new=f"{len(new)} numbers", reason=request.reason
        )
        return OptOutImport(added=len(new), known=len(numbers) - len(new), rejected=tuple(rejected[:100]))

    async def _write(self, entries: list[OptOut]) -> None:
        try:
            await self._floor.ledger.add_opt_outs(entries)
        except LedgerFull as why:
            raise Problem(f"The do-not-call list could not be written: {why}", code="disk") from None

    def _listed(self, number: str, scope: str) -> bool:
        entry = self._floor.safeguards.opt_outs.covers(int(number[1:]), scope or None)
        return entry is not None and entry.scope in (scope, EVERYWHERE)

    def _scope_must_exist(self, scope: str) -> None:
        if scope != EVERYWHERE and scope not in self._floor.campaigns:
            raise Problem(
                f"There is no campaign {safe_text(scope)!r} to limit the entry to; it holds everywhere without one.",
                code="unknown_campaign",
            )


def _where(scope: str) -> str:
    return f"of {scope}" if scope else "everywhere"


def _matching(entries: list[OptOut], search: str) -> list[OptOut]:
    words = search.strip().lower()
    if not words:
        return entries
    digits = "".join(char for char in words if char.isdigit())
    only_digits = digits and not any(char.isalpha() for char in words)
    if only_digits:
        return [entry for entry in entries if digits in entry.number]
    return [entry for entry in entries if words in f"{entry.reason} {entry.by} {entry.source} {entry.scope}".lower()]


def _read(path: Path) -> tuple[list[str], list[str]]:
    """Numbers of a text or CSV file, each once, and a sentence for each line that has none. Blocking."""
    try:
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError as error:
        raise Problem(
            f"{path.name} cannot be read: {error.strerror}. Nothing was imported.", code="unreadable"
        ) from None
    if "\0" in text:
        raise Problem(f"{path.name} is not a text file. Nothing was imported.", code="binary")
    found: dict[str, None] = {}
    rejected: list[str] = []
    for line, row in enumerate(csv.reader(text.splitlines()), start=1):
        cells = [cell for cell in row if cell.strip()]
        numbers = numbers_in(cells)
        if numbers:
            found[numbers[0]] = None
        elif cells and not (line == 1 and not any(char.isdigit() for char in "".join(cells))):
            rejected.append(f"Line {line}: {safe_text(' '.join(cells), 60)!r} is no phone number.")
    if not found and not rejected:
        raise Problem(f"{path.name} has no numbers in it. Nothing was imported.", code="empty")
    return list(found), rejected
