"""What the evidence says of the hours: why a telephone may ring now, or why not, in the callee's local time.

Of several reasons against it the one is told that a person can change least: the operator's calendar, then a day on
which the law allows no calls, the campaign's days, then whichever of law and campaign is the stricter at that hour (the
law, if both say the same).
"""

from __future__ import annotations

from datetime import date, datetime, time

from dialconsole.compliance.gate import ProposedCall
from dialconsole.compliance.hours import (
    HORIZON_DAYS,
    LATE_S,
    LEGAL,
    hours_on,
    legal_hours,
    seconds_of,
    silent_after,
    zone_info,
)
from dialconsole.compliance.rules.bound import BoundRules, DayHours
from dialconsole.compliance.rules.row import RuleRow
from dialconsole.model.campaign import CallingWindow

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_LEGAL = f"legal hours {LEGAL.opens:%H:%M}-{LEGAL.closes:%H:%M}"
_NAMED_ZONES = 3
"""More candidate zones than this are counted in a sentence, not named."""


def why_closed(call: ProposedCall, rules: BoundRules | None, zone: str, at: float) -> tuple[str, str]:
    """Code and sentence for a zone in which a call may not start to ring at ``at``."""
    local = _local(at, zone)
    if rules is not None:
        forbidden = _forbidden_day(rules, zone, local)
        if forbidden is not None:
            return forbidden
        if local.weekday() in call.window.days and _rings_inside(call, rules, local):
            for other, there in rules.elsewhere:
                if not _rings_inside(call, there, _local(at, other), LEGAL):
                    return _outside(call, there, LEGAL, other, _local(at, other))
    return _outside(call, rules, call.window, zone, local)


def why_never(call: ProposedCall, rules: BoundRules | None) -> tuple[str, str]:
    """Code and sentence for a call that cannot be placed at any instant within the horizon."""
    opens, closes = legal_hours(call.window)
    seconds = (datetime.combine(date.min, closes) - datetime.combine(date.min, opens)).total_seconds()
    if seconds < silent_after(call.ring_timeout_s) or not call.window.days:
        return (
            "no_hours",
            f"The window {hm(call.window.opens)}-{hm(call.window.closes)} on {_days(call.window)} leaves no time for "
            f"{_ringing(call)} ({_LEGAL}), so nothing is dialed. Change the window.",
        )
    law = f" ({rules.evidence})" if rules is not None else ""
    return (
        "no_common_hours",
        f"The callee may be in {named(call.zones)}, and these are not open ({hm(opens)}-{hm(closes)}) at one time "
        f"in the next {HORIZON_DAYS} days{law}, so nothing is dialed. A wider window or a zone column helps.",
    )


def why_open(call: ProposedCall, rules: BoundRules | None, zone: str, at: float) -> str:
    """The sentence for a call that may be placed at ``at``; ``zone`` is the one that closes first."""
    if rules is None:
        opens, closes = map(hm, legal_hours(call.window))
        return f"Within {opens}-{closes} in {named(call.zones)}; ringing ends before {zone} closes at {closes}."
    first, last = hours_on(_local(at, zone).date(), call.window, rules)
    bound = rules.hours_on(_local(at, zone).date())
    who = bound.closer.place if bound.closer is not None and bound.closes <= last else "this campaign"
    also = ""
    for other, there in rules.elsewhere:
        opens, closes = map(_clock, hours_on(_local(at, other).date(), LEGAL, there))
        also += f", and within {opens}-{closes} in {other}"
    return (
        f"Within {_clock(first)}-{_clock(last)} in {named(call.zones)}{also}; ringing ends before {zone} closes at "
        f"{_clock(last)} (by {who}; {rules.evidence})."
    )


def named(zones: tuple[str, ...]) -> str:
    """Zones in a sentence."""
    if len(zones) > _NAMED_ZONES:
        return f"one of {len(zones)} zones ({zones[0]} ... {zones[-1]})"
    return " or ".join(zones)


def hm(wall: time) -> str:
    return wall.isoformat("minutes") if wall.second == wall.microsecond == 0 else wall.isoformat("seconds")


def _forbidden_day(rules: BoundRules, zone: str, local: datetime) -> tuple[str, str] | None:
    """A date on which there are no calls at all, by the calendar or by a row."""
    bound = rules.hours_on(local.date())
    if bound.entry is not None:
        entry = bound.entry
        by = f", entered by {entry.by}" if entry.by else ""
        return "calendar", (
            f"In {zone} it is {local:%Y-%m-%d %H:%M}; nobody in {entry.jurisdiction} is called on that day: "
            f"{entry.reason or 'no reason given'} (calendar{by})."
        )
    row = bound.closer
    if not bound.empty or row is None or row.hours is None:
        return None
    opens, closes = row.hours.on(local.date(), holiday=False)
    if opens >= closes:
        day = DAYS[local.weekday()]
        return "no_calls_day", (
            f"In {zone} it is {day} {local:%H:%M}; {row.place} allows no {row.calls} on {day}s {row.cited}."
        )
    return "holiday", (
        f"In {zone} it is {local:%Y-%m-%d %H:%M}, {bound.holiday}; {row.place} allows no {row.calls} on holidays "
        f"{row.cited}."
    )


def _local(at: float, zone: str) -> datetime:
    return datetime.fromtimestamp(at, zone_info(zone))


def _rings_inside(call: ProposedCall, rules: BoundRules, local: datetime, window: CallingWindow | None = None) -> bool:
    opens, closes = hours_on(local.date(), window or call.window, rules)
    return opens <= seconds_of(local.time()) <= closes - silent_after(call.ring_timeout_s)


def _outside(
    call: ProposedCall, rules: BoundRules | None, window: CallingWindow, zone: str, local: datetime
) -> tuple[str, str]:
    who = "this campaign calls" if call.campaign else "calls are placed"
    law = f"({_LEGAL}; {rules.evidence})" if rules is not None else f"({_LEGAL})"
    if local.weekday() not in window.days:
        day = DAYS[local.weekday()]
        return "outside_days", f"In {zone} it is {day} {local:%H:%M}; {who} on {_days(window)} only {law}."
    bound = rules.hours_on(local.date()) if rules is not None else DayHours(0.0, 86_400.0)
    opens, closes = (seconds_of(wall) for wall in legal_hours(window))
    now = seconds_of(local.time())
    if now < max(opens, bound.opens):
        says, cited = _says(bound.opener if bound.opens >= opens else None, who, law)
        begin = _clock(max(opens, bound.opens))
        return "before_hours", f"In {zone} it is {_told(local, bound)}; {says} from {begin} {cited}."
    says, cited = _says(bound.closer if bound.closes <= closes else None, who, law)
    end = min(closes, bound.closes)
    if now >= end:
        return "after_hours", f"In {zone} it is {_told(local, bound)}; {says} until {_clock(end)} {cited}."
    ring = f"{_ringing(call)} would go past that"
    return "after_hours", f"In {zone} it is {local:%H:%M:%S}; {says} until {_clock(end)}, and {ring} {cited}."


def _ringing(call: ProposedCall) -> str:
    return f"{call.ring_timeout_s:g} s of ringing, begun up to {LATE_S:g} s from now,"


def _says(row: RuleRow | None, who: str, law: str) -> tuple[str, str]:
    """Who speaks in a sentence, and what is cited for it."""
    return (who, law) if row is None else (f"{row.place} allows {row.calls}", row.cited)


def _told(local: datetime, bound: DayHours) -> str:
    return f"{local:%H:%M}, {bound.holiday}" if bound.holiday else f"{local:%H:%M}"


def _clock(seconds: float) -> str:
    """Seconds since midnight as a clock shows them."""
    minutes, second = divmod(int(seconds), 60)
    return hm(time(minutes // 60, minutes % 60, second))


def _days(window: CallingWindow) -> str:
    return ", ".join(DAYS[day] for day in sorted(set(window.days)) if 0 <= day <= 6) or "no day"
