"""What a row says of a day, and in which words it is cited."""

from __future__ import annotations

from datetime import date

import pytest

from dialconsole.compliance.rules.book import RuleBook
from dialconsole.compliance.rules.row import Hours, Length, Week

WEEK = Week(
    weekdays=Hours("09:00-21:00"), saturday=Hours("10:00-12:00"), sunday=Hours("none"), holidays=Hours("11:00-18:00")
)
THURSDAY, SATURDAY, SUNDAY = date(2026, 11, 26), date(2026, 11, 28), date(2026, 11, 29)


@pytest.mark.parametrize(
    ("day", "holiday", "hours"),
    [
        (THURSDAY, False, (9, 21)),
        (THURSDAY, True, (11, 18)),
        (SATURDAY, False, (10, 12)),
        (SATURDAY, True, (11, 12)),
        (SUNDAY, False, None),
        (SUNDAY, True, None),
    ],
)
def test_on_a_holiday_both_hours_hold(day: date, holiday: bool, hours: tuple[int, int] | None) -> None:
    """A holiday makes no day longer."""
    opens, closes = WEEK.on(day, holiday=holiday)
    if hours is None:
        assert opens >= closes
    else:
        assert (opens, closes) == (hours[0] * 3600, hours[1] * 3600)


def test_lengths() -> None:
    """Days are 24 hours."""
    assert Length("24 h").seconds == Length("1 d").seconds == 86_400


def test_a_row_is_cited_with_its_version_and_its_kind_of_call() -> None:
    """What a sentence needs of it."""
    rows = {row.id: row for row in RuleBook.read().rows}
    assert rows["US-LA"].cited == "(La. PSC General Order R-29617, La. R.S. 45:811; row US-LA v1)"
    kinds = {id: rows[id].calls for id in ("US", "US-LA", "US-ME", "US-debt")}
    assert kinds == {
        "US": "calls",
        "US-LA": "sales calls",
        "US-ME": "calls by an artificial voice",
        "US-debt": "debt collection calls",
    }
