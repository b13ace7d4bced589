"""Why contacts wait, in a few words."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from dialconsole.clock import posix
from dialconsole.engine.holds import hours_words, words
from dialconsole.model.campaign import CallingWindow

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


def test_days_without_calls_are_told_as_such() -> None:
    """On a Tuesday, for a campaign of the weekend."""
    weekend = CallingWindow(opens=time(9), closes=time(20), days=(5, 6))
    assert hours_words(("America/New_York",), weekend, TEN_EAST) == "not on a calling day"


def test_an_unknown_code_is_still_words() -> None:
    """A new check's code reads as words until somebody writes better ones."""
    assert (words("too_soon"), words("moon_phase")) == ("called a few minutes ago", "moon phase")
