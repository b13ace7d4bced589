"""May a telephone ring now, in every zone where this callee may be?

The evidence of a clear call names the hours and the zone that closes first, not the minute: the minute stands in the
verdict, and so one result serves all calls to the same zones until they close. A hold is told in the callee's local
time, in the zone that opens last, because that is the one to wait for.
"""

from __future__ import annotations

import math
from datetime import date, datetime, time

from dialconsole.compliance.gate import ProposedCall
from dialconsole.compliance.hours import (
    HORIZON_DAYS,
    LEGAL,
    MOST_KEPT,
    CallingHours,
    Opening,
    known_zone,
    legal_hours,
    zone_info,
)
from dialconsole.model.campaign import CallingWindow
from dialconsole.model.verdict import CheckName, CheckResult, VerdictKind

_LEGAL = f"legal hours {LEGAL.opens:%H:%M}-{LEGAL.closes:%H:%M}"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NAMED_ZONES = 3
"""More candidate zones than this are counted in a sentence, not named."""


class HoursCheck:
    """Clear only while the window is open in all candidate zones and the ring ends inside it; ``until`` says how long.

    Holds: ``zone_unknown`` (no zone, or none that this machine knows), ``before_hours``, ``after_hours``,
    ``outside_days``, ``no_common_hours`` (the zones are never open at once), ``no_hours`` (the window itself is empty).
    """

    name = CheckName.HOURS

    def __init__(self, hours: CallingHours) -> None:
        self._hours = hours
        self._clear: dict[tuple[tuple[str, ...], CallingWindow, float], tuple[Opening, CheckResult]] = {}

    def __call__(self, call: ProposedCall, at: float) -> CheckResult:
        key = (call.zones, call.window, call.ring_timeout_s)
        kept = self._clear.get(key)
        if kept is not None and kept[0].since <= at < kept[0].until:
            return kept[1]
        unknown = tuple(zone for zone in call.zones if not known_zone(zone))
        if unknown or not call.zones:
            return _zone_unknown(unknown)
        opening = self._hours.opening(call.zones, call.window, call.ring_timeout_s, at)
        if not opening.open:
            return self._closed(call, at, opening.until)
        result = self._opened(call, opening)
        if len(self._clear) >= MOST_KEPT:
            self._clear.clear()
        self._clear[key] = opening, result
        return result

    def _opened(self, call: ProposedCall, opening: Opening) -> CheckResult:
        opens, closes = legal_hours(call.window)
        first = min(call.zones, key=lambda zone: self._alone(call, zone, opening.since).until)
        return CheckResult(
            check=CheckName.HOURS,
            verdict=VerdictKind.CLEAR,
            code="open",
            sentence=f"Within {_hm(opens)}-{_hm(closes)} in {_named(call.zones)}; "
            f"ringing ends before {first} closes at {_hm(closes)}.",
            until=opening.until,
        )

    def _closed(self, call: ProposedCall, at: float, until: float) -> CheckResult:
        if until == math.inf:
            return _never(call)
        zone = max(call.zones, key=lambda zone: self._opens_at(call, zone, at))
        code, what = _outside(call, datetime.fromtimestamp(at, zone_info(zone)))
        return _held(code, f"In {zone} it is {what} ({_LEGAL}).", until)

    def _opens_at(self, call: ProposedCall, zone: str, at: float) -> float:
        """When one zone by itself opens; one that is open blocks nothing."""
        alone = self._alone(call, zone, at)
        return -math.inf if alone.open else alone.until

    def _alone(self, call: ProposedCall, zone: str, at: float) -> Opening:
        return self._hours.opening((zone,), call.window, call.ring_timeout_s, at)


def _zone_unknown(unknown: tuple[str, ...]) -> CheckResult:
    if unknown:
        sentence = f"This machine knows no time zone {_named(unknown)}, so it cannot tell what time it is there."
    else:
        sentence = "The callee's time zone is not known, so it cannot be told what time it is there."
    return _held("zone_unknown", f"{sentence} Nothing is dialed.")


def _outside(call: ProposedCall, local: datetime) -> tuple[str, str]:
    """Code and words for why a zone is closed at its local time."""
    opens, closes = legal_hours(call.window)
    who = "this campaign calls" if call.campaign else "calls are placed"
    if local.weekday() not in call.window.days:
        return "outside_days", f"{_DAYS[local.weekday()]} {local:%H:%M}; {who} on {_days(call.window)} only"
    if local.time() < opens:
        return "before_hours", f"{local:%H:%M}; {who} from {_hm(opens)}"
    if local.time() >= closes:
        return "after_hours", f"{local:%H:%M}; {who} until {_hm(closes)}"
    ring = f"{call.ring_timeout_s:g} s"
    return "after_hours", f"{local:%H:%M:%S}; {who} until {_hm(closes)}, and {ring} of ringing would go past that"


def _never(call: ProposedCall) -> CheckResult:
    opens, closes = legal_hours(call.window)
    seconds = (datetime.combine(date.min, closes) - datetime.combine(date.min, opens)).total_seconds()
    if seconds < call.ring_timeout_s or not call.window.days:
        return _held(
            "no_hours",
            f"The window {_hm(call.window.opens)}-{_hm(call.window.closes)} on {_days(call.window)} leaves no time for "
            f"{call.ring_timeout_s:g} s of ringing ({_LEGAL}), so nothing is dialed. Change the window.",
        )
    return _held(
        "no_common_hours",
        f"The callee may be in {_named(call.zones)}, and these are not open ({_hm(opens)}-{_hm(closes)}) at one time "
        f"in the next {HORIZON_DAYS} days, so nothing is dialed. A wider window or a zone column helps.",
    )


def _held(code: str, sentence: str, until: float | None = None) -> CheckResult:
    return CheckResult(check=CheckName.HOURS, verdict=VerdictKind.HELD, code=code, sentence=sentence, until=until)


def _hm(wall: time) -> str:
    return wall.isoformat("minutes") if wall.second == wall.microsecond == 0 else wall.isoformat("seconds")


def _days(window: CallingWindow) -> str:
    return ", ".join(_DAYS[day] for day in sorted(set(window.days)) if 0 <= day <= 6) or "no day"


def _named(zones: tuple[str, ...]) -> str:
    if len(zones) > _NAMED_ZONES:
        return f"one of {len(zones)} zones ({zones[0]} ... {zones[-1]})"
    return " or ".join(zones)
