"""Hours by the rules of the callee's place: who is named, in which words, and until when."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from dialconsole.compliance.calendar import Calendar
from dialconsole.compliance.checks.hours import HoursCheck
from dialconsole.compliance.gate import ProposedCall
from dialconsole.compliance.hours import LATE_S, NEVER, CallingHours
from dialconsole.compliance.rules.book import RuleBook
from dialconsole.model.calendar import CalendarDay
from dialconsole.model.campaign import CallingWindow
from dialconsole.model.purpose import LineType, Purpose, Voice
from dialconsole.model.verdict import CheckResult, VerdictKind

CHICAGO, NEW_YORK, DENVER = "America/Chicago", "America/New_York", "America/Denver"
LOUISIANA = "(La. PSC General Order R-29617, La. R.S. 45:811; row US-LA v1)"
WIDE = CallingWindow(opens=time(6), closes=time(23))


def at(day: int, hour: int, minute: int = 0, second: int = 0, *, month: int = 11, year: int = 2026, zone: str) -> float:
    """An instant; in November 2026 the 22nd is a Sunday."""
    return datetime(year, month, day, hour, minute, second, tzinfo=ZoneInfo(zone)).timestamp()


def judged(
    instant: float,
    *places: str,
    zones: tuple[str, ...] = (CHICAGO,),
    window: CallingWindow = WIDE,
    purpose: Purpose = Purpose.MARKETING,
    calendar: Calendar | None = None,
) -> CheckResult:
    check = HoursCheck(CallingHours(), RuleBook.read(calendar))
    call = ProposedCall(
        number=12015550123, zones=zones, campaign="spring", window=window, jurisdictions=places, purpose=purpose
    )
    return check(call, instant)


def test_a_sunday_in_louisiana() -> None:
    """The place, the kind of call, the law and the row; held until Monday at eight."""
    found = judged(at(22, 10, 14, zone=CHICAGO), "US-LA")
    assert (found.verdict, found.code) == (VerdictKind.HELD, "no_calls_day")
    assert found.sentence == (
        f"In America/Chicago it is Sunday 10:14; Louisiana allows no sales calls on Sundays {LOUISIANA}."
    )
    assert found.until == at(23, 8, zone=CHICAGO)


def test_mardi_gras_in_louisiana() -> None:
    """A holiday is named, with its date."""
    found = judged(at(9, 10, 14, month=2, year=2027, zone=CHICAGO), "US-LA")
    assert found.code == "holiday"
    assert found.sentence == (
        "In America/Chicago it is 2027-02-09 10:14, Mardi Gras; "
        f"Louisiana allows no sales calls on holidays {LOUISIANA}."
    )
    assert found.until == at(10, 8, month=2, year=2027, zone=CHICAGO)


def test_holidays_in_a_row_are_waited_out() -> None:
    """Thanksgiving, the day after it and ... Saturday is open: the instant named is the right one."""
    found = judged(at(25, 20, 30, zone=CHICAGO), "US-LA")
    assert found.code == "after_hours"
    assert found.until == at(28, 8, zone=CHICAGO)


def test_before_and_after_the_hours_of_a_row() -> None:
    """Whoever is stricter at that hour is named: the row here, the campaign there."""
    early, late = judged(at(23, 7, 14, zone=CHICAGO), "US-LA"), judged(at(23, 20, 14, zone=CHICAGO), "US-LA")
    assert early.sentence == f"In America/Chicago it is 07:14; Louisiana allows sales calls from 08:00 {LOUISIANA}."
    assert late.sentence == f"In America/Chicago it is 20:14; Louisiana allows sales calls until 20:00 {LOUISIANA}."
    narrow = CallingWindow(opens=time(10), closes=time(16))
    found = judged(at(23, 9, zone=CHICAGO), "US-LA", window=narrow)
    assert found.sentence == (
        "In America/Chicago it is 09:00; this campaign calls from 10:00 "
        "(legal hours 08:00-21:00; rows US v1, US-LA v1; calendar v0)."
    )


def test_a_ring_past_the_end_of_a_row() -> None:
    """Inside to the eye, but it would ring in Florida after eight."""
    found = judged(at(23, 19, 59, 45, zone=NEW_YORK), "US-FL", zones=(NEW_YORK,))
    assert found.sentence == (
        "In America/New_York it is 19:59:45; Florida allows sales calls until 20:00, and 30 s of ringing, begun up "
        "to 15 s from now, would go past that (Fla. Stat. 501.616(6); row US-FL v1)."
    )


def test_a_day_that_the_campaign_does_not_call_on_is_the_campaigns() -> None:
    """Texas would allow it."""
    weekdays = CallingWindow(days=(0, 1, 2, 3, 4))
    found = judged(at(22, 14, zone=CHICAGO), "US-TX", window=weekdays)
    assert found.code == "outside_days"
    assert "this campaign calls on Monday, Tuesday, Wednesday, Thursday, Friday only" in found.sentence


def test_a_holiday_with_shorter_hours() -> None:
    """Nebraska: recorded messages from 13:00 on holidays."""
    found = judged(at(26, 12, 30, zone=CHICAGO), "US-NE")
    assert found.code == "before_hours"
    assert found.sentence.startswith(
        "In America/Chicago it is 12:30, Thanksgiving Day; Nebraska allows calls by an artificial voice from 13:00"
    )
    assert found.until == at(26, 13, zone=CHICAGO)


def test_a_rule_that_counts_in_another_zone_too() -> None:
    """20:14 in El Paso is 21:14 in Central time, in which Texas may count: the other zone is told."""
    closed = judged(at(23, 20, 14, zone=DENVER), "US-TX", zones=(DENVER,))
    assert closed.sentence.startswith("In America/Chicago it is 21:14; Texas allows sales calls until 21:00")
    assert closed.until == at(24, 9, zone=DENVER)
    opened = judged(at(23, 19, 14, zone=DENVER), "US-TX", zones=(DENVER,))
    assert opened.until == pytest.approx(at(23, 20, zone=DENVER) - 30 - LATE_S, abs=1e-6)
    assert "and within 09:00-21:00 in America/Chicago" in opened.sentence


def test_clear_names_who_closes_first_and_all_rows() -> None:
    """The evidence of a call: hours, who set them, every row with its version, the calendar's version."""
    found = judged(at(23, 13, zone=NEW_YORK), "US-FL", zones=(NEW_YORK,))
    assert found.sentence == (
        "Within 08:00-20:00 in America/New_York; ringing ends before America/New_York closes at 20:00 "
        "(by Florida; rows US v1, US-FL v1; calendar v0)."
    )
    narrow = judged(at(23, 13, zone=NEW_YORK), "US-FL", zones=(NEW_YORK,), window=CallingWindow(closes=time(17)))
    assert "closes at 17:00 (by this campaign; rows" in narrow.sentence


def test_every_place_and_every_zone_must_be_open() -> None:
    """Kentucky opens at ten, Florida closes at eight, and both in both zones."""
    zones = (CHICAGO, NEW_YORK)
    assert judged(at(23, 9, 59, zone=CHICAGO), "US-FL", "US-KY", zones=zones).code == "before_hours"
    assert judged(at(23, 10, 0, zone=CHICAGO), "US-FL", "US-KY", zones=zones).code == "open"
    assert judged(at(23, 20, 0, zone=NEW_YORK), "US-FL", "US-KY", zones=zones).code == "after_hours"


def test_a_calendar_entry_holds_at_once_and_for_every_purpose() -> None:
    """What was kept as open does not answer any more; the reason and who entered it are told."""
    calendar = Calendar()
    check = HoursCheck(CallingHours(), RuleBook.read(calendar))
    call = ProposedCall(number=12015550123, zones=(CHICAGO,), jurisdictions=("US-LA",), purpose=Purpose.SURVEY)
    noon = at(23, 12, zone=CHICAGO)
    assert check(call, noon).verdict is VerdictKind.CLEAR
    calendar.add(CalendarDay("US-LA", date(2026, 11, 23), "proclamation", by="maria"))
    found = check(call, noon)
    assert (found.verdict, found.code) == (VerdictKind.HELD, "calendar")
    assert found.sentence == (
        "In America/Chicago it is 2026-11-23 12:00; nobody in US-LA is called on that day: proclamation "
        "(calendar, entered by maria)."
    )
    assert found.until == at(24, 9, zone=CHICAGO)
    calendar.remove("US-LA", date(2026, 11, 23))
    assert check(call, noon).verdict is VerdictKind.CLEAR


def test_closed_for_longer_than_anybody_looks_ahead() -> None:
    """An emergency of three weeks: held without an instant, and the rows are named."""
    calendar = Calendar(CalendarDay("US-LA", date(2026, 12, day), "emergency") for day in range(1, 22))
    found = judged(at(1, 12, month=12, zone=CHICAGO), "US-LA", calendar=calendar)
    assert (found.code, found.until) == ("no_common_hours", None)
    assert "rows US v1, US-LA v1; calendar v21" in found.sentence


@pytest.mark.parametrize("places", [(), ("JM",), ("US-FL", "US-ZZ")])
def test_a_place_without_rules_never_opens(places: tuple[str, ...]) -> None:
    """At the gate and in the queue, which asks the hours alone."""
    found = judged(at(23, 13, zone=NEW_YORK), *places, zones=(NEW_YORK,))
    expected = (VerdictKind.REFUSED, "no_rules") if places else (VerdictKind.HELD, "place_unknown")
    assert (found.verdict, found.code, found.until) == (*expected, None)
    rules = RuleBook.read().rules_for(places, Purpose.SURVEY, Voice.HUMAN, LineType.UNKNOWN)
    assert CallingHours().opening((NEW_YORK,), WIDE, 30.0, at(23, 13, zone=NEW_YORK), rules) is NEVER
