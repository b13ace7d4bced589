"""Calling hours against a slow reference that asks zoneinfo about single instants and shares no code with them."""

from __future__ import annotations

import io
import math
import struct
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialconsole.compliance import hours as hours_module
from dialconsole.compliance.hours import US_ZONES, CallingHours, Opening
from dialconsole.model.campaign import CallingWindow

DAY_S = 86_400
ALL_DAY = CallingWindow(opens=time(0, 0), closes=time(23, 59))
"""A campaign without hours of its own: the legal ones are left."""

ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
    "America/Anchorage", "America/Adak", "Pacific/Honolulu", "America/St_Johns", "America/Puerto_Rico",
    "America/Regina", "America/Nuuk", "America/Santiago", "Atlantic/Azores", "Europe/London", "Africa/Casablanca",
    "Asia/Gaza", "Asia/Kathmandu", "Australia/Lord_Howe", "Australia/Eucla", "Pacific/Chatham", "Pacific/Kiritimati",
    "Pacific/Pago_Pago", "Antarctica/Troll",
)  # fmt: skip

CHANGE_DAYS = tuple(
    datetime(*day, tzinfo=UTC).timestamp()
    for day in (
        (2025, 3, 9), (2025, 3, 30), (2025, 4, 6), (2025, 10, 5), (2025, 10, 26), (2025, 11, 2),
        (2026, 3, 8), (2026, 3, 29), (2026, 4, 5), (2026, 9, 27), (2026, 10, 25), (2026, 11, 1),
        (2027, 3, 14), (2027, 3, 28), (2027, 11, 7), (2028, 3, 12), (2028, 11, 5),
    )
)  # fmt: skip

FIRST, LAST = datetime(2025, 1, 1, tzinfo=UTC).timestamp(), datetime(2029, 1, 1, tzinfo=UTC).timestamp()

instants = st.one_of(
    st.floats(FIRST, LAST, allow_nan=False),
    st.integers(int(FIRST) // 60, int(LAST) // 60).map(lambda minute: minute * 60.0),
    st.builds(lambda day, s: day + s, st.sampled_from(CHANGE_DAYS), st.floats(-1.5 * DAY_S, 1.5 * DAY_S)),
)
zone_sets = st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True).map(lambda z: tuple(sorted(z)))
clock_times = st.builds(time, st.integers(0, 23), st.sampled_from((0, 1, 15, 30, 59)))
windows = st.one_of(
    st.just(CallingWindow()),
    st.builds(
        CallingWindow,
        opens=clock_times,
        closes=clock_times,
        days=st.lists(st.integers(0, 6), max_size=7, unique=True).map(tuple),
    ),
)
rings = st.sampled_from((15.0, 22.5, 30.0, 60.0))


def at(*parts: int, zone: str = "UTC", fold: int = 0) -> float:
    return datetime(*parts, tzinfo=ZoneInfo(zone), fold=fold).timestamp()  # type: ignore[arg-type, misc]


def shows_open(local: datetime, window: CallingWindow) -> bool:
    """The rule, in the words of the rule: legal hours, the campaign's hours, its days."""
    wall = local.time()
    return time(8) <= wall < time(21) and window.opens <= wall < window.closes and local.weekday() in window.days


def may_ring(zones: tuple[ZoneInfo, ...], window: CallingWindow, ring_s: float, instant: float) -> bool:
    """Whether a ring from ``instant`` on stays inside, in each zone, at its begin, in its middle and at its end."""
    ticks = (instant, instant + ring_s / 2, instant + ring_s - 0.001)
    return all(shows_open(datetime.fromtimestamp(tick, zone), window) for zone in zones for tick in ticks)


def first_change(zones: tuple[ZoneInfo, ...], window: CallingWindow, ring_s: float, instant: float) -> float:
    """Minute by minute: the first whole minute after ``instant`` with another answer, within 14 days."""
    now = may_ring(zones, window, ring_s, instant)
    minute = math.floor(instant / 60) * 60 + 60
    while minute <= instant + 14 * DAY_S:
        if may_ring(zones, window, ring_s, minute) is not now:
            return minute
        minute += 60
    return math.inf


def check_against_reference(
    opening: Opening, zones: tuple[ZoneInfo, ...], window: CallingWindow, ring_s: float, instant: float
) -> None:
    assert opening.open is may_ring(zones, window, ring_s, instant)
    assert opening.since <= instant < opening.until
    expected = first_change(zones, window, ring_s, instant)
    if expected == math.inf:
        assert opening.until > instant + 14 * DAY_S
        return
    # The reference sees whole minutes, and milliseconds at the end of a ring: 20:59:30.000 and 30 s is still inside.
    late = 0.002 if opening.open else 0.0
    assert expected - 60 < opening.until <= expected
    assert may_ring(zones, window, ring_s, opening.until + late) is not opening.open
    assert may_ring(zones, window, ring_s, max(instant, opening.until - 0.002)) is opening.open


@settings(max_examples=150, deadline=None)
@given(zone_sets, windows, rings, instants)
def test_opening_equals_the_reference(
    zones: tuple[str, ...], window: CallingWindow, ring_s: float, instant: float
) -> None:
    """For any zones, window and instant, clock changes included: open or not, and exactly until when."""
    opening = CallingHours().opening(zones, window, ring_s, instant)
    check_against_reference(opening, tuple(map(ZoneInfo, zones)), window, ring_s, instant)


def zone_with_change(change: int, before: int, after: int) -> ZoneInfo:
    """A zone whose offset (seconds) changes once, at a POSIX second: a TZif file, version 1 (RFC 8536)."""
    counts = struct.pack(">6l", 0, 0, 0, 1, 2, 4)
    data = struct.pack(">lB", change, 1) + struct.pack(">lBB", before, 0, 0) + struct.pack(">lBB", after, 0, 0)
    return ZoneInfo.from_file(io.BytesIO(b"TZif\0" + bytes(15) + counts + data + b"XXX\0"))


@settings(max_examples=150, deadline=None)
@given(
    changes=st.lists(
        st.tuples(st.integers(-48, 48), st.integers(-40, 40), st.integers(-16, 16)), min_size=1, max_size=2
    ),
    window=windows,
    ring_s=rings,
    since=st.integers(-36 * 60, 36 * 60),
)
def test_clock_changes_in_the_middle_of_the_day(
    changes: list[tuple[int, int, int]], window: CallingWindow, ring_s: float, since: int
) -> None:
    """Skipped and repeated hours that touch the window itself, which real zones avoid: they change at night."""
    noon = int(at(2026, 6, 10, 12))
    made = {
        f"Made/{n}": zone_with_change(noon + hour * 1800, quarters * 900, (quarters + jump) * 900)
        for n, (hour, quarters, jump) in enumerate(changes)
    }
    instant = noon + since * 60.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hours_module, "zone_info", made.__getitem__)
        opening = CallingHours().opening(tuple(made), window, ring_s, instant)
    check_against_reference(opening, tuple(made.values()), window, ring_s, instant)


@settings(max_examples=100, deadline=None)
@given(zone_sets, windows, rings, instants, st.lists(st.floats(-3 * DAY_S, 3 * DAY_S), max_size=20))
def test_what_is_kept_agrees_with_what_is_looked_up(
    zones: tuple[str, ...], window: CallingWindow, ring_s: float, instant: float, steps: list[float]
) -> None:
    """One object asked again and again, forwards and backwards in time, answers like a fresh one each time."""
    kept = CallingHours()
    for step in [0.0, *steps]:
        moment = instant + step
        first, again = kept.opening(zones, window, ring_s, moment), kept.opening(zones, window, ring_s, moment)
        fresh = CallingHours().opening(zones, window, ring_s, moment)
        assert first is again
        assert (first.open, first.until) == (fresh.open, fresh.until)


@pytest.mark.parametrize(
    ("clock", "opens"),
    [
        ((7, 59, 59), False),
        ((8, 0, 0), True),
        ((20, 59, 29), True),
        ((20, 59, 30), True),
        ((20, 59, 31), False),
        ((21, 0, 0), False),
    ],
)
def test_the_ring_ends_inside_the_legal_hours(clock: tuple[int, int, int], opens: bool) -> None:
    """From 8:00:00 on, and until a ring of 30 s would end after 21:00:00."""
    instant = at(2026, 11, 23, *clock, zone="America/New_York")
    assert CallingHours().opening(("America/New_York",), ALL_DAY, 30.0, instant).open is opens


def test_a_wider_campaign_window_does_not_widen_the_legal_hours() -> None:
    """A campaign that calls from 6 to 23 is open from 8 to 21."""
    wide = CallingWindow(opens=time(6), closes=time(23))
    night = at(2026, 11, 23, 6, 30, zone="America/Chicago")
    opening = CallingHours().opening(("America/Chicago",), wide, 15.0, night)
    assert opening == Opening(False, at(2026, 11, 23, 8, zone="America/Chicago"), opening.since)


def test_every_candidate_zone_must_be_open() -> None:
    """New York and Los Angeles together: from 9 in Los Angeles until 20 in New York."""
    zones = ("America/Los_Angeles", "America/New_York")
    hours = CallingHours()
    morning = at(2026, 11, 23, 8, 30, zone="America/Los_Angeles")
    closed = hours.opening(zones, CallingWindow(), 30.0, morning)
    opened = hours.opening(zones, CallingWindow(), 30.0, closed.until)
    assert closed.until == at(2026, 11, 23, 9, zone="America/Los_Angeles")
    assert opened.open
    assert opened.until == pytest.approx(at(2026, 11, 23, 20, zone="America/New_York") - 30, abs=1e-6)


def test_the_answer_has_changed_at_until() -> None:
    """A timer set to ``until`` finds the other answer, so it cannot be set to the same instant for ever."""
    hours = CallingHours()
    instant = at(2026, 11, 23, 15)
    for _ in range(20):
        opening = hours.opening(("America/Denver",), CallingWindow(), 30.0, instant)
        following = hours.opening(("America/Denver",), CallingWindow(), 30.0, opening.until)
        assert following.open is not opening.open
        assert following.since == opening.until
        instant = opening.until


@pytest.mark.parametrize(
    ("day", "hours_utc"), [(date(2026, 3, 7), (14, 1)), (date(2026, 3, 8), (13, 0)), (date(2026, 11, 1), (14, 1))]
)
def test_opening_follows_the_clock_change(day: date, hours_utc: tuple[int, int]) -> None:
    """9:00 to 20:00 in New York is 14 to 1 UTC in winter and 13 to 0 in summer, from the very day of the change."""
    hours = CallingHours()
    opens = hours.opening(("America/New_York",), CallingWindow(), 15.0, at(day.year, day.month, day.day, 9))
    closes = hours.opening(("America/New_York",), CallingWindow(), 15.0, opens.until)
    assert datetime.fromtimestamp(opens.until, UTC).hour == hours_utc[0]
    assert datetime.fromtimestamp(closes.until + 15, UTC).hour == hours_utc[1]


def test_a_date_that_a_zone_skipped_has_no_hours() -> None:
    """Samoa went from 29 to 31 December 2011: a window on Fridays opens a week later."""
    fridays = CallingWindow(days=(4,))
    opening = CallingHours().opening(("Pacific/Apia",), fridays, 30.0, at(2011, 12, 29, 12, zone="Pacific/Apia"))
    assert opening.until == at(2012, 1, 6, 9, zone="Pacific/Apia")


@pytest.mark.parametrize(
    "window",
    [
        CallingWindow(days=()),
        CallingWindow(opens=time(21), closes=time(23)),
        CallingWindow(opens=time(20), closes=time(9)),
        CallingWindow(opens=time(10), closes=time(10, 0, 20)),
    ],
    ids=["no day", "outside the legal hours", "closes before it opens", "shorter than a ring"],
)
def test_a_window_without_room_never_opens(window: CallingWindow) -> None:
    """It is closed, and no instant is named."""
    opening = CallingHours().opening(("America/New_York",), window, 30.0, at(2026, 11, 23, 15))
    assert (opening.open, opening.until) == (False, math.inf)


def test_zones_that_are_never_open_together_are_looked_at_again() -> None:
    """Phoenix and Los Angeles share no 9-to-10 in winter, but do in summer: "never" is not kept for ever."""
    window = CallingWindow(opens=time(9), closes=time(10))
    zones = ("America/Los_Angeles", "America/Phoenix")
    hours = CallingHours()
    answers = {hours.opening(zones, window, 30.0, at(2026, 2, 1) + day * DAY_S).until for day in range(60)}
    assert math.inf in answers
    assert at(2026, 3, 8, 9, zone="America/Phoenix") in answers


@pytest.mark.parametrize("zones", [(), ("America/New_York", "Asia/Tokio"), ("America",), ("../passwd",)])
def test_an_unknown_zone_is_no_permission(zones: tuple[str, ...]) -> None:
    """Nobody knows where the callee is, or what time it is there: closed at noon as at midnight, and no error."""
    hours = CallingHours()
    for instant in (at(2026, 11, 23, 18), at(2026, 11, 24, 6)):
        opening = hours.opening(zones, CallingWindow(), 30.0, instant)
        assert (opening.open, opening.until) == (False, math.inf)


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand edits of a window do not grow the engine, and answers stay right."""
    monkeypatch.setattr(hours_module, "MOST_KEPT", 10)
    hours = CallingHours()
    for second in range(1000):
        window = CallingWindow(opens=(datetime(2026, 1, 1, 9) + timedelta(seconds=second)).time())  # noqa: DTZ001
        assert hours.opening(("America/New_York",), window, 30.0, at(2026, 11, 23, 15)).open
    assert len(hours._kept) <= 10


def test_the_calling_clock_shows_legal_hours() -> None:
    """One zone, 8 to 21, no campaign and no ring: open at 8:00:00, closed at 21:00:00."""
    hours = CallingHours()
    for _, zone in US_ZONES:
        morning, evening = at(2026, 11, 23, 8, zone=zone), at(2026, 11, 23, 21, zone=zone)
        assert hours.legal_opening(zone, morning - 1) == Opening(False, morning, evening - DAY_S)
        assert hours.legal_opening(zone, morning) == Opening(True, evening, morning)
        assert not hours.legal_opening(zone, evening).open


def test_no_zone_changes_its_clocks_twice_within_days() -> None:
    """The search for a clock change assumes one at most around a day; the installed zones keep to it."""
    noons = [at(2026, 1, 1, 12) + day * DAY_S for day in range(3 * 365)]
    for name in sorted(zone for zone in available_timezones() if "/" in zone):
        zone = ZoneInfo(name)
        offsets = [datetime.fromtimestamp(noon, zone).utcoffset() for noon in noons]
        changed = [n for n in range(1, len(noons)) if offsets[n] != offsets[n - 1]]
        assert all(later - earlier > 3 for earlier, later in pairwise(changed)), name
