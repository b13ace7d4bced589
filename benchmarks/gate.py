"""The gate: what it costs to be sure, for a contact that may be called.

Beside it the same questions asked the plain way each time: the number parsed, each zone's clock read, every row of the
rule book looked at, every sentence written anew. The opt-out list holds a million numbers in both.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from statistics import median

import phonenumbers

from benchmarks.row import Row
from dialconsole.compliance.gate import ProposedCall
from dialconsole.compliance.history import CallHistory
from dialconsole.compliance.hours import LEGAL, CallingHours, zone_info
from dialconsole.compliance.optouts import OptOutIndex
from dialconsole.compliance.recent import RecentCalls
from dialconsole.compliance.rules.book import RuleBook
from dialconsole.compliance.standard import standard_gate
from dialconsole.compliance.zones import zones_of_number
from dialconsole.model.campaign import CallingWindow
from dialconsole.model.optout import OptOut, OptOutSource
from dialconsole.model.purpose import ConsentBasis
from dialconsole.model.verdict import CheckName, CheckResult, Verdict, VerdictKind, combine

CONTACTS = 10_000
BASELINE_CONTACTS = 1_000
OPT_OUTS = 1_000_000
NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC).timestamp()
"""A Monday, 13:00 in New York and 10:00 in Los Angeles."""

WINDOWS = (CallingWindow(), CallingWindow(days=(0, 1, 2, 3, 4)), CallingWindow(opens=LEGAL.opens, closes=LEGAL.closes))


def contacts(book: RuleBook) -> list[ProposedCall]:
    """Fictional numbers of a hundred area codes whose every zone is open, in three campaigns, all mixed.

    Which state an area code is in does not matter to the cost, so they are dealt out in turn.
    """
    hours = CallingHours()
    states = [place for place in book.places if place.startswith("US-")]
    area_codes = [
        (npa, found.zones)
        for npa in range(201, 990)
        if (found := zones_of_number(f"+1{npa}5550100")).callable
        and hours.opening(found.zones, WINDOWS[0], 30.0, NOON).open
    ]
    mixed = area_codes[:: len(area_codes) // 100][:100]
    return [
        ProposedCall(
            number=int(f"1{npa}55501{line:02}"),
            zones=zones,
            campaign=f"campaign-{line % 3}",
            window=WINDOWS[line % 3],
            attempts=line % 2,
            jurisdictions=(states[n % len(states)],),
            consent=ConsentBasis.WRITTEN,
        )
        for line in range(CONTACTS // 100)
        for n, (npa, zones) in enumerate(mixed)
    ]


def imported() -> Iterator[OptOut]:
    for n in range(OPT_OUTS):
        yield OptOut(number=f"+1{2_000_000_000 + n}", source=OptOutSource.IMPORT, reason="bench", by="bench", at=NOON)


def plain_judge(
    optouts: OptOutIndex, recent: RecentCalls, book: RuleBook, history: CallHistory
) -> Callable[[ProposedCall, float], Verdict]:
    """The same checks without anything kept between two questions."""

    def clear(check: CheckName, sentence: str) -> CheckResult:
        return CheckResult(check=check, verdict=VerdictKind.CLEAR, code="clear", sentence=sentence)

    def judge(call: ProposedCall, at: float) -> Verdict:
        assert phonenumbers.is_valid_number(phonenumbers.parse(f"+{call.number}"))
        assert optouts.covers(call.number, call.campaign) is None
        assert recent.last(call.number) is None
        rows = [
            row
            for row in book.rows
            if row.binds(call.purpose, call.voice, call.line)
            and any(place in ("US", *call.jurisdictions) for place in row.jurisdictions)
        ]
        for cap in (cap for row in rows for cap in row.caps):
            assert sum(at < called + cap.within.seconds for called in history.calls(call.number)) < cap.calls
        assert call.consent is ConsentBasis.WRITTEN or not any(row.consent for row in rows)
        times = []
        for instant in (at, at + call.ring_timeout_s):
            for zone in call.zones:
                local = datetime.fromtimestamp(instant, zone_info(zone))
                assert max(LEGAL.opens, call.window.opens) <= local.time() <= min(LEGAL.closes, call.window.closes)
                assert local.weekday() in call.window.days
                times.append(f"{local:%H:%M} in {zone}")
                for row in rows:
                    opens, closes = row.hours.on(local.date(), holiday=False) if row.hours else (0.0, 86_400.0)
                    assert opens <= local.hour * 3600 + local.minute * 60 <= closes
        checks = (
            clear(CheckName.NUMBER, "a valid number"),
            clear(CheckName.CAMPAIGN, f"the campaign is {call.state}"),
            clear(CheckName.OPTOUT, "not on the list"),
            clear(CheckName.CONSENT, f"{call.consent} consent"),
            clear(CheckName.CAPS, ", ".join(row.id for row in rows)),
            clear(CheckName.ATTEMPTS, f"attempt {call.attempts + 1} of {call.max_attempts}"),
            clear(CheckName.GAP, f"no call in the last {call.min_gap_s:g} s"),
            clear(CheckName.HOURS, ", ".join(times)),
        )
        return combine(checks, call.zones, at)

    return judge


def microseconds(judge: Callable[[ProposedCall, float], Verdict], calls: list[ProposedCall]) -> float:
    """Median of single questions, a tenth of a second of calling time apart."""
    clock = time.perf_counter_ns
    spent: list[int] = []
    at = NOON
    for call in calls:
        at += 0.1
        begin = clock()
        verdict = judge(call, at)
        spent.append(clock() - begin)
        assert verdict.clear
    return median(spent) / 1000


def run() -> list[Row]:
    entries = list(imported())
    begin = time.perf_counter()
    optouts = OptOutIndex(entries)
    loaded = time.perf_counter() - begin
    del entries
    book, recent = RuleBook.read(), RecentCalls()
    history = CallHistory(book.longest_window_s)
    hours = CallingHours()
    gate = standard_gate(optouts, recent, hours, book, history)
    plain = plain_judge(optouts, recent, book, history)
    calls = contacts(book)
    gc.collect()
    ours, baseline = [], []
    for _ in range(3):  # interleaved; the first round also fills what is kept
        ours.append(microseconds(gate.judge, calls))
        baseline.append(microseconds(plain, calls[:BASELINE_CONTACTS]))
    return [
        Row(
            what="gate, a clear contact, median (all checks)",
            ours=min(ours),
            unit="us",
            aim="<= 25",
            baseline=min(baseline),
            beside="phonenumbers, zoneinfo and rules each time",
        ),
        Row(what="opt-out list, 1M entries loaded", ours=loaded, unit="s", aim="<= 2"),
    ]
