"""When a telephone may ring: the legal hours and the campaign's own, in every zone the callee may be in.

Legal hours are 8:00 to 21:00 at the called party's location (47 CFR 64.1200(c)(1), 16 CFR 310.4(c)); where the location
is in doubt the call must be convenient in all of them (12 CFR 1006.6(b)(1), comment 2). A campaign's window narrows
that, never widens it, and so do the rules of the callee's place (``rules.book``): their hours by day of the week, their
holidays. A call that starts to ring must be over ringing before any of the zones closes.

The answer changes twice a day but is asked at every call, so what is computed is the whole interval in which it stays
the same, and that is kept. Rejected: asking zoneinfo at each call (2 µs a zone, and no word on when it changes), stored
UTC offsets (wrong after the next clock change), and making boundaries with ``datetime(..., tzinfo=zone)``, which gives
an instant also for a wall time that a clock change skips. Here a boundary is computed per stretch of constant offset,
so skipped and repeated hours need no case of their own.
"""

from __future__ import annotations

import math
from calendar import timegm
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache, reduce
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from dialconsole.compliance.rules.bound import BoundRules
from dialconsole.model.campaign import CallingWindow

LEGAL = CallingWindow(opens=time(8, 0), closes=time(21, 0))
"""The hours that bind every campaign, whatever its purpose."""

LATE_S = 15.0
"""How long after the gate's last word a telephone may begin to ring: the request travels, LiveKit's SIP service joins
the room, the carrier looks for the callee. A request without an answer is given up so long after the ring time-out."""

HORIZON_DAYS = 14
"""How far ahead an opening is looked for. Weekly windows open within 7 days, so what is beyond opens by accident."""

US_ZONES = (
    ("Eastern", "America/New_York"),
    ("Central", "America/Chicago"),
    ("Mountain", "America/Denver"),
    ("Arizona", "America/Phoenix"),
    ("Pacific", "America/Los_Angeles"),
    ("Alaska", "America/Anchorage"),
    ("Hawaii", "Pacific/Honolulu"),
)
"""Label and zone of each line of the console's calling clock, east to west. Arizona keeps no summer time."""

_DAY_S = 86_400
MOST_KEPT = 50_000
"""Intervals kept. A campaign has a few dozen zone sets; only editing windows for days on end gets near this."""

Span = tuple[float, float]
"""Instants from the first to just before the second, POSIX seconds."""


class Opening(Struct, frozen=True):
    """Whether a call may start to ring, and how long that answer stands: for every instant in [since, until).

    At ``until`` itself the answer is the other one. While closed, ``until`` is the instant of the opening, or
    ``math.inf`` if none begins within ``HORIZON_DAYS``; ask such a window again after a day.
    """

    open: bool
    until: float
    since: float
    """Where the answer was looked for from, at the latest; the answer may be older."""


NEVER = Opening(open=False, until=math.inf, since=-math.inf)
"""What an unknown zone comes to, and no zone at all: nobody can say when such a callee may be called."""


# A list of a million rows opens thousands of lanes at once: the same few zones on the same few days, over and over.
_WINDOWS_KEPT, _OFFSETS_KEPT, _DATES_KEPT = 64, 4_096, 256

_Question = tuple[tuple[str, ...], CallingWindow, float, BoundRules | None]
_KEPT_BEFORE = 3


class CallingHours:
    """Opening hours of sets of zones. One per engine; keeps the current interval of each question it was asked.

    And the intervals asked for just before: who asks when somebody may be called goes to and fro between now and then.
    """

    def __init__(self) -> None:
        self._kept: dict[_Question, tuple[Opening, float]] = {}
        self._before: dict[_Question, tuple[tuple[Opening, float], ...]] = {}

    def opening(
        self,
        zones: tuple[str, ...],
        window: CallingWindow,
        ring_s: float,
        at: float,
        rules: BoundRules | None = None,
    ) -> Opening:
        """Whether a telephone that may ring from ``at`` on, for ``ring_s``, has stopped before any zone closes.

        For a call that is about to be placed ``ring_s`` is ``silent_after`` its ring time-out.

        ``rules`` (from ``RuleBook.rules_for``) must allow it too, in every zone; without them only the legal hours that
        hold everywhere do. Ringing may end exactly at the closing time. No zone at all, or one that this machine does
        not know, or rules with a fault are never open: the answer is ``NEVER``. Time may go backwards between two
        questions.
        """
        if rules is not None and rules.fault is not None:
            return NEVER
        key = (zones, window, ring_s, rules)
        kept = self._kept.get(key)
        if kept is not None and kept[0].since <= at < kept[1]:
            return kept[0]
        before = self._before.get(key, ())
        found = next((one for one in before if one[0].since <= at < one[1]), None)
        if found is None:
            found = _look_up(zones, window, ring_s, at, rules)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
            self._before.clear()
        if kept is not None:
            self._before[key] = (kept, *(one for one in before if one is not found))[:_KEPT_BEFORE]
        self._kept[key] = found
        return found[0]

    def legal_opening(self, zone: str, at: float) -> Opening:
        """The legal hours of one zone, for the calling clock: no campaign's window, no ring."""
        return self.opening((zone,), LEGAL, 0.0, at)


def silent_after(ring_timeout_s: float) -> float:
    """Seconds from the gate's last word on, after which the telephone does not ring any more, however late it began."""
    return ring_timeout_s + LATE_S


def legal_hours(window: CallingWindow) -> tuple[time, time]:
    """The hours of ``window`` that the law leaves: first and last wall time. Empty if the first is not the smaller.

    A window that closes before it opens does not wrap around midnight: it is empty.
    """
    return max(window.opens, LEGAL.opens), min(window.closes, LEGAL.closes)


def hours_on(day: date, window: CallingWindow, rules: BoundRules | None = None) -> tuple[float, float]:
    """What law, rules and campaign leave of a local date: first and last second of wall time since midnight.

    Empty if the first is not the smaller.
    """
    if day.weekday() not in window.days:
        return 0.0, 0.0
    opens, closes = _legal_seconds(window)
    if rules is None:
        return opens, closes
    bound = rules.hours_on(day)
    return max(opens, bound.opens), min(closes, bound.closes)


@lru_cache(_WINDOWS_KEPT)
def _legal_seconds(window: CallingWindow) -> tuple[float, float]:
    opens, closes = legal_hours(window)
    return seconds_of(opens), seconds_of(closes)


@cache
def zone_info(zone: str) -> ZoneInfo:
    """The zone by name. A plain dict look-up where ``ZoneInfo`` itself takes a lock and a weak reference."""
    return ZoneInfo(zone)


def known_zone(zone: str) -> bool:
    """Whether this machine can tell the time in ``zone``."""
    try:
        zone_info(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the latter two for names that are no file, or a folder
        return False
    return True


def _look_up(
    zones: tuple[str, ...], window: CallingWindow, ring_s: float, at: float, rules: BoundRules | None
) -> tuple[Opening, float]:
    """The opening at an instant, and until when it need not be looked up again."""
    elsewhere = rules.elsewhere if rules is not None else ()
    if not zones or not all(map(known_zone, (*zones, *(zone for zone, _ in elsewhere)))):
        return NEVER, at
    today = datetime.fromtimestamp(at, UTC).date()
    first = today - timedelta(days=2)
    since = _midnight(first + timedelta(days=1))  # local dates reach one day to both sides of the UTC date
    for days_ahead in (3, HORIZON_DAYS + 2):  # nearly always the next opening is within two days
        for opens, closes in _spans(zones, window, ring_s, rules, first, today + timedelta(days=days_ahead)):
            if at >= closes:
                since = max(since, closes)
            elif at >= opens:
                return Opening(open=True, until=closes, since=opens), closes
            else:
                return Opening(open=False, until=opens, since=since), opens
    return Opening(open=False, until=math.inf, since=since), _midnight(today + timedelta(days=1))


def _spans(
    zones: tuple[str, ...], window: CallingWindow, ring_s: float, rules: BoundRules | None, first: date, last: date
) -> list[Span]:
    """When a call may start to ring, in all zones, from local date ``first`` to ``last``; in order."""
    every = [_spans_of_zone(zone, window, rules, first, last) for zone in zones]
    if rules is not None:
        every += [_spans_of_zone(zone, LEGAL, there, first, last) for zone, there in rules.elsewhere]
    common = reduce(_intersection, every)
    return [(opens, end) for opens, closes in common if (end := _last_start(closes, ring_s)) > opens]


def _last_start(closes: float, ring_s: float) -> float:
    """The first instant that is too late to ring for ``ring_s``: just after ``closes - ring_s``, which still does."""
    return min(closes, math.nextafter(closes - ring_s, math.inf))


def _spans_of_zone(zone: str, window: CallingWindow, rules: BoundRules | None, first: date, last: date) -> list[Span]:
    def spans() -> Iterable[Span]:
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            opens, closes = hours_on(day, window, rules)
            if opens < closes:
                midnight = _midnight(day)
                yield from _spans_of_wall_time(zone_info(zone), midnight + opens, midnight + closes)

    return _merged(spans())


def _spans_of_wall_time(zone: ZoneInfo, start: float, end: float) -> list[Span]:
    """Instants at which clocks in ``zone`` show a wall time in [start, end), both written as if they were UTC."""
    # No offset is beyond a day, so these instants enclose the wall times whatever the offset; and no zone changes its
    # clocks twice within three days.
    before, after = _offset(zone, start - _DAY_S), _offset(zone, end + _DAY_S)
    if before == after:
        return [(start - before, end - before)]
    change = _change(zone, math.floor(start) - _DAY_S, math.ceil(end) + _DAY_S)
    spans = (start - before, min(end - before, change)), (max(start - after, change), end - after)
    return [(opens, closes) for opens, closes in spans if opens < closes]


def _change(zone: ZoneInfo, low: int, high: int) -> int:
    """The second between two instants of different offset from which the later offset holds, by bisection."""
    later = _offset(zone, high)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == later:
            high = middle
        else:
            low = middle
    return high


@lru_cache(_OFFSETS_KEPT)
def _offset(zone: ZoneInfo, at: float) -> float:
    offset = datetime.fromtimestamp(at, zone).utcoffset()
    assert offset is not None  # aware, by the line above
    return offset.total_seconds()


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch made one: an hour that comes twice is no reason to stop ringing."""
    merged: list[Span] = []
    for opens, closes in sorted(s for s in spans if s[0] < s[1]):
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
        else:
            merged.append((opens, closes))
    return merged


def _intersection(left: list[Span], right: list[Span]) -> list[Span]:
    """What two ordered lists have in common, in one pass over both."""
    common: list[Span] = []
    i = j = 0
    while i < len(left) and j < len(right):
        opens, closes = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if opens < closes:
            common.append((opens, closes))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return common


@lru_cache(_DATES_KEPT)
def _midnight(day: date) -> float:
    """The start of a date, written as if it were UTC."""
    return float(timegm(day.timetuple()))


def seconds_of(wall: time) -> float:
    """A wall time as seconds since midnight, as clocks count them."""
    return wall.hour * 3600 + wall.minute * 60 + wall.second + wall.microsecond / 1e6
