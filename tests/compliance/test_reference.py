"""The gate against a second implementation of the rules, which is slow and read from docs/compliance.md."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from dialconsole.compliance.checks.caps import CapsCheck
from dialconsole.compliance.checks.consent import ConsentCheck
from dialconsole.compliance.checks.hours import HoursCheck
from dialconsole.compliance.gate import Gate, ProposedCall
from dialconsole.compliance.history import CallHistory
from dialconsole.compliance.hours import CallingHours, silent_after
from dialconsole.compliance.rules.book import RuleBook
from dialconsole.model.campaign import CallingWindow
from dialconsole.model.purpose import ConsentBasis, LineType, Purpose, Voice
from dialconsole.model.verdict import CheckName, VerdictKind
from kit import law

NUMBER = 12015550123
DAY_S = 86_400.0
FIRST, LAST = datetime(2025, 1, 3, tzinfo=UTC).timestamp(), datetime(2028, 12, 10, tzinfo=UTC).timestamp()

ZONES = {
    "US-ID": ("America/Boise", "America/Los_Angeles"), "US-FL": ("America/Chicago", "America/New_York"),
    "US-TX": ("America/Chicago", "America/Denver"), "US-SD": ("America/Chicago", "America/Denver"),
    "US-TN": ("America/Chicago", "America/New_York"), "US-NE": ("America/Chicago", "America/Denver"),
    "US-IN": ("America/Indiana/Indianapolis",), "US-AZ": ("America/Phoenix",), "US-AK": ("America/Adak",),
    "US-HI": ("Pacific/Honolulu",), "US-PR": ("America/Puerto_Rico",), "US-GU": ("Pacific/Guam",),
    "US-MS": ("America/Chicago",), "US-LA": ("America/Chicago",), "US-AL": ("America/Chicago",),
    "US-CA": ("America/Los_Angeles",), "US-NV": ("America/Los_Angeles",), "US-WA": ("America/Los_Angeles",),
    "US-UT": ("America/Denver",), "US-NM": ("America/Denver",), "US-WY": ("America/Denver",),
    "CA": ("America/Toronto",), "CA-NL": ("America/St_Johns",), "CA-SK": ("America/Regina",),
    "GB": ("Europe/London",), "GB-SCT": ("Europe/London",), "AU": ("Australia/Sydney",), "AU-WA": ("Australia/Perth",),
    "US": ("America/New_York", "America/Chicago"),
}  # fmt: skip

BOOK = RuleBook.read()
STATES = tuple(place for place in BOOK.places if place.startswith("US-"))

HOLIDAYS = sorted({day for row in law.table("Holidays") for day in law.holidays_of(row["Row"])})

RULED = sorted({row["Row"] for row in law.table("Hours") if row["Row"] in BOOK.places})
EDGES = sorted({time.fromisoformat(wall) for row in law.table("Hours") for wall in re.findall(r"\d\d:\d\d", str(row))})

places = st.one_of(st.sampled_from(STATES), st.sampled_from(sorted(ZONES)), st.sampled_from(RULED))
instants = st.one_of(
    st.floats(FIRST, LAST, allow_nan=False),
    st.integers(int(FIRST) // 60, int(LAST) // 60).map(lambda minute: minute * 60.0),
    st.builds(
        lambda day, minute: min(LAST, datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() + minute * 60.0),
        st.sampled_from(HOLIDAYS),
        st.integers(-720, 2 * 1440),
    ),
)
days = st.one_of(st.dates(date(2025, 1, 4), date(2028, 12, 8)), st.sampled_from(HOLIDAYS[1:-3]))
windows = st.sampled_from(
    (
        CallingWindow(),
        CallingWindow(opens=time(0), closes=time(23, 59)),
        CallingWindow(opens=time(7, 30), closes=time(20, 30), days=(0, 2, 5, 6)),
    )
)


@st.composite
def calls(draw: st.DrawFn) -> tuple[ProposedCall, float]:
    """A contact who may be in one place or two, in their zones, and an instant, often at an edge of some hours."""
    where = tuple(sorted(set(draw(st.lists(places, min_size=1, max_size=2)))))
    zones = tuple(sorted({zone for place in where for zone in ZONES.get(place, ("America/New_York",))}))
    ring_s = draw(st.sampled_from((15.0, 30.0, 60.0)))
    late_s = ring_s + law.LATE_S
    edge = datetime.combine(
        draw(days), draw(st.sampled_from(EDGES)), ZoneInfo(draw(st.sampled_from(zones)))
    ).timestamp()
    nearly = edge + draw(st.sampled_from((-late_s - 1, -late_s, -late_s + 1, -ring_s, -0.5, 0.0, 30.0)))
    call = ProposedCall(
        number=NUMBER,
        zones=zones,
        jurisdictions=where,
        campaign="spring",
        window=draw(windows),
        ring_timeout_s=ring_s,
        purpose=draw(st.sampled_from(Purpose)),
        voice=draw(st.sampled_from(Voice)),
        line=draw(st.sampled_from(LineType)),
        consent=draw(st.sampled_from(ConsentBasis)),
    )
    return call, draw(st.one_of(st.just(nearly), instants))


@st.composite
def earlier(draw: st.DrawFn) -> list[tuple[float, bool]]:
    """Calls before an instant: how many seconds before, and whether a person answered."""
    ago = st.one_of(
        st.floats(1.0, 40 * DAY_S),
        st.sampled_from([length * DAY_S - early for length in (1 / 3, 1, 7, 30) for early in (0.0, 1800.0)]),
    )
    return sorted(draw(st.lists(st.tuples(ago, st.booleans()), max_size=9)), reverse=True)


def question(call: ProposedCall, at: float, before: list[tuple[float, bool]]) -> law.Question:
    return law.Question(
        places=call.jurisdictions,
        zones=call.zones,
        purpose=call.purpose,
        voice=call.voice,
        line=call.line,
        consent=call.consent,
        ring_s=call.ring_timeout_s + law.LATE_S,
        opens=call.window.opens,
        closes=call.window.closes,
        days=call.window.days,
        calls=tuple(at - ago for ago, _ in before),
        conversations=tuple(at - ago for ago, answered in before if answered),
    )


@settings(max_examples=1000, deadline=None)
@given(calls(), earlier())
def test_the_gate_answers_as_the_page_does(asked: tuple[ProposedCall, float], before: list[tuple[float, bool]]) -> None:
    """For random contacts, calls before and instants from 2025 to 2028: hours, caps and consent, each and together."""
    call, at = asked
    history = CallHistory(BOOK.longest_window_s)
    history.load((NUMBER, at - ago, at - ago if answered else None) for ago, answered in before)
    gate = Gate((ConsentCheck(BOOK), CapsCheck(BOOK, history), HoursCheck(CallingHours(), BOOK)))
    verdict = gate.judge(call, at)
    said = {result.check: result.verdict for result in verdict.checks}
    q = question(call, at, before)
    assert (said[CheckName.HOURS] is VerdictKind.CLEAR) is law.hours_open(q, at), verdict.reasons
    assert (said[CheckName.CAPS] is VerdictKind.CLEAR) is not law.capped(q, at), verdict.reasons
    assert (said[CheckName.CONSENT] is VerdictKind.CLEAR) is not law.consent_missing(q), verdict.reasons
    assert verdict.clear is (law.hours_open(q, at) and not law.capped(q, at) and not law.consent_missing(q))


@pytest.mark.parametrize("row", RULED)
def test_every_edge_of_every_row(row: str) -> None:
    """A week and all holidays of four years, at each opening and closing of the row: hours as on the page."""
    told = next(line for line in law.table("Hours") if line["Row"] == row)
    edges = [time.fromisoformat(wall) for wall in re.findall(r"\d\d:\d\d", str(told))] + [time(12)]
    week = [date(2026, 9, 14) + timedelta(days=n) for n in range(7)]
    check = HoursCheck(CallingHours(), BOOK)
    for zone in ZONES.get(row, ("America/New_York",)):
        call = ProposedCall(
            number=NUMBER, zones=(zone,), jurisdictions=(row,), window=CallingWindow(opens=time(0), closes=time(23, 59))
        )
        for day in (*week, *sorted(law.holidays_of(row))):
            for edge in edges:
                instant = datetime.combine(day, edge, ZoneInfo(zone)).timestamp()
                for at in (instant - 46.0, instant - 45.0, instant - 30.0, instant - 1.0, instant):
                    clear = check(call, at).verdict is VerdictKind.CLEAR
                    assert clear is law.hours_open(question(call, at, []), at), (day, edge, at - instant)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(law.table("Caps") + law.table("Caps", 1)), earlier(), calls())
def test_every_cap_of_the_page(
    row: law.Row, before: list[tuple[float, bool]], asked: tuple[ProposedCall, float]
) -> None:
    """Calls of the kind and in the place of one cap, after random ones before."""
    kind = {
        "debt": (Purpose.DEBT_COLLECTION, Voice.HUMAN, LineType.MOBILE),
        "sales": (Purpose.MARKETING, Voice.AI, LineType.UNKNOWN),
        "artificial": (Purpose.SURVEY, Voice.PRERECORDED, LineType.UNKNOWN),
        "artificial to no mobile, not sales": (Purpose.SURVEY, Voice.AI, LineType.LANDLINE),
    }[row["Which calls"]]
    place = row["Row"].removesuffix("-debt").removesuffix("-home")
    purpose, voice, line = kind
    call = structs.replace(asked[0], jurisdictions=(place,), purpose=purpose, voice=voice, line=line)
    at = asked[1]
    history = CallHistory(BOOK.longest_window_s)
    history.load((NUMBER, at - ago, at - ago if answered else None) for ago, answered in before)
    held = CapsCheck(BOOK, history)(call, at).verdict is VerdictKind.HELD
    assert held is law.capped(question(call, at, before), at)


@settings(max_examples=120, deadline=None)
@given(calls(), st.lists(st.floats(0.0, 1.0), min_size=8, max_size=8))
def test_an_opening_stands_until_the_instant_it_names(asked: tuple[ProposedCall, float], parts: list[float]) -> None:
    """Over nights, Sundays, holidays and clock changes: the same answer until then, the other one from then on."""
    call, at = asked
    rules = BOOK.rules_for(call.jurisdictions, call.purpose, call.voice, call.line)
    opening = CallingHours().opening(call.zones, call.window, silent_after(call.ring_timeout_s), at, rules)
    q = question(call, at, [])
    end = min(opening.until, at + 10 * DAY_S, LAST)
    for part in parts:
        assert law.hours_open(q, at + part * max(0.0, end - at - 0.01)) is opening.open
    if opening.until < LAST:
        late = 0.002 if opening.open else 0.0
        assert law.hours_open(q, opening.until + late) is not opening.open


@settings(max_examples=150, deadline=None)
@given(calls(), earlier())
def test_a_cap_frees_at_the_instant_it_names(
    asked: tuple[ProposedCall, float], before: list[tuple[float, bool]]
) -> None:
    """Just before it the cap still holds; from it on the cap that was told does not."""
    call, at = asked
    history = CallHistory(BOOK.longest_window_s)
    history.load((NUMBER, at - ago, at - ago if answered else None) for ago, answered in before)
    check = CapsCheck(BOOK, history)
    found = check(call, at)
    if found.until is not None:
        assert found.until > at
        assert check(call, found.until - 0.01).verdict is VerdictKind.HELD
        assert check(call, found.until).verdict is VerdictKind.CLEAR


@pytest.mark.parametrize("heading", ["Hours", "Consent", "Holidays", "Sources"])
def test_the_page_and_the_files_name_the_same_rows(heading: str) -> None:
    """No row is forgotten on the page, and none stands there that is not in force."""
    wanted = {
        "Hours": {row.id for row in BOOK.rows if row.hours},
        "Consent": {row.id for row in BOOK.rows if row.consent},
        "Holidays": {row.id for row in BOOK.rows if row.hours and row.hours.holidays},
        "Sources": {row.id for row in BOOK.rows},
    }[heading]
    assert {row["Row"] for row in law.table(heading)} == wanted


def test_the_page_tells_the_source_of_each_row() -> None:
    """Source, version, date of reading, certainty and reading, as in the file."""
    for told in law.table("Sources"):
        row = next(row for row in BOOK.rows if row.id == told["Row"])
        assert told["Version"] == str(row.version)
        assert told["Source"] == row.source
        assert told["Read"] == row.read.isoformat()
        assert told["Certainty"] == row.certainty.replace("_", " ")
        assert told["Note"] == row.note.strip()


def test_the_page_tells_the_law_of_each_consent() -> None:
    """What is cited in a refusal stands on the page."""
    told = {(row["Row"], row["Needs"], row["Law"]) for row in law.table("Consent")}
    assert told == {(row.id, need.basis.value, need.law) for row in BOOK.rows for need in row.consent}
