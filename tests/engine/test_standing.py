"""Counters of a campaign, and the operator's day."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.clock import posix
from dialconsole.engine.standing import Day, Standing
from dialconsole.model.outcome import ContactStatus, Outcome

NEW_YORK = ZoneInfo("America/New_York")


def posix_int(year: int) -> int:
    return int(posix(datetime(year, 1, 1, tzinfo=UTC)))


def test_outcomes_begin_anew_with_each_day() -> None:
    """Today's figures are of today, also right after midnight and before the first call of the day."""
    standing = Standing()
    standing.ended(Outcome.BUSY, day=1000.0)
    assert standing.outcomes(1000.0) == {"busy": 1}
    assert standing.outcomes(2000.0) == {}


def test_complete_means_every_contact_is_final() -> None:
    """An empty campaign is not complete; one with a live or waiting contact neither."""
    standing = Standing()
    assert not standing.complete
    standing.total = 2
    standing.final[ContactStatus.COMPLETED] = 1
    assert not standing.complete
    standing.final[ContactStatus.SUPPRESSED] = 1
    assert standing.complete


@settings(max_examples=200, deadline=None)
@given(st.integers(posix_int(2025), posix_int(2028)))
def test_the_day_begins_at_the_operators_midnight(at: int) -> None:
    """Also on the days of 23 and 25 hours, and whatever was asked before."""
    day = Day("America/New_York")
    day.start(at - 5000)
    shown = datetime.fromtimestamp(at, NEW_YORK)
    assert day.start(at) == posix(datetime(shown.year, shown.month, shown.day, tzinfo=NEW_YORK))
