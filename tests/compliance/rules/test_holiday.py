"""Holidays by rule, against dates that everybody can look up and against the library."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest

from dialconsole.compliance.rules.holiday import HolidayRule, easter, library_days


@pytest.mark.parametrize(
    ("rule", "year", "days"),
    [
        ("June 14", 2026, [date(2026, 6, 14)]),
        ("December 1, observed", 2026, [date(2026, 12, 1)]),
        ("December 1, observed", 2029, [date(2029, 12, 1), date(2029, 11, 30)]),
        ("December 1, observed", 2030, [date(2030, 12, 1), date(2030, 12, 2)]),
        ("second Monday of August", 2026, [date(2026, 8, 10)]),
        ("first Monday of June", 2026, [date(2026, 6, 1)]),
        ("last Friday of April", 2026, [date(2026, 4, 24)]),
        ("last Monday of December", 2026, [date(2026, 12, 28)]),
        ("first Monday of November + 1", 2026, [date(2026, 11, 3)]),
        ("first Monday of November + 1", 2027, [date(2027, 11, 2)]),
        ("fourth Thursday of November + 1", 2026, [date(2026, 11, 27)]),
        ("Easter", 2026, [date(2026, 4, 5)]),
        ("Easter - 47", 2027, [date(2027, 2, 9)]),
        ("Easter - 2", 2027, [date(2027, 3, 26)]),
        ("Easter + 1", 2027, [date(2027, 3, 29)]),
        ("February 29", 2028, [date(2028, 2, 29)]),
        ("February 29", 2027, []),
    ],
)
def test_dates_of_a_rule(rule: str, year: int, days: list[date]) -> None:
    """Each form of the notation."""
    assert list(HolidayRule(rule).dates(year)) == days


@pytest.mark.parametrize(
    "text", ["", "14 June", "June 31", "June 014", "fifth Monday of May", "Easter - 0", "Easter-47", "mardi gras"]
)
def test_what_is_no_rule(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match="is no holiday"):
        HolidayRule(text)


def test_easter_agrees_with_the_library() -> None:
    """Good Friday is two days before it, in each year that the library knows of Australia's."""
    for year in range(1990, 2100):
        good_friday = next(
            day for day, name in holidays.country_holidays("AU", years=year).items() if name == "Good Friday"
        )
        assert easter(year) - timedelta(days=2) == good_friday


def test_a_day_observed_in_the_year_before_belongs_to_that_year() -> None:
    """New Year's Day 2028 is a Saturday, observed on 31 December 2027."""
    assert date(2027, 12, 31) in library_days("US", 2027)
    assert date(2028, 1, 1) in library_days("US", 2028)
    assert all(day.year == 2028 for day in library_days("US", 2028))


def test_a_place_that_the_library_does_not_know() -> None:
    """It is said, not passed over."""
    with pytest.raises(ValueError, match="US-ZZ"):
        library_days("US-ZZ", 2026)
