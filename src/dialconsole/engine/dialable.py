"""Of N contacts, so many may be called now, so many today, and the rest for these reasons.

It is the gate that says so, asked once for each group of contacts that it cannot tell apart (``stock``,
``compliance.alike``), and again when a hold is over (``outlook``). What it said of a group is kept until a time in it
has come or a rule has changed; the contacts are counted again when something happened to one and somebody looks.

Whoever looks again and again is answered from the last count for a while, so that a screen that is open never takes
more than a tenth of the engine's time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Hashable
from functools import cached_property, partial

from msgspec import Struct

from dialconsole.compliance.alike import KNOWN, Happened
from dialconsole.compliance.gate import ProposedCall, when
from dialconsole.engine.floor import Floor
from dialconsole.engine.outlook import Day, Judge, Outlook, outlook
from dialconsole.engine.queue import CallQueue
from dialconsole.engine.safeguards import proposed
from dialconsole.engine.stock import Group, Stock, Stocktaker
from dialconsole.engine.tally import Tally, code_of, decisive_at
from dialconsole.model.campaign import Campaign
from dialconsole.model.dialable import CALLABLE, RETRY, DialableReport, UndialableContact, UndialablePage
from dialconsole.model.errors import Problem
from dialconsole.model.facts import ContactFacts
from dialconsole.model.outcome import CampaignState, ContactStatus
from dialconsole.model.place import Place
from dialconsole.model.text import safe_text
from dialconsole.model.verdict import CheckName, Verdict, VerdictKind
from dialconsole.model.view import Kind
from dialconsole.store.ledger import ContactRecord

JUDGED_AT_ONCE = 10
"""Groups or contacts between two turns of the loop: a millisecond or two, since one that is held is asked about again
for later."""

PAUSE, SHORTEST_PAUSE_S = 10.0, 1.0
"""A count is not repeated before so many times the time it took has passed, and a (real) second."""

SELDOM_S = 60.0
"""What waits behind closed hours in a campaign that runs is counted again after this long (real seconds)."""

_MOST_KEPT = 200_000
"""Verdicts on groups kept for the next count."""

log = logging.getLogger(__name__)

TOO_SOON = "too_soon"
"""Of a group that was called a moment ago; a contact of it whose next attempt is due later is counted elsewhere."""

_FINAL = frozenset(status.value for status in ContactStatus if status.final)

MOST_ROWS = 500
"""The most contacts that one page of a list may have."""

_LOOKED_AT = 2_000
"""The most contacts that one page looks at: those that have moved on since the count are left out."""


class _Known:
    """What the gate says of a group, now and in what is left of the day."""

    def __init__(self, judge: Judge, at: float, end_of_day: float) -> None:
        self._gate = judge
        self._verdicts: dict[float, Verdict] = {}
        self.seen = outlook(self._judge, at)
        self._end = end_of_day

    def _judge(self, at: float) -> Verdict:
        """The day asks again for what the outlook has asked for."""
        verdict = self._verdicts.get(at)
        if verdict is None:
            verdict = self._verdicts[at] = self._gate(at)
        return verdict

    @cached_property
    def day(self) -> Day:
        return Day(self._judge, self.seen.verdict.at, self._end)

    def holds(self, tally: Tally) -> bool:
        return self.seen.verdict.at <= tally.at < self.seen.until and self._end == tally.end


class _Count(Struct):
    """The last count of one campaign."""

    report: DialableReport
    stock: Stock
    codes: list[str | None]
    """For each group under which code its contacts are; ``None``: each under its own."""
    stamp: Hashable
    rules: Hashable
    until: float
    took_s: float
    """Of real time."""


class Dialable:
    """The counts of all campaigns in one queue. ``places`` and ``facts`` may grow."""

    def __init__(
        self, floor: Floor, queue: CallQueue, places: dict[int, Place], facts: dict[int, ContactFacts]
    ) -> None:
        self._floor = floor
        self._queue = queue
        self._places = places
        self._facts = facts
        self._stocktaker = Stocktaker(queue, facts, floor.safeguards.registry)
        self._counts: dict[str, _Count] = {}
        self._expected: set[str] = set()
        self._counting = asyncio.Lock()
        self._seen: dict[str, tuple[Hashable, dict[Hashable, _Known]]] = {}
        """By campaign what the gate said of its groups, and by which rules."""

    async def report(self, campaign: str, *, fresh: bool = False) -> DialableReport:
        """The counts of a campaign. ``fresh``: as they are now, not as they were a moment ago. Raises ``Problem``."""
        return (await self._count(campaign, fresh)).report

    def known(self, campaign: str, *, seldom: bool = False) -> DialableReport | None:
        """The last report, if there is one; it is brought up to date for whoever looks next.

        ``seldom``: that calls were made is no reason to count again for a while, only that a rule has changed or a
        time has come. For campaigns that run.
        """
        count = self._counts.get(campaign)
        due = count is None or (not self._holds(campaign, count) and self._rested(count))
        if due and seldom and count is not None:
            due = self._outdated(campaign, count)
        if due and campaign not in self._expected:
            self._expected.add(campaign)
            self._floor.later(self._bring_up_to_date(campaign))
        return None if count is None else count.report

    # -- counting -----------------------------------------------------------------------------------------------------

    async def _bring_up_to_date(self, campaign: str) -> None:
        try:
            await self._count(campaign, fresh=False)
        except Problem as problem:  # deleted meanwhile, or too many kinds to tell apart
            log.info("%s was not counted: %s", campaign, problem.sentence)
        finally:
            self._expected.discard(campaign)
        self._floor.mark(Kind.CAMPAIGN, campaign)

    async def _count(self, campaign: str, fresh: bool) -> _Count:
        async with self._counting:
            doc, count = self._doc(campaign), self._counts.get(campaign)
            if count is not None and (self._holds(campaign, count) or not (fresh or self._rested(count))):
                return count
            count = self._counts[campaign] = await self._count_anew(doc)
            return count

    def _doc(self, campaign: str) -> Campaign:
        doc = self._floor.campaigns.get(campaign)
        if doc is None:
            self._counts.pop(campaign, None)
            self._seen.pop(campaign, None)
            raise Problem(f"There is no campaign {safe_text(campaign)!r}.", code="unknown_campaign")
        return doc

    def _holds(self, campaign: str, count: _Count) -> bool:
        """Whether nothing has happened since a count, and no time in it has come."""
        doc = self._floor.campaigns.get(campaign)
        return doc is not None and self._floor.clock.time() < count.until and count.stamp == self._stamp(doc)

    def _rested(self, count: _Count) -> bool:
        return self._age_s(count) >= max(SHORTEST_PAUSE_S, PAUSE * count.took_s)

    def _outdated(self, campaign: str, count: _Count) -> bool:
        doc = self._floor.campaigns.get(campaign)
        rules = doc is not None and self._rules(doc) != count.rules
        return rules or self._floor.clock.time() >= count.until or self._age_s(count) >= SELDOM_S

    def _age_s(self, count: _Count) -> float:
        """In real time."""
        clock = self._floor.clock
        return (clock.time() - count.report.at) / clock.rate

    def _stamp(self, doc: Campaign) -> Hashable:
        floor, optouts = self._floor, self._floor.safeguards.opt_outs
        return doc, floor.moves, floor.standings[doc.name].total, optouts.changes, self._rules(doc)

    def _rules(self, doc: Campaign) -> Hashable:
        """What a verdict on a group depends on besides the group and the time."""
        safeguards, trunk = self._floor.safeguards, self._floor.trunks.get(doc.trunk)
        book = safeguards.book
        return doc, trunk, safeguards.registry.loads, safeguards.calendar.version, book.rows, book.fault is None

    async def _count_anew(self, doc: Campaign) -> _Count:
        floor = self._floor
        began = asyncio.get_running_loop().time()
        stamp, rules, at = self._stamp(doc), self._rules(doc), floor.clock.time()
        stock = await self._stocktaker.take(doc.name, self._happened(doc, at), at)
        tally = Tally(at, floor.day.end(at))
        codes = await self._judge_all(doc, stock, tally, stamp)
        took = (asyncio.get_running_loop().time() - began) / floor.clock.rate
        return _Count(_report(floor, doc, tally, at), stock, codes, stamp, rules, tally.until, took)

    def _happened(self, doc: Campaign, at: float) -> Happened:
        known, trunk = self._floor.safeguards, self._floor.trunks.get(doc.trunk)
        allowed = proposed(doc, CampaignState.RUNNING, 0, Place((), ()), ContactFacts(), 0, trunk).allowed
        return Happened(known.opt_outs, known.recent, known.history, known.live, known.book, doc, allowed, at)

    async def _judge_all(self, doc: Campaign, stock: Stock, tally: Tally, stamp: Hashable) -> list[str | None]:
        if not KNOWN.issuperset(self._floor.gate.names):
            raise RuntimeError("the gate has a check that compliance.alike does not know")
        waits = await asyncio.to_thread(stock.waits)
        happened = self._happened(doc, stock.at)
        kept, moved = self._kept_for(doc), stamp != self._stamp(doc)
        codes: list[str | None] = []
        for place, (key, group) in enumerate(stock.groups.items()):
            if place % JUDGED_AT_ONCE == 0:
                await asyncio.sleep(0)
                moved = moved or stamp != self._stamp(doc)
            known = kept.get(key)
            if known is None or not known.holds(tally):
                contact = self._representative(happened, stock, place, group) if moved else group.contact
                call = self._call(doc, contact)
                known = kept[key] = _Known(self._judge(call), stock.at, tally.end)
            if group.doings is not None and group.doings.capped and _held_by_caps(known.seen):
                await self._judge_each(doc, stock, place, tally)
                codes.append(None)
                continue
            codes.append(code_of(known.seen))
            tally.add(known.seen, group.count)
            if place in waits:
                tally.add_waiting(known.seen, known.day, waits[place])
        return codes

    async def _judge_each(self, doc: Campaign, stock: Stock, place: int, tally: Tally) -> None:
        for judged, position in enumerate(stock.of([place]).tolist(), 1):
            due = stock.due[position : position + 1]
            known = _Known(self._judge(self._call(doc, int(stock.ids[position]))), stock.at, tally.end)
            tally.add(known.seen, int(not due[0]))
            if due[0]:
                tally.add_waiting(known.seen, known.day, due)
            if judged % JUDGED_AT_ONCE == 0:
                await asyncio.sleep(0)

    def _kept_for(self, doc: Campaign) -> dict[Hashable, _Known]:
        rules, kept = self._seen.get(doc.name, (None, {}))
        if rules != self._rules(doc) or len(kept) > _MOST_KEPT:
            rules, kept = self._seen[doc.name] = self._rules(doc), {}
        return kept

    def _representative(self, happened: Happened, stock: Stock, place: int, group: Group) -> int:
        """A contact of the group that has not moved since it was counted: one that is being called is like no other."""
        if self._unmoved(happened, group, group.contact):
            return group.contact
        for position in stock.of([place]).tolist():
            if self._unmoved(happened, group, contact := int(stock.ids[position])):
                return contact
        return group.contact

    def _unmoved(self, happened: Happened, group: Group, contact: int) -> bool:
        number = self._queue.number(contact)
        return self._queue.queued(contact) and happened.doings([number]).get(number) == group.doings

    def _call(self, doc: Campaign, contact: int) -> ProposedCall:
        """The call as it would be if the campaign ran: whether it does is no property of its contacts."""
        _, number, place, facts, attempts = self._queue.row(contact)
        trunk = self._floor.trunks.get(doc.trunk)
        return proposed(doc, CampaignState.RUNNING, number, self._places[place], self._facts[facts], attempts, trunk)

    def _judge(self, call: ProposedCall) -> Judge:
        return partial(self._floor.gate.judge, call)

    # -- listing ------------------------------------------------------------------------------------------------------

    async def page(self, campaign: str, code: str, after: int, limit: int) -> UndialablePage:
        """Contacts of one count, from the one after id ``after`` on, each judged anew. Raises ``Problem``."""
        limit = max(1, min(limit, MOST_ROWS))
        if code in _FINAL:
            return await self._finished(self._doc(campaign).name, ContactStatus(code), after, limit)
        count = await self._count(campaign, fresh=False)
        doc = self._doc(campaign)
        found: dict[int, tuple[Outlook, float]] = {}
        last: int | None = None
        for looked, (contact, due) in enumerate(self._candidates(count, code, after), 1):
            if len(found) == limit or looked > _LOOKED_AT:
                break
            last = contact
            seen = self._seen_now(doc, contact)
            if seen is not None and code_of(seen, due) == code:
                found[contact] = seen, due
            if looked % JUDGED_AT_ONCE == 0:
                await asyncio.sleep(0)
        else:
            last = None
        rows = {record.id: record for record in await self._floor.ledger.contacts(list(found))}
        listed = tuple(_listed(rows[contact], *seen) for contact, seen in found.items() if contact in rows)
        return UndialablePage(listed, last)

    async def _finished(self, campaign: str, status: ContactStatus, after: int, limit: int) -> UndialablePage:
        rows = await self._floor.ledger.finished_contacts(campaign, status, after, limit + 1)
        contacts = tuple(_finished(row) for row in rows[:limit])
        return UndialablePage(contacts, contacts[-1].id if len(rows) > limit else None)

    def _candidates(self, count: _Count, code: str, after: int) -> list[tuple[int, float]]:
        """Contacts that may be counted under a code, and when they are due if that is later."""
        stock = count.stock
        wanted = {code, TOO_SOON, *({CALLABLE} if code == RETRY else ())}
        positions = stock.of([place for place, of in enumerate(count.codes) if of is None or of in wanted], after)
        positions = positions[: _LOOKED_AT + 1]
        return list(zip(stock.ids[positions].tolist(), stock.due[positions].tolist(), strict=True))

    def _seen_now(self, doc: Campaign, contact: int) -> Outlook | None:
        if not self._queue.queued(contact):
            return None
        return outlook(self._judge(self._call(doc, contact)), self._floor.clock.time())


def _held_by_caps(seen: Outlook) -> bool:
    """Whether a cap holds it until a time, which is another for each number."""
    return any(
        check.check is CheckName.CAPS and check.verdict is VerdictKind.HELD and check.until is not None
        for check in seen.verdict.checks
    )


def _report(floor: Floor, doc: Campaign, tally: Tally, at: float) -> DialableReport:
    standing = floor.standings[doc.name]
    return DialableReport(
        campaign=doc.name,
        state=CampaignState.PAUSED if doc.name in floor.halted else doc.state,
        at=at,
        total=standing.total,
        ready=tally.ready,
        today=tally.today,
        later=tally.later,
        waiting=tally.waiting,
        refused=tally.refused,
        live=standing.live,
        done={status.value: count for status, count in standing.final.items() if count},
        reasons=tally.reasons(),
    )


def _listed(row: ContactRecord, seen: Outlook, due: float) -> UndialableContact:
    verdict = seen.verdict
    reasons = verdict.reasons
    decisive = decisive_at(verdict, due)
    if due > verdict.at:
        gap = verdict.decisive if decisive is not verdict.decisive else None
        reasons = tuple(reason for reason in reasons if gap is None or reason != gap.sentence)
        reasons = (*reasons, f"Its next attempt is due at {when(due)}.")
    ready = verdict.clear and due <= verdict.at
    first = None if ready or seen.first is None else max(due, seen.first)
    return UndialableContact(
        id=row.id,
        number=row.number,
        name=row.name,
        list=row.list,
        line=row.line,
        attempts=row.attempts,
        sentence=decisive.sentence if decisive is not None else " ".join(reasons) or "May be called now.",
        reasons=reasons,
        until=first,
        zones=row.zones,
    )


def _finished(row: ContactRecord) -> UndialableContact:
    said = f"{row.status.value.capitalize()}{f' ({row.outcome.value})' if row.outcome else ''}."
    return UndialableContact(
        id=row.id,
        number=row.number,
        name=row.name,
        list=row.list,
        line=row.line,
        attempts=row.attempts,
        sentence=" ".join(row.reasons) or said,
        reasons=row.reasons,
        until=None,
        zones=row.zones,
    )
