"""Why contacts wait, in the few words a campaign's pane has room for. The gate's full sentence is one key away."""

from __future__ import annotations

from msgspec import structs

from dialconsole.clock import utc
from dialconsole.compliance.hours import US_ZONES, legal_hours, zone_info
from dialconsole.engine.queue import HOURS
from dialconsole.model.campaign import CallingWindow
from dialconsole.model.dialable import DialableReport, ReasonCount
from dialconsole.model.view import Hold

_WORDS = {
    HOURS: "outside calling hours",
    "before_hours": "before calling hours",
    "after_hours": "after calling hours",
    "outside_days": "not on a calling day",
    "no_hours": "the window leaves no time to ring",
    "no_common_hours": "their zones are never open at once",
    "zone_unknown": "time zone unknown",
    "too_soon": "called a few minutes ago",
    "gap_unknown": "last call not known",
    "in_a_call": "in a call at this moment",
    "not_on_allow_list": "not on the trunk's allow list",
    "check_failed": "a check could not be made",
    "no_engine": "no engine is running",
    "retry": "waiting for their next attempt",
    "no_calls_day": "no calls on this day of the week there",
    "holiday": "a holiday there",
    "calendar": "a day without calls in the calendar",
    "consent_missing": "without the consent the call needs",
    "opted_out": "on the do-not-call list",
    "attempts_used": "called as often as the campaign allows",
    "cap_reached": "called as often as the law allows",
    "quiet_after_conversation": "spoken to a few days ago",
    "caps_unknown": "calls are not remembered long enough",
    "registry_listed": "on a do-not-call registry",
    "registry_not_covered": "the registry lacks their area code",
    "registry_too_old": "the registry is too old",
    "registry_demo": "the registry is a demonstration's",
    "registry_ahead": "the registry's date lies in the future",
    "registry_unreadable": "a registry cannot be read",
    "registry_unproven": "a registry is being read through",
    "registry_none": "no registry was imported",
    "registry_elsewhere": "no way to ask their country's registry",
    "place_unknown": "nobody can say where they are",
    "no_rules": "no rules are known for where they are",
    "rules_unreadable": "the calling rules cannot be read",
}

_LABELS = {zone: label for label, zone in US_ZONES}


def words(code: str) -> str:
    """What a hold's code means."""
    return _WORDS.get(code, code.replace("_", " "))


def foreseen_hold(reason: ReasonCount) -> Hold:
    return Hold(reason.code, words(reason.code), reason.count, reason.until, reason.refused)


def told_behind_hours(holds: list[Hold], report: DialableReport) -> list[Hold]:
    """The holds of a campaign that runs, and first among them what no hour will end.

    The queue parks closed lanes without asking the gate, so contacts that wait for more than their hours are counted
    as waiting for those. ``report`` knows better: they are told under what really keeps them.
    """
    by_code = {hold.code: hold for hold in holds}
    closed = by_code.pop(HOURS, None)
    if closed is None:
        return holds
    left = closed.count
    for reason in report.reasons:
        if not reason.untimed:
            continue
        known = by_code.get(reason.code)
        told = known.count if known is not None else 0
        more = min(left, max(0, reason.count - told))
        if more:
            left -= more
            by_code[reason.code] = structs.replace(known or foreseen_hold(reason), count=told + more)
    if left:
        by_code[HOURS] = structs.replace(closed, count=left)
    return sorted(by_code.values(), key=lambda hold: (hold.until is not None, -hold.count, hold.code))


def hours_words(zones: tuple[str, ...], window: CallingWindow, at: float) -> str:
    """Why the zone that opens last is closed now: ``before 9:00 Pacific``."""
    opens, closes = legal_hours(window)
    try:
        local = {zone: utc(at).astimezone(zone_info(zone)) for zone in zones}
    except (LookupError, ValueError):
        return words(HOURS)
    early = [zone for zone in zones if local[zone].time() < opens and local[zone].weekday() in window.days]
    late = [zone for zone in zones if local[zone].time() >= closes]
    if early:
        zone = min(early, key=lambda zone: local[zone].replace(tzinfo=None))
        return f"before {opens:%-H:%M} {_label(zone)}"
    if late:
        return f"after {closes:%-H:%M} {_label(late[0])}"
    return words("outside_days") if zones else words(HOURS)


def _label(zone: str) -> str:
    return _LABELS.get(zone) or zone.rpartition("/")[2].replace("_", " ")
