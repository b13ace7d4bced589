"""The counts of the preflight are the gate's own answers, contact by contact, whatever is put together on the way."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from dialconsole.clock import LoopClock, run_virtual
from dialconsole.compliance.alike import KNOWN
from dialconsole.engine.dialable import Dialable
from dialconsole.engine.queue import CallQueue
from dialconsole.engine.safeguards import Safeguards, proposed
from dialconsole.engine.standing import Day, Standing
from dialconsole.engine.stock import Stock, Stocktaker
from dialconsole.engine.tally import decisive_at
from dialconsole.model.calendar import CalendarDay
from dialconsole.model.campaign import CallingWindow, Campaign, RetryPolicy, Trunk
from dialconsole.model.dialable import DialableReport
from dialconsole.model.errors import Problem
from dialconsole.model.facts import ContactFacts
from dialconsole.model.optout import OptOut, OptOutSource
from dialconsole.model.outcome import CampaignState, ContactStatus
from dialconsole.model.place import Place
from dialconsole.model.purpose import ConsentBasis, Purpose, Voice
from dialconsole.model.verdict import Verdict, VerdictKind
from dialconsole.store.ledger import ContactRecord, QueuedContact
from kit.registry import DAY, import_numbers, import_state

OBTAINED = date(2026, 2, 20)
AREAS = (212, 312, 305, 213, 808, 787, 416)
"""416 is Toronto; the national list below covers all but 787."""
LINES = range(100, 140)
NUMBERS = [int(f"1{area}5550{line}") for area in AREAS for line in LINES]
ODD_NUMBERS = [18005550123, 442079460123, 61255501234, 12465210123, 12465220123, 19995550123, 10005550123]
PLACES = (
    Place(("America/New_York",), ("US-NY",)),
    Place(("America/New_York",), ("US-FL",)),
    Place(("America/Chicago", "America/New_York"), ("US-IL", "US-NY")),
    Place(("America/Los_Angeles",), ("US-CA",)),
    Place(("Pacific/Honolulu",), ("US-HI",)),
    Place(("America/New_York",), ()),
    Place((), ("US-NY",)),
    Place(("America/Toronto",), ("CA-ON",)),
    Place(("Europe/London",), ("GB",)),
    Place(("America/Puerto_Rico",), ("PR",)),
    Place(("America/New_York",), ("US",)),
)
NOW = datetime(2026, 3, 3, 15, 10, tzinfo=UTC).timestamp()
"""A Tuesday, 10:10 in New York."""


@pytest.fixture(scope="module")
def registries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of registries: fine, one with lists of a state and of Canada, old, and none at all."""
    root = tmp_path_factory.mktemp("registries")
    listed = [number - 10_000_000_000 for number in NUMBERS[::3] if number // 10_000_000 != 1787]
    import_numbers(root / "plain", listed, obtained=OBTAINED)
    import_numbers(root / "more", listed, obtained=OBTAINED)
    import_state(root / "more", "us-fl", [number - 10_000_000_000 for number in NUMBERS[::5]], obtained=OBTAINED)
    import_state(
        root / "more", "us-ny", [number - 10_000_000_000 for number in NUMBERS[::7]], obtained=date(2026, 1, 2)
    )
    import_state(root / "more", "canada", [number - 10_000_000_000 for number in NUMBERS[::4]], obtained=OBTAINED)
    import_numbers(root / "old", listed, obtained=date(2026, 1, 30))
    return {name: root / name for name in ("plain", "more", "old", "none")}


# -- a workspace without calls ----------------------------------------------------------------------------------------


class Workspace:
    """What ``Dialable`` asks of a floor, with real rules, registry, queue and counts; nobody dials."""

    def __init__(self, registry: Path, now: float, calendar: tuple[CalendarDay, ...] = ()) -> None:
        self.clock = LoopClock(datetime.fromtimestamp(now, UTC))
        self.safeguards = Safeguards(registry, calendar)
        self.safeguards.book.load()
        self.safeguards.history.keep_s = self.safeguards.book.longest_window_s
        self.gate = self.safeguards.gate
        self.queue = CallQueue(lambda campaign, place, now: (True, now + 60))
        self.places = dict(enumerate(PLACES, 1))
        self.facts: dict[int, ContactFacts] = {}
        self.campaigns: dict[str, Campaign] = {}
        self.standings: dict[str, Standing] = {}
        self.halted: dict[str, int] = {}
        self.trunks = {"main": Trunk(name="main")}
        self.moves = 0
        self.day = Day("America/New_York")
        self.ledger: Any = SimpleNamespace()
        self.dialable = Dialable(self, self.queue, self.places, self.facts)  # type: ignore[arg-type]

    def add(self, doc: Campaign, contacts: list[QueuedContact]) -> None:
        self.campaigns[doc.name] = doc
        standing = self.standings.setdefault(doc.name, Standing())
        standing.total += len(contacts)
        self.queue.load(contacts, self.clock.time())

    def judge(self, contact: QueuedContact, at: float) -> Verdict:
        """One contact, by the gate, at an instant."""
        doc = self.campaigns[contact.campaign]
        place, facts = self.places[contact.place], self.facts[contact.facts]
        call = proposed(doc, CampaignState.RUNNING, contact.number, place, facts, contact.attempts, self.trunks["main"])
        return self.gate.judge(call, at)

    def first_clear(self, contact: QueuedContact, at: float) -> float | None:
        """Step from hold to hold."""
        for _ in range(12):
            verdict = self.judge(contact, at)
            if verdict.clear:
                return at
            if verdict.verdict is VerdictKind.REFUSED or verdict.until is None:
                return None
            at = verdict.until
        return None


def one_by_one(workspace: Workspace, contacts: list[QueuedContact], now: float) -> tuple[Counter[str], Counter[str]]:
    """The counts and the reasons again, with a question to the gate for each contact."""
    end = workspace.day.end(now)
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for contact in contacts:
        verdict = workspace.judge(contact, now)
        waits = contact.next_at is not None and contact.next_at > now
        if verdict.clear and not waits:
            counts["ready"] += 1
            continue
        decisive = decisive_at(verdict, contact.next_at or 0.0)
        reasons[decisive.code if decisive else "retry"] += 1
        if verdict.verdict is VerdictKind.REFUSED:
            counts["refused"] += 1
            continue
        first = workspace.first_clear(contact, max(now, contact.next_at or 0.0))
        if first is not None and first < end:
            counts["today"] += 1
        elif workspace.first_clear(contact, now) is not None:
            counts["later"] += 1
        else:
            counts["waiting"] += 1
    return counts, reasons


def counted(report: DialableReport) -> tuple[Counter[str], Counter[str]]:
    counts = Counter({name: getattr(report, name) for name in ("ready", "today", "later", "waiting", "refused")})
    reasons: Counter[str] = Counter()
    for reason in report.reasons:
        reasons[reason.code] += reason.count
    return +counts, +reasons


# -- random ones ------------------------------------------------------------------------------------------------------

facts = st.builds(
    ContactFacts,
    consent=st.sampled_from([ConsentBasis.WRITTEN, ConsentBasis.ORAL, ConsentBasis.ORAL, ConsentBasis.UNKNOWN]),
    last_purchase=st.sampled_from([None, NOW - 30 * DAY, NOW - 545 * DAY, NOW - 600 * DAY]),
    last_inquiry=st.sampled_from([None, NOW - 10 * DAY, NOW - 100 * DAY]),
)
campaigns = st.builds(
    Campaign,
    name=st.just("spring"),
    trunk=st.just("main"),
    window=st.sampled_from([CallingWindow(), CallingWindow(days=(0, 2, 4))]),
    retry=st.builds(RetryPolicy, max_attempts=st.sampled_from([2, 3])),
    min_gap_s=st.sampled_from([0.0, 900.0, 86_400.0]),
    purpose=st.sampled_from([Purpose.DEBT_COLLECTION, Purpose.MARKETING, Purpose.INFORMATIONAL, Purpose.SURVEY]),
    voice=st.sampled_from([Voice.HUMAN, Voice.HUMAN, Voice.AI]),
    client=st.sampled_from(["", "acme"]),
    registry_exempt=st.sampled_from(["", "", "a survey", "no"]),
)


class Rows(Struct, frozen=True):
    """(number, place, facts, attempts, wait) of contacts; (number, seconds ago, answered) of calls; who is in one."""

    contacts: list[tuple[int, int, int, int, float | None]]
    calls: list[tuple[int, float, bool]]
    live: list[int]


@st.composite
def row_lists(draw: st.DrawFn) -> Rows:
    """Few different places, facts and attempts, so that many contacts are alike, and calls to many of them."""
    numbers = draw(st.lists(st.sampled_from(NUMBERS + ODD_NUMBERS), min_size=20, max_size=120, unique=True))
    places = draw(st.lists(st.integers(1, len(PLACES)), min_size=1, max_size=2))
    most = draw(st.sampled_from([0, 0, 1, 3]))
    waits = draw(st.sampled_from([(None,), (None, None, -60.0, 600.0, 5 * 3600.0, 30 * 3600.0)]))
    times = draw(st.sampled_from([0, 1, 1, 2, 4]))
    facts = draw(st.integers(1, 2))
    random = draw(st.randoms(use_true_random=False))
    ago = (60.0, 500.0, 1000.0, 5 * 3600.0, 23.5 * 3600, 3 * DAY, 6.9 * DAY)
    return Rows(
        [
            (number, random.choice(places), random.randint(1, facts), random.randint(0, most), random.choice(waits))
            for number in numbers
        ],
        [
            (number, random.choice(ago), random.random() < 0.3)
            for number in numbers[::2]
            for _ in range(random.randint(0, times))
        ],
        numbers[: draw(st.sampled_from([0, 0, 0, 2]))],
    )


opt_outs = st.lists(
    st.builds(
        OptOut,
        number=st.sampled_from([f"+{number}" for number in NUMBERS[::9]] + ["+1212*", "+130555501*", "+1416555*"]),
        source=st.sampled_from(OptOutSource),
        reason=st.sampled_from(["", "asked"]),
        by=st.just("maria"),
        at=st.sampled_from([NOW - 5.0, NOW - 500.0]),
        scope=st.sampled_from(["", "campaign:spring", "campaign:other", "client:acme"]),
        removed=st.booleans(),
    ),
    max_size=8,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    registry=st.sampled_from(["plain", "more", "old", "none"]),
    doc=campaigns,
    rows=row_lists(),
    some_facts=st.tuples(facts, facts),
    entries=opt_outs,
    hour=st.sampled_from([0, 3, 9, 11.5, 14]),
    holiday=st.booleans(),
    locked=st.sampled_from([False, False, True]),
)
def test_counts_are_those_of_the_gate_asked_for_each_contact(
    registries: dict[str, Path],
    registry: str,
    doc: Campaign,
    rows: Rows,
    some_facts: tuple[ContactFacts, ...],
    entries: list[OptOut],
    hour: float,
    holiday: bool,
    locked: bool,
) -> None:
    """Whatever the list, the rules, the registries, the opt-outs and the calls of the last days."""
    now = NOW + hour * 3600
    calendar = (CalendarDay("US-CA", date(2026, 3, 3), "proclamation", by="maria", at=NOW),) if holiday else ()

    async def main() -> None:
        workspace = Workspace(registries[registry], now, calendar)
        workspace.facts.update(enumerate(some_facts, 1))
        if locked:
            some = tuple(f"+{number}" for number in NUMBERS[::4])
            workspace.trunks["main"] = Trunk(name="main", backend="livekit", allowed_numbers=some)
        known = workspace.safeguards
        known.opt_outs.load(entries)
        for number, ago, answered in sorted(rows.calls, key=lambda call: -call[1]):
            known.claimed(number, now - ago)
            if answered:
                known.answered(number, now - ago)
        for number in rows.live:
            known.live.enter(number)
        queued = [
            QueuedContact(
                id, number, doc.name, place, facts, ContactStatus.PENDING if wait is None else ContactStatus.RETRY,
                attempts, None if wait is None else now + wait,
            )
            for id, (number, place, facts, attempts, wait) in enumerate(rows.contacts, 1)
        ]  # fmt: skip
        workspace.add(doc, queued)
        report = await workspace.dialable.report(doc.name, fresh=True)
        assert report.at == now
        assert counted(report) == one_by_one(workspace, queued, now)
        assert report.open == len(queued)
        known.close()

    run_virtual(main)


def test_every_check_of_the_gate_is_known_to_what_puts_contacts_together(registries: dict[str, Path]) -> None:
    """A new check that looks at something else would make two contacts differ that are counted as one."""
    safeguards = Safeguards(registries["none"], ())
    assert set(safeguards.gate.names) == KNOWN


def fresh(id: int, number: int, *, place: int = 1, facts: int = 1) -> QueuedContact:
    return QueuedContact(id, number, "spring", place, facts, ContactStatus.PENDING, 0, None)


HUMAN_DEBT = Campaign(
    name="spring", trunk="main", purpose=Purpose.DEBT_COLLECTION, voice=Voice.HUMAN, registry_exempt="a debt"
)


def test_business_done_before_tells_listed_contacts_apart(registries: dict[str, Path]) -> None:
    """Of two people on the registry one bought something a month ago and may be called; the other may not."""
    doc = Campaign(name="spring", trunk="main", purpose=Purpose.SURVEY, voice=Voice.HUMAN)
    listed = [number for number in NUMBERS[::3] if number // 10**7 == 1212]

    async def main() -> None:
        workspace = Workspace(registries["plain"], NOW)
        workspace.facts.update({1: ContactFacts(), 2: ContactFacts(last_purchase=NOW - 30 * DAY)})
        queued = [fresh(id, number, facts=1 + id % 2) for id, number in enumerate(listed, 1)]
        workspace.add(doc, queued)
        report = await workspace.dialable.report("spring")
        assert counted(report) == one_by_one(workspace, queued, NOW)
        assert report.ready == len(queued) // 2
        assert report.reasons[0].code == "registry_listed"

    run_virtual(main)


@pytest.mark.parametrize("answered", [True, False])
def test_caps_are_counted_with_each_numbers_own_time(registries: dict[str, Path], answered: bool) -> None:
    """Seven calls in seven days, or a conversation: each number is free at an instant of its own, some today."""

    async def main() -> None:
        workspace = Workspace(registries["none"], NOW)
        workspace.facts[1] = ContactFacts()
        queued = [fresh(id, number) for id, number in enumerate(NUMBERS[:40], 1)]
        calls = []
        for id, number in enumerate(NUMBERS[:30]):
            first = NOW - 7 * DAY + (id - 4) * 3 * 3600.0
            calls += [(first + n * 600.0, number) for n in range(7 if not answered else 1 + id % 2)]
        for at, number in sorted(calls):
            workspace.safeguards.claimed(number, at)
            if answered:
                workspace.safeguards.answered(number, at)
        workspace.add(HUMAN_DEBT, queued)
        report = await workspace.dialable.report("spring")
        assert counted(report) == one_by_one(workspace, queued, NOW)
        [reason] = report.reasons
        assert reason.code == ("quiet_after_conversation" if answered else "cap_reached")
        assert 0 < reason.today < reason.count
        assert report.ready >= 10 and report.later

    run_virtual(main)


def test_what_happens_is_counted_when_somebody_looks_again(registries: dict[str, Path]) -> None:
    """An opt-out, a call, a list, a day of the calendar, an edit, the evening: each shows in the next report."""

    async def main() -> None:
        workspace = Workspace(registries["plain"], NOW)
        workspace.facts[1] = ContactFacts(ConsentBasis.WRITTEN)
        known, clock = workspace.safeguards, workspace.clock
        queued = [fresh(id, number) for id, number in enumerate(NUMBERS[:40], 1)]
        workspace.add(HUMAN_DEBT, queued)

        async def look() -> DialableReport:
            report = await workspace.dialable.report("spring", fresh=True)
            assert counted(report) == one_by_one(workspace, queued, clock.time())
            return report

        first = await look()
        assert (first.ready, first.line) == (40, "Of 40 contacts: 40 may be called now.")
        assert await workspace.dialable.report("spring", fresh=True) is first  # nothing happened
        known.opt_outs.add(OptOut(f"+{NUMBERS[0]}", OptOutSource.OPERATOR, "asked", "maria", NOW))
        assert (await look()).refused == 1
        known.claimed(NUMBERS[1], clock.time())
        workspace.moves += 1
        assert (await look()).today == 1
        more = [fresh(id, number) for id, number in enumerate(NUMBERS[40:80], 41)]
        queued += more
        workspace.add(HUMAN_DEBT, more)
        assert (await look()).ready == 78
        known.calendar.add(CalendarDay("US-NY", date(2026, 3, 3), "snow", by="maria", at=NOW))
        assert (await look()).ready == 0
        known.calendar.remove("US-NY", date(2026, 3, 3))
        workspace.campaigns["spring"] = msgspec.structs.replace(HUMAN_DEBT, registry_exempt="")
        listed = len(NUMBERS[:80:3]) - 1
        assert (await look()).ready == 78  # written consent exempts the listed ones, too
        workspace.facts[2] = ContactFacts()
        late = [fresh(id, number, facts=2) for id, number in enumerate(NUMBERS[80:120], 81)]
        queued += late
        workspace.add(workspace.campaigns["spring"], late)
        assert (await look()).refused > listed // 3
        await asyncio.sleep(12 * 3600)
        evening = await look()
        assert (evening.ready, evening.today) == (0, 0)

    run_virtual(main)


def test_a_list_opens_behind_each_count(registries: dict[str, Path]) -> None:
    """Page by page, in the order of the lists, each contact with all of its reasons; nobody twice, nobody left out."""

    async def main() -> None:
        workspace = Workspace(registries["plain"], NOW)
        workspace.facts.update({1: ContactFacts(), 2: ContactFacts(ConsentBasis.WRITTEN)})
        queued = [fresh(id, number, facts=1 + id % 2) for id, number in enumerate(NUMBERS, 1)]
        workspace.add(Campaign(name="spring", trunk="main"), queued)
        workspace.ledger.contacts = lambda ids: _records(queued, ids)
        report = await workspace.dialable.report("spring")
        assert len(report.reasons) > 1
        for code, count in [("ready", report.ready), *((reason.code, reason.count) for reason in report.reasons)]:
            seen: list[int] = []
            after: int | None = 0
            while after is not None:
                page = await workspace.dialable.page("spring", code, after, 7)
                seen += [contact.id for contact in page.contacts]
                assert len(page.contacts) <= 7
                assert all(contact.reasons or code == "ready" for contact in page.contacts)
                after = page.next
            assert seen == sorted(set(seen))
            assert len(seen) == count

    run_virtual(main)


def test_a_contact_that_waits_for_its_retry_does_not_wait_for_the_gap(registries: dict[str, Path]) -> None:
    """Called a minute ago and due again in two hours: the counts and the list tell the two hours, not the gap. Due
    before the gap is over, it is the gap that is told."""

    async def main() -> None:
        workspace = Workspace(registries["plain"], NOW)
        workspace.facts[1] = ContactFacts(ConsentBasis.WRITTEN)
        late, soon = (
            QueuedContact(id, NUMBERS[id], "spring", 1, 1, ContactStatus.RETRY, 1, NOW + due)
            for id, due in ((1, 7200.0), (2, 60.0))
        )
        for contact in (late, soon):
            workspace.safeguards.claimed(contact.number, NOW - 60)
        workspace.add(Campaign(name="spring", trunk="main", purpose=Purpose.INFORMATIONAL), [late, soon])
        workspace.ledger.contacts = lambda ids: _records([late, soon], ids)
        report = await workspace.dialable.report("spring")
        assert {(reason.code, reason.count, reason.until) for reason in report.reasons} == {
            ("retry", 1, NOW + 7200.0), ("too_soon", 1, NOW + 840.0)
        }  # fmt: skip
        page = await workspace.dialable.page("spring", "retry", 0, 10)
        assert [contact.id for contact in page.contacts] == [1]
        assert page.contacts[0].until == NOW + 7200.0
        assert len(page.contacts[0].reasons) == 1
        assert page.contacts[0].reasons[0].startswith("Its next attempt is due at ")
        assert [c.id for c in (await workspace.dialable.page("spring", "too_soon", 0, 10)).contacts] == [2]

    run_virtual(main)


async def _records(queued: list[QueuedContact], ids: list[int]) -> list[ContactRecord]:
    return [
        ContactRecord(
            one.id, f"+{one.number}", "", one.campaign, "list.csv", one.id + 1, one.status, one.attempts, None, None,
            (), (), {},
        )
        for one in queued
        if one.id in ids
    ]  # fmt: skip


def test_a_campaign_that_is_not_there(registries: dict[str, Path]) -> None:
    """A sentence, not a count of nothing."""

    async def main() -> None:
        with pytest.raises(Problem, match="There is no campaign 'autumn'"):
            await Workspace(registries["none"], NOW).dialable.report("autumn")

    run_virtual(main)


def test_a_contact_that_is_called_while_it_is_counted_speaks_for_nobody_else(
    registries: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gate is asked about another one of its group: a call to one holds none of the others."""

    async def main() -> None:
        workspace = Workspace(registries["none"], NOW)
        workspace.facts[1] = ContactFacts()
        workspace.add(HUMAN_DEBT, [fresh(id, number) for id, number in enumerate(NUMBERS[:40], 1)])
        take = Stocktaker.take

        async def call_meanwhile(self: Stocktaker, *question: Any) -> Stock:
            stock = await take(self, *question)
            for group in stock.groups.values():
                workspace.safeguards.claimed(workspace.queue.number(group.contact), NOW)
            workspace.moves += 1
            return stock

        monkeypatch.setattr(Stocktaker, "take", call_meanwhile)
        assert (await workspace.dialable.report("spring")).ready == 40

    run_virtual(main)
