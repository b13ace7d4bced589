"""Every state of the US, and every country: the first and the last callable minute of each day of the week.

Written from the laws once more, by hand, for the strictest usual call: marketing by an AI voice, with written consent,
by a campaign that sets no hours of its own.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from dialconsole.compliance.hours import CallingHours
from dialconsole.compliance.rules.book import RuleBook
from dialconsole.model.campaign import CallingWindow
from dialconsole.model.purpose import LineType, Purpose, Voice

BOOK = RuleBook.read()
ALL_DAY = CallingWindow(opens=time(0), closes=time(23, 59))
MONDAY = date(2026, 9, 14)
"""Begins a week without a holiday in any of these places."""
THANKSGIVING = date(2026, 11, 26)
CHRISTMAS = date(2026, 12, 25)

FEDERAL = "8:00-20:59"
NINE_TO_NINE = "9:00-20:59"
NINE_TO_EIGHT = "9:00-19:59"
EIGHT_TO_EIGHT = "8:00-19:59"

# place: zone, Monday to Friday, Saturday, Sunday, Thanksgiving (a Thursday)
TABLE = {
    "US-AL": ("America/Chicago", EIGHT_TO_EIGHT, EIGHT_TO_EIGHT, "", ""),
    "US-AK": ("America/Anchorage", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-AZ": ("America/Phoenix", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-AR": ("America/Chicago", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-CA": ("America/Los_Angeles", NINE_TO_NINE, NINE_TO_NINE, NINE_TO_NINE, NINE_TO_NINE),
    "US-CO": ("America/Denver", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-CT": ("America/New_York", NINE_TO_EIGHT, NINE_TO_EIGHT, NINE_TO_EIGHT, NINE_TO_EIGHT),
    "US-DE": ("America/New_York", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-DC": ("America/New_York", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-FL": ("America/New_York", EIGHT_TO_EIGHT, EIGHT_TO_EIGHT, EIGHT_TO_EIGHT, EIGHT_TO_EIGHT),
    "US-GA": ("America/New_York", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-HI": ("Pacific/Honolulu", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-ID": ("America/Boise", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-IL": ("America/Chicago", NINE_TO_NINE, NINE_TO_NINE, NINE_TO_NINE, NINE_TO_NINE),
    "US-IN": ("America/Indiana/Indianapolis", NINE_TO_EIGHT, NINE_TO_EIGHT, NINE_TO_EIGHT, NINE_TO_EIGHT),
    "US-IA": ("America/Chicago", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-KS": ("America/Chicago", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-KY": ("America/New_York", "10:00-20:59", "10:00-20:59", "10:00-20:59", "10:00-20:59"),
    "US-LA": ("America/Chicago", EIGHT_TO_EIGHT, EIGHT_TO_EIGHT, "", ""),
    "US-ME": ("America/New_York", "9:00-16:59", "", "", "9:00-16:59"),
    "US-MD": ("America/New_York", EIGHT_TO_EIGHT, EIGHT_TO_EIGHT, EIGHT_TO_EIGHT, EIGHT_TO_EIGHT),
    "US-MA": ("America/New_York", EIGHT_TO_EIGHT, EIGHT_TO_EIGHT, EIGHT_TO_EIGHT, EIGHT_TO_EIGHT),
    "US-MI": ("America/Detroit", NINE_TO_NINE, NINE_TO_NINE, NINE_TO_NINE, NINE_TO_NINE),
    "US-MN": ("America/Chicago", NINE_TO_NINE, NINE_TO_NINE, NINE_TO_NINE, NINE_TO_NINE),
    "US-MS": ("America/Chicago", EIGHT_TO_EIGHT, EIGHT_TO_EIGHT, "", ""),
    "US-MO": ("America/Chicago", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-MT": ("America/Denver", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-NE": ("America/Chicago", FEDERAL, FEDERAL, "13:00-20:59", "13:00-20:59"),
    "US-NV": ("America/Los_Angeles", NINE_TO_EIGHT, NINE_TO_EIGHT, NINE_TO_EIGHT, NINE_TO_EIGHT),
    "US-NH": ("America/New_York", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-NJ": ("America/New_York", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-NM": ("America/Denver", NINE_TO_NINE, NINE_TO_NINE, NINE_TO_NINE, NINE_TO_NINE),
    "US-NY": ("America/New_York", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-NC": ("America/New_York", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-ND": ("America/Chicago", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-OH": ("America/New_York", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-OK": ("America/Chicago", EIGHT_TO_EIGHT, EIGHT_TO_EIGHT, EIGHT_TO_EIGHT, EIGHT_TO_EIGHT),
    "US-OR": ("America/Los_Angeles", EIGHT_TO_EIGHT, EIGHT_TO_EIGHT, EIGHT_TO_EIGHT, EIGHT_TO_EIGHT),
    "US-PA": ("America/New_York", FEDERAL, "8:00-11:59", "13:30-20:59", ""),
    "US-RI": ("America/New_York", "9:00-17:59", "10:00-16:59", "", ""),
    "US-SC": ("America/New_York", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-SD": ("America/Chicago", NINE_TO_NINE, "", "", NINE_TO_NINE),
    "US-TN": ("America/Chicago", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-TX": ("America/Chicago", NINE_TO_NINE, NINE_TO_NINE, "12:00-20:59", NINE_TO_NINE),
    "US-UT": ("America/Denver", FEDERAL, FEDERAL, "", ""),
    "US-VT": ("America/New_York", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-VA": ("America/New_York", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-WA": ("America/Los_Angeles", EIGHT_TO_EIGHT, EIGHT_TO_EIGHT, EIGHT_TO_EIGHT, EIGHT_TO_EIGHT),
    "US-WV": ("America/New_York", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-WI": ("America/Chicago", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-WY": ("America/Denver", EIGHT_TO_EIGHT, EIGHT_TO_EIGHT, EIGHT_TO_EIGHT, EIGHT_TO_EIGHT),
    "US-AS": ("Pacific/Pago_Pago", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-GU": ("Pacific/Guam", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-MP": ("Pacific/Saipan", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-PR": ("America/Puerto_Rico", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    "US-VI": ("America/St_Thomas", FEDERAL, FEDERAL, FEDERAL, FEDERAL),
    # Nobody knows which state: what all of them allow.
    "US": ("America/Chicago", "10:00-16:59", "", "", ""),
    # The legal hours, 8 to 21, hold abroad too.
    "CA": ("America/Toronto", NINE_TO_NINE, "10:00-17:59", "10:00-17:59", NINE_TO_NINE),
    "CA-QC": ("America/Toronto", NINE_TO_NINE, "10:00-17:59", "10:00-17:59", NINE_TO_NINE),
    "GB": ("Europe/London", FEDERAL, NINE_TO_NINE, "", FEDERAL),
    "AU": ("Australia/Sydney", NINE_TO_EIGHT, "9:00-16:59", "", NINE_TO_EIGHT),
}


def callable_minutes(place: str, zone: str, day: date, voice: Voice = Voice.AI) -> str:
    """First and last whole minute of a local date at which a telephone may start to ring for 15 s; empty if none."""
    rules = BOOK.rules_for((place,), Purpose.MARKETING, voice, LineType.UNKNOWN)
    hours = CallingHours()
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    minutes = [
        minute
        for minute in range(1440)
        if hours.opening((zone,), ALL_DAY, 15.0, (midnight + timedelta(minutes=minute)).timestamp(), rules).open
    ]
    if not minutes:
        return ""
    assert minutes == list(range(minutes[0], minutes[-1] + 1))  # one stretch a day
    return "-".join(f"{minute // 60}:{minute % 60:02}" for minute in (minutes[0], minutes[-1]))


@pytest.mark.parametrize("place", TABLE)
def test_first_and_last_callable_minute(place: str) -> None:
    """Each day of an ordinary week, and a holiday."""
    zone, weekdays, saturday, sunday, thanksgiving = TABLE[place]
    week = [callable_minutes(place, zone, MONDAY + timedelta(days=n)) for n in range(7)]
    assert week == [weekdays] * 5 + [saturday, sunday]
    assert callable_minutes(place, zone, THANKSGIVING) == thanksgiving


def test_every_place_of_the_book_is_in_the_table() -> None:
    """A state that is added to the book is added here: all of the US, and each country."""
    assert {place for place in BOOK.places if place.startswith("US") or len(place) == 2} == set(TABLE) - {"CA-QC"}


@pytest.mark.parametrize(
    ("place", "zone", "day"),
    [
        ("US-AL", "America/Chicago", date(2026, 12, 1)),
        ("US-AL", "America/Chicago", date(2027, 2, 9)),
        ("US-LA", "America/Chicago", date(2027, 2, 9)),
        ("US-LA", "America/Chicago", date(2027, 3, 26)),
        ("US-LA", "America/Chicago", date(2026, 11, 3)),
        ("US-LA", "America/Chicago", date(2026, 11, 27)),
        ("US-MS", "America/Chicago", date(2027, 4, 26)),
        ("US-PA", "America/New_York", date(2027, 6, 14)),
        ("US-PA", "America/New_York", date(2027, 11, 2)),
        ("US-RI", "America/New_York", date(2027, 5, 4)),
        ("US-RI", "America/New_York", date(2027, 8, 9)),
        ("US-UT", "America/Denver", date(2026, 7, 24)),
        ("US-UT", "America/Denver", date(2027, 7, 23)),
        ("US-UT", "America/Denver", date(2025, 6, 16)),
        ("GB", "Europe/London", date(2026, 8, 31)),
        ("AU", "Australia/Sydney", date(2027, 4, 26)),
        *((place, TABLE[place][0], CHRISTMAS) for place in ("US-AL", "US-LA", "US-MS", "US-PA", "US-RI", "US-UT")),
        ("GB", "Europe/London", CHRISTMAS),
        ("AU", "Australia/Sydney", CHRISTMAS),
    ],
)
def test_no_sales_calls_on_the_holidays_of_a_place(place: str, zone: str, day: date) -> None:
    """Mardi Gras, Rosa Parks Day, Flag Day, Victory Day, Pioneer Day ... and those that everybody has."""
    assert callable_minutes(place, zone, day) == ""


def test_a_holiday_is_the_callees_local_date() -> None:
    """Christmas Day in Utah begins at midnight there, seven hours after it began in Greenwich."""
    eve, day = date(2028, 12, 24), date(2028, 12, 26)  # a Sunday before, a Tuesday after
    assert callable_minutes("US-UT", "America/Denver", eve) == ""
    assert callable_minutes("US-UT", "America/Denver", date(2028, 12, 25)) == ""
    assert callable_minutes("US-UT", "America/Denver", day) == FEDERAL


@pytest.mark.parametrize("place", ["US-CA", "US-IL", "US-IN", "US-ME", "US-NE", "US-SD"])
def test_rules_for_machines_do_not_bind_a_human_voice(place: str) -> None:
    """The laws on announcing devices and recorded messages; the federal hours are left, on Sundays too."""
    zone, sunday = TABLE[place][0], MONDAY + timedelta(days=6)
    assert callable_minutes(place, zone, sunday, Voice.HUMAN) == FEDERAL


def test_texas_counts_in_two_zones() -> None:
    """Whether El Paso's own time or Central time counts is disputed: 9 to 21 in both, which is 9 to 20 there."""
    assert callable_minutes("US-TX", "America/Denver", MONDAY) == NINE_TO_EIGHT
