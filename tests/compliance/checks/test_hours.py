"""May a telephone ring now? The sentences, the codes, and what is kept; the arithmetic has its own tests."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.compliance.checks import hours as check_module
from dialconsole.compliance.checks.hours import HoursCheck
from dialconsole.compliance.gate import ProposedCall
from dialconsole.compliance.hours import CallingHours, silent_after
from dialconsole.model.campaign import CallingWindow
from dialconsole.model.verdict import VerdictKind

NEW_YORK, LOS_ANGELES = "America/New_York", "America/Los_Angeles"
LEGAL = "(legal hours 08:00-21:00)."


def call(*zones: str, window: CallingWindow | None = None, campaign: str | None = "spring") -> ProposedCall:
    return ProposedCall(number=12015550123, zones=zones, campaign=campaign, window=window or CallingWindow())


def check() -> HoursCheck:
    return HoursCheck(CallingHours())


def monday(hour: int, minute: int = 0, second: int = 0, zone: str = NEW_YORK) -> float:
    return datetime(2026, 11, 23, hour, minute, second, tzinfo=ZoneInfo(zone)).timestamp()


def test_clear_names_the_zone_that_closes_first() -> None:
    """The evidence says which hours hold where, and until when this stands."""
    found = check()(call(LOS_ANGELES, NEW_YORK), monday(13))
    assert (found.verdict, found.code) == (VerdictKind.CLEAR, "open")
    assert found.sentence == (
        "Within 09:00-20:00 in America/Los_Angeles or America/New_York; "
        "ringing ends before America/New_York closes at 20:00."
    )
    assert found.until == pytest.approx(monday(19, 59, 15), abs=1e-6)


def test_before_hours_is_told_in_the_callees_time() -> None:
    """The zone that opens last decides; it is held until that opens."""
    found = check()(call(LOS_ANGELES, NEW_YORK), monday(7, 14, zone=LOS_ANGELES))
    assert (found.verdict, found.code) == (VerdictKind.HELD, "before_hours")
    assert found.sentence == f"In America/Los_Angeles it is 07:14; this campaign calls from 09:00 {LEGAL}"
    assert found.until == monday(9, zone=LOS_ANGELES)


def test_after_hours_in_the_east_holds_though_the_west_is_open() -> None:
    """20:30 in New York, 17:30 in Los Angeles: New York decides, until the west opens tomorrow."""
    found = check()(call(LOS_ANGELES, NEW_YORK), monday(20, 30))
    assert found.code == "after_hours"
    assert found.sentence == f"In America/New_York it is 20:30; this campaign calls until 20:00 {LEGAL}"
    assert found.until == monday(9, zone=LOS_ANGELES) + 86_400


def test_a_ring_that_would_go_past_the_end_says_so() -> None:
    """Inside the window to the eye, but a telephone ringing until 20:00:15 is outside it, or until 20:00:30."""
    found = check()(call(NEW_YORK), monday(19, 59, 45))
    assert found.code == "after_hours"
    assert found.sentence == (
        "In America/New_York it is 19:59:45; this campaign calls until 20:00, "
        f"and 30 s of ringing, begun up to 15 s from now, would go past that {LEGAL}"
    )


def test_a_day_that_the_campaign_does_not_call_on() -> None:
    """The day is named as it is there, with the days of the campaign."""
    weekend = CallingWindow(days=(5, 6))
    found = check()(call(NEW_YORK, window=weekend), monday(10))
    assert found.code == "outside_days"
    assert found.sentence == (
        f"In America/New_York it is Monday 10:00; this campaign calls on Saturday, Sunday only {LEGAL}"
    )


def test_a_window_wider_than_the_law_is_told_as_the_law() -> None:
    """A window from 6 to 23 opens at 8; nobody is promised 6."""
    wide = CallingWindow(opens=time(6), closes=time(23))
    assert "calls from 08:00 " in check()(call(NEW_YORK, window=wide), monday(7)).sentence
    assert "calls until 21:00 " in check()(call(NEW_YORK, window=wide), monday(22)).sentence


def test_nobodys_campaign_is_not_mentioned() -> None:
    """``explain`` without a workspace asks for no campaign in particular."""
    found = check()(call(NEW_YORK, campaign=None), monday(7))
    assert found.sentence == f"In America/New_York it is 07:00; calls are placed from 09:00 {LEGAL}"


def test_no_zone_holds() -> None:
    """An unknown zone is held, never dialed, and no time is promised."""
    found = check()(call(), monday(12))
    assert (found.verdict, found.code, found.until) == (VerdictKind.HELD, "zone_unknown", None)


@pytest.mark.parametrize("zone", ["Asia/Tokio", "Etc/Unknown", "America", "../passwd", "", "a\0b"])
def test_a_zone_that_the_machine_does_not_know_holds(zone: str) -> None:
    """Also when another zone is known and open: a callee may be in the one that is not."""
    found = check()(call(NEW_YORK, zone), monday(12))
    assert (found.verdict, found.code, found.until) == (VerdictKind.HELD, "zone_unknown", None)
    assert zone in found.sentence


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (CallingWindow(days=()), "The window 09:00-20:00 on no day leaves no time"),
        (CallingWindow(opens=time(21), closes=time(22)), "The window 21:00-22:00 on Monday"),
        (CallingWindow(opens=time(10), closes=time(10, 0, 20)), "The window 10:00-10:00:20 on Monday"),
    ],
)
def test_an_empty_window_says_what_to_change(window: CallingWindow, words: str) -> None:
    """No instant, and a sentence about the window instead of the hour."""
    found = check()(call(NEW_YORK, window=window), monday(12))
    assert (found.verdict, found.code, found.until) == (VerdictKind.HELD, "no_hours", None)
    assert found.sentence.startswith(words)


def test_zones_that_are_never_open_together_say_so() -> None:
    """New York and Tokyo share no moment of a working morning."""
    mornings = CallingWindow(opens=time(9), closes=time(12))
    found = check()(call(NEW_YORK, "Asia/Tokyo", window=mornings), monday(10))
    assert (found.code, found.until) == ("no_common_hours", None)
    assert "may be in America/New_York or Asia/Tokyo" in found.sentence


def test_many_zones_are_counted() -> None:
    """A sentence with 42 zones in it is read by nobody."""
    zones = ("America/Chicago", "America/Denver", LOS_ANGELES, NEW_YORK)
    assert "in one of 4 zones (America/Chicago ... America/New_York)" in check()(call(*zones), monday(13)).sentence


def test_one_result_serves_all_calls_until_the_zones_close() -> None:
    """Evidence without the minute in it need not be made again at each call; afterwards it is not used any more."""
    hours = check()
    first = hours(call(NEW_YORK), monday(9))
    assert hours(call(NEW_YORK), monday(19, 59)) is first
    assert hours(call(NEW_YORK), monday(20)).verdict is VerdictKind.HELD
    assert hours(call(NEW_YORK), monday(8, 59)).verdict is VerdictKind.HELD


def test_an_edited_window_holds_at_once() -> None:
    """What was kept for the old window does not answer for the new one."""
    hours = check()
    assert hours(call(NEW_YORK), monday(19)).verdict is VerdictKind.CLEAR
    shorter = CallingWindow(closes=time(18))
    assert hours(call(NEW_YORK, window=shorter), monday(19)).verdict is VerdictKind.HELD


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Edits of a window do not pile up."""
    monkeypatch.setattr(check_module, "MOST_KEPT", 5)
    hours = check()
    for minute in range(59):
        assert hours(call(NEW_YORK, window=CallingWindow(opens=time(9, minute))), monday(12)).code == "open"
    assert len(hours._clear) <= 5


@settings(max_examples=100, deadline=None)
@given(
    zones=st.lists(st.sampled_from((NEW_YORK, LOS_ANGELES, "Asia/Kathmandu", "Pacific/Apia")), min_size=1, unique=True),
    steps=st.lists(st.floats(-40 * 3600, 40 * 3600), min_size=1, max_size=10),
)
def test_the_check_says_what_the_hours_say(zones: list[str], steps: list[float]) -> None:
    """Whatever was asked before, and in whatever direction time went: clear exactly when the hours are open."""
    kept, hours = check(), CallingHours()
    for step in steps:
        instant = monday(12) + step
        found = kept(call(*zones), instant)
        opening = hours.opening(tuple(zones), CallingWindow(), silent_after(30.0), instant)
        assert (found.verdict is VerdictKind.CLEAR) is opening.open
        assert found.until in (opening.until, None)
