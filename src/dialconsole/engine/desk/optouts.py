"""Do not call: add, take off, import, list.

An entry is in force before it is durable and stays in force if the disk refuses it: the mistake must be on the side
of not calling. A reversal works the other way round: durable first. It takes off exactly the entry that was meant;
what else covers the number stays in force, and the answer names it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from dialconsole.compliance.optouts import OptOutIndex
from dialconsole.engine.desk.campaigns import looked_at_again
from dialconsole.engine.desk.desk import Handlers
from dialconsole.engine.desk.journal import Journal
from dialconsole.engine.floor import Floor
from dialconsole.engine.numbers import number_or_pattern
from dialconsole.engine.optout_file import ListedRow, OptOutFile, read_opt_outs
from dialconsole.engine.second_look import SecondLook
from dialconsole.model.errors import Problem
from dialconsole.model.optout import (
    EVERYWHERE,
    OptOut,
    OptOutSource,
    canonical_scope,
    client_scope,
    is_pattern,
    scope_campaign,
    scope_client,
    scope_words,
    stands_for,
)
from dialconsole.model.request.optouts import (
    AddOptOut,
    CopyOptOuts,
    ImportOptOuts,
    ListOptOuts,
    OptOutImport,
    OptOutPage,
    RemoveOptOut,
)
from dialconsole.model.request.request import Caller, Done
from dialconsole.model.text import safe_text
from dialconsole.store.ledger import LedgerFull

ENTRIES_PER_TURN = 1_000
"""Entries that come into force before the loop gets its turn: a millisecond or two."""

MOST_SENTENCES = 100
"""Told of a file, of each kind; what is wrong with so many lines is wrong with the file."""


class OptOutSection:
    """``reopen`` lets a finished campaign go on, for a reason; it answers with a sentence on that, or nothing."""

    def __init__(
        self,
        floor: Floor,
        journal: Journal,
        second_look: SecondLook,
        reopen: Callable[[str, str, Caller], Awaitable[str]],
    ) -> None:
        self._floor = floor
        self._journal = journal
        self._second_look = second_look
        self._reopen = reopen
        self._coming_off: Counter[tuple[str, str]] = Counter()
        """Numbers that are being taken off: who asks for one of them now is not told that it is there already."""
        self._asked_anew: set[tuple[str, str]] = set()
        """Of these, those that somebody has asked for since."""

    def handlers(self) -> Handlers:
        return {
            ListOptOuts: self.page,
            AddOptOut: self.add,
            RemoveOptOut: self.remove,
            ImportOptOuts: self.import_file,
            CopyOptOuts: self.copy,
        }

    async def page(self, request: ListOptOuts, caller: Caller) -> OptOutPage:
        entries = await self._floor.ledger.opt_outs()
        wanted = await asyncio.to_thread(_newest_matching, entries, request.search)
        page = wanted[request.offset : request.offset + request.limit]
        return OptOutPage(tuple(page), total=len(wanted), more=request.offset + len(page) < len(wanted))

    async def add(self, request: AddOptOut, caller: Caller) -> Done:
        """Narrower entries are written also where a wider one holds already: the wider one may be taken off."""
        number = number_or_pattern(request.number)
        scope = self._existing(request.scope)
        where = _where(scope)
        if self._listed(number, scope):
            await self._write()  # it may be in force and not on disk: then a restart would lose it
            return Done(sentence=f"{number} is on the do-not-call list {where} already.", changed=False)
        entry = OptOut(
            number=number,
            source=request.source,
            reason=safe_text(request.reason),
            by=caller.user,
            at=self._floor.clock.time(),
            scope=scope,
        )
        self._suppress(entry)
        await self._write()
        await self._journal.record(caller, "do-not-call added", number, new=where, reason=request.reason)
        what = f"Every number that begins with {number[:-1]}" if is_pattern(number) else number
        return Done(sentence=f"{what} is on the do-not-call list {where}, from now on.", undo=f"remove {number}")

    async def remove(self, request: RemoveOptOut, caller: Caller) -> Done:
        number, scope = number_or_pattern(request.number), canonical_scope(safe_text(request.scope))
        where = _where(scope)
        if not request.reason.strip():
            raise Problem(
                "Taking a number off the do-not-call list needs a reason; it is kept for good.", code="reason"
            )
        held = self._index.get(number, scope)
        if held is None:
            left = await self._left(number)
            return Done(sentence=f"{number} itself is not on the do-not-call list {where}.{left}", changed=False)
        self._coming_off[number, scope] += 1
        try:
            await self._write()  # what is taken off must not come to the disk after this
            reversals = await self._reversals(number, scope, safe_text(request.reason), caller)
            with self._told():
                await self._floor.ledger.add_opt_outs(reversals)
        finally:
            asked_anew = (number, scope) in self._asked_anew
            self._coming_off.subtract([(number, scope)])
            self._coming_off = +self._coming_off  # without those that are through
            self._asked_anew &= self._coming_off.keys()
        newer = self._index.get(number, scope)
        if newer is not None and (asked_anew or newer != held):
            # Somebody asked for it meanwhile: that stands, and comes to the disk behind the reversal.
            self._floor.opt_outs.suppress(msgspec.structs.replace(newer, at=self._floor.clock.time()))
            await self._write()
            return Done(sentence=f"{number} was put on the list {where} anew meanwhile: it stays there.", changed=False)
        self._index.load(reversals)
        await self._journal.record(caller, "do-not-call removed", number, old=where, reason=request.reason)
        left = await self._left(number)
        again = await self._look_again(number, caller)
        if is_pattern(number):
            return Done(sentence=f"The entry {number} binds no longer {where}.{left}{again}")
        freed = "may be called again, as far as the do-not-call list goes" if not left else f"is off the list {where}"
        return Done(sentence=f"{number} {freed}.{left}{again}")

    async def import_file(self, request: ImportOptOuts, caller: Caller) -> OptOutImport:
        given = self._existing(request.scope)
        name = Path(request.path).name
        file = await asyncio.to_thread(read_opt_outs, Path(request.path))
        now, reason = self._floor.clock.time(), safe_text(request.reason or f"import of {name}")
        new, _ = await self._suppress_new(_imported(row, given, reason, caller.user, now) for row in file.rows)
        await self._journal.record(
            caller, "do-not-call imported", name, new=f"{len(new)} entries", reason=request.reason
        )
        return OptOutImport(
            added=len(new),
            known=len(file.rows) - len(new),
            rejected=_first(file.rejected),
            notes=_first((*self._strangers(new), *file.notes, *_from_the_future(file, now))),
        )

    async def copy(self, request: CopyOptOuts, caller: Caller) -> Done:
        """The copies keep who said so, since when and why; ``by`` is who copied them."""
        source, scope = canonical_scope(safe_text(request.source)), canonical_scope(safe_text(request.scope))
        if scope_client(scope) is None:  # a client may come after its entries: that is what copying them is for
            scope = self._existing(scope)
        elif not scope_client(scope):
            raise Problem("A client's label has letters; nothing was copied.", code="unknown_client")
        if source == scope:
            raise Problem(f"The entries of the {scope_words(scope)} bind it already.", code="same_scope")
        new, found = await self._suppress_new(
            msgspec.structs.replace(entry, scope=scope, by=caller.user) for entry in self._index.entries(source)
        )
        where = f"{scope_words(source)} to {scope_words(scope)}"
        if new:
            await self._journal.record(
                caller, "do-not-call copied", where, new=f"{len(new)} entries", reason=request.reason
            )
        known = f"; {found - len(new):,} were there already" if found > len(new) else ""
        notes = " ".join(self._strangers(new))
        return Done(
            sentence=f"Do-not-call entries copied: {len(new):,}, from {where}{known}.{' ' * bool(notes)}{notes}",
            changed=bool(new),
        )

    @property
    def _index(self) -> OptOutIndex:
        return self._floor.safeguards.opt_outs

    async def _suppress_new(self, entries: Iterable[OptOut]) -> tuple[list[OptOut], int]:
        """Put those in force, durably, that are not; beside them how many there were in all.

        In portions, for there may be a million. Those in force are written also if whoever asked goes away meanwhile.
        """
        new, count = list[OptOut](), 0
        try:
            for count, entry in enumerate(entries, 1):
                if not self._listed(entry.number, entry.scope):
                    self._suppress(entry)
                    new.append(entry)
                if count % ENTRIES_PER_TURN == 0:
                    await asyncio.sleep(0)
        finally:
            await self._write()
        return new, count

    def _listed(self, number: str, scope: str) -> bool:
        """Whether exactly this entry is in force and nobody is about to take it off."""
        return self._index.get(number, scope) is not None and not self._coming_off[number, scope]

    def _suppress(self, entry: OptOut) -> None:
        self._floor.opt_outs.suppress(entry)
        if (entry.number, entry.scope) in self._coming_off:
            self._asked_anew.add((entry.number, entry.scope))

    async def _write(self) -> None:
        """All entries in force are durable when this returns, also those that the disk has refused before."""
        with self._told():
            await self._floor.opt_outs.write(calls=True)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except LedgerFull as why:
            raise Problem(
                f"The do-not-call list could not be written, so new entries hold only while this engine runs: {why}",
                code="disk",
            ) from None

    async def _reversals(self, number: str, scope: str, reason: str, caller: Caller) -> list[OptOut]:
        """One for each way in which the ledger spells the scope: old entries have a campaign's bare name."""
        history = await self._floor.ledger.opt_out_history(number)
        spellings = {scope} | {entry.scope for entry in history if canonical_scope(entry.scope) == scope}
        now = self._floor.clock.time()
        return [
            OptOut(number, OptOutSource.OPERATOR, reason, caller.user, now, scope=spelling, removed=True)
            for spelling in sorted(spellings)
        ]

    async def _look_again(self, number: str, caller: Caller) -> str:
        """A sentence on contacts that the entry had refused; empty if there were none."""
        counts = await self._second_look.at_number(number)
        words = f" {looked_at_again(counts.total())}" if counts else ""
        for campaign in counts:
            words += await self._reopen(campaign, "an opt-out was taken back", caller)
        return words

    async def _left(self, number: str) -> str:
        """A sentence on what still covers a number, or on what of a pattern is listed itself; empty for nothing."""
        entries = await self._floor.ledger.opt_outs()
        wider, narrower = await asyncio.to_thread(_covering, entries, number)
        words = ""
        if wider:
            named = ", ".join(f"{entry.number} ({scope_words(entry.scope)})" for entry in wider[:3])
            words = f" It stays on the list by {named}{' and others' if len(wider) > 3 else ''}."
        if narrower:
            words += f" Entries of their own for its numbers stay in force: {narrower:,}."
        elif is_pattern(number):
            words += " None of its numbers is listed itself."
        return words

    def _existing(self, scope: str) -> str:
        """The canonical spelling of a scope that binds somebody: one that was mistyped would bind nobody, silently."""
        scope = canonical_scope(safe_text(scope))
        if self._binds_somebody(scope):
            return scope
        campaign = scope_campaign(scope)
        if campaign is None:
            raise Problem(
                f"No campaign calls for the client {scope_client(scope)!r}, so the entry would bind nobody; "
                "it holds everywhere without one. The label is the campaign's setting client.",
                code="unknown_client",
            )
        raise Problem(
            f"There is no campaign {campaign!r} to limit the entry to; it holds everywhere without one.",
            code="unknown_campaign",
        )

    def _binds_somebody(self, scope: str) -> bool:
        campaigns = self._floor.campaigns
        label = scope_client(scope)
        if label is None:
            return scope == EVERYWHERE or scope_campaign(scope) in campaigns
        return bool(label) and any(client_scope(doc.client) == scope for doc in campaigns.values())

    def _strangers(self, entries: list[OptOut]) -> list[str]:
        """Scopes that a file brought along and nobody here has: kept, since the campaign may come after the list."""
        scopes = sorted({entry.scope for entry in entries})
        return [
            f"No campaign here is bound by the entries for the {scope_words(scope)} yet; they are kept."
            for scope in scopes
            if not self._binds_somebody(scope)
        ]


def _imported(row: ListedRow, scope: str, reason: str, by: str, now: float) -> OptOut:
    return OptOut(
        number=row.number,
        source=row.source or OptOutSource.IMPORT,
        reason=row.reason or reason,
        by=by,
        at=now if row.at is None else min(row.at, now),
        scope=scope if row.scope is None else row.scope,
    )


def _from_the_future(file: OptOutFile, now: float) -> list[str]:
    late = sum(row.at is not None and row.at > now for row in file.rows)
    return [f"Entries dated in the future count from now: {late:,}."] if late else []


def _first(sentences: tuple[str, ...]) -> tuple[str, ...]:
    more = len(sentences) - MOST_SENTENCES
    return sentences if more <= 0 else (*sentences[:MOST_SENTENCES], f"And {more:,} lines more like these.")


def _where(scope: str) -> str:
    return "everywhere" if scope == EVERYWHERE else f"of the {scope_words(scope)}"


def _covering(entries: list[OptOut], number: str) -> tuple[list[OptOut], int]:
    """Entries that cover all of a number or pattern, and how many cover a part of it. Blocking: the list is long."""
    wider = [entry for entry in entries if stands_for(entry.number, number)]
    narrower = sum(entry.number != number and stands_for(number, entry.number) for entry in entries)
    return wider, narrower


def _newest_matching(entries: list[OptOut], search: str) -> list[OptOut]:
    """Blocking: the list is long."""
    return sorted(_matching(entries, search), key=lambda entry: entry.at, reverse=True)


def _matching(entries: list[OptOut], search: str) -> list[OptOut]:
    """Entries with these digits, patterns that cover these digits, or entries with these words."""
    words = search.strip().lower()
    if not words:
        return entries
    digits = "".join(char for char in words if char.isdigit())
    if digits and not any(char.isalpha() for char in words):
        return [entry for entry in entries if digits in entry.number or stands_for(entry.number, f"+{digits}")]
    return [
        entry
        for entry in entries
        if words in f"{entry.reason} {entry.by} {entry.source} {scope_words(entry.scope)}".lower()
    ]
