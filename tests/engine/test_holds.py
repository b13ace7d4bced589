"""Why contacts wait, in a few words."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from dialconsole.clock import posix
from dialconsole.engine.holds import _WORDS, hours_words, told_behind_hours, words
from dialconsole.model.campaign import CallingWindow
from dialconsole.model.dialable import DialableReport, ReasonCount
from dialconsole.model.outcome import CampaignState
from dialconsole.model.view import Hold

TEN_EAST = posix(datetime(2026, 3, 3, 15, 10, tzinfo=UTC))
NINE_TO_EIGHT = CallingWindow()


@pytest.mark.parametrize(
    ("zones", "said"),
    [
        (("America/Los_Angeles",), "before 9:00 Pacific"),
        (("America/Denver", "America/Los_Angeles"), "before 9:00 Pacific"),
        (("America/Boise", "America/New_York"), "before 9:00 Boise"),
        (("Asia/Karachi",), "after 20:00 Karachi"),
        ((), "outside calling hours"),
        (("Mars/Olympus",), "outside calling hours"),
    ],
)
def test_closed_hours_name_the_zone_to_wait_for(zones: tuple[str, ...], said: str) -> None:
    """The one that opens last, by its usual name in the US."""
    assert hours_words(zones, NINE_TO_EIGHT, TEN_EAST) == said


def test_no_reason_is_longer_than_its_column_in_80_columns() -> None:
    """The counts of who may be called leave 38 cells for it; a sentence that is cut explains nothing."""
    assert [said for said in map(words, _WORDS) if len(said) > 38] == []


def test_days_without_calls_are_told_as_such() -> None:
    """On a Tuesday, for a campaign of the weekend."""
    weekend = CallingWindow(opens=time(9), closes=time(20), days=(5, 6))
    assert hours_words(("America/New_York",), weekend, TEN_EAST) == "not on a calling day"


def test_an_unknown_code_is_still_words() -> None:
    """A new check's code reads as words until somebody writes better ones."""
    assert (words("too_soon"), words("moon_phase")) == ("called a few minutes ago", "moon phase")


def reason(code: str, count: int, until: float | None = None, *, refused: bool = False) -> ReasonCount:
    return ReasonCount("registry", code, words(code), words(code), count, refused, 0, until)


def report(*reasons: ReasonCount) -> DialableReport:
    return DialableReport("spring", CampaignState.RUNNING, TEN_EAST, 9, 0, 0, 0, 0, 0, 0, {}, reasons)


def test_contacts_of_closed_lanes_are_told_under_what_no_hour_ends() -> None:
    """First what names no time; nobody is counted twice, and what the queue knows stays."""
    holds = [Hold("hours", "before 9:00 Eastern", 300, TEN_EAST), Hold("registry_none", "none", 2, None)]
    told = told_behind_hours(
        holds, report(reason("registry_none", 286), reason("before_hours", 14, TEN_EAST), reason("retry", 3))
    )
    assert [(hold.code, hold.count) for hold in told] == [("registry_none", 286), ("hours", 16)]
    assert sum(hold.count for hold in told) == 302


def test_a_count_that_is_older_than_the_queue_moves_no_more_than_there_are() -> None:
    """The hours are never told of fewer than none, and without closed hours nothing is moved."""
    holds = [Hold("hours", "before 9:00 Eastern", 5, TEN_EAST)]
    told = told_behind_hours(holds, report(reason("registry_none", 9), reason("opted_out", 3, refused=True)))
    assert [(hold.code, hold.count) for hold in told] == [("registry_none", 5)]
    open_now = [Hold("too_soon", "called a few minutes ago", 5, TEN_EAST)]
    assert told_behind_hours(open_now, report(reason("registry_none", 9))) == open_now
