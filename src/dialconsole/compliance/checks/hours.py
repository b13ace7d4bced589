"""May a telephone ring now, in every zone where this callee may be, and by the rules of every place?

The evidence of a clear call names the hours and the zone that closes first, not the minute: the minute stands in the
verdict, and so one result serves all calls to the same zones until they close. A hold is told in the callee's local
time, in the zone that opens last, because that is the one to wait for.
"""

from __future__ import annotations

import math

from dialconsole.compliance.gate import ProposedCall
from dialconsole.compliance.hours import MOST_KEPT, CallingHours, Opening, known_zone, silent_after
from dialconsole.compliance.hours_evidence import named, why_closed, why_never, why_open
from dialconsole.compliance.rules.book import RuleBook
from dialconsole.compliance.rules.bound import BoundRules
from dialconsole.model.campaign import CallingWindow
from dialconsole.model.verdict import CheckName, CheckResult, VerdictKind


class HoursCheck:
    """Clear only while the window is open in all candidate zones and the ring ends inside it, also if it begins late;
    ``until`` says how long. With a ``book`` the rules of the callee's places must allow it too.

    Holds: ``zone_unknown`` (no zone, or none that this machine knows), ``before_hours``, ``after_hours``,
    ``outside_days`` (the campaign's), ``no_calls_day`` and ``holiday`` (a row's), ``calendar`` (the operator's),
    ``no_common_hours`` (the zones are never open at once), ``no_hours`` (the window itself is empty), and the codes of
    ``rules.bound.Fault``.
    """

    name = CheckName.HOURS

    def __init__(self, hours: CallingHours, book: RuleBook | None = None) -> None:
        self._hours = hours
        self._book = book
        self._clear: dict[
            tuple[tuple[str, ...], CallingWindow, float, BoundRules | None], tuple[Opening, CheckResult]
        ] = {}

    def __call__(self, call: ProposedCall, at: float) -> CheckResult:
        rules = self._rules(call)
        if rules is not None and rules.fault is not None:
            return rules.fault.answer(CheckName.HOURS)
        key = (call.zones, call.window, call.ring_timeout_s, rules)
        kept = self._clear.get(key)
        if kept is not None and kept[0].since <= at < kept[0].until:
            return kept[1]
        unknown = _unknown_zones(call, rules)
        if unknown or not call.zones:
            return _zone_unknown(unknown)
        opening = self._hours.opening(call.zones, call.window, silent_after(call.ring_timeout_s), at, rules)
        if not opening.open:
            return self._closed(call, rules, at, opening.until)
        result = self._opened(call, rules, at, opening)
        if len(self._clear) >= MOST_KEPT:
            self._clear.clear()
        self._clear[key] = opening, result
        return result

    def _rules(self, call: ProposedCall) -> BoundRules | None:
        if self._book is None:
            return None
        return self._book.rules_for(call.jurisdictions, call.purpose, call.voice, call.line)

    def _opened(self, call: ProposedCall, rules: BoundRules | None, at: float, opening: Opening) -> CheckResult:
        first = min(call.zones, key=lambda zone: self._alone(call, rules, zone, opening.since).until)
        return CheckResult(
            check=CheckName.HOURS,
            verdict=VerdictKind.CLEAR,
            code="open",
            sentence=why_open(call, rules, first, at),
            until=opening.until,
        )

    def _closed(self, call: ProposedCall, rules: BoundRules | None, at: float, until: float) -> CheckResult:
        if until == math.inf:
            return _held(*why_never(call, rules))
        zone = max(call.zones, key=lambda zone: self._opens_at(call, rules, zone, at))
        return _held(*why_closed(call, rules, zone, at), until)

    def _opens_at(self, call: ProposedCall, rules: BoundRules | None, zone: str, at: float) -> float:
        """When one zone by itself opens; one that is open blocks nothing."""
        alone = self._alone(call, rules, zone, at)
        return -math.inf if alone.open else alone.until

    def _alone(self, call: ProposedCall, rules: BoundRules | None, zone: str, at: float) -> Opening:
        return self._hours.opening((zone,), call.window, silent_after(call.ring_timeout_s), at, rules)


def _unknown_zones(call: ProposedCall, rules: BoundRules | None) -> tuple[str, ...]:
    needed = call.zones + (tuple(zone for zone, _ in rules.elsewhere) if rules is not None else ())
    return tuple(zone for zone in needed if not known_zone(zone))


def _zone_unknown(unknown: tuple[str, ...]) -> CheckResult:
    if unknown:
        sentence = f"This machine knows no time zone {named(unknown)}, so it cannot tell what time it is there."
    else:
        sentence = "The callee's time zone is not known, so it cannot be told what time it is there."
    return _held("zone_unknown", f"{sentence} Nothing is dialed.")


def _held(code: str, sentence: str, until: float | None = None) -> CheckResult:
    return CheckResult(check=CheckName.HOURS, verdict=VerdictKind.HELD, code=code, sentence=sentence, until=until)
